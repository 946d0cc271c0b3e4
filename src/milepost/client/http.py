"""The little HTTP that this edge needs: bodies with a limit, JSON answers, and the headers that let any page ask."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

import msgspec

from milepost.core.values import Refused

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Header = tuple[bytes, bytes]

BODY_LIMIT = 16_384

#: The key that opens this edge is public and no cookie is read, so any origin may ask.
CORS: tuple[Header, ...] = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"retry-after"),
    (b"cross-origin-resource-policy", b"cross-origin"),
)
PREFLIGHT: tuple[Header, ...] = (
    *CORS,
    (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
    (b"access-control-allow-headers", b"authorization, content-type, last-event-id"),
    (b"access-control-max-age", b"7200"),
)


async def read_body(receive: Receive) -> bytes:
    """The request's body. Raises Refused when it is longer than any honest one."""
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused("disconnected", "The connection was closed before the request had arrived.")
        part = message.get("body", b"")
        size += len(part)
        if size > BODY_LIMIT:
            raise Refused("too_large", f"A request to this address may hold {BODY_LIMIT} bytes.")
        parts.append(part)
        more = message.get("more_body", False)
    return b"".join(parts)


async def respond(send: Send, status: int, body: bytes, headers: Iterable[Header]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [*headers]})
    await send({"type": "http.response.body", "body": body})


async def respond_json(send: Send, status: int, value: Any, headers: Iterable[Header] = ()) -> None:
    fixed = ((b"content-type", b"application/json"), (b"cache-control", b"no-store"), *CORS)
    await respond(send, status, msgspec.json.encode(value), (*fixed, *headers))


async def respond_refusal(send: Send, refused: Refused) -> None:
    """Whose fault and what to do, in one shape; a 429 says when to come again."""
    body = {"code": refused.code, "message": refused.message, "mend": refused.mend}
    headers = ((b"retry-after", b"5"),) if refused.status in (429, 503) else ()
    await respond_json(send, refused.status, body, headers)


def header(scope: Scope, name: bytes) -> str:
    """The header's value; empty when it was not sent."""
    headers: Iterable[Header] = scope["headers"]
    return next((value for key, value in headers if key == name), b"").decode("latin-1")


def query(scope: Scope, name: str) -> str:
    text: str = scope["query_string"].decode("latin-1")
    return parse_qs(text).get(name, [""])[0]
