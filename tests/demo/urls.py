"""The demo alone, as the server mounts it."""

from django.urls import include, path

urlpatterns = [path("demo/", include("milepost.demo.urls"))]
