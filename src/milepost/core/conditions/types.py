"""The language of conditions, as types. What they mean is in `evaluate`; in SQL, `core.insights.conditions_sql`.

Every operator is one Struct whose tag `kind` is the operator's name; a list of conditions in a file is `All`.

Two layers. The *kernel* (`Did`, `Sequence_`, `Trait`, `Last`, `Compared`, `Reached`, `All`, `Any_`, `Not`) is what the
engine, SQL and the naive twin execute. The *named* operators (`Goal`, `Answered`, `MessageWas`, `ContentWas`,
`Measured`, `DaysSince`, `InSegment`, `InLifecycle`, `InTier`) are what people type on top of it: `core.program.expand`
says each of them in kernel words, which depends on the document, so that they cannot mean two things.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import Any, Literal

from msgspec import Struct

from milepost.core.values import digest

Operator = Literal["is", "is_not", "in", "gt", "gte", "lt", "lte", "contains", "exists", "before", "after"]

#: Since when something counts: `start` (the program's), `goal` (the last time that they stated one), `milestone:KEY`, or
#: a day `2026-05-01` (midnight UTC).
Since = str


class Node(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="kind", dict=True
):
    """What every operator shares. `dict`: what follows from an operator is worked out once and kept with it."""


class Test(Struct, frozen=True, forbid_unknown_fields=True):
    """A comparison with a value: `{gt: 300}`; a bare value in a file is `is`."""

    op: Operator
    value: Any


class Did(Node, frozen=True, kw_only=True, dict=True, tag="did"):
    """Facts of this name, counted. At most one of `at_least`, `at_most`, `exactly`; none means at least one.

    `distinct: day` counts days in the person's zone (the one that they are in now, also for days long ago; else the
    program's), any other word the different values of that property. `within` looks back from the moment asked about: a
    counts at t when 0 <= t - a < within.
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


class Sequence_(Node, frozen=True, kw_only=True, dict=True, tag="sequence"):
    """Facts in this order, each by (time, number) after the one before it: A > A needs two. `within` runs from the first
    of them: 0 <= last - first < within. What has happened in this order stays so.

    Each step is an event's name, or `{did: …, where: …}`.
    """

    steps: tuple[Did, ...]
    within: timedelta | None = None


class Trait(Node, frozen=True, kw_only=True, dict=True, tag="trait"):
    """The person's trait as of the moment asked about (the last value by time, then number); absent is not a value.

    A name that begins with `account.` is a trait of the account that they are in (`account: plan`): what the last group
    call of theirs said, or *Account Traits Changed*, which tells each member what others said of it.
    """

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
    """The last number of a series against the number before it (`to` is `previous`), its `first`, the one that stood when
    a day began (`2026-05-01`, UTC), or the last one of another series. False while either is not known."""

    of: Series
    op: Literal["lt", "lte", "gt", "gte", "is"]
    to: str | Series = "previous"


class Reached(Node, frozen=True, kw_only=True, tag="reached"):
    """The milestone was reached, at any time up to now, or inside the window, or since an instant (that one included).
    `START` stands for the program's start."""

    milestone: str
    within: timedelta | None = None
    since: Since | None = None


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
    was: Literal["sent", "delivered", "failed", "bounced", "opened", "clicked"] = "sent"
    within: timedelta | None = None


class ContentWas(Node, frozen=True, kw_only=True, tag="content"):
    """`was` is shown, completed, dismissed, snoozed, refused, acted, or `step:KEY` with a step's number from 1."""

    content: str
    was: str = "shown"
    within: timedelta | None = None


class Measured(Node, frozen=True, kw_only=True, tag="measure"):
    """Exactly one of `changed`, `reached` and `test`. `since`: last (the value before), baseline, or a day (the value that
    stood when it began)."""

    measure: str
    changed: Literal["better", "worse", "unchanged"] | None = None
    since: str = "last"
    reached: Literal["target"] | None = None
    test: Test | None = None


class DaysSince(Node, frozen=True, kw_only=True, tag="days_since"):
    """Whole days (of 24 hours) since `start`, `goal` (the last time that they stated one), `milestone:KEY`, or the date in
    a trait (`trait:NAME`, `trait:account.NAME`; a day begins at midnight UTC); false while that has not been. `gte` or
    `lt`."""

    since: str
    gte: int | None = None
    lt: int | None = None


class InSegment(Node, frozen=True, kw_only=True, tag="segment"):
    segment: str


LifecycleStage = Literal["new", "activated", "regular", "advanced"]
UsageTier = Literal["casual", "regular", "power"]


class InLifecycle(Node, frozen=True, kw_only=True, tag="lifecycle"):
    """How far they are on the way: the highest stage whose condition holds; `new` is who has started and is in none."""

    stage: LifecycleStage


class InTier(Node, frozen=True, kw_only=True, tag="tier"):
    """How much they use the product: the highest tier whose condition holds; `casual` is who has started and is in none."""

    tier: UsageTier


class HasMotive(Node, frozen=True, kw_only=True, tag="motive"):
    """Why they come: what they said, else what is inferred of them."""

    motive: str


#: The key under which the program's start stands among the milestones of a `View`.
START = "@start"

#: What a kernel condition is made of, besides `all`, `any` and `not`.
Leaf = Did | Sequence_ | Trait | Last | Compared | Reached
Kernel = Did | Sequence_ | Trait | Last | Compared | Reached | All | Any_ | Not
Named = Goal | Answered | MessageWas | ContentWas | Measured | DaysSince | InSegment | InLifecycle | InTier | HasMotive
Condition = (
    Did
    | Sequence_
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
    | InLifecycle
    | InTier
    | HasMotive
)
