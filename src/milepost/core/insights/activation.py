# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""Activation: of the people who started in a period, the share that became `onboarded` by `as_of`.

What counts as that is the program's own definition, and comes with its releases; a program without one asks for first
value. The denominator is fixed by the cohort: who has had less time is counted all the same, so the last weeks rise later.
"""

from datetime import datetime

from msgspec import Struct

from milepost.core.conditions.words import describe
from milepost.core.insights.cohorts import WEEK, check_by, cohorts, in_order
from milepost.core.insights.firsts import ONBOARDED, earliest, starters
from milepost.core.insights.plan import Plan
from milepost.core.insights.question import Answer, Period, Rows, frame
from milepost.core.insights.statistics import Rate, rate
from milepost.core.insights.zones import local_number
from milepost.core.values import Undefined

NOBODY = "nobody started in this time"
NO_FIRST_VALUE = "no milestone is marked `first_value`"


class Week(Struct, frozen=True, kw_only=True):
    """The people who started in the week that begins at this instant."""

    week: datetime
    rate: Rate


class CohortRate(Struct, frozen=True, kw_only=True):
    """Absent: `cohort` is None for those of whom it is not known."""

    cohort: str | None
    rate: Rate


class ActivationAnswer(Answer, frozen=True, kw_only=True):
    """By week it has `weeks`, every one of the period; by anything else `cohorts`, largest first. `measured` says what
    activation is: `onboarded`, or first value where the program does not define that."""

    measured: str
    rate: Rate
    weeks: list[Week]
    cohorts: list[CohortRate]


class Activation(Period, frozen=True, kw_only=True):
    """`by`: week, plan, source, role, goal, or trait:NAME."""

    by: str = WEEK

    def __post_init__(self) -> None:
        super().__post_init__()
        check_by(self.by)

    def plan(self) -> Plan:
        text = self.text()
        people = cohorts(text, starters(self, text, self._keys(), week=self.by == WEEK), self.by)
        reached = earliest(self._keys())
        return text.plan(
            f"select p.cohort, count(*), count({reached}) from {people} p group by p.cohort order by p.cohort"
        )

    def _keys(self) -> list[str]:
        return self.first_value() if self.document.onboarded is None else [ONBOARDED]

    def answer(self, plan: Plan, rows: Rows) -> ActivationAnswer:
        by_week = self.by == WEEK
        numbers = {cohort: (n, reached) for cohort, n, reached in rows}
        return ActivationAnswer(
            measured="first value" if self.document.onboarded is None else "onboarded",
            rate=self._rate(sum(n for _, n, _ in rows), sum(reached for _, _, reached in rows)),
            weeks=[Week(week=week, rate=self._of(week, numbers)) for week in self.weeks()] if by_week else [],
            cohorts=[]
            if by_week
            else [CohortRate(cohort=c, rate=self._rate(n, reached)) for c, n, reached in in_order(rows)],
            **frame(self, plan, self.definition()),
        )

    def _of(self, week: datetime, numbers: dict[int, tuple[int, int]]) -> Rate:
        return self._rate(*numbers.get(local_number("week", week, self.tz), (0, 0)))

    def _rate(self, n: int, reached: int) -> Rate:
        if n and not self._keys():
            unknown = Undefined(NO_FIRST_VALUE)
            return Rate(count=0, n=n, value=unknown, interval=None)
        return rate(reached, n, NOBODY)

    def definition(self) -> str:
        goal = " or ".join(self.first_value()) or "no milestone"
        if self.document.onboarded is not None:
            goal = f"what the program calls onboarded ({describe(self.document.onboarded)})"
        return (
            f"{self.who} whose program started ({describe(self.document.start)}) in the period, "
            f"and of them the share that reached {goal} by the moment of asking."
        )
