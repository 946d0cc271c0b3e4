"""Journeys: what happens next, over time; and cadences, which are journeys written short."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from msgspec import field

from milepost.core.conditions.types import Condition
from milepost.core.program.kinds.common import Definition, Text


class Send(Definition, frozen=True, kw_only=True, tag_field="step", tag="send"):
    """Sends a message."""

    send: str


class Show(Definition, frozen=True, kw_only=True, tag_field="step", tag="show"):
    """Shows a piece or an article."""

    show: str


class Pause(Definition, frozen=True, kw_only=True):
    """Until a condition holds, at most so long; or simply `for` a length of time."""

    until: Condition | None = None
    at_most: timedelta | None = None
    for_: timedelta | None = field(name="for", default=None)


class Wait(Definition, frozen=True, kw_only=True, tag_field="step", tag="wait"):
    wait: Pause


class Branch(Definition, frozen=True, kw_only=True, tag_field="step", tag="if"):
    """Goes one way or the other by a condition at the moment of arrival."""

    if_: Condition = field(name="if")
    then: tuple[JourneyStep, ...] = ()
    else_: tuple[JourneyStep, ...] = field(name="else", default=())


class OpenTask(Definition, frozen=True, kw_only=True, tag_field="step", tag="task"):
    """Asks a person of the team to do something for this one."""

    task: Text


#: In a file the key of the same name as its tag says which step it is; the tag itself is never typed.
JourneyStep = Send | Show | Wait | Branch | OpenTask


class ReEntry(Definition, frozen=True, kw_only=True):
    """When somebody may go through again. `once_per`: once for each value of this property of the fact that starts it;
    `after`: when the last run began that long ago."""

    mode: Literal["once", "every time"] = "once"
    once_per: str | None = None
    after: timedelta | None = None


class Journey(Definition, frozen=True, kw_only=True):
    """Begins when `starts` turns true and is left at once when `ends` does: then its goal is met."""

    starts: Condition
    steps: tuple[JourneyStep, ...]
    ends: Condition | None = None
    re_entry: Literal["once", "every time"] | ReEntry = "once"
    title: Text | None = None


Rhythm = Literal["daily", "twice a week", "weekly", "every two weeks"]


class Cadence(Definition, frozen=True, kw_only=True):
    """A series at a rhythm, in the person's own time zone; what they have seen in another channel is passed over.

    `twice a week` is Tuesday and Friday, `weekly` Tuesday, `every two weeks` every second Tuesday, all at `at`.
    """

    starts: Condition
    every: Rhythm
    series: tuple[str, ...]
    stops: Condition | None = None
    at: str = "10:00"
    title: Text | None = None
