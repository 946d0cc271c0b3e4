"""The demo as `milepost serve` shows it, but for the engine: what is open for a person is what the test says."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.utils import translation

from milepost.client.app import Client
from milepost.client.feed import OpenPiece, StoredFeed
from milepost.client.tokens import Session
from milepost.core.delivery.piece import Contact, PieceAdvance, PieceBody, PieceStep
from milepost.core.events import Fact
from milepost.delivery.channels.in_app.labels import Kind, labels
from milepost.ingest.app import Ingest
from milepost.ingest.vouching import StoredIdentities
from milepost.log.clock import SYSTEM
from milepost.log.commit import GroupCommit
from milepost.log.link import MemoryLink
from milepost.log.memory import MemoryLog
from milepost.workspace import keys

CONTACT = Contact(name="Anna from support", email="help@example.com", hours="Monday to Friday, 9–18 CET")


class Feed(StoredFeed):
    """Keys and signatures are looked at for real; pieces are the test's, for everybody who is signed in."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: dict[int, OpenPiece] = {}
        self.is_known = False  # whether somebody who is signed in has been looked up

    async def look(self, session: Session) -> tuple[int | None, list[OpenPiece]]:
        self.is_known = self.is_known or session.signed
        return (1, list(self.pieces.values())) if session.signed else (None, [])


class Host:
    def __init__(self) -> None:
        self.log, self.link, self.feed = MemoryLog(), MemoryLink(), Feed()
        self.commit = GroupCommit(self.log, most_waiting=1000)
        folder = Path(settings.PACKAGE) / "static" / "built" / "sdk"
        self.client = Client(key=b"k" * 32, feed=self.feed, append=self.commit.append, folder=folder)
        self._ingest = Ingest(self.commit, lambda key: keys.find(key, "write"), SYSTEM, StoredIdentities())
        self._pages = get_asgi_application()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listening: asyncio.Task[None] | None = None
        self.refuse = False  # as if the server were away
        self.batches = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self._listening = self._listening or asyncio.create_task(self.client.listen(self.link.listen()))
        path = scope["path"]
        if path.startswith("/v1/"):
            self.batches += 1
            app: Any = self._away if self.refuse else self._ingest
        else:
            app = self.client if self.client.owns(path) else self._pages
        await app(scope, receive, send)

    async def _away(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 503, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    def show(self, *bodies: PieceBody, status: str = "waiting", step: int = 0) -> None:
        """Opens a piece for each, as the engine would, and says so."""
        for body in bodies:
            number = len(self.feed.pieces) + 1
            raw = msgspec.Raw(msgspec.json.encode(body))
            self.feed.pieces[number] = OpenPiece(id=number, content=body.content, status=status, step=step, body=raw)
        self.link.publish("connected", None)

    def close_piece(self, number: int) -> None:
        del self.feed.pieces[number]
        self.link.publish("connected", None)

    def facts(self, name: str = "") -> list[Fact]:
        return [fact for fact in self.log.read(0, 1000) if name in ("", fact.name)]

    def wait_for(self, name: str, count: int = 1) -> Fact:
        """The count-th fact of this name, once it is in the log."""
        for _ in range(400):
            if len(found := self.facts(name)) >= count:
                return found[count - 1]
            threading.Event().wait(0.02)
        raise AssertionError(f"no '{name}' among {[fact.name for fact in self.facts()]}")

    def wait_for_stream(self) -> None:
        """Until a page is connected as somebody who is signed in: the stream of a visitor, if there was one, is over."""
        for _ in range(400):
            if self.feed.is_known:
                return
            threading.Event().wait(0.02)
        raise AssertionError("nobody who is signed in has opened a stream")

    def close(self) -> None:
        if self._listening:
            self._listening.get_loop().call_soon_threadsafe(self._listening.cancel)
            self._listening.get_loop().call_soon_threadsafe(self.client.hub.close_all)
        self.commit.close()


def guide(*steps: PieceStep, key: str = "add-food", **changes: Any) -> PieceBody:
    """The example's guide, unless the test brings its own steps."""
    usual = (
        step("What did you eat?", "#food-search", "input", "<p>Type a word, for example <em>apple</em>.</p>"),
        step("Choose it from the list", "[data-food]", "click", "<p>One click writes it into your diary.</p>"),
    )
    page = {"url": ("/demo/*",)}
    numbered = tuple(msgspec.structs.replace(each, key=str(place)) for place, each in enumerate(steps or usual))
    made = PieceBody(key=key, kind="guide", content=key, title="", steps=numbered, page=page, contact=CONTACT)
    return msgspec.structs.replace(made, labels=english("guide") | changes.pop("labels", {}), **changes)


def english(kind: Kind) -> dict[str, str]:
    with translation.override("en"):
        return labels(kind)


def step(title: str, on: str | tuple[str, ...] = (), advance: str = "next", text: str = "<p>Text.</p>") -> PieceStep:
    selectors = (on,) if isinstance(on, str) else on
    return PieceStep(key="", title=title, body_html=text, on=selectors, advance=PieceAdvance(on=advance))


def celebration(**changes: Any) -> PieceBody:
    made = PieceBody(
        key="first-meal-confetti",
        kind="celebration",
        content="first-meal-confetti",
        title="Your first meal is in!",
        body_html="<p>95 kcal. From now on you know, you need not guess.</p>",
        page={"url": ("*",)},
        confetti=True,
        button="Onwards",
        contact=CONTACT,
        labels=english("celebration"),
    )
    return msgspec.structs.replace(made, **changes)
