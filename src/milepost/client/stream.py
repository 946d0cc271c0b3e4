"""The stream of pieces to one browser, as server-sent events.

`open` lists the ids of everything open (what the browser holds besides is over), `piece` brings one that is new or has
changed, `retract` takes one away that was closed elsewhere. A stream holds no thread and no database connection: it
sleeps until the hub wakes it, and looks again once a minute whatever happens.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from milepost.client.feed import Feed, OpenPiece
from milepost.client.http import CORS, Receive, Send
from milepost.client.hub import Hub, Stream

HEARTBEAT_SECONDS = 15.0
BEATS_PER_LOOK = 4  # a snooze that ended and a merge of people wake nobody

_HEADERS = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    *CORS,
)


async def serve(stream: Stream, hub: Hub, feed: Feed, receive: Receive, send: Send, beat: float) -> None:
    """Holds the stream open until the browser leaves, its session ends or the server stops.

    Granian's `send` says nothing about a connection that is gone; only `receive` does, so somebody has to wait on it.
    """
    hub.join(stream)
    leaving = asyncio.ensure_future(_disconnected(stream, receive))
    try:
        await send({"type": "http.response.start", "status": 200, "headers": [*_HEADERS]})
        await _tell(send, await _catch_up(stream, hub, feed))
        await _follow(stream, hub, feed, send, beat)
        await send({"type": "http.response.body", "body": b""})
    finally:
        hub.leave(stream)
        leaving.cancel()


async def _follow(stream: Stream, hub: Hub, feed: Feed, send: Send, beat: float) -> None:
    beats = 0
    while not stream.closed:
        await stream.rest(beat)
        beats = 0 if stream.news else beats + 1
        if stream.closed:
            return
        if stream.news or beats % BEATS_PER_LOOK == 0:
            await _tell(send, await _changes(stream, hub, feed))
        else:
            await _tell(send, (b":\n\n",))


async def _catch_up(stream: Stream, hub: Hub, feed: Feed) -> list[bytes]:
    """What a browser needs that holds everything up to `after`."""
    pieces = await _look(stream, hub, feed)
    stream.sent = {piece.id: _state(piece) for piece in pieces}
    missed = [piece for piece in pieces if piece.id > stream.after]
    return [_event("open", [piece.id for piece in pieces]), *map(_piece, missed)]


async def _changes(stream: Stream, hub: Hub, feed: Feed) -> list[bytes]:
    pieces = await _look(stream, hub, feed)
    held, stream.sent = stream.sent, {piece.id: _state(piece) for piece in pieces}
    return [*_retractions(held, stream.sent), *(_piece(p) for p in pieces if held.get(p.id) != _state(p))]


async def _look(stream: Stream, hub: Hub, feed: Feed) -> Sequence[OpenPiece]:
    """The news flag falls before the look, so that what happens during it is looked at again."""
    stream.news = False
    stream.uid, pieces = await feed.look(stream.session)
    hub.settle(stream)
    return pieces


async def _disconnected(stream: Stream, receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.close()


async def _tell(send: Send, events: Iterable[bytes]) -> None:
    body = b"".join(events)
    if body:
        await send({"type": "http.response.body", "body": body, "more_body": True})


def _state(piece: OpenPiece) -> tuple[str, int]:
    return piece.status, piece.step


def _retractions(held: Iterable[int], still: dict[int, Any]) -> Iterator[bytes]:
    return (_event("retract", {"id": number}) for number in held if number not in still)


def _piece(piece: OpenPiece) -> bytes:
    return b"id: %d\n%b" % (piece.id, _event("piece", piece))


def _event(name: str, data: Any) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (name.encode(), msgspec.json.encode(data))
