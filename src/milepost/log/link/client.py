"""The other processes' end of the link, and the event store as they see it."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, LifoQueue
from threading import Lock
from typing import Any, NoReturn

from milepost.core.values import Unavailable
from milepost.log.eventstore import QuestionFailed, Row
from milepost.log.link.wire import HEADER, frame, read_frame, unframe

_WAKE = frame(["wake"])
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.05, 1.0  # seconds between attempts to reach the engine


class LinkClient:
    def __init__(self, path: Path, *, patience: float = 90.0) -> None:
        """`patience`: seconds to wait for an answer; longer than the engine allows a question."""
        self._path, self._patience = path, patience
        self._idle: LifoQueue[socket.socket] = LifoQueue()
        self._waker: socket.socket | None = None
        self._waking = Lock()

    def wake(self) -> None:
        with self._waking:
            if not self._try_wake():
                self._try_wake()  # the engine may have been started anew since the last time

    def publish(self, topic: str, payload: Any) -> None:
        self.ask("publish", topic, payload)

    async def listen(self) -> AsyncGenerator[tuple[str, Any], None]:
        pause = _SHORTEST_PAUSE
        while True:
            with suppress(OSError, EOFError):
                reader, writer = await asyncio.open_unix_connection(self._path)
                try:
                    writer.write(frame(["listen"]))
                    while True:
                        topic, payload = await read_frame(reader)
                        pause = _SHORTEST_PAUSE
                        yield topic, payload
                finally:
                    writer.close()
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    def query(self, sql: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.ask("query", sql, parameters)]

    def ask(self, *request: Any) -> Any:
        """One question and its answer; threads may ask side by side. Raises Unavailable when no engine answers."""
        data = frame(request)
        try:
            answer = self._exchange(data)
        except (OSError, EOFError) as error:
            raise Unavailable("No engine answers on this home folder.", retry_after=1) from error
        match answer:
            case ["ok", value]:
                return value
            case ["unavailable", text]:
                raise Unavailable(text)
            case [_, text]:
                raise QuestionFailed(text)
        raise QuestionFailed("The engine's answer cannot be read.")

    def close(self) -> None:
        with suppress(Empty):
            while True:
                self._idle.get_nowait().close()
        with self._waking:
            self._sleep()

    def _exchange(self, data: bytes) -> Any:
        """Over a connection that is open already, else, or when its engine has gone since, over a new one."""
        with suppress(Empty, ConnectionError, EOFError):
            return self._over(self._idle.get_nowait(), data)
        return self._over(self._connect(), data)

    def _over(self, connection: socket.socket, data: bytes) -> Any:
        try:
            connection.sendall(data)
            size = int.from_bytes(_receive(connection, HEADER), "big")
            answer = unframe(_receive(connection, size))
        except BaseException:
            connection.close()
            raise
        self._idle.put(connection)
        return answer

    def _connect(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(self._patience)
        try:
            connection.connect(str(self._path))
        except BaseException:
            connection.close()
            raise
        return connection

    def _try_wake(self) -> bool:
        try:
            if self._waker is None:
                self._waker = self._connect()
                self._waker.settimeout(0)
            return self._waker.send(_WAKE) == len(_WAKE) or self._sleep()
        except BlockingIOError:
            return True  # so many wakes wait there that one more says nothing new
        except OSError:
            return self._sleep()

    def _sleep(self) -> bool:
        if self._waker is not None:
            self._waker.close()
            self._waker = None
        return False


class RemoteEventStore:
    """The reading half of EventStore. Only the engine writes: to try it from elsewhere is a mistake in the program."""

    def __init__(self, link: LinkClient) -> None:
        self._link = link

    def position(self) -> int:
        return int(self._link.ask("position"))

    def history(self, ws: int, uids: Sequence[int], names: Collection[str] | None = None) -> list[tuple[int, int]]:
        told = self._link.ask("history", ws, list(uids), None if names is None else list(names))
        return [(uid, seq) for uid, seq in told]

    def query(self, sql: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
        return self._link.query(sql, parameters)

    def append(self, rows: Sequence[Row], position: int) -> None:
        _only_the_engine()

    def merge(self, ws: int, uid: int, into: int) -> None:
        _only_the_engine()

    def erase(self, ws: int, uid: int) -> list[int]:
        _only_the_engine()

    def overwrite(self) -> bool:
        _only_the_engine()

    def rewrite(self, properties: Mapping[int, str]) -> None:
        _only_the_engine()

    def close(self) -> None:
        """The link belongs to whoever made it."""


def _only_the_engine() -> NoReturn:
    raise RuntimeError("Only the engine writes the event store.")


def _receive(connection: socket.socket, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        part = connection.recv(min(size - len(data), 1 << 20))
        if not part:
            raise EOFError
        data += part
    return bytes(data)
