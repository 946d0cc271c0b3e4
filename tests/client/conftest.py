from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.client.stage import Stage
from tests.ingest.served import serving

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Front:
    """Gives each request to the app of the test that runs."""

    app: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)


@pytest.fixture(scope="session")
def front() -> Iterator[tuple[Front, int]]:
    front = Front()
    with serving(front) as port:
        yield front, port


@pytest.fixture
def staged(front: tuple[Front, int], tmp_path: Path) -> Iterator[Callable[..., Stage]]:
    """`staged(limit=…, beat=…)`: an edge of its own for this test."""
    made: list[Stage] = []

    def make(**options: Any) -> Stage:
        stage = Stage(NOW, tmp_path, **options)
        stage.http = httpx.Client(base_url=f"http://127.0.0.1:{front[1]}", timeout=20)
        front[0].app = stage
        made.append(stage)
        return stage

    yield make
    for stage in made:
        stage.close()


@pytest.fixture
def stage(staged: Callable[..., Stage]) -> Stage:
    return staged()
