# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""How many people of each week reach each milestone, and how long it takes them."""

from datetime import datetime

from msgspec import Struct

from milepost.core.conditions.explain import describe
from milepost.core.insights.activation import NOBODY
from milepost.core.insights.conditions_sql import Text
from milepost.core.insights.plan import Plan, instant
from milepost.core.insights.question import Answer, Period, Rows, frame, starters, waited
from milepost.core.insights.statistics import Rate, rate
from milepost.core.values import Undefined


class Cell(Struct, frozen=True, kw_only=True):
    """One milestone of those who started in one week. Units: seconds from the start, by Kaplan and Meier."""

    week: datetime
    rate: Rate
    median: int | Undefined
    p75: int | Undefined


class Reach(Struct, frozen=True, kw_only=True):
    milestone: str
    rate: Rate
    weeks: list[Cell]


class MilestonesAnswer(Answer, frozen=True, kw_only=True):
    milestones: list[Reach]


class Milestones(Period, frozen=True, kw_only=True):
    def plan(self) -> Plan:
        text = self.text()
        people = starters(self, text)
        waits = text.table(
            " union all ".join(self._waits(text, people, key) for key in self.document.milestones) or _NONE
        )
        return text.plan(_curves(waits))

    def _waits(self, text: Text, people: str, key: str) -> str:
        return (
            f"select {text.parameters.add(key)} as key, p.week, {waited(text)} as seconds, "
            f"g.uid is not null as arrived from {people} p left join {text.reached(key)} g on g.uid = p.uid"
        )

    def answer(self, plan: Plan, rows: Rows) -> MilestonesAnswer:
        found = {(key, instant(week)): rest for key, week, *rest in rows}
        reaches = [self._reach(key, found) for key in self.document.milestones]
        return MilestonesAnswer(milestones=reaches, **frame(self, plan, self.definition()))

    def _reach(self, key: str, found: dict[tuple[str, datetime], list[int | None]]) -> Reach:
        cells = [_cell(week, *found.get((key, week), (0, 0, None, None))) for week in self.weeks()]
        total = rate(sum(cell.rate.count for cell in cells), sum(cell.rate.n for cell in cells), NOBODY)
        return Reach(milestone=key, rate=total, weeks=cells)

    def definition(self) -> str:
        return (
            f"People by the week in which their program started ({describe(self.document.start)}), the share of each "
            "week that reached each milestone by the moment of asking, and the time after which half and three "
            "quarters of all who started had reached it (Kaplan and Meier: who has not yet is waiting)."
        )


_NONE = "select '' as key, null::timestamp as week, 0 as seconds, false as arrived where false"


def _cell(week: datetime, n: int | None, arrived: int | None, median: int | None, p75: int | None) -> Cell:
    share = rate(arrived or 0, n or 0, NOBODY)
    why = Undefined("not reached yet by enough people" if n else NOBODY)
    return Cell(week=week, rate=share, median=why if median is None else median, p75=why if p75 is None else p75)


def _curves(waits: str) -> str:
    """Rows `(key, week, n, arrived, median, p75)`: `statistics.survival` for every cell at once."""
    times = f"select key, week, seconds, count(*) filter (arrived) as a, count(*) as k from {waits} group by all"
    risks = f"select *, sum(k) over (partition by key, week order by seconds desc) as r from ({times})"
    curve = f"select *, product((r - a)::double / r) over (partition by key, week order by seconds) as s from ({risks})"
    until = "min(seconds) filter (s <= {} + 1e-12)".format
    return (
        f"select key, week, sum(k)::bigint, sum(a)::bigint, {until(0.5)}, {until(0.25)} "
        f"from ({curve}) group by key, week order by key, week"
    )
