"""The link within one process: what the engine spreads to listeners of its own, and what tests use."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from threading import Lock
from typing import Any

from milepost.log.link.protocol import CONNECTED

_Listener = tuple[asyncio.AbstractEventLoop, "asyncio.Queue[tuple[str, Any]]"]


class MemoryLink:
    def __init__(self, on_wake: Callable[[], None] = lambda: None) -> None:
        self.on_wake = on_wake
        self._listeners: set[_Listener] = set()
        self._lock = Lock()

    def wake(self) -> None:
        self.on_wake()

    def publish(self, topic: str, payload: Any) -> None:
        with self._lock:
            for loop, queue in self._listeners:
                if not loop.is_closed():
                    loop.call_soon_threadsafe(queue.put_nowait, (topic, payload))

    async def listen(self) -> AsyncGenerator[tuple[str, Any], None]:
        listener = (asyncio.get_running_loop(), asyncio.Queue[tuple[str, Any]]())
        with self._lock:
            self._listeners.add(listener)
        try:
            yield CONNECTED, None
            while True:
                yield await listener[1].get()
        finally:
            with self._lock:
                self._listeners.discard(listener)
