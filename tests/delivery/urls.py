"""What a mail and a piece lead to, mounted as they are in the whole product."""

from django.urls import include, path

urlpatterns = [
    path("", include("milepost.delivery.channels.email.urls")),
    path("", include("milepost.delivery.channels.in_app.urls")),
]
