"""The browser's edge behind real HTTP, with a script in place of the engine: what is open is what the test says."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec

from milepost.client.app import Client
from milepost.client.feed import Admission, OpenPiece, Recipient, Sent
from milepost.client.help import ArticleLine, ArticlePage, Help
from milepost.client.tokens import Session
from milepost.client.way import Way
from milepost.core.events import Fact
from milepost.core.program.document import EMPTY, Document
from milepost.core.values import Refused
from milepost.delivery.tokens import DeepLink
from milepost.log.clock import ManualClock
from milepost.log.commit import GroupCommit
from milepost.log.link import MemoryLink
from milepost.log.memory import MemoryLog

WORKSPACE, KEY = 7, "mpw_test"
DEVICE = "0b9f4c3e-1f5a-4b7e-9c3d-2a6e8f7b1c4d"
OTHER_DEVICE = "7d1c2b3a-4e5f-4a6b-8c7d-9e0f1a2b3c4d"


class Script:
    """A feed by hand: people by user id, pieces by uid or device."""

    def __init__(self) -> None:
        self.people: dict[str, int] = {}
        self.of_person: dict[int, list[OpenPiece]] = {}
        self.of_device: dict[str, list[OpenPiece]] = {}
        self.looks = 0
        self.program: Document = EMPTY
        self.served_as: dict[int | None, str] = {}  # piece → the way in which it was drawn
        self.messages: dict[str, str] = {}  # delivery → message
        self.spent: set[str] = set()
        self.revoked: set[int | None] = set()  # identity keys

    async def admit(self, write_key: str, user_id: str | None, signature: str) -> Admission:
        if write_key != KEY:
            raise Refused("invalid_key", "This write key opens nothing.", status=401)
        if signature and signature != f"signed:{user_id}":
            raise Refused("bad_signature", "The signature does not belong to this user id.", status=401)
        return Admission(WORKSPACE, user_id if signature else None, key=1 if signature else None)

    def check(self, session: Session) -> None:
        if session.key in self.revoked:
            raise Refused("revoked_key", "The key that this session was signed with was revoked.", status=401)

    async def look(self, session: Session) -> tuple[int | None, list[OpenPiece]]:
        self.looks += 1
        if session.user_id is None:
            return None, list(self.of_device.get(session.device, []))
        uid = self.people.get(session.user_id)
        return uid, [] if uid is None else list(self.of_person.get(uid, []))

    async def document(self, workspace: int) -> Document:
        return self.program

    async def sent(self, link: DeepLink) -> Sent | None:
        if link.delivery in self.spent or link.delivery not in self.messages:
            return None
        who = next((Recipient(user, None) for user, known in self.people.items() if known == link.uid), None)
        return Sent(recipient=who, message=self.messages[link.delivery])

    async def spend(self, link: DeepLink) -> None:
        self.spent.add(link.delivery)

    async def served(self, session: Session, piece: int | None) -> str | None:
        return self.served_as.get(piece)

    async def code(self, session: Session) -> str | None:
        return f"code-of-{session.user_id}" if session.user_id in self.people else None

    async def help(self, session: Session, accepted: str) -> Help:
        said: dict[str, Any] = {"lang": "en", "dir": "ltr", "labels": {}}
        return Help(
            contact=None, how=accepted, community="", next=None, articles=(), requests=(), preferences=None, **said
        )

    async def way(self, session: Session, accepted: str) -> Way:
        return Way(plan=None, next=None, lang=accepted or "en", dir="ltr")

    async def article(self, session: Session, key: str, accepted: str) -> ArticlePage:
        if key not in self.program.articles:
            raise Refused("no_such_article", f"There is no article '{key}'.", status=404)
        return ArticlePage(key, str(self.program.articles[key].title), "")

    async def search(self, session: Session, asked: str, accepted: str) -> list[ArticleLine]:
        return [
            ArticleLine(key, str(each.title)) for key, each in self.program.articles.items() if asked in str(each.title)
        ]


def piece(
    number: int, content: str = "add-food", *, status: str = "waiting", step: int = 0, version: int = 1, **body: Any
) -> OpenPiece:
    raw = msgspec.Raw(msgspec.json.encode({"kind": "guide", "content": content, **body}))
    return OpenPiece(id=number, content=content, status=status, step=step, version=version, body=raw)


class Stage:
    """What a test holds."""

    def __init__(self, now: Any, folder: Path, *, limit: int = 100, beat: float = 15) -> None:
        self.clock, self.log, self.link, self.script = ManualClock(now), MemoryLog(), MemoryLink(), Script()
        self.commit = GroupCommit(self.log, most_waiting=1000)
        self.client = Client(
            key=b"k" * 32,
            feed=self.script,
            append=self.commit.append,
            folder=folder,
            clock=self.clock,
            limit=limit,
            beat=beat,
        )
        self.http: httpx.Client
        self._listening: asyncio.Task[None] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if self._listening is None:
            self._listening = asyncio.create_task(self.client.listen(self.link.listen()))
        await self.client(scope, receive, send)

    def publish(self, *, uids: tuple[int, ...] = (), devices: tuple[str, ...] = ()) -> None:
        self.link.publish("pieces", {"ws": WORKSPACE, "uids": uids, "devices": devices})

    def open(self, user: str | None = None, device: str = DEVICE, **more: str) -> str:
        """A session's token."""
        signed = {"userId": user, "signature": f"signed:{user}"} if user else {}
        answer = self.http.post("/client/open", json={"writeKey": KEY, "anonymousId": device, **signed, **more})
        assert answer.status_code == 200, answer.text
        assert answer.json()["signed"] is bool(user)
        return str(answer.json()["token"])

    def post(self, path: str, token: str, body: Any) -> httpx.Response:
        return self.http.post(path, json=body, headers={"Authorization": f"Bearer {token}"})

    def get(self, path: str, token: str, **headers: str) -> httpx.Response:
        return self.http.get(path, headers={"Authorization": f"Bearer {token}", **headers})

    def report(self, token: str, action: str, **more: Any) -> httpx.Response:
        body = {"piece": 1, "content": "add-food", "action": action, "messageId": f"m-{action}", **more}
        return self.post("/client/progress", token, body)

    @contextmanager
    def stream(self, token: str, **headers: str) -> Iterator["Events"]:
        headers = {"Authorization": f"Bearer {token}", **headers}
        with self.http.stream("GET", "/client/stream", headers=headers, timeout=5) as answer:
            assert answer.status_code == 200, answer.read()
            yield Events(answer)

    def end_streams(self) -> None:
        """As a server does that stops."""
        if self._listening:
            self._listening.get_loop().call_soon_threadsafe(self.client.hub.close_all)

    def close(self) -> None:
        self.end_streams()
        if self._listening:
            self._listening.get_loop().call_soon_threadsafe(self._listening.cancel)
        self.http.close()
        self.commit.close()

    def facts(self) -> list[Fact]:
        return self.log.read(0, 1000)


class Events:
    """What a stream brings, one event at a time."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self._lines = answer.iter_lines()

    def next(self) -> tuple[str, Any]:
        """The name and the data of the next event; a comment is ("", None)."""
        name, data = "", None
        for line in self._lines:
            field, _, value = line.partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                data = json.loads(value)
            elif line == "":
                return name, data
        raise EOFError
