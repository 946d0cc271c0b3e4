"""The edge that a customer's page talks to while a member edits on it: JSON, a bearer token and one origin.

No cookie is read here, so no other page can act for whoever is signed in. Everything is a POST: a browser then always
says from which origin it comes.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from msgspec import Struct

from milepost.console.clock import now
from milepost.console.pages.debugging import DEBUG
from milepost.core.values import Refused, Unavailable
from milepost.program.edits import Conflict
from milepost.workspace.editing import access_editing
from milepost.workspace.models import Editing
from milepost.workspace.sites import is_known

T = TypeVar("T", bound=Struct)

_LARGEST = 256 * 1024  # bytes: a definition with all its texts, many times over


class Nothing(Struct, frozen=True):
    """What is sent where there is nothing to say."""


def from_anywhere(asked: type[T]) -> Callable[[Callable[[T, str], Any]], Callable[[HttpRequest], HttpResponse]]:
    """A view for who has no session yet; it is given the origin."""

    def decorate(view: Callable[[T, str], Any]) -> Callable[[HttpRequest], HttpResponse]:
        def answer(request: HttpRequest, origin: str) -> Any:
            return view(_read(request, asked), origin)

        return _edge(view, answer)

    return decorate


def in_session(
    asked: type[T], *, to_look: bool = False
) -> Callable[[Callable[[T, Editing], Any]], Callable[[HttpRequest], HttpResponse]]:
    """A view for a member at work, in their language; session, origin and rights are asked anew with each request.

    What was opened to write tells nothing of people, and what was opened `to_look` writes nothing: other scripts of
    the page can read the session's token.
    """

    def decorate(view: Callable[[T, Editing], Any]) -> Callable[[HttpRequest], HttpResponse]:
        def answer(request: HttpRequest, origin: str) -> Any:
            token = request.headers.get("Authorization", "").removeprefix("Bearer ")
            editing = access_editing(token, origin, now())
            if (editing.kind == DEBUG) != to_look:
                raise Refused("other_tool", "This session was opened for something else.", status=403)
            with translation.override(editing.member.locale or translation.get_language()):
                return view(_read(request, asked), editing)

        return _edge(view, answer)

    return decorate


def _edge(view: Callable[..., Any], answer: Callable[[HttpRequest, str], Any]) -> Callable[[HttpRequest], HttpResponse]:
    @wraps(view)
    def served(request: HttpRequest) -> HttpResponse:
        origin = request.headers.get("Origin", "")
        if request.method == "OPTIONS":
            return _open_to(origin, HttpResponse(status=HTTPStatus.NO_CONTENT))
        try:
            if request.method != "POST":
                raise Refused("method", "Only POST is answered here.", status=405)
            response = _json(answer(request, origin), HTTPStatus.OK)
        except Refused as refusal:
            response = _json(_problem(refusal), refusal.status)
        except Unavailable as problem:
            response = _json(_problem(Refused("unavailable", str(problem), mend="Try again.")), 503)
        return _open_to(origin, response)

    return csrf_exempt(served)


def _read(request: HttpRequest, asked: type[T]) -> T:
    if int(request.headers.get("Content-Length") or 0) > _LARGEST or len(request.body) > _LARGEST:
        raise Refused("too_large", f"At most {_LARGEST} bytes.", status=413)
    try:
        return msgspec.json.decode(request.body or b"{}", type=asked)
    except msgspec.DecodeError as error:
        raise Refused("invalid_request", f"This cannot be read: {error}.") from error


def _problem(refusal: Refused) -> dict[str, Any]:
    more = {"by": refusal.by, "theirs": refusal.theirs} if isinstance(refusal, Conflict) else {}
    return {"code": refusal.code, "message": refusal.message, "mend": refusal.mend, "path": refusal.path, **more}


def _json(value: Any, status: int) -> HttpResponse:
    response = HttpResponse(msgspec.json.encode(value), content_type="application/json", status=status)
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _open_to(origin: str, response: HttpResponse) -> HttpResponse:
    """Lets this origin read the answer, if it is somebody's site."""
    response["Vary"] = "Origin"
    if is_known(origin):
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Allow-Methods"] = "POST"
        response["Access-Control-Allow-Headers"] = "authorization, content-type"
        response["Access-Control-Max-Age"] = "600"
    return response
