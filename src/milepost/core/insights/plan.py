"""A question as SQL text with named parameters. What people typed goes into parameters only; names are generated."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct

from milepost.core.values import utc

#: A window longer than the calendar is the calendar.
_LONGEST = timedelta(days=3_652_058)
_NAME = re.compile(r"\$(p\d+)")


class Plan(Struct, frozen=True, kw_only=True):
    """Runs as it stands: `store.query(plan.sql, plan.parameters)`."""

    sql: str
    parameters: dict[str, Any]


class Parameters:
    """Collects values while the text is written."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def add(self, value: Any) -> str:
        """The text that stands for this value. Units: an instant becomes the store's TIMESTAMP, in UTC."""
        name = f"p{len(self.values) + 1}"
        self.values[name] = utc(value).replace(tzinfo=None) if isinstance(value, datetime) else value
        return f"${name}"

    def length(self, value: timedelta) -> str:
        """The text of an interval."""
        bounded = max(-_LONGEST, min(value, _LONGEST))
        return f"to_microseconds({self.add(bounded // timedelta(microseconds=1))})"

    def plan(self, sql: str) -> Plan:
        """The finished text with the values that it names."""
        named = set(_NAME.findall(sql))
        return Plan(sql=sql, parameters={name: value for name, value in self.values.items() if name in named})


def instant(value: datetime) -> datetime:
    """What the store gives back for a TIMESTAMP, as an aware instant."""
    return value.replace(tzinfo=UTC)
