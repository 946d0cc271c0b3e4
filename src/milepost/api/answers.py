"""How the API answers: JSON, and problems as RFC 9457 writes them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse

from milepost.core.values import Refused, Unavailable
from milepost.workspace import keys

_encoder = msgspec.json.Encoder()
View = Callable[..., HttpResponse]


def ok(value: Any) -> HttpResponse:
    return HttpResponse(_encoder.encode(value), content_type="application/json")


def problem(status: int, code: str, detail: str, *, mend: str = "", path: str = "") -> HttpResponse:
    """RFC 9457, with `code` for programs and `mend` for people."""
    body = {"type": "about:blank", "title": code.replace("_", " "), "status": status, "code": code, "detail": detail}
    body |= {name: text for name, text in (("mend", mend), ("path", path)) if text}
    return HttpResponse(_encoder.encode(body), status=status, content_type="application/problem+json")


def endpoint(view: Callable[..., Any], body: type[Any] | None = None) -> View:
    """`view(workspace_id, parameters, **path parts)` gives what is written as JSON, or a whole response. With a type of
    `body` it is a write, a POST, and is given what was sent in place of the parameters."""
    methods = ("GET", "HEAD") if body is None else ("POST",)

    @wraps(view)
    def answer(request: HttpRequest, **parts: Any) -> HttpResponse:
        if request.method not in methods:
            return problem(405, "method_not_allowed", f"{request.method} is not possible here.")
        try:
            workspace = _workspace_of(request)
            answered = view(workspace, request.GET if body is None else _read(request, body), **parts)
            return answered if isinstance(answered, HttpResponse) else ok(answered)
        except Refused as refused:
            return problem(refused.status, refused.code, refused.message, mend=refused.mend, path=refused.path)
        except Unavailable as unavailable:
            return problem(503, "unavailable", str(unavailable), mend="Try again in a moment.")

    return answer


def _read(request: HttpRequest, body: type[Any]) -> Any:
    """Nothing at all is an empty object."""
    try:
        return msgspec.json.decode(request.body or b"{}", type=body)
    except msgspec.DecodeError as error:
        raise Refused("invalid_body", f"This cannot be read: {error}.", mend="See /api/openapi.json.") from error


def not_found(request: HttpRequest, rest: str = "") -> HttpResponse:
    return problem(404, "no_such_endpoint", f"There is no {request.path}.", mend="See /api/openapi.json.")


def _workspace_of(request: HttpRequest) -> int:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    workspace = keys.find(token.strip(), "secret") if scheme.lower() == "bearer" and token else None
    if workspace is None:
        raise Refused(
            "unauthorized",
            "This needs the workspace's secret key.",
            mend="Send it as `Authorization: Bearer mps_…`; `milepost keys` prints it.",
            status=401,
        )
    return workspace
