"""Numbers as a page shows them: a rate with its interval and n, and the curve of how long it takes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log1p
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milepost.console.templatetags.console import duration
from milepost.core.insights.activation import NO_FIRST_VALUE
from milepost.core.insights.activation import Activation as ActivationQuestion
from milepost.core.insights.statistics import Point as Step
from milepost.core.insights.statistics import Rate, Time
from milepost.core.insights.time_to_value import TimeToValue
from milepost.core.values import Unavailable, Undefined
from milepost.insights.ask import ask
from milepost.log import stores
from milepost.program import queries as program
from milepost.workspace.models import Workspace

#: Whose beginnings the home page looks at.
PERIOD = timedelta(days=90)
_TICKS = tuple(
    timedelta(minutes=minutes) for minutes in (1, 10, 60, 6 * 60, 24 * 60, 3 * 1440, 7 * 1440, 30 * 1440, 90 * 1440)
)


@dataclass(frozen=True, slots=True)
class Unknown:
    """A quantity that has no value yet, and why, in the reader's language."""

    reason: str


@dataclass(frozen=True, slots=True)
class Activation:
    """Units: shares are 0..1; `low` and `high` are the ends of the 95 % interval. `n`: people who began."""

    rate: float
    low: float
    high: float
    reached: int
    n: int

    @property
    def bar(self) -> str:
        """The rate as a width out of 100, whatever the reader's language writes numbers like."""
        return f"{self.rate * 100:.2f}"

    @property
    def whisker(self) -> tuple[str, str]:
        """Where the interval begins and how wide it is, out of 100."""
        return f"{self.low * 100:.2f}", f"{(self.high - self.low) * 100:.2f}"


@dataclass(frozen=True, slots=True)
class Point:
    """Units: `at` is seconds since the start; shares are 0..1. `at_risk`: people still on their way just before."""

    at: float
    reached: float
    low: float
    high: float
    at_risk: int

    @property
    def after(self) -> str:
        return duration(timedelta(seconds=self.at))

    @property
    def x(self) -> float:
        """Where it is drawn: minutes and weeks both have room."""
        return log1p(self.at / 60)


@dataclass(frozen=True, slots=True)
class Curve:
    """How many have got there after so long. People not yet there count for as long as they have been seen.

    Absent: a quartile is None while too few have got there to know it.
    """

    points: tuple[Point, ...]
    median: timedelta | None
    p75: timedelta | None
    p90: timedelta | None
    n: int
    not_yet: int

    @property
    def drawn(self) -> dict[str, Any]:
        """What the chart's script reads."""
        return {
            "points": [
                {"x": p.x, "after": p.after, "reached": p.reached, "low": p.low, "high": p.high, "at_risk": p.at_risk}
                for p in self.points
            ],
            "ticks": [{"x": _x(tick), "label": duration(tick)} for tick in self._ticks()],
            "end": self.points[-1].x,
            "median": self.median and {"x": _x(self.median), "label": duration(self.median)},
            "texts": {
                "reached": _("have reached it"),
                "interval": _("Interval"),
                "at_risk": _("Still on their way:"),
            },
            "locale": translation.get_language(),
        }

    def _ticks(self) -> list[timedelta]:
        return [tick for tick in _TICKS if tick.total_seconds() <= self.points[-1].at]


def activation(
    workspace: Workspace, now: datetime, *, since: datetime | None = None, until: datetime | None = None
) -> Activation | Unknown:
    """Of those who began in the period, how many have reached the first value by now."""
    question = ActivationQuestion(**_period(workspace, now, since, until))
    try:
        return _activation(ask(stores.current().events, question).rate)
    except Unavailable:
        return _not_now()


def time_to_value(workspace: Workspace, now: datetime) -> Curve | Unknown:
    """How long it has taken those who began in the period."""
    try:
        found = ask(stores.current().events, TimeToValue(**_period(workspace, now, None, None)))
    except Unavailable:
        return _not_now()
    if not found.arrived:
        return Unknown(_why(found.median.seconds, found.n))
    return Curve(
        points=(Point(0, 0, 0, 0, found.n), *(_point(step) for step in found.curve)),
        median=_time(found.median),
        p75=_time(found.p75),
        p90=_time(found.p90),
        n=found.n,
        not_yet=found.censored,
    )


def _period(workspace: Workspace, now: datetime, since: datetime | None, until: datetime | None) -> dict[str, Any]:
    return {
        "workspace": workspace.pk,
        "document": program.current(workspace.pk).document,
        "from_": since or now - PERIOD,
        "to": until or now,
        "as_of": now,
        "tz": workspace.timezone,
    }


def _activation(rate: Rate) -> Activation | Unknown:
    if isinstance(rate.value, Undefined) or rate.interval is None:
        return Unknown(_why(rate.value, rate.n))
    return Activation(rate.value, rate.interval.low, rate.interval.high, rate.count, rate.n)


def _why(value: float | Undefined, n: int) -> str:
    if isinstance(value, Undefined) and value.reason == NO_FIRST_VALUE:
        return _("The program marks no milestone as the first value.")
    if n == 0:
        return _("Nobody began in this time.")
    return ngettext(
        "%(n)s person began; nobody has got there yet.", "%(n)s people began; nobody has got there yet.", n
    ) % {"n": n}


def _not_now() -> Unknown:
    return Unknown(_("The numbers cannot be counted right now. Load the page again in a moment."))


def _point(step: Step) -> Point:
    """The store answers with who is still waiting; a page says who has arrived."""
    return Point(step.seconds, 1 - step.waiting, 1 - step.interval.high, 1 - step.interval.low, step.at_risk)


def _time(time: Time) -> timedelta | None:
    return None if isinstance(time.seconds, Undefined) else timedelta(seconds=time.seconds)


def _x(length: timedelta) -> float:
    return log1p(length.total_seconds() / 60)
