"""Looking people up takes as long as there are people to look up, however many others the workspace has."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from milepost.people import queries
from milepost.people.models import Person
from milepost.workspace.models import Workspace

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
UIDS = range(100, 150)


@pytest.fixture
def workspaces(db: None) -> None:
    """Two of them; the first has everybody."""
    for number in (1, 2):
        Workspace.objects.create(id=number, slug=f"w{number}", name="W", created_at=NOW)
    Person.objects.bulk_create(
        Person(id=uid, workspace_id=1, key=f"p{uid}", first_seen_at=NOW, last_seen_at=NOW) for uid in UIDS
    )


LOOK_UPS: dict[str, Callable[[int], Any]] = {
    "views": lambda workspace: queries.person_views({(workspace, uid) for uid in UIDS}),
    "keys": lambda workspace: queries.keys(workspace, UIDS),
    "names": lambda workspace: queries.names(workspace, UIDS),
}


@pytest.mark.parametrize("look_up", LOOK_UPS.values(), ids=LOOK_UPS)
def test_people_are_looked_up_by_their_numbers_and_not_by_going_through_the_workspace(
    workspaces: None, look_up: Callable[[int], Any]
) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert len(look_up(1)) == len(UIDS)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {asked.captured_queries[0]['sql']}")
        steps = [step for *_, step in cursor.fetchall()]
    assert len(steps) == 1
    assert steps[0].endswith("(id=?)")


@pytest.mark.parametrize("look_up", LOOK_UPS.values(), ids=LOOK_UPS)
def test_nobody_of_another_workspace_is_found(workspaces: None, look_up: Callable[[int], Any]) -> None:
    assert look_up(2) == {}
