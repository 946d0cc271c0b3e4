# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""How many people of each cohort reach each milestone, and how long it takes them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from milepost.core.conditions.words import describe
from milepost.core.insights.activation import NOBODY
from milepost.core.insights.cohorts import WEEK, check_by, cohort_name, cohorts
from milepost.core.insights.conditions_sql import Text
from milepost.core.insights.plan import Plan, instant
from milepost.core.insights.question import Answer, Period, Rows, frame, starters, waited
from milepost.core.insights.statistics import Rate, rate
from milepost.core.values import Undefined


class Cell(Struct, frozen=True, kw_only=True):
    """One milestone of one cohort; by week, the Monday (2026-05-04). Units: seconds from the start, by Kaplan and Meier.
    Absent: `cohort` is None for those of whom it is not known."""

    cohort: str | None
    rate: Rate
    median: int | Undefined
    p75: int | Undefined


class Reach(Struct, frozen=True, kw_only=True):
    milestone: str
    rate: Rate
    cohorts: list[Cell]


class MilestonesAnswer(Answer, frozen=True, kw_only=True):
    """Weeks in their order, every one of the period; other cohorts by size."""

    by: str
    milestones: list[Reach]


class Milestones(Period, frozen=True, kw_only=True):
    """`by`: week, plan, source, role, goal, or trait:NAME."""

    by: str = WEEK

    def __post_init__(self) -> None:
        super().__post_init__()
        check_by(self.by)

    def plan(self) -> Plan:
        text = self.text()
        people = cohorts(text, starters(self, text), self.by)
        waits = text.table(
            " union all ".join(self._waits(text, people, key) for key in self.document.milestones) or _NONE
        )
        return text.plan(_curves(waits))

    def _waits(self, text: Text, people: str, key: str) -> str:
        return (
            f"select {text.parameters.add(key)} as key, p.cohort, {waited(text)} as seconds, "
            f"g.uid is not null as arrived from {people} p left join {text.reached(key)} g on g.uid = p.uid"
        )

    def answer(self, plan: Plan, rows: Rows) -> MilestonesAnswer:
        found = {(key, self._label(cohort)): tuple(rest) for key, cohort, *rest in rows}
        sizes = {cohort: rest[0] for (_, cohort), rest in found.items()}
        labels = self._weeks() if self.by == WEEK else sorted(sizes, key=lambda one: (-sizes[one], one or ""))
        reaches = [_reach(key, labels, found) for key in self.document.milestones]
        return MilestonesAnswer(by=self.by, milestones=reaches, **frame(self, plan, self.definition()))

    def _label(self, cohort: str | datetime | None) -> str | None:
        return self._monday(instant(cohort)) if isinstance(cohort, datetime) else cohort

    def _weeks(self) -> list[str | None]:
        return [self._monday(week) for week in self.weeks()]

    def _monday(self, begins: datetime) -> str:
        return begins.astimezone(ZoneInfo(self.tz)).date().isoformat()

    def definition(self) -> str:
        return (
            f"People whose program started ({describe(self.document.start)}) in the period, by {cohort_name(self.by)}: "
            "the share of each cohort that reached each milestone by the moment of asking, and the time after which half "
            "and three quarters of all who started had reached it (Kaplan and Meier: who has not yet is waiting)."
        )


Found = dict[tuple[str, str | None], tuple[int, int, int | None, int | None]]
_NONE = "select '' as key, null::varchar as cohort, 0 as seconds, false as arrived where false"


def _reach(key: str, labels: list[str | None], found: Found) -> Reach:
    cells = [_cell(label, *found.get((key, label), (0, 0, None, None))) for label in labels]
    total = rate(sum(cell.rate.count for cell in cells), sum(cell.rate.n for cell in cells), NOBODY)
    return Reach(milestone=key, rate=total, cohorts=cells)


def _cell(cohort: str | None, n: int, arrived: int, median: int | None, p75: int | None) -> Cell:
    why = Undefined("not reached yet by enough people" if n else NOBODY)
    return Cell(
        cohort=cohort,
        rate=rate(arrived, n, NOBODY),
        median=why if median is None else median,
        p75=why if p75 is None else p75,
    )


def _curves(waits: str) -> str:
    """Rows `(key, cohort, n, arrived, median, p75)`: `statistics.survival` for every cell at once."""
    times = f"select key, cohort, seconds, count(*) filter (arrived) as a, count(*) as k from {waits} group by all"
    risks = f"select *, sum(k) over (partition by key, cohort order by seconds desc) as r from ({times})"
    curve = (
        f"select *, product((r - a)::double / r) over (partition by key, cohort order by seconds) as s from ({risks})"
    )
    until = "min(seconds) filter (s <= {} + 1e-12)".format
    return (
        f"select key, cohort, sum(k)::bigint, sum(a)::bigint, {until(0.5)}, {until(0.25)} "
        f"from ({curve}) group by key, cohort order by key, cohort"
    )
