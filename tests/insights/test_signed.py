"""How many are signed for, by facts that went the whole way: a client's context, the projection, the question."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from milepost.core.events import Fact
from milepost.insights.signed import Origin, signed_coverage
from milepost.log import stores
from milepost.log.clock import ManualClock
from milepost.people.actions import place
from milepost.runtime.projector import Projector
from milepost.workspace.actions import bootstrap

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db
SIGNED = {"milepost": {"signed": True}}


def page(url: str) -> dict[str, Any]:
    return {"page": {"url": url}}


def test_who_is_signed_for_and_where_unsigned_facts_come_from(db: None) -> None:
    now = START + timedelta(days=10)
    workspace = bootstrap(now).workspace_id
    connected = stores.in_memory(ManualClock(now))
    projector = Projector(connected.log, connected.events)
    numbers = iter(range(1, 100))

    def told(user: str | None, days_ago: float = 0, device: str | None = None, **context: Any) -> Fact:
        number, at = next(numbers), now - timedelta(days=days_ago)
        return Fact(
            workspace=workspace, kind="track", name="Opened", at=at, received_at=at, message_id=f"m{number}", seq=number,
            user_id=user, anonymous_id=device, context=context,
        )  # fmt: skip

    facts = [
        told("ann", **SIGNED),
        told("ann", 1, **SIGNED),
        told("bob", **SIGNED),
        told("bob", **page("https://Shop.example.com/x?y")),
        told("eve", library={"name": "analytics-python"}),
        told("eve", 6.9, **page("nonsense")),
        told("old", 7.1),
        told(None, device="d"),
        told("test", test=True),
    ]
    projector.add(facts, place(facts))
    projector.flush()
    found = signed_coverage(connected.events, workspace, now)

    assert (found.people, found.signed_people, found.percent) == (4, 1, 25)
    assert (found.facts, found.signed_facts, found.unsigned_facts) == (7, 3, 4)
    assert [(day.people, day.signed_people, day.percent) for day in found.days] == [(1, 0, 0), (1, 1, 100), (4, 1, 25)]
    assert found.unsigned[1:] == (
        Origin(name="analytics-python", facts=1, people=1, last_at=now),
        Origin(name="https://shop.example.com", facts=1, people=1, last_at=now),
    )
    assert (found.unsigned[0].name, found.unsigned[0].facts) == ("", 2)


def test_nobody_is_nobody_of_nobody(db: None) -> None:
    connected = stores.in_memory(ManualClock(START))
    found = signed_coverage(connected.events, 1, START)
    assert (found.people, found.percent, found.days, found.unsigned) == (0, 0, (), ())
