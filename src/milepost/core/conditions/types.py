"""The language of conditions, as types. What they mean is in `evaluate`; in SQL, `core.insights.conditions_sql`.

Every operator is one Struct whose tag `kind` is the operator's name; a list of conditions in a file is `All`.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import Any, Literal

from msgspec import Struct

from milepost.core.values import digest

Operator = Literal["is", "is_not", "in", "gt", "gte", "lt", "lte", "contains", "exists", "before", "after"]

#: Since when something counts: `start` (the program's), `milestone:KEY`, or a day `2026-05-01` (midnight UTC).
Since = str


class Node(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="kind"):
    """What every operator shares."""


class Test(Struct, frozen=True, forbid_unknown_fields=True):
    """A comparison with a value: `{gt: 300}`; a bare value in a file is `is`."""

    op: Operator
    value: Any


class Did(Node, frozen=True, kw_only=True, dict=True, tag="did"):
    """Facts of this name, counted. At most one of `at_least`, `at_most`, `exactly`; none means at least one.

    `distinct: day` counts days in the person's zone (UTC in this release's analytics), any other word the different
    values of that property. `within` looks back from the moment asked about: a counts at t when 0 <= t - a < within.
    """

    name: str
    at_least: int | None = None
    at_most: int | None = None
    exactly: int | None = None
    distinct: str | None = None
    within: timedelta | None = None
    since: Since | None = None
    where: dict[str, Test] = {}

    @cached_property
    def atom(self) -> str:
        """The name of what must be remembered to answer this, whatever the count or the window."""
        return digest(["did", self.name, self.where, self.distinct])


class Trait(Node, frozen=True, kw_only=True, dict=True, tag="trait"):
    """The person's trait as of the moment asked about (the last value by time, then number); absent is not a value."""

    name: str
    test: Test

    @cached_property
    def atom(self) -> str:
        return f"trait:{self.name}"


class Reached(Node, frozen=True, kw_only=True, tag="reached"):
    """The milestone was reached, at any time up to now or inside the window."""

    milestone: str
    within: timedelta | None = None


class All(Node, frozen=True, kw_only=True, tag="all"):
    of: tuple[Condition, ...]


class Any_(Node, frozen=True, kw_only=True, tag="any"):
    of: tuple[Condition, ...]


class Not(Node, frozen=True, kw_only=True, tag="not"):
    of: Condition


Condition = Did | Trait | Reached | All | Any_ | Not
