"""The engine's end of the link: an event loop in a thread of its own."""

import asyncio
import os
import socket
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any

import structlog

from milepost.core.values import Unavailable
from milepost.log.eventstore import EventStore, QuestionFailed
from milepost.log.link.memory import MemoryLink
from milepost.log.link.protocol import CONNECTED
from milepost.log.link.wire import frame, read_frame

#: A listener that has this much unread is cut off; it connects again and asks for all that it should show.
_MOST_UNREAD_BYTES = 4 * 1024 * 1024
_QUESTIONS_AT_ONCE = 4

_log = structlog.get_logger(__name__)


class LinkServer:
    """`on_wake` runs in the link's thread and may be set later. The caller holds the home's lock: a socket file that
    lies there is left over from an engine that was killed."""

    def __init__(self, path: Path, store: EventStore, on_wake: Callable[[], None] = lambda: None) -> None:
        self.on_wake = on_wake
        self._path, self._store = path, store
        self._here = MemoryLink()
        self._listeners: set[asyncio.StreamWriter] = set()
        self._connections: set[asyncio.StreamWriter] = set()
        self._pool = ThreadPoolExecutor(_QUESTIONS_AT_ONCE, thread_name_prefix="question")
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="link", daemon=True)
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._open(), self._loop).result()

    def wake(self) -> None:
        self.on_wake()

    def publish(self, topic: str, payload: Any) -> None:
        self._here.publish(topic, payload)
        data = frame([topic, payload])
        with suppress(RuntimeError):  # the loop is closed: nobody listens any more
            self._loop.call_soon_threadsafe(self._spread, data)

    def listen(self) -> AsyncGenerator[tuple[str, Any], None]:
        return self._here.listen()

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._shut(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._pool.shutdown(cancel_futures=True)

    async def _open(self) -> asyncio.Server:
        self._path.unlink(missing_ok=True)
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(0o177)  # for its owner alone, from the first moment
        try:
            listening.bind(str(self._path))
        finally:
            os.umask(before)
        return await asyncio.start_unix_server(self._serve, sock=listening)

    async def _shut(self) -> None:
        self._server.close()
        for writer in self._connections:
            writer.transport.abort()
        self._path.unlink(missing_ok=True)
        serving = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections.add(writer)
        try:
            while True:
                await self._obey(await read_frame(reader), writer)
        except (OSError, EOFError):
            pass  # the other side went away
        except Exception:
            _log.exception("link.frame")
        finally:
            self._connections.discard(writer)
            self._listeners.discard(writer)
            writer.close()

    async def _obey(self, request: list[Any], writer: asyncio.StreamWriter) -> None:
        match request:
            case ["wake"]:
                self.on_wake()
            case ["listen"]:
                writer.write(frame([CONNECTED, None]))
                self._listeners.add(writer)
            case _:
                writer.write(await self._loop.run_in_executor(self._pool, self._answer, request))
                await writer.drain()

    def _answer(self, request: list[Any]) -> bytes:
        try:
            return frame(["ok", self._ask(request)])
        except Unavailable as error:
            return frame(["unavailable", str(error)])
        except QuestionFailed as error:
            return frame(["failed", str(error)])
        except Exception as error:
            _log.exception("link.question")
            return frame(["failed", f"{type(error).__name__}: {error}"])

    def _ask(self, request: list[Any]) -> Any:
        match request:
            case ["position"]:
                return self._store.position()
            case ["history", int(ws), [*uids], names]:
                return self._store.history(ws, uids, names)
            case ["query", str(sql), dict(parameters)]:
                return self._store.query(sql, parameters)
            case ["publish", str(topic), payload]:
                return self.publish(topic, payload)
        raise QuestionFailed(f"The link does not know '{request[0]}'.")

    def _spread(self, data: bytes) -> None:
        for writer in tuple(self._listeners):
            if writer.transport.get_write_buffer_size() > _MOST_UNREAD_BYTES:
                self._listeners.discard(writer)
                writer.transport.abort()
            else:
                writer.write(data)
