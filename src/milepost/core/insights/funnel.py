# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""Funnels: who did this, then that, each strictly later than the one before, all inside a window from the first.

A step that names facts (`did`, perhaps with `where`) happens at each of them; any other condition, once: at the first
instant it is true. Order is by (time, number), so that A then A needs two of them. *b lies in the window of a* means
0 <= b - a < window. With the anchor `any`, any first step of the period may begin the way; with `first`, only each
person's first one in the period.
"""

from datetime import timedelta
from typing import Literal

from msgspec import Struct

from milepost.core.conditions.types import Condition
from milepost.core.conditions.words import describe
from milepost.core.insights.conditions_sql import PLACE, Text
from milepost.core.insights.plan import Plan
from milepost.core.insights.question import Answer, Period, Rows, frame
from milepost.core.insights.statistics import Rate, rate
from milepost.core.values import Refused, Undefined, format_duration

_FEWEST, _MOST = 2, 20


class Step(Struct, frozen=True, kw_only=True):
    """`n` people came to here. Units: seconds from the step before to this one, of the people who made it: from the
    latest possible step before to their earliest arrival. Absent: the first step has no step before it."""

    text: str
    n: int
    of_first: Rate
    of_previous: Rate
    median_seconds: float | Undefined
    p90_seconds: float | Undefined


class FunnelAnswer(Answer, frozen=True, kw_only=True):
    steps: list[Step]


class Funnel(Period, frozen=True, kw_only=True):
    """The period is that of the first step; later steps may lie after it, up to `as_of`."""

    steps: tuple[Condition, ...]
    window: timedelta
    anchor: Literal["any", "first"] = "any"

    def __post_init__(self) -> None:
        super().__post_init__()
        if not _FEWEST <= len(self.steps) <= _MOST:
            raise Refused("steps", f"A funnel has {_FEWEST} to {_MOST} steps, not {len(self.steps)}.", path="steps")
        if self.window <= timedelta(0):
            raise Refused("window", "The window is empty.", path="window", mend="Give a length of time, like 14d.")

    def plan(self) -> Plan:
        text = self.text()
        levels = self.levels(text)
        parts = [
            f"select {place} as step, count(*), quantile_cont(gap, 0.5), quantile_cont(gap, 0.9) "
            f"from (select uid, arg_min(gap, place) as gap from {level} group by uid)"
            for place, level in enumerate(levels)
        ]
        return text.plan(" union all ".join(parts) + " order by step")

    def levels(self, text: Text) -> list[str]:
        """For each step the table `(uid, place, us, begun, gap)` of its arrivals, each by the way begun last."""
        levels = [text.table(self._first(text))]
        for condition in self.steps[1:]:
            levels.append(text.table(self._next(text, condition, levels[-1])))
        return levels

    def _first(self, text: Text) -> str:
        begins, ends = text.parameters.add(self.from_), text.parameters.add(self.to)
        rows = f"{_placed(text, self.steps[0])} where ts >= {begins} and ts < {ends}"
        select = "select uid, place, us, us as begun, null::bigint as gap"
        return f"{select} from ({rows}){_EARLIEST if self.anchor == 'first' else ''}"

    def _next(self, text: Text, condition: Condition, before: str) -> str:
        window = text.parameters.add(self.window // timedelta(microseconds=1))
        columns = "select o.uid, o.place, o.us, p.begun, o.us - p.us as gap"
        join = "asof join" if self.anchor == "any" else "join"
        rows = f"from ({_placed(text, condition)}) o {join} {before} p on o.uid = p.uid and o.place > p.place"
        earliest = _EARLIEST if self.anchor == "first" else ""
        return f"select * from ({columns} {rows} where o.us - p.begun < {window}){earliest}"

    def answer(self, plan: Plan, rows: Rows) -> FunnelAnswer:
        counts = [row[1] for row in rows]
        steps = [
            Step(
                text=describe(condition),
                n=counts[place],
                of_first=rate(counts[place], counts[0], "nobody began"),
                of_previous=rate(counts[place], counts[max(0, place - 1)], "nobody came to the step before"),
                median_seconds=_seconds(rows[place][2], place),
                p90_seconds=_seconds(rows[place][3], place),
            )
            for place, condition in enumerate(self.steps)
        ]
        return FunnelAnswer(steps=steps, **frame(self, plan, self.definition()))

    def definition(self) -> str:
        ways = "any first step of the period" if self.anchor == "any" else "each person's first step of the period"
        steps = ", then ".join(f"'{describe(step)}'" for step in self.steps)
        return (
            f"People who came through {steps}, each later than the one before, "
            f"within {format_duration(self.window)} of {ways}."
        )


class Dropped(Struct, frozen=True, kw_only=True):
    """Who came to a step of the funnel (the first is 1), but not to the next: uids in order, at most `limit`."""

    funnel: Funnel
    after: int
    limit: int = 1000

    def plan(self) -> Plan:
        if not 1 <= self.after < len(self.funnel.steps):
            raise Refused("step", f"Nothing follows step {self.after}.", path="after", mend="Name an earlier step.")
        text = self.funnel.text()
        levels = self.funnel.levels(text)
        came, went = levels[self.after - 1], levels[self.after]
        limit = text.parameters.add(self.limit)
        return text.plan(f"select distinct uid from {came} anti join {went} using (uid) order by uid limit {limit}")

    def answer(self, plan: Plan, rows: Rows) -> list[int]:
        return [uid for (uid,) in rows]


_EARLIEST = " qualify row_number() over (partition by uid order by place) = 1"


def _placed(text: Text, condition: Condition) -> str:
    return f"select uid, ts, {PLACE} as place, epoch_us(ts) as us from ({text.occurrences(condition)})"


def _seconds(gap: float | None, place: int) -> float | Undefined:
    if gap is None:
        return Undefined("nobody came to here" if place else "it is the first step")
    return gap / 1e6
