"""Numbers as a page shows them: a rate with its interval and n, and the curve of how long it takes."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import log1p
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milepost.console.templatetags.console import duration
from milepost.core.insights.activation import NO_FIRST_VALUE
from milepost.core.insights.activation import Activation as ActivationQuestion
from milepost.core.insights.statistics import Point as Step
from milepost.core.insights.statistics import Rate, Time
from milepost.core.insights.subjects import Of
from milepost.core.insights.time_to_value import TimeToValue
from milepost.core.values import Unavailable, Undefined
from milepost.insights.ask import ask
from milepost.insights.judged import by_program, of_persons
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
class Share:
    """Units: shares are 0..1; `low` and `high` are the ends of the 95 % interval. `n`: people of whom it is a share."""

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


def share_of(rate: Rate) -> Share | None:
    """None while nobody is there to be counted."""
    if isinstance(rate.value, Undefined) or rate.interval is None:
        return None
    return Share(rate.value, rate.interval.low, rate.interval.high, rate.count, rate.n)


@dataclass(frozen=True, slots=True)
class Week:
    """Those who began in the week of this Monday. Absent: `share` is None where nobody did."""

    monday: date
    share: Share | None


@dataclass(frozen=True, slots=True)
class Trend:
    """Weeks, oldest first, as columns of a drawing of 100 by 40."""

    weeks: tuple[Week, ...]

    @property
    def columns(self) -> list[tuple[str, str, str, str, Week]]:
        """(x, width, y, height) of each week, and the week."""
        pitch = 100 / len(self.weeks)
        return [
            (f"{place * pitch + pitch * 0.15:.2f}", f"{pitch * 0.7:.2f}", *_column(week), week)
            for place, week in enumerate(self.weeks)
        ]


def _column(week: Week) -> tuple[str, str]:
    height = max(0.8, 40 * week.share.rate) if week.share else 0.0
    return f"{40 - height:.2f}", f"{height:.2f}"


def activation(
    workspace: Workspace, now: datetime, *, since: datetime | None = None, until: datetime | None = None
) -> Share | Unknown:
    """Of those who began in the period, how many have reached the first value by now."""
    return activation_by_week(workspace, now, since=since, until=until)[0]


def activation_by_week(
    workspace: Workspace, now: datetime, *, since: datetime | None = None, until: datetime | None = None
) -> tuple[Share | Unknown, Trend | None]:
    """The same with its trend; None while fewer than two weeks have anybody."""
    question = ActivationQuestion(**period(workspace, now, since, until))
    try:
        found = ask(stores.current().events, question)
    except Unavailable:
        return not_now(), None
    zone = ZoneInfo(workspace.timezone)
    weeks = [Week(each.week.astimezone(zone).date(), share_of(each.rate)) for each in found.weeks]
    while weeks and weeks[0].share is None:
        del weeks[0]
    return _activation(found.rate), Trend(tuple(weeks)) if len(weeks) > 1 else None


def time_to_value(workspace: Workspace, now: datetime) -> Curve | Unknown:
    """How long it has taken those who began in the period."""
    try:
        found = ask(stores.current().events, TimeToValue(**period(workspace, now)))
    except Unavailable:
        return not_now()
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


def period(
    workspace: Workspace,
    now: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
    of: Of | None = None,
) -> dict[str, Any]:
    """The fields that every question about those who began then has; without a beginning the last 90 days. `of`: whose
    beginnings; None for those of the usual ones."""
    whose = by_program(program.current(workspace.pk).folder, of)
    return _between(workspace, now, since or now - PERIOD, until or now) | whose


def ever(workspace: Workspace, now: datetime) -> dict[str, Any]:
    """The same for everything that persons have ever done, this very moment too: a period ends before its `to`."""
    always = _between(workspace, now, datetime(1970, 1, 1, tzinfo=UTC), now + timedelta(microseconds=1))
    return always | of_persons(program.current(workspace.pk).folder)


def _between(workspace: Workspace, now: datetime, since: datetime, until: datetime) -> dict[str, Any]:
    return {"workspace": workspace.pk, "from_": since, "to": until, "as_of": now, "tz": workspace.timezone}


def _activation(rate: Rate) -> Share | Unknown:
    return share_of(rate) or Unknown(_why(rate.value, rate.n))


def _why(value: float | Undefined, n: int) -> str:
    if isinstance(value, Undefined) and value.reason == NO_FIRST_VALUE:
        return _("The program marks no milestone as the first value.")
    if n == 0:
        return _("Nobody began in this time.")
    return ngettext(
        "%(n)s person began; nobody has got there yet.", "%(n)s people began; nobody has got there yet.", n
    ) % {"n": n}


def not_now() -> Unknown:
    return Unknown(_("The numbers cannot be counted right now. Load the page again in a moment."))


def _point(step: Step) -> Point:
    """The store answers with who is still waiting; a page says who has arrived."""
    return Point(step.seconds, 1 - step.waiting, 1 - step.interval.high, 1 - step.interval.low, step.at_risk)


def _time(time: Time) -> timedelta | None:
    return None if isinstance(time.seconds, Undefined) else timedelta(seconds=time.seconds)


def _x(length: timedelta) -> float:
    return log1p(length.total_seconds() / 60)
