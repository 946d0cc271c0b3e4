"""Which streams are open, and which of them to tell. Everything here runs on the event loop and reads nothing."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from itertools import chain
from typing import Protocol

from milepost.client.tokens import Session
from milepost.core.values import Refused
from milepost.log.clock import Clock

Room = tuple[str, int, int | str]
#: A workspace may hold this many times as many streams as are free: one alone four fifths of all, two four ninths each,
#: and so on, so that there is always room for whoever comes next.
_SHARE = 4
_TOGETHER = 50  # streams that beat in one go, so that the loop is never held up


class Listener(Protocol):
    """A stream, or a request that waits for news. Absent: `uid` is None for an unsigned session, and until the person
    of a signed one is known; `room` before it has joined."""

    @property
    def session(self) -> Session: ...

    uid: int | None
    room: Room | None

    def tell(self) -> None:
        """There may be something to see."""
        ...

    def beat(self, now: datetime) -> None:
        """A heartbeat's time has come."""
        ...

    def close(self) -> None:
        """It is to end."""
        ...


class Hub:
    """Streams by room: a person, a device, or the hall of a workspace (signed, but the person is not known yet)."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._streams: set[Listener] = set()
        self._held: Counter[int] = Counter()  # streams by workspace
        self._rooms: dict[Room, set[Listener]] = {}

    def __len__(self) -> int:
        return len(self._streams)

    def join(self, stream: Listener) -> None:
        """Raises Refused (429) when no more streams can be served well, and when the workspace has its share of them."""
        workspace = stream.session.workspace
        if self._held[workspace] >= _SHARE * (self._limit - len(self._streams)):
            raise Refused("too_many_streams", "No more streams can be opened now.", mend="Try again.", status=429)
        self._streams.add(stream)
        self._held[workspace] += 1
        self.settle(stream)

    def settle(self, stream: Listener) -> None:
        """Puts the stream into the room of what is known about it by now."""
        room = _room_of(stream)
        if stream in self._streams and room != stream.room:
            self._leave_room(stream)
            self._rooms.setdefault(room, set()).add(stream)
            stream.room = room

    def leave(self, stream: Listener) -> None:
        if stream in self._streams:
            self._streams.remove(stream)
            self._held[stream.session.workspace] -= 1
            self._leave_room(stream)

    def wake(self, workspace: int, uids: Iterable[int], devices: Iterable[str]) -> None:
        """Tells the streams of these people and devices, and those whose person was unknown, to look again."""
        hall: list[Room] = [("hall", workspace, 0)]
        for room in chain(hall, (("uid", workspace, uid) for uid in uids), (("device", workspace, d) for d in devices)):
            for stream in self._rooms.get(room, ()):
                stream.tell()

    def wake_all(self) -> None:
        for stream in self._streams:
            stream.tell()

    def close_all(self) -> None:
        for stream in self._streams:
            stream.close()

    async def beat(self, seconds: float, clock: Clock) -> None:
        """The heartbeat of every stream, once in so many seconds, spread over them; until cancelled."""
        while True:
            streams = list(self._streams)
            pause = seconds / (len(streams) // _TOGETHER + 1)
            for first in range(0, len(streams) + 1, _TOGETHER):
                for stream in streams[first : first + _TOGETHER]:
                    stream.beat(clock.now())
                await asyncio.sleep(pause)

    def _leave_room(self, stream: Listener) -> None:
        if stream.room is None:
            return
        room = self._rooms[stream.room]
        room.discard(stream)
        if not room:
            del self._rooms[stream.room]
        stream.room = None


def _room_of(stream: Listener) -> Room:
    session = stream.session
    if not session.signed:
        return ("device", session.workspace, session.device)
    return ("hall", session.workspace, 0) if stream.uid is None else ("uid", session.workspace, stream.uid)
