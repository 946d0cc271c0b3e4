"""What clients are told: exactly 200, or a refusal with `code` and `message`; always with the headers browsers need."""

import math
from typing import Any, NamedTuple

import msgspec

from milepost.core.values import Refused, Unavailable

Headers = list[tuple[bytes, bytes]]


class Answer(NamedTuple):
    status: int
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()


_encode = msgspec.json.Encoder().encode
_JSON = (b"content-type", b"application/json")
STORED = Answer(200, b'{"success":true}')
#: A preflight is answered wherever it is asked; what it may and may not do is said by `cors`.
PREFLIGHT = Answer(200, b"")


def ok(document: Any) -> Answer:
    return Answer(200, _encode(document))


def results(errors: list[dict[str, Any]], warnings: list[dict[str, Any]], stored: int) -> Answer:
    """One entry for each event that was refused, or stored otherwise than sent; the others are stored."""
    if not errors and not warnings:
        return STORED
    document: dict[str, Any] = {"success": not errors, "accepted": stored}
    if errors:
        document |= {"code": errors[0]["code"], "message": errors[0]["message"], "errors": errors}
    if warnings:
        document["warnings"] = warnings
    return ok(document)


def refusal(refused: Refused, *headers: tuple[bytes, bytes]) -> Answer:
    return Answer(refused.status, _encode({"success": False, **told(refused)}), headers)


def told(refused: Refused) -> dict[str, Any]:
    """A refusal as clients read it: many show `code` and `message` and nothing else."""
    message = f"{refused.message} {refused.mend}".strip()
    return {"code": refused.code, "message": message} | ({"path": refused.path} if refused.path else {})


def busy(error: Unavailable) -> Answer:
    """Clients send again what is answered so, with the same message ids."""
    seconds = str(max(1, math.ceil(error.retry_after or 1))).encode()
    refused = Refused("too_many_requests", str(error), mend="Try again later.", status=429)
    return refusal(refused, (b"retry-after", seconds), (b"x-ratelimit-reset", seconds))


def mistake() -> Answer:
    return refusal(Refused("mistake", "Milepost made a mistake; nothing was stored.", mend="Try again.", status=500))


def head_of(answer: Answer, request: dict[bytes, bytes]) -> Headers:
    """The answer's headers for this request."""
    length = (b"content-length", str(len(answer.body)).encode())
    return [_JSON, length, *answer.headers, *_cors(request)]


_ANYBODY = (b"access-control-allow-origin", b"*")
_METHODS = (b"access-control-allow-methods", b"GET, POST, OPTIONS")
_DAY = (b"access-control-max-age", b"86400")
_VARY = (b"vary", b"Origin, Access-Control-Request-Headers")
_READABLE = (b"access-control-expose-headers", b"Retry-After, X-RateLimit-Reset")
_CREDENTIALS = (b"access-control-allow-credentials", b"true")


def _cors(request: dict[bytes, bytes]) -> Headers:
    """Any page may send facts; that is what a write key is for. `sendBeacon` insists on sending cookies, and a browser
    then wants the page's origin by name. No cookie is ever looked at here, so nothing is given away by that."""
    origin, asked = request.get(b"origin"), request.get(b"access-control-request-headers")
    if origin is None and asked is None:
        return [_ANYBODY]
    named = _ANYBODY if origin is None else (b"access-control-allow-origin", origin)
    allowed = (b"access-control-allow-headers", asked or b"authorization, content-type")
    return [named, _CREDENTIALS, _METHODS, allowed, _DAY, _READABLE, _VARY]
