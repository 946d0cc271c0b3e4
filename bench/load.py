"""Presses on an ingest endpoint: a process of its own, many keep-alive connections, one request on each at a time.

It does as little as a client can (prepared texts, raw sockets), so that the core that it takes is not what is measured.

    python -m bench.load PORT KEY BATCH CONNECTIONS SECONDS    prints {"events", "seconds", "failed"}
"""

import json
import os
import random
import selectors
import socket
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from itertools import count

from bench.world import PLANS, event

_TEXTS = 500
#: As long as a UUID, and unlike those of every other run.
_IDS = (f"{os.getpid():08x}{time.time_ns():016x}{number:012x}".encode() for number in count())


def _event_text(dice: random.Random, kind: str) -> bytes:
    """An event as a server's client sends it, with a place for its message id; 500 bytes."""
    call = {
        **({"type": "track"} if kind == "batch" else {}),
        "messageId": "%b",
        "userId": f"user-{dice.randrange(100_000):07}",
        "event": event(dice),
        "timestamp": "2026-05-04T09:00:00.000Z",
        "properties": {"amount": dice.randrange(1000), "plan": dice.choice(PLANS), "page": "/reports/weekly"},
        "context": {
            "library": {"name": "analytics-python", "version": "2.3.4"},
            "ip": "203.0.113.7",
            "locale": "en-GB",
            "timezone": "Europe/Sofia",
            "page": {"path": "/reports/weekly", "title": "Reports", "url": "https://app.example.com/reports/weekly"},
        },
        "integrations": {},
    }
    return json.dumps(call, separators=(",", ":")).encode()


def requests(key: str, batch: int) -> Iterator[bytes]:
    """Whole requests, each event with a message id of its own."""
    dice = random.Random(7)
    kind = "batch" if batch > 1 else "track"
    texts = [_event_text(dice, kind) for _ in range(_TEXTS)]
    token = b64encode(f"{key}:".encode())
    while True:
        body = b",".join(dice.choice(texts) % next(_IDS) for _ in range(batch))
        if batch > 1:
            body = b'{"batch":[%b],"sentAt":null}' % body
        yield (
            b"POST /v1/%b HTTP/1.1\r\nHost: bench\r\nAuthorization: Basic %b\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n%b" % (kind.encode(), token, len(body), body)
        )


class Connection:
    def __init__(self, port: int, next_request: Callable[[], bytes]) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._next = next_request

    def ask(self) -> None:
        self.socket.sendall(self._next())

    def take(self) -> bool:
        """Reads the answer, which is so short that it comes at once; whether it says that all was stored."""
        answer = self.socket.recv(65_536)
        return answer.startswith(b"HTTP/1.1 200") and answer.endswith(b'{"success":true}')


def press(port: int, key: str, batch: int, connections: int, seconds: float) -> dict[str, float]:
    source = requests(key, batch)
    prepared = [next(source) for _ in range(connections if batch == 1 else 4 * connections)]
    asked = iter(prepared)

    def next_request() -> bytes:
        return next(asked, b"") or next(source)

    selector = selectors.DefaultSelector()
    opened = [Connection(port, next_request) for _ in range(connections)]
    for connection in opened:
        selector.register(connection.socket, selectors.EVENT_READ, connection)
    stored = failed = 0
    started = time.perf_counter()
    for connection in opened:
        connection.ask()
    waiting = len(opened)
    while waiting:
        for ready, _ in selector.select(10):
            good = ready.data.take()
            stored, failed = stored + good, failed + (not good)
            if time.perf_counter() - started < seconds:
                ready.data.ask()
            else:
                waiting -= 1
    return {"events": stored * batch, "seconds": time.perf_counter() - started, "failed": failed}


if __name__ == "__main__":
    port, key, batch, connections, seconds = sys.argv[1:]
    print(json.dumps(press(int(port), key, int(batch), int(connections), float(seconds))))
