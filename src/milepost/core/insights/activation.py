# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""Activation: of the people who started in a period, the share that reached first value by `as_of`.

The denominator is fixed by the cohort: who has had less time is counted all the same, so the last weeks rise later.
"""

from datetime import datetime

from msgspec import Struct

from milepost.core.conditions.words import describe
from milepost.core.insights.plan import Plan, instant
from milepost.core.insights.question import Answer, Period, Rows, frame, goals, starters
from milepost.core.insights.statistics import Rate, rate
from milepost.core.values import Undefined

NOBODY = "nobody started in this time"
NO_FIRST_VALUE = "no milestone is marked `first_value`"


class Week(Struct, frozen=True, kw_only=True):
    """The people who started in the week that begins at this instant."""

    week: datetime
    rate: Rate


class ActivationAnswer(Answer, frozen=True, kw_only=True):
    rate: Rate
    weeks: list[Week]


class Activation(Period, frozen=True, kw_only=True):
    def plan(self) -> Plan:
        text = self.text()
        people, goal = starters(self, text), goals(self, text)
        return text.plan(
            f"select p.week, count(*), count(g.uid) from {people} p left join {goal} g on g.uid = p.uid "
            "group by p.week order by p.week"
        )

    def answer(self, plan: Plan, rows: Rows) -> ActivationAnswer:
        found = {instant(week): (n, reached) for week, n, reached in rows}
        weeks = [Week(week=week, rate=self._rate(*found.get(week, (0, 0)))) for week in self.weeks()]
        total = self._rate(sum(n for n, _ in found.values()), sum(reached for _, reached in found.values()))
        return ActivationAnswer(rate=total, weeks=weeks, **frame(self, plan, self.definition()))

    def _rate(self, n: int, reached: int) -> Rate:
        if n and not self.first_value():
            unknown = Undefined(NO_FIRST_VALUE)
            return Rate(count=0, n=n, value=unknown, interval=None)
        return rate(reached, n, NOBODY)

    def definition(self) -> str:
        milestones = " or ".join(self.first_value()) or "no milestone"
        return (
            f"People whose program started ({describe(self.document.start)}) in the period, "
            f"and of them the share that reached {milestones} by the moment of asking."
        )
