"""What a mail leads to by itself: the way out, and the picture of a letter whose opens are counted."""

from django.urls import path

from milepost.delivery.channels.email import views

app_name = "email"
urlpatterns = [
    path("u/<str:token>", views.subscription, name="preferences"),
    path("o/<str:token>.gif", views.picture, name="picture"),
]
