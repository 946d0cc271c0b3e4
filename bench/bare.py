"""The limit of ingest: what no durable endpoint with dedupe can do without, and nothing else.

granian's embedded server, msgspec, one SQLite file: decode, look each message id up in the day's table of 64-bit keys,
store the raw event, wait for the disk (group commit), answer. No keys, no checks, no clocks, no errors of one event.

    python -m bench.bare FOLDER PORT
"""

import asyncio
import signal
import sqlite3
import sys
import threading
from collections import deque
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec
import uvloop
from granian.constants import Interfaces
from granian.server.embed import Server
from msgspec import Raw, Struct

_SCHEMA = """
PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32000; PRAGMA temp_store=MEMORY;
CREATE TABLE facts (seq INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE keys_today (key INTEGER PRIMARY KEY);
"""
_KNOWN = "SELECT key FROM keys_today WHERE key IN (SELECT value FROM json_each(?))"
_REMEMBER = "INSERT INTO keys_today SELECT value FROM json_each(?)"


class _Event(Struct, rename="camel"):
    message_id: str


class _Batch(Struct):
    batch: list[Raw]


#: As Milepost's own web process has them.
_OPTIONS: dict[str, Any] = {"backlog": 4096, "backpressure": 12_000, "websockets": False, "log_enabled": False}

_event, _batch = msgspec.json.Decoder(_Event), msgspec.json.Decoder(_Batch)
Keyed = list[tuple[int, bytes]]


class Writer(threading.Thread):
    """One transaction for everybody who waits."""

    def __init__(self, path: Path, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(daemon=True)
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.executescript(_SCHEMA)
        self._loop, self._waiting = loop, deque[tuple[Keyed, asyncio.Future[None]]]()
        self._changed = threading.Condition()

    def append(self, events: Keyed) -> asyncio.Future[None]:
        stored: asyncio.Future[None] = self._loop.create_future()
        with self._changed:
            self._waiting.append((events, stored))
            self._changed.notify()
        return stored

    def run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting)
                group = list(self._waiting)
                self._waiting.clear()
            self._store([event for events, _ in group for event in events])
            self._loop.call_soon_threadsafe(_tell, [stored for _, stored in group])

    def _store(self, events: Keyed) -> None:
        bodies: dict[int, bytes] = dict(events)
        self._db.execute("BEGIN IMMEDIATE")
        wanted = msgspec.json.encode(sorted(bodies)).decode()
        known = {key for (key,) in self._db.execute(_KNOWN, (wanted,))}
        new = sorted(bodies.keys() - known)
        self._db.execute(_REMEMBER, (msgspec.json.encode(new).decode(),))
        self._db.executemany("INSERT INTO facts (body) VALUES (?)", ((bodies[key],) for key in new))
        self._db.execute("COMMIT")


def _tell(stored: list["asyncio.Future[None]"]) -> None:
    for each in stored:
        if not each.done():
            each.set_result(None)


def _keyed(text: bytes | Raw) -> tuple[int, bytes]:
    raw = bytes(text)
    name = _event.decode(raw).message_id.encode()
    return int.from_bytes(blake2b(name, digest_size=8).digest(), "big") >> 1, raw


def _events(path: str, body: bytes) -> Keyed:
    return [_keyed(raw) for raw in _batch.decode(body).batch] if path == "/v1/batch" else [_keyed(body)]


async def _body(receive: Any) -> bytes:
    parts: list[bytes] = []
    more = True
    while more:
        message = await receive()
        parts.append(message["body"])
        more = message.get("more_body", False)
    return b"".join(parts)


async def serve(folder: Path, port: int) -> None:
    loop = asyncio.get_running_loop()
    writer = Writer(folder / "bare.sqlite", loop)
    writer.start()
    start = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        events = _events(scope["path"], await _body(receive))
        await writer.append(events)
        await send(start)
        await send({"type": "http.response.body", "body": b'{"success":true}'})

    server = Server(app, address="127.0.0.1", port=port, interface=Interfaces.ASGINL, **_OPTIONS)
    loop.add_signal_handler(signal.SIGTERM, server.stop)
    await server.serve()


if __name__ == "__main__":
    uvloop.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
