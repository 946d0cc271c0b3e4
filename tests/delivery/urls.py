"""The way out of a mail, mounted as it is in the whole product."""

from django.urls import include, path

urlpatterns = [path("u/", include("milepost.delivery.channels.email.urls"))]
