"""The open pieces for whoever holds no stream: asked for now and then, with what the last answer said (`since`); or by
long poll (`wait`), where something on the way lets no stream through.

`since` names what the asker holds, piece by piece; nothing is kept of it here, so that any process can answer, and
nothing can be missed between two requests.
"""

import asyncio
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

import msgspec
from msgspec import Struct

from milepost.client.feed import Feed, OpenPiece
from milepost.client.hub import Hub, Room
from milepost.client.tokens import Session
from milepost.core.values import Refused

#: Seconds: shorter than the patience of proxies.
_LONGEST_WAIT = 15.0

#: A piece's number → its status, step and version.
_Held = dict[int, tuple[str, int, int]]
_decoder = msgspec.msgpack.Decoder(_Held)


class Pieces(Struct, frozen=True, kw_only=True):
    """`open`: the numbers of everything open; what the asker holds besides is over. `pieces`: those that are new or have
    changed, all of them without a `since`. `since` is given back when asking again."""

    open: list[int]
    pieces: Sequence[OpenPiece]
    since: str


class Poll:
    """One request; it may wait for news."""

    def __init__(self, session: Session, feed: Feed, hub: Hub) -> None:
        self.session, self._feed, self._hub = session, feed, hub
        self.uid: int | None = None
        self.room: Room | None = None
        self._told = asyncio.Event()
        self._over = False

    async def news(self, since: str, most: float) -> Pieces:
        """What is there besides `since`, at once or when it has come; after `most` seconds, nothing new."""
        found = await self._look(since)
        with suppress(TimeoutError):
            async with asyncio.timeout(most):
                while found.since == since and not self._over:
                    await self._told.wait()
                    found = await self._look(since)
        return found

    def tell(self) -> None:
        self._told.set()

    def beat(self, now: datetime) -> None:
        """Nothing: a poll is over sooner than a stream would look by itself."""

    def close(self) -> None:
        self._over = True
        self.tell()

    async def _look(self, since: str) -> Pieces:
        """The flag falls before the look, so that what happens during it is looked at again."""
        self._told.clear()
        self._feed.check(self.session)
        self.uid, pieces = await self._feed.look(self.session)
        self._hub.settle(self)
        return news(pieces, since)


def patience(text: str) -> float:
    """How many seconds somebody is ready to wait; none where it does not say a number of them."""
    try:
        seconds = float(text)
    except ValueError:
        return 0.0
    return min(seconds, _LONGEST_WAIT) if seconds > 0 else 0.0


def news(pieces: Sequence[OpenPiece], since: str) -> Pieces:
    """Raises Refused for a `since` that was not given here."""
    held, now = _read(since), {piece.id: _state(piece) for piece in pieces}
    changed = [piece for piece in pieces if held.get(piece.id) != now[piece.id]]
    return Pieces(open=list(now), pieces=changed, since=_written(now))


def _state(piece: OpenPiece) -> tuple[str, int, int]:
    return piece.status, piece.step, piece.version


def _written(held: _Held) -> str:
    return urlsafe_b64encode(msgspec.msgpack.encode(held)).decode().rstrip("=")


def _read(since: str) -> _Held:
    try:
        return _decoder.decode(urlsafe_b64decode(since + "=" * (-len(since) % 4))) if since else {}
    except (ValueError, msgspec.DecodeError) as error:
        raise Refused("bad_since", "This `since` was not given here.", mend="Leave it out to begin.") from error
