"""Every page that Django serves. Ingest, streams and the SDK are raw ASGI in front of it (`asgi.py`)."""

from django.urls import URLPattern, URLResolver, include, path

from milepost.conf import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    path("api/", include("milepost.api.urls")),
    path("demo/", include("milepost.demo.urls")),
    path("", include("milepost.delivery.channels.email.urls")),
    path("", include("milepost.delivery.channels.in_app.urls")),
    path("", include("milepost.console.urls")),
]

handler403 = "milepost.console.views.errors.forbidden"
handler404 = "milepost.console.views.errors.not_found"
handler500 = "milepost.console.views.errors.mistake"
