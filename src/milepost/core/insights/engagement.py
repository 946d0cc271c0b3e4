# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""Engagement: an index of how much people use the product, from the facts that the program declares and their weights.

Somebody's index is the sum of weight times count over the days that are looked at. What counts how much is data of the
document (`engagement:`), so that a release that changes it changes the index, and `version` says which one was used.
"""

from datetime import timedelta
from math import sqrt
from typing import Any

from msgspec import Struct

from milepost.core.conditions.words import describe
from milepost.core.insights.cohorts import WEEK, check_by, cohort_name, cohorts, in_order
from milepost.core.insights.firsts import starters
from milepost.core.insights.plan import Plan
from milepost.core.insights.question import Answer, Period, Rows, frame
from milepost.core.insights.statistics import Interval, Rate, Z, rate
from milepost.core.insights.zones import first_day
from milepost.core.values import Refused, Undefined, digest

NOBODY = "nobody started in this time"
NOT_DECLARED = "the program declares no facts as engagement"
_LONGEST = 366


class Index(Struct, frozen=True, kw_only=True):
    """Of `n` people; `engaged` have an index above 0. Absent: a mean's interval is None for fewer than two people; `cohort`
    is None for those of whom it is not known, and for everybody together."""

    cohort: str | None
    n: int
    engaged: Rate
    mean: float | Undefined
    interval: Interval | None
    median: float | Undefined
    p90: float | Undefined


class Weighed(Struct, frozen=True, kw_only=True):
    """How often these people did it, and what it adds to all their indexes together."""

    event: str
    weight: float
    times: int
    points: float


class EngagementAnswer(Answer, frozen=True, kw_only=True):
    version: str
    days: int
    everybody: Index
    cohorts: list[Index]
    events: list[Weighed]


class Engagement(Period, frozen=True, kw_only=True):
    """People who started in [from, to), and the `days` of 24 hours that end with `as_of`. `by` as for milestones."""

    days: int = 30
    by: str = WEEK

    def __post_init__(self) -> None:
        super().__post_init__()
        check_by(self.by)
        if not 1 <= self.days <= _LONGEST:
            raise Refused("days", f"`days` is a number from 1 to {_LONGEST}.", path="days")

    def plan(self) -> Plan:
        text = self.text()
        people = cohorts(text, starters(self, text, week=self.by == WEEK), self.by)
        names, weights = text.parameters.add(list(self._weights())), text.parameters.add(list(self._weights().values()))
        weighed = text.table(f"select unnest({names}::varchar[]) as event, unnest({weights}::double[]) as weight")
        recent = f"f.ts > {text.as_of} - {text.parameters.length(timedelta(days=self.days))}"
        counted = text.table(
            f"select f.uid, f.event, count(*) as k from facts f semi join {people} p on p.uid = f.uid "
            f"where {text.scope()} and {recent} and list_contains({names}::varchar[], f.event) group by f.uid, f.event"
        )
        points = (
            f"select c.uid, sum(c.k * w.weight) as points from {counted} c join {weighed} w using (event) group by 1"
        )
        indexes = text.table(
            f"select p.cohort::varchar as cohort, coalesce(i.points, 0) as points from {people} p "
            f"left join ({points}) i on i.uid = p.uid"
        )
        return text.plan(
            f"{_summary('everybody', 'null::varchar', indexes)} union all {_summary('cohort', 'cohort', indexes)} "
            f"union all select 'event', event, sum(k)::bigint, 0, null, null, null, null from {counted} group by event "
            "order by 1, 2"
        )

    def _weights(self) -> dict[str, float]:
        return {event: float(weight) for event, weight in self.document.engagement.items()}

    def answer(self, plan: Plan, rows: Rows) -> EngagementAnswer:
        everybody = next((row for row in rows if row[0] == "everybody"), _NOBODY)
        times = {row[1]: row[2] for row in rows if row[0] == "event"}
        return EngagementAnswer(
            version=digest(self._weights())[:12],
            days=self.days,
            everybody=self._index(everybody),
            cohorts=[self._index(("cohort", *row)) for row in in_order(row[1:] for row in rows if row[0] == "cohort")],
            events=[
                Weighed(event=event, weight=weight, times=times.get(event, 0), points=weight * times.get(event, 0))
                for event, weight in self._weights().items()
            ],
            **frame(self, plan, self.definition()),
        )

    def _index(self, row: tuple[Any, ...]) -> Index:
        _, cohort, n, engaged, mean, spread, median, p90 = row
        if self.by == WEEK and cohort is not None:
            cohort = first_day("week", int(cohort)).isoformat()
        why = NOBODY if not n else "" if self._weights() else NOT_DECLARED
        half = Z * spread / sqrt(n) if spread is not None and not why else None
        known = Rate(count=0, n=n, value=Undefined(why), interval=None) if why else rate(engaged, n, NOBODY)
        return Index(
            cohort=cohort,
            n=n,
            engaged=known,
            mean=Undefined(why) if why else mean,
            interval=None if half is None else Interval(mean - half, mean + half),
            median=Undefined(why) if why else median,
            p90=Undefined(why) if why else p90,
        )

    def definition(self) -> str:
        weights = ", ".join(f"{event} x {weight:g}" for event, weight in self._weights().items()) or "nothing"
        return (
            f"{self.who} whose program started ({describe(self.document.start)}) in the period, by "
            f"{cohort_name(self.by)}: the "
            f"sum over the last {self.days} days of how often each did what the program declares as engagement, times its "
            f"weight ({weights})."
        )


_NOBODY = ("everybody", None, 0, 0, None, None, None, None)


def _summary(what: str, cohort: str, indexes: str) -> str:
    return (
        f"select '{what}', {cohort}, count(*), count(*) filter (points > 0), avg(points), stddev_samp(points), "
        f"quantile_cont(points, 0.5), quantile_cont(points, 0.9) from {indexes} "
        + ("group by cohort" if what == "cohort" else "having count(*) > 0")
    )
