"""Journeys: what happens next, over time; and cadences, which are journeys written short."""

from __future__ import annotations

from datetime import time, timedelta
from functools import lru_cache
from typing import Literal

from msgspec import field

from milepost.core.conditions.types import Condition
from milepost.core.program.kinds.common import Definition, Text

#: The time of day for whatever says a day and no time.
AT = "10:00"

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Day(Definition, frozen=True, kw_only=True, tag_field="kind", tag="day"):
    """A day, at a time of day, both where the person lives: the one that a `trait` of theirs names, or a fixed `date`
    (exactly one of the two), or so many days before or after it.

    A time that the change of the clock skips is the next that there is; of one that comes twice, the first counts.
    """

    trait: str | None = None
    date: str | None = None
    days_before: int = 0
    days_after: int = 0
    at: str = AT


class DayStart(Day, frozen=True, kw_only=True, tag="day start"):
    """A day that begins a journey, for those of whom `if` holds when it comes. Who tells of the day later than 24 hours
    after it does not begin."""

    if_: Condition | None = field(name="if", default=None)


class Step(Definition, frozen=True, kw_only=True, tag_field="step"):
    """`key` names the place in the journey: whoever waits there finds it again in another release, wherever it went."""

    key: str | None = None


class Send(Step, frozen=True, kw_only=True, tag="send"):
    """Sends a message."""

    send: str


class Show(Step, frozen=True, kw_only=True, tag="show"):
    """Shows a piece or an article."""

    show: str


class Pause(Definition, frozen=True, kw_only=True):
    """Until a condition holds, at most so long; or `for` a length of time, and then until it is the time `at` on one of the
    weekdays `on`, where the person lives; or until a `day`, which a trait may not say yet: then at most so long."""

    until: Condition | None = None
    at_most: timedelta | None = None
    for_: timedelta | None = field(name="for", default=None)
    at: str | None = None
    on: Weekday | tuple[Weekday, ...] = ()
    day: Day | None = None


class Wait(Step, frozen=True, kw_only=True, tag="wait"):
    wait: Pause


class Branch(Step, frozen=True, kw_only=True, tag="if"):
    """Goes one way or the other by a condition at the moment of arrival."""

    if_: Condition = field(name="if")
    then: tuple[JourneyStep, ...] = ()
    else_: tuple[JourneyStep, ...] = field(name="else", default=())


class Split(Step, frozen=True, kw_only=True, tag="split"):
    """Goes one of several ways by chance: each by its weight, a person always the same one. `arms` are the ways, by the
    names in `split`; a name without an arm goes on at once."""

    split: dict[str, int]
    arms: dict[str, tuple[JourneyStep, ...]] = field(default_factory=dict)


class Rounds(Definition, frozen=True, kw_only=True):
    """Until a condition holds, which is asked before each round, and at most so often."""

    at_most: int
    steps: tuple[JourneyStep, ...]
    until: Condition | None = None


class Repeat(Step, frozen=True, kw_only=True, tag="repeat"):
    """Goes through its steps again and again."""

    repeat: Rounds


class OpenTask(Step, frozen=True, kw_only=True, tag="task"):
    """Asks a person of the team to do something for this one."""

    task: Text


#: In a file the key of the same name as its tag says which step it is; the tag itself is never typed.
JourneyStep = Send | Show | Wait | Branch | Split | Repeat | OpenTask


class ReEntry(Definition, frozen=True, kw_only=True):
    """When somebody may go through again. `once_per`: once for each value of this property of the fact that starts it,
    several at a time; `after`: when the last run began that long ago."""

    mode: Literal["once", "every time"] = "once"
    once_per: str | None = None
    after: timedelta | None = None


class Journey(Definition, frozen=True, kw_only=True):
    """Begins when `starts` turns true, or on a day, and is left at once when `ends` does: then its goal is met. `leaves`:
    whoever this holds of is out of it too, without its goal.

    `migrate`: where those inside go when a release changes the steps: they `move` to the same place in the new ones, `stay`
    in those that they began with (for twenty releases; then they move), or `end` here and now.
    """

    starts: Condition | DayStart
    steps: tuple[JourneyStep, ...]
    ends: Condition | None = None
    leaves: Condition | None = None
    re_entry: Literal["once", "every time"] | ReEntry = "once"
    migrate: Literal["move", "stay", "end"] = "move"
    title: Text | None = None


Rhythm = Literal["daily", "twice a week", "weekly", "every two weeks"]
#: A rhythm by name, or every so many days.
Every = Rhythm | int


class Cadence(Definition, frozen=True, kw_only=True):
    """A series at a rhythm, in the person's own time zone; what they have seen in another channel is passed over.

    `twice a week` is Tuesday and Friday, `weekly` Tuesday, `every two weeks` every second Tuesday, `3d` every third day,
    all at `at`.
    """

    starts: Condition | DayStart
    every: Every
    series: tuple[str, ...]
    stops: Condition | None = None
    leaves: Condition | None = None
    at: str = AT
    title: Text | None = None


@lru_cache(256)
def clock(text: str) -> time:
    """`9:00` as a time of day; what is none is the usual one (an error of `check`)."""
    try:
        return time.fromisoformat(text.rjust(5, "0"))
    except ValueError:
        return time.fromisoformat(AT)
