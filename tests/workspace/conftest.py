from datetime import UTC, datetime

import pytest

from milepost.workspace import identity
from milepost.workspace.actions import Bootstrap, bootstrap
from milepost.workspace.models import Workspace

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def start(db: None) -> Bootstrap:
    identity.forget()
    return bootstrap(NOW)


@pytest.fixture
def workspace(start: Bootstrap) -> Workspace:
    return Workspace.objects.get(pk=start.workspace_id)


@pytest.fixture
def other(db: None) -> Workspace:
    return Workspace.objects.create(slug="other", name="Other", created_at=NOW)
