"""The stream of pieces to one browser, as server-sent events.

`open` lists the ids of everything open (what the browser holds besides is over), `piece` brings one that is new or has
changed, `retract` takes one away that was closed elsewhere.

An idle stream is a coroutine that waits for the browser to leave, and nothing else: no thread, no database connection,
no timer. Whoever has news for it starts a task that looks and writes; the hub's heartbeat is one for all.
"""

import asyncio
from collections.abc import Coroutine, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
import structlog

from milepost.client.feed import Feed, OpenPiece
from milepost.client.http import CORS, Receive, Send
from milepost.client.hub import Hub, Room
from milepost.client.tokens import Session

BEATS_PER_LOOK = 4  # a snooze that ended and a merge of people tell nobody

_HEADERS = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    *CORS,
)
_HEARTBEAT = b":\n\n"
#: The state of a piece that is as it was made: whoever was sent it has it.
_UNTOUCHED = ("waiting", 0, 1)

log = structlog.get_logger()


class Stream:
    """Shapes: `sent` is what the browser holds, the id of a piece → its state when it was sent. Absent: `uid` is None
    for an unsigned session, and until the person of a signed one is known."""

    __slots__ = (
        "_after",
        "_beats",
        "_feed",
        "_hub",
        "_news",
        "_send",
        "_sent",
        "_serving",
        "_writer",
        "room",
        "session",
        "uid",
    )

    def __init__(self, session: Session, after: int, feed: Feed, hub: Hub, send: Send) -> None:
        self.session, self._after, self._feed, self._hub, self._send = session, after, feed, hub, send
        self.uid: int | None = None
        self.room: Room | None = None
        self._sent: dict[int, tuple[str, int, int]] = {}
        self._beats = 0
        self._news = False
        self._serving: asyncio.Task[None] | None = None
        self._writer: asyncio.Task[None] | None = None

    async def serve(self, receive: Receive) -> None:
        """Holds the stream open until the browser leaves or `close` is called.

        Granian's `send` says nothing about a connection that is gone; only `receive` does, so that is what it waits on.
        """
        self._serving = asyncio.current_task()
        try:
            await self._send({"type": "http.response.start", "status": 200, "headers": [*_HEADERS]})
            self._write(self._catch_up())
            while (await receive())["type"] != "http.disconnect":
                pass
        except asyncio.CancelledError:
            await self._send({"type": "http.response.body", "body": b""})
        finally:
            if self._writer:
                self._writer.cancel()

    def tell(self) -> None:
        """There may be something to see."""
        self._news = True
        if self._writer is None and self._serving:
            self._write(self._changes())

    def beat(self, now: datetime) -> None:
        """Shows that the connection lives, and looks now and then, whatever was told; ends what is over."""
        self._beats += 1
        if now >= self.session.expires_at:
            self.close()
        elif self._beats % BEATS_PER_LOOK == 0:
            self.tell()
        elif self._writer is None and self._serving:
            self._write(_just(_HEARTBEAT))

    def close(self) -> None:
        if self._serving:
            self._serving.cancel()

    def _write(self, events: Coroutine[Any, Any, bytes]) -> None:
        self._writer = asyncio.ensure_future(self._written(events))

    async def _written(self, events: Coroutine[Any, Any, bytes]) -> None:
        """Writes these events, and those that were told of meanwhile. A stream that cannot look ends: it is opened
        again, by and by, and catches up."""
        try:
            await self._put(await events)
            while self._news:
                await self._put(await self._changes())
        except Exception as error:
            log.warning("stream ended", error=str(error))
            self.close()
        finally:
            self._writer = None

    async def _put(self, events: bytes) -> None:
        if events:
            await self._send({"type": "http.response.body", "body": events, "more_body": True})

    async def _catch_up(self) -> bytes:
        """What a browser needs that has seen everything up to `after`: also what may have changed since it was sent."""
        pieces = await self._look()
        self._sent = {piece.id: _state(piece) for piece in pieces}
        missed = (_piece(piece) for piece in pieces if piece.id > self._after or _state(piece) != _UNTOUCHED)
        return b"".join((_event("open", [piece.id for piece in pieces]), *missed))

    async def _changes(self) -> bytes:
        pieces = await self._look()
        held, self._sent = self._sent, {piece.id: _state(piece) for piece in pieces}
        changed = (_piece(piece) for piece in pieces if held.get(piece.id) != _state(piece))
        return b"".join((*_retractions(held, self._sent), *changed))

    async def _look(self) -> Sequence[OpenPiece]:
        """The flag falls before the look, so that what happens during it is looked at again."""
        self._news = False
        self._feed.check(self.session)
        self.uid, pieces = await self._feed.look(self.session)
        self._hub.settle(self)
        return pieces


async def _just(events: bytes) -> bytes:
    return events


def _state(piece: OpenPiece) -> tuple[str, int, int]:
    return piece.status, piece.step, piece.version


def _retractions(held: Iterable[int], still: dict[int, Any]) -> Iterator[bytes]:
    return (_event("retract", {"id": number}) for number in held if number not in still)


def _piece(piece: OpenPiece) -> bytes:
    return b"id: %d\n%b" % (piece.id, _event("piece", piece))


def _event(name: str, data: Any) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (name.encode(), msgspec.json.encode(data))
