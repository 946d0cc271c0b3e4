"""The addresses of the management API, from its table of endpoints."""

import re

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from milepost.api.answers import endpoint, not_found, ok
from milepost.api.openapi import document
from milepost.api.routes import ENDPOINTS


def openapi(request: HttpRequest) -> HttpResponse:
    """Open to everybody: it says nothing of any workspace."""
    return ok(document())


def _pattern(address: str) -> str:
    """An id may hold a slash, nothing else may."""
    return re.sub(r"{(\w+)}", r"<str:\1>", address.replace("{id}", "<path:id>"))


urlpatterns = [
    path("openapi.json", openapi, name="openapi"),
    *(path(f"v1/{_pattern(each.path)}", csrf_exempt(endpoint(each.view, each.body))) for each in ENDPOINTS),
    path("<path:rest>", csrf_exempt(not_found)),
]
