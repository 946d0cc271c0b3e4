"""The web process: HTTP, streams, and the log's writer for what clients send."""

import asyncio
import signal
from collections.abc import Callable

import uvloop
from granian.constants import Interfaces
from granian.server.embed import Server

from milepost.conf.asgi import Front, hold
from milepost.log import stores
from milepost.log.stores import Stores

#: Connections that may be open at once. Past it new ones wait in the system's queue; a stream counts as one.
_CONNECTIONS = 12_000
_BACKLOG = 4096


def run(connected: Stores, host: str, port: int) -> None:
    """Serves until the process is asked to end."""
    stores.use(connected)
    uvloop.run(_serve(connected, host, port))


async def _serve(connected: Stores, host: str, port: int) -> None:
    front = Front(connected)
    server = Server(
        front,
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        backlog=_BACKLOG,
        backpressure=_CONNECTIONS,
        websockets=False,
        log_enabled=False,
    )
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    holding = asyncio.create_task(hold(front, stopping))
    serving = asyncio.create_task(server.serve())
    await asyncio.wait({holding, serving}, return_when=asyncio.FIRST_COMPLETED)
    stopping.set()
    await holding
    stop: Callable[[], None] = server.stop  # it carries no types
    stop()
    await serving
    connected.close()
