# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""Time to first value (or to a milestone), as a survival curve: who is not there yet is shown as waiting, not dropped.

By cohort it is a curve for each of them, and the log-rank test of whether they differ at all.
"""

from typing import Any

from msgspec import Struct

from milepost.core.conditions.words import describe
from milepost.core.insights.activation import NO_FIRST_VALUE, NOBODY
from milepost.core.insights.cohorts import WEEK, check_by, cohort_name, cohorts
from milepost.core.insights.conditions_sql import Text
from milepost.core.insights.firsts import earliest, starters, waited
from milepost.core.insights.plan import Plan
from milepost.core.insights.question import Answer, Period, Rows, frame
from milepost.core.insights.statistics import Interval, LogRank, Point, Time, log_rank
from milepost.core.insights.survival_sql import bounded, curves
from milepost.core.insights.zones import first_day
from milepost.core.values import Undefined

_DRAWN = 240
_SHARES = (0.5, 0.75, 0.9)
#: Beyond so many cohorts people are in one called `other`, so that curves can be told apart.
MOST_CURVES = 6


class Group(Struct, frozen=True, kw_only=True):
    """`n` people started, `arrived` of them reached it (`before_start` of these before they started, at time 0), `censored`
    have not yet. `curve` is thinned for drawing; the times are of the whole curve. Absent: `cohort` is None for those of
    whom it is not known, and for everybody together."""

    cohort: str | None
    n: int
    arrived: int
    censored: int
    before_start: int
    median: Time
    p75: Time
    p90: Time
    curve: list[Point]


class TimeToValueAnswer(Answer, frozen=True, kw_only=True):
    """Everybody's curve as in `Group`; `groups` are those of the cohorts, largest first, and `difference` the test of
    whether they differ. Absent: without `by` there are no groups, and the difference is undefined."""

    n: int
    arrived: int
    censored: int
    before_start: int
    median: Time
    p75: Time
    p90: Time
    curve: list[Point]
    groups: list[Group]
    difference: LogRank


class TimeToValue(Period, frozen=True, kw_only=True):
    """`milestone`: to this one instead of the first value. `by`: week, plan, source, role, goal, or trait:NAME."""

    milestone: str | None = None
    by: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.by is not None:
            check_by(self.by)

    def plan(self) -> Plan:
        text = self.text()
        people = starters(self, text, self._keys(), week=self.by == WEEK)
        if self.by is not None:
            people = cohorts(text, people, self.by, most=MOST_CURVES)
        until = earliest(self._keys())
        waits = text.table(
            f"select {'null' if self.by is None else 'p.cohort'}::varchar as cohort, {waited(text, until)} as seconds, "
            f"{until} is not null as arrived, coalesce({until} < p.ts, false) as early from {people} p"
        )
        everybody = f"select true as everybody, * replace (null::varchar as cohort) from {waits}"
        each = f" union all select false, * from {waits}" if self.by is not None else ""
        return text.plan(_curves(text, text.table(everybody + each), split=self.by is not None))

    def _keys(self) -> list[str]:
        return self.first_value() if self.milestone is None else [self.milestone]

    def answer(self, plan: Plan, rows: Rows) -> TimeToValueAnswer:
        groups = [self._group(row) for row in rows]
        everybody = next((group for group, row in zip(groups, rows, strict=True) if row[0]), self._group(_NOBODY))
        cohorts = [(group, row) for group, row in zip(groups, rows, strict=True) if not row[0]]
        cohorts.sort(key=lambda each: (-each[0].n, each[0].cohort or ""))
        return TimeToValueAnswer(
            **{name: getattr(everybody, name) for name in Group.__struct_fields__ if name != "cohort"},
            groups=[group for group, _ in cohorts],
            difference=log_rank([list(zip(*row[-1], strict=True)) for _, row in cohorts]),
            **frame(self, plan, self.definition()),
        )

    def _group(self, row: tuple[Any, ...]) -> Group:
        _, cohort, n, arrived, early, times, drawn, _ = row
        why = NO_FIRST_VALUE if not self._keys() else NOBODY if n == 0 else ""
        median, p75, p90 = (_time(times[place], share, why) for place, share in enumerate(_SHARES))
        return Group(
            cohort=first_day("week", int(cohort)).isoformat() if self.by == WEEK and cohort is not None else cohort,
            n=n,
            arrived=arrived,
            censored=n - arrived,
            before_start=early,
            median=median,
            p75=p75,
            p90=p90,
            curve=[_point(*values) for values in drawn or ()],
        )

    def definition(self) -> str:
        milestones = " or ".join(self._keys()) or "no milestone"
        by = f", for each cohort by {cohort_name(self.by)}" if self.by is not None else ""
        return (
            f"Time from the program's start ({describe(self.document.start)}) to {milestones}, of "
            f"{self.who.lower()} {self.that} started in the period{by}. Who has not arrived by the moment of asking "
            "counts as waiting until then (Kaplan and Meier)."
        )


_GROUP = "everybody, cohort"
_NOBODY: tuple[Any, ...] = (True, None, 0, 0, 0, [[None] * 3] * len(_SHARES), [], None)


def _curves(text: Text, waits: str, *, split: bool) -> str:
    """One row `(everybody, cohort, n, arrived, early, times, drawn, observed)` a group; `observed` only of cohorts."""
    curve = text.table(bounded(curves(waits, _GROUP), _GROUP))
    place = f"row_number() over (partition by {_GROUP} order by seconds) - 1 as i"
    numbered = f"select *, {place}, count(*) over (partition by {_GROUP}) - 1 as last from {curve} where a > 0"
    bucket = f"{{}} * {_DRAWN - 1} // greatest(last, 1)".format
    kept = f"last < {_DRAWN} or i = 0 or {bucket('i')} <> {bucket('(i - 1)')}"
    until = ", ".join(
        f"[{', '.join(f'min(seconds) filter ({bound} <= {1 - share} + 1e-12)' for bound in ('s', 'low', 'high'))}]"
        for share in _SHARES
    )
    points = "list([seconds, r, a, s, low, high] order by seconds) filter (kept)"
    lines = text.table(
        f"select {_GROUP}, [{until}] as times, {points} as drawn "
        f"from (select *, {kept} as kept from ({numbered})) group by {_GROUP}"
    )
    summed = (
        f"select {_GROUP}, count(*) as n, count(*) filter (arrived) as arrived, count(*) filter (early) as early "
        f"from {waits} group by {_GROUP}"
    )
    nothing = f"[{', '.join(['[null::bigint, null, null]'] * len(_SHARES))}]"
    joined = f"({summed}) n left join {lines} l on l.everybody = n.everybody and l.cohort is not distinct from n.cohort"
    if not split:
        return f"select n.*, coalesce(l.times, {nothing}), l.drawn, null from {joined}"
    observed = (
        f"select cohort, [list(seconds), list(a), list(c)] as observed from {curve} where not everybody group by cohort"
    )
    return (
        f"select n.*, coalesce(l.times, {nothing}), l.drawn, o.observed from {joined} "
        f"left join ({observed}) o on not n.everybody and o.cohort is not distinct from n.cohort order by {_ORDER}"
    )


_ORDER = "n.everybody desc, n.cohort"


def _time(found: list[float | None], share: float, why: str) -> Time:
    later = Undefined(why or f"not reached yet by {share:.0%}")
    seconds, low, high = (later if each is None or why else float(each) for each in found)
    return Time(seconds=seconds, low=low, high=high)


def _point(seconds: float, at_risk: float, arrived: float, waiting: float, low: float, high: float) -> Point:
    return Point(
        seconds=seconds, at_risk=int(at_risk), arrived=int(arrived), waiting=waiting, interval=Interval(low, high)
    )
