# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""Time to first value, as a survival curve: who is not there yet is shown as waiting, not dropped."""

from milepost.core.conditions.words import describe
from milepost.core.insights.activation import NO_FIRST_VALUE, NOBODY
from milepost.core.insights.plan import Plan
from milepost.core.insights.question import Answer, Period, Rows, frame, goals, starters, waited
from milepost.core.insights.statistics import Point, Time, survival, thinned, time_until
from milepost.core.values import Undefined

_DRAWN = 240


class TimeToValueAnswer(Answer, frozen=True, kw_only=True):
    """`n` people started, `arrived` of them reached first value (`before_start` of these before they started, at time
    0), `censored` have not yet. `curve` is thinned for drawing; the times are of the whole curve."""

    n: int
    arrived: int
    censored: int
    before_start: int
    median: Time
    p75: Time
    p90: Time
    curve: list[Point]


class TimeToValue(Period, frozen=True, kw_only=True):
    def plan(self) -> Plan:
        text = self.text()
        people, goal = starters(self, text), goals(self, text)
        return text.plan(
            f"select {waited(text)} as seconds, count(g.uid), count(*) - count(g.uid), count(*) filter (g.ts < p.ts) "
            f"from {people} p left join {goal} g on g.uid = p.uid group by 1 order by 1"
        )

    def answer(self, plan: Plan, rows: Rows) -> TimeToValueAnswer:
        curve = survival((float(seconds), arrived, censored) for seconds, arrived, censored, _ in rows)
        arrived, censored = sum(row[1] for row in rows), sum(row[2] for row in rows)
        return TimeToValueAnswer(
            n=arrived + censored,
            arrived=arrived,
            censored=censored,
            before_start=sum(row[3] for row in rows),
            median=self._time(curve, arrived + censored, 0.5),
            p75=self._time(curve, arrived + censored, 0.75),
            p90=self._time(curve, arrived + censored, 0.9),
            curve=thinned(curve, _DRAWN),
            **frame(self, plan, self.definition()),
        )

    def _time(self, curve: list[Point], n: int, share: float) -> Time:
        why = NO_FIRST_VALUE if not self.first_value() else NOBODY if n == 0 else ""
        return (
            Time(seconds=Undefined(why), low=Undefined(why), high=Undefined(why)) if why else time_until(curve, share)
        )

    def definition(self) -> str:
        milestones = " or ".join(self.first_value()) or "no milestone"
        return (
            f"Time from the program's start ({describe(self.document.start)}) to {milestones}, of everybody who "
            "started in the period. Who has not arrived by the moment of asking counts as waiting until then "
            "(Kaplan and Meier)."
        )
