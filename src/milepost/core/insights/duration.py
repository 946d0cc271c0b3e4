# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""Is the program long enough? The share of milestones that people reach only after its end.

Its length is what the question says; else the longest of its goals' paths, by the targets of the milestones on it. Only
people whose program is over at `as_of` count (start + length <= as_of).
"""

from datetime import timedelta

from msgspec import Struct

from milepost.core.conditions.words import describe
from milepost.core.insights.firsts import starters
from milepost.core.insights.plan import Plan
from milepost.core.insights.question import Answer, Period, Rows, frame
from milepost.core.insights.statistics import Rate, rate
from milepost.core.program.document import Document
from milepost.core.values import Refused, format_duration

NOTHING = "nobody whose program is over has reached a milestone"
NOT_REACHED = "nobody whose program is over has reached it"
#: Where the curve is looked at. Units: days since the start.
DAYS = (1, 2, 3, 7, 14, 30, 60, 90, 180, 365)


class Late(Struct, frozen=True, kw_only=True):
    """`reached` people reached it, of them the share `late` after the program's end."""

    milestone: str
    reached: int
    late: Rate


class SoFar(Struct, frozen=True, kw_only=True):
    """The share of everything that was reached which was reached before so many days had passed since the start."""

    days: int
    share: Rate


class DurationAnswer(Answer, frozen=True, kw_only=True):
    """`n` people's program is over, after `length_days`; `late` is the share of all milestones reached which came after."""

    n: int
    length_days: float
    late: Rate
    milestones: list[Late]
    curve: list[SoFar]


class Duration(Period, frozen=True, kw_only=True):
    """People who started in [from, to). `length`: of the program. Raises Refused where nobody says it."""

    length: timedelta | None = None

    def _length(self) -> timedelta:
        length = own_length(self.document) if self.length is None else self.length
        if length <= timedelta(0):
            mend = "Give `length`, or give the milestones of a goal their `target`."
            raise Refused("length", "Nothing says how long the program is.", path="length", mend=mend)
        return length

    def plan(self) -> Plan:
        text, keys = self.text(), list(self.document.milestones)
        length = text.parameters.length(self._length())
        everybody = starters(self, text, keys)
        over = text.table(f"select * from {everybody} where ts + {length} <= {text.as_of}")
        ways = " union all ".join(
            f"select {text.parameters.add(key)} as key, epoch_us(t{place}) - epoch_us(ts) as us "
            f"from {over} where t{place} is not null"
            for place, key in enumerate(keys)
        )
        came = text.table(ways or "select '' as key, 0::bigint as us where false")
        limit = text.parameters.add(self._length() // timedelta(microseconds=1))
        parts = [
            f"select 'n', '', count(*), 0 from {over}",
            f"select 'late', key, count(*), count(*) filter (us >= {limit}) from {came} group by key",
            *(
                f"select 'curve', '{day:03}', count(*), count(*) filter (us < {day * 86_400_000_000}) from {came}"
                for day in DAYS
            ),
        ]
        return text.plan(" union all ".join(parts) + " order by 1, 2")

    def answer(self, plan: Plan, rows: Rows) -> DurationAnswer:
        found = {(what, key): (n, count) for what, key, n, count in rows}
        late = [
            Late(milestone=key, reached=n, late=rate(count, n, NOT_REACHED))
            for key in self.document.milestones
            for n, count in [found.get(("late", key), (0, 0))]
        ]
        total = rate(sum(each.late.count for each in late), sum(each.late.n for each in late), NOTHING)
        curve = []
        for day in DAYS:
            n, count = found[("curve", f"{day:03}")]
            curve.append(SoFar(days=day, share=rate(count, n, NOTHING)))
        return DurationAnswer(
            n=found[("n", "")][0],
            length_days=self._length() / timedelta(days=1),
            late=total,
            milestones=late,
            curve=curve,
            **frame(self, plan, self.definition()),
        )

    def definition(self) -> str:
        return (
            f"{self.who} whose program started ({describe(self.document.start)}) in the period and was over "
            f"({format_duration(self._length())}) by the moment of asking: of the milestones that they reached by then, "
            "the share that they reached after its end."
        )


def own_length(document: Document) -> timedelta:
    """The longest of the goals' paths, by the targets of the milestones on it; 0 where there are none."""
    milestones, goals = document.milestones, document.goals
    paths = [goal.milestones for goal in goals.values()] or [tuple(milestones)]
    return max(
        sum((milestones[key].target or timedelta(0) for key in path if key in milestones), timedelta(0))
        for path in paths
    )
