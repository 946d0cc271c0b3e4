"""The web process's front: ingest and the client's edge are raw ASGI; everything else is Django's."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.core.asgi import get_asgi_application

from milepost.client.app import Client
from milepost.client.feed import StoredFeed
from milepost.ingest.app import Ingest
from milepost.ingest.vouching import StoredIdentities
from milepost.log.commit import GroupCommit
from milepost.log.secrets import derived
from milepost.log.stores import Stores
from milepost.workspace import keys

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

log = structlog.get_logger()

_MOST_WAITING = 20_000  # facts


class Front:
    """Sends each request to whoever serves it."""

    def __init__(self, connected: Stores) -> None:
        self._stores = connected
        self.commit = GroupCommit(connected.log, most_waiting=_MOST_WAITING, on_stored=connected.link.wake)
        self._ingest = Ingest(self.commit, lambda key: keys.find(key, "write"), connected.clock, StoredIdentities())
        self._client = Client(
            key=derived(settings.SECRET_KEY, "client"),
            feed=StoredFeed(),
            append=self.commit.append,
            folder=Path(settings.PACKAGE) / "static" / "built" / "sdk",
            clock=connected.clock,
        )
        self._pages: Any = get_asgi_application()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        try:
            await self._app(scope["path"])(scope, receive, send)
        except Exception:
            log.exception("a request could not be answered", path=scope["path"])
            raise

    def _app(self, path: str) -> Any:
        """Django, the ingest and the client's edge each type their ASGI a little differently."""
        if path.startswith(("/v1/", "/sourceConfig")):
            return self._ingest
        return self._client if self._client.owns(path) else self._pages

    async def listen(self) -> None:
        """Passes the engine's news on to open streams, until cancelled."""
        await self._client.listen(self._stores.link.listen())

    def close(self) -> None:
        self._client.hub.close_all()
        self.commit.close()


async def hold(front: Front, stopping: asyncio.Event) -> None:
    """Keeps the front informed until told to stop."""
    news = asyncio.create_task(front.listen())
    await stopping.wait()
    news.cancel()
    front.close()
