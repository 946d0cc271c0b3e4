"""Which streams are open, and which of them to wake. Everything here runs on the event loop and reads nothing."""

import asyncio
from collections.abc import Iterable
from itertools import chain

from milepost.client.tokens import Session
from milepost.core.values import Refused

_Room = tuple[str, int, int | str]


class Stream:
    """One open stream: who it is for, and what it has been told."""

    __slots__ = ("_bell", "after", "closed", "news", "room", "sent", "session", "uid")

    def __init__(self, session: Session, after: int) -> None:
        self.session = session
        self.after = after
        self.uid: int | None = None
        self.room: _Room | None = None
        self.news = False
        self.closed = False
        self._bell = asyncio.Event()
        #: What the browser holds: the id of a piece → its state when it was sent.
        self.sent: dict[int, tuple[str, int]] = {}

    def tell(self) -> None:
        """There may be something to see."""
        self.news = True
        self._bell.set()

    def close(self) -> None:
        self.closed = True
        self._bell.set()

    async def rest(self, seconds: float) -> None:
        """Until there is news, the end, or so much time has passed. (No `wait_for`: it costs a task a stream.)"""
        timer = asyncio.get_running_loop().call_later(seconds, self._bell.set)
        await self._bell.wait()
        timer.cancel()
        self._bell.clear()


class Hub:
    """Streams by room: a person, a device, or the hall of a workspace (signed, but the person is not known yet)."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._streams: set[Stream] = set()
        self._rooms: dict[_Room, set[Stream]] = {}

    def __len__(self) -> int:
        return len(self._streams)

    def join(self, stream: Stream) -> None:
        """Raises Refused (429) when no more streams can be served well."""
        if len(self._streams) >= self._limit:
            raise Refused("too_many_streams", "No more streams can be opened now.", mend="Try again.", status=429)
        self._streams.add(stream)
        self.settle(stream)

    def settle(self, stream: Stream) -> None:
        """Puts the stream into the room of what is known about it by now."""
        room = _room_of(stream)
        if room != stream.room:
            self._leave_room(stream)
            self._rooms.setdefault(room, set()).add(stream)
            stream.room = room

    def leave(self, stream: Stream) -> None:
        self._streams.discard(stream)
        self._leave_room(stream)

    def wake(self, workspace: int, uids: Iterable[int], devices: Iterable[str]) -> None:
        """Tells the streams of these people and devices, and those whose person was unknown, to look again."""
        hall: list[_Room] = [("hall", workspace, 0)]
        for room in chain(hall, (("uid", workspace, uid) for uid in uids), (("device", workspace, d) for d in devices)):
            for stream in self._rooms.get(room, ()):
                stream.tell()

    def wake_all(self) -> None:
        for stream in self._streams:
            stream.tell()

    def close_all(self) -> None:
        for stream in self._streams:
            stream.close()

    def _leave_room(self, stream: Stream) -> None:
        if stream.room is None:
            return
        room = self._rooms[stream.room]
        room.discard(stream)
        if not room:
            del self._rooms[stream.room]
        stream.room = None


def _room_of(stream: Stream) -> _Room:
    session = stream.session
    if not session.signed:
        return ("device", session.workspace, session.device)
    return ("hall", session.workspace, 0) if stream.uid is None else ("uid", session.workspace, stream.uid)
