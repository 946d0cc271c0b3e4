"""The ASGI app of the browser's edge.

| request | answer |
|---|---|
| `POST /client/open` | a session token for a device, and for its person if the host product signed the user id |
| `GET /client/stream` | the person's open pieces, then what changes, as server-sent events |
| `POST /client/progress` | what a piece did in the browser; 200 once the fact is durable |
| `POST /client/link` | spends the token of a link in a mail, and starts the guide that it promised |
| `GET /sdk/…` | the SDK |
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from milepost.client import deeplinks, reports
from milepost.client.assets import Assets
from milepost.client.feed import Feed
from milepost.client.http import (
    PREFLIGHT,
    Receive,
    Scope,
    Send,
    header,
    query,
    read_body,
    respond,
    respond_json,
    respond_refusal,
)
from milepost.client.hub import Hub
from milepost.client.stream import Stream
from milepost.client.tokens import LIFETIME, Session, seal, unseal
from milepost.core.events import Fact
from milepost.core.values import Refused, Unavailable
from milepost.log.clock import SYSTEM, Clock

Append = Callable[[Sequence[Fact]], Awaitable[list[int]]]
News = AsyncIterator[tuple[str, Any]]

_UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\Z"


class OpenRequest(Struct, frozen=True, rename="camel", kw_only=True):
    """An anonymous id of any other form is refused, so that nobody passes a user id off as one."""

    write_key: Annotated[str, Meta(min_length=1, max_length=200)]
    anonymous_id: Annotated[str, Meta(pattern=_UUID)]
    user_id: Annotated[str, Meta(max_length=255)] | None = None
    signature: Annotated[str, Meta(max_length=200)] = ""


class Client:
    """Shapes: `key` is 32 bytes; `append` answers when the facts are durable. Units: `beat` in seconds."""

    def __init__(
        self,
        *,
        key: bytes,
        feed: Feed,
        append: Append,
        folder: Path,
        clock: Clock = SYSTEM,
        limit: int = 10_000,
        beat: float = 15,
    ) -> None:
        self._key, self._feed, self._append, self._clock, self._beat = key, feed, append, clock, beat
        self.hub = Hub(limit)
        self._assets = Assets(folder)
        self._routes = {
            ("POST", "/client/open"): self._open,
            ("GET", "/client/stream"): self._stream,
            ("POST", "/client/progress"): self._progress,
            ("POST", "/client/link"): self._link,
        }

    @staticmethod
    def owns(path: str) -> bool:
        return path.startswith(("/client/", "/sdk/"))

    async def listen(self, news: News) -> None:
        """Tells streams what the engine says, and keeps them alive, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._hear(news))
            group.create_task(self.hub.beat(self._beat, self._clock))

    async def _hear(self, news: News) -> None:
        """After a gap in the news every stream looks again."""
        async for topic, payload in news:
            if topic == "pieces":
                self.hub.wake(payload["ws"], payload["uids"], payload["devices"])
            elif topic == "connected":
                self.hub.wake_all()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._answer(scope, receive, send)
        except Refused as refused:
            await respond_refusal(send, refused)
        except Unavailable as error:
            await respond_refusal(send, Refused("unavailable", str(error), mend="Try again.", status=503))

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        method, path = scope["method"], scope["path"]
        if method == "OPTIONS":
            return await respond(send, 204, b"", PREFLIGHT)
        if path.startswith("/sdk/") and method in ("GET", "HEAD"):
            return await self._assets.serve(path.removeprefix("/sdk/"), scope, send)
        route = self._routes.get((method, path))
        if route is None:
            raise Refused("not_found", f"There is no {method} {path} here.", status=404)
        return await route(scope, receive, send)

    async def _open(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = _read_open(await read_body(receive))
        workspace = await self._feed.admit(asked.write_key, asked.user_id, asked.signature)
        user_id = asked.user_id if asked.signature else None
        session = Session(workspace, asked.anonymous_id, user_id, self._clock.now() + LIFETIME)
        await respond_json(send, 200, {"token": seal(session, self._key), "signed": session.signed})

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        stream = Stream(self._session(scope), _after(scope), self._feed, self.hub, send)
        self.hub.join(stream)
        try:
            await stream.serve(receive)
        finally:
            self.hub.leave(stream)

    async def _progress(self, scope: Scope, receive: Receive, send: Send) -> None:
        session = self._session(scope)
        report = reports.read_report(await read_body(receive))
        await self._append([reports.fact_of(report, session, self._clock.now())])
        await respond_json(send, 200, {"success": True})

    async def _link(self, scope: Scope, receive: Receive, send: Send) -> None:
        session = self._session(scope)
        now = self._clock.now()
        link = deeplinks.read(await read_body(receive), session, now)
        recipient = await self._feed.recipient(link.workspace, link.uid)
        numbers = await self._append(deeplinks.facts_of(link, recipient, session, now))
        await respond_json(send, 200, {"start": link.start if any(numbers) else ""})

    def _session(self, scope: Scope) -> Session:
        token = header(scope, b"authorization").removeprefix("Bearer ")
        return unseal(token, self._key, self._clock.now())


def _read_open(body: bytes) -> OpenRequest:
    try:
        return msgspec.json.decode(body, type=OpenRequest)
    except msgspec.DecodeError as error:
        raise Refused("invalid_request", f"This does not open a session: {error}.") from error


def _after(scope: Scope) -> int:
    """The last id that the browser saw; 0 when it begins."""
    text = header(scope, b"last-event-id") or query(scope, "after")
    return int(text) if text.isdecimal() and len(text) < 19 else 0
