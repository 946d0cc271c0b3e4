"""An ASGI app behind the real HTTP server, in a thread of its own."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import uvloop
from granian.constants import Interfaces
from granian.server.embed import Server


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(app: Any) -> Iterator[int]:
    """The port on which the app is served while the block runs."""
    port, loop = free_port(), uvloop.new_event_loop()
    server = Server(
        app,
        port=port,
        interface=Interfaces.ASGINL,
        backlog=4096,
        backpressure=4096,
        websockets=False,
        log_enabled=False,
    )
    thread = threading.Thread(target=_run, args=(loop, server), daemon=True)
    thread.start()
    _wait_for(port)
    try:
        yield port
    finally:
        loop.call_soon_threadsafe(server.stop)
        thread.join(timeout=10)


def _run(loop: asyncio.AbstractEventLoop, server: Server) -> None:
    asyncio.set_event_loop(loop)
    loop.run_until_complete(server.serve())


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            threading.Event().wait(0.02)
    raise RuntimeError("the server did not start")
