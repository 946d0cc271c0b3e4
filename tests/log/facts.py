"""Facts for the stores' tests."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from milepost.core.events import Fact

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def fact(message_id: str, **changes: Any) -> Fact:
    base = Fact(
        workspace=1,
        kind="track",
        name="Meal Logged",
        at=NOON,
        received_at=NOON,
        message_id=message_id,
        user_id="ada",
        properties={"calories": 420, "dish": "борщ \u2067"},
        context={"library": {"name": "curl"}},
    )
    return msgspec.structs.replace(base, **changes)


def facts(prefix: str, count: int, **changes: Any) -> list[Fact]:
    return [fact(f"{prefix}-{number}", **changes) for number in range(count)]
