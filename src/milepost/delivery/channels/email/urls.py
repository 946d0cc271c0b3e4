"""Mounted under `u/`: the way out of every mail."""

from django.urls import path

from milepost.delivery.channels.email import views

app_name = "subscription"
urlpatterns = [path("<str:token>", views.subscription, name="preferences")]
