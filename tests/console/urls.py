"""The console alone, as the server mounts it."""

from django.urls import include, path

urlpatterns = [path("", include("milepost.console.urls"))]
handler403 = "milepost.console.views.errors.forbidden"
handler404 = "milepost.console.views.errors.not_found"
handler500 = "milepost.console.views.errors.mistake"
