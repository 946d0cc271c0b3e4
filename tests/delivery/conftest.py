"""Real parts: a database, a log in memory, a clock that the test turns, and mail servers that listen on a port."""

from collections.abc import Iterator

import pytest
from django.test import override_settings

from milepost.log import stores
from milepost.log.clock import ManualClock
from milepost.workspace.models import Workspace
from tests.delivery.servers import Inbox
from tests.delivery.world import NOW, make_person, make_workspace


@pytest.fixture(autouse=True)
def clock() -> Iterator[ManualClock]:
    clock = ManualClock(NOW)
    opened = stores.in_memory(clock)
    before = stores._current
    stores.use(opened)
    yield clock
    stores._current = before
    opened.close()


@pytest.fixture
def workspace(db: None) -> Workspace:
    workspace = make_workspace()
    make_person(workspace)
    return workspace


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    """A mail server that takes everything, named in the settings."""
    with Inbox() as inbox, override_settings(EMAIL_URL=inbox.url, PUBLIC_URL="https://app.example.com"):
        yield inbox
