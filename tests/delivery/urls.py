"""What a mail leads to, mounted as it is in the whole product."""

from django.urls import include, path

urlpatterns = [path("", include("milepost.delivery.channels.email.urls"))]
