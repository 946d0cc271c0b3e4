"""A part of a page that a form has changed, with what its script is to tell Milepost of it."""

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from milepost.core.values import Refused


def fragment(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *told: tuple[str, dict[str, Any]],
    **more: Any,
) -> HttpResponse:
    page = render(request, template, context)
    return JsonResponse({"html": page.content.decode(), "tell": list(told), **more})


def json_field(request: HttpRequest, name: str) -> Any:
    """Raises Refused for what is no JSON."""
    try:
        return msgspec.json.decode(request.POST.get(name, ""))
    except msgspec.DecodeError as error:
        raise Refused("no_json", "This sample cannot be read.", mend="Send it as JSON.") from error
