"""Ingest behind the real HTTP server; each test has a log, a clock and keys of its own."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from milepost.core.events import Fact
from milepost.core.values import Refused
from milepost.ingest.app import Ingest
from milepost.log.clock import ManualClock
from milepost.log.commit import GroupCommit
from milepost.log.memory import MemoryLog

from .served import serving

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
KEY = "mpw_test"


class Nobody:
    """No keys to sign with, and nobody known."""

    def server(self, key: str) -> None:
        return None

    def signed_only(self, workspace: int) -> bool:
        return False

    def signed(self, workspace: int, user_id: str, signature: str) -> bool:
        return False

    def claims(self, workspace: int, token: str, now: datetime) -> Any:
        raise Refused("token_unknown_key", "There is no key.", status=401)

    async def standings(self, workspace: int, ids: Any) -> dict[Any, Any]:
        return {}


class Front:
    """Gives each request to the app of the test that runs."""

    app: Any = None

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)


class Door:
    """What a test holds: requests go in, facts are looked at."""

    def __init__(self, front: Front, port: int) -> None:
        self.front, self.port = front, port
        self.clock, self.log, self.keys = ManualClock(NOW), MemoryLog(), {KEY: 7}
        self.commit = GroupCommit(self.log, most_waiting=100_000)
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20)
        self.serve(self.commit)

    def serve(self, commit: Any, **options: Any) -> None:
        self.front.app = Ingest(commit, self.keys.get, self.clock, **{"identities": Nobody(), **options})

    def post(self, path: str, document: Any = None, *, key: str | None = KEY, **options: Any) -> httpx.Response:
        if document is not None:
            options["json"] = document
        if key is not None:
            options["auth"] = (key, "")
        return self.http.post(path, **options)

    def send(self, kind: str, **call: Any) -> Fact:
        """Posts one call that must be taken; the fact that came of it."""
        answer = self.post(f"/v1/{kind}", {"userId": "ann", **call})
        assert answer.status_code == 200 and answer.json()["success"] is True, answer.text
        return self.facts()[-1]

    def refused(self, kind: str, **call: Any) -> str:
        """Posts one call that must not be taken; the code that says why."""
        before = self.log.last()
        answer = self.post(f"/v1/{kind}", call)
        assert (answer.status_code, answer.json()["success"], self.log.last()) == (200, False, before), answer.text
        [error] = answer.json()["errors"]
        assert error["message"]
        return str(error["code"])

    def facts(self) -> list[Fact]:
        return self.log.read(0, 10_000)

    def close(self) -> None:
        self.http.close()
        self.commit.close()


@pytest.fixture(scope="session")
def front() -> Iterator[tuple[Front, int]]:
    front = Front()
    with serving(front) as port:
        yield front, port


@pytest.fixture
def door(front: tuple[Front, int]) -> Iterator[Door]:
    door = Door(*front)
    yield door
    door.close()
