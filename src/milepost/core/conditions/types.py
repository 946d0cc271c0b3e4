"""The language of conditions, as types. What they mean is in `evaluate`; in SQL, `core.insights.conditions_sql`.

Every operator is one Struct whose tag `kind` is the operator's name; a list of conditions in a file is `All`.

Two layers. The *kernel* (`Did`, `Last`, `Trait`, `Compared`, `Reached`, `All`, `Any_`, `Not`) is what the engine, SQL
and the naive twin execute. The *named* operators (`Goal`, `Answered`, `MessageWas`, `ContentWas`, `Measured`,
`DaysSince`, `InSegment`) are what people type on top of it: `core.program.expand` says each of them in kernel words,
which depends on the document, so that they cannot mean two things.
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


class Series(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, dict=True):
    """The values that facts of this name give a property, in order of time: answers, scores, kilos."""

    event: str
    property: str
    where: dict[str, Test] = {}

    @cached_property
    def atom(self) -> str:
        return digest(["series", self.event, self.property, self.where])


class Last(Node, frozen=True, kw_only=True, tag="last"):
    """The last value of a series as of the moment asked about; absent is not a value."""

    of: Series
    test: Test


class Compared(Node, frozen=True, kw_only=True, tag="compared"):
    """The last number of a series against the number before it (`to` is `previous`), its first, or the last one of
    another series. False while either is not known."""

    of: Series
    op: Literal["lt", "lte", "gt", "gte", "is"]
    to: Literal["previous", "first"] | Series = "previous"


class Reached(Node, frozen=True, kw_only=True, tag="reached"):
    """The milestone was reached, at any time up to now or inside the window. `START` stands for the program's start."""

    milestone: str
    within: timedelta | None = None


class All(Node, frozen=True, kw_only=True, tag="all"):
    of: tuple[Condition, ...]


class Any_(Node, frozen=True, kw_only=True, tag="any"):
    of: tuple[Condition, ...]


class Not(Node, frozen=True, kw_only=True, tag="not"):
    of: Condition


# --- named operators: said in kernel words by `core.program.expand` --------------------------------------------------


class Goal(Node, frozen=True, kw_only=True, tag="goal"):
    """The goal that the person stated last."""

    goal: str


#: Stands for the key of the question of a survey that has one: `{survey: role, is: admin}`.
ONLY_QUESTION = "@only"


class Answered(Node, frozen=True, kw_only=True, tag="answered"):
    """`answered: KEY` is true once the survey was finished; `{survey: KEY, QUESTION: value}` compares the last answer to a
    question; `{survey: KEY, is: value}` the last answer to the survey's only question. Tests as for traits; a plain
    value is `is`, which for an answer of several choices means that it is among them."""

    survey: str
    answers: dict[str, Test] = {}


class MessageWas(Node, frozen=True, kw_only=True, tag="message"):
    message: str
    was: Literal["sent", "failed", "bounced", "opened", "clicked"] = "sent"
    within: timedelta | None = None


class ContentWas(Node, frozen=True, kw_only=True, tag="content"):
    """`was` is shown, completed, dismissed, snoozed, refused, acted, or `step:KEY` with a step's number from 1."""

    content: str
    was: str = "shown"
    within: timedelta | None = None


class Measured(Node, frozen=True, kw_only=True, tag="measure"):
    """Exactly one of `changed`, `reached` and `test`. `since`: last (the value before), or baseline."""

    measure: str
    changed: Literal["better", "worse", "unchanged"] | None = None
    since: Literal["last", "baseline"] = "last"
    reached: Literal["target"] | None = None
    test: Test | None = None


class DaysSince(Node, frozen=True, kw_only=True, tag="days_since"):
    """Whole days (of 24 hours) since `start`, `goal` or `milestone:KEY`; false while that has not been. `gte` or `lt`."""

    since: str
    gte: int | None = None
    lt: int | None = None


class InSegment(Node, frozen=True, kw_only=True, tag="segment"):
    segment: str


#: The key under which the program's start stands among the milestones of a `View`.
START = "@start"

#: What a kernel condition is made of, besides `all`, `any` and `not`.
Leaf = Did | Trait | Last | Compared | Reached
Kernel = Did | Trait | Last | Compared | Reached | All | Any_ | Not
Named = Goal | Answered | MessageWas | ContentWas | Measured | DaysSince | InSegment
Condition = (
    Did
    | Trait
    | Last
    | Compared
    | Reached
    | All
    | Any_
    | Not
    | Goal
    | Answered
    | MessageWas
    | ContentWas
    | Measured
    | DaysSince
    | InSegment
)
