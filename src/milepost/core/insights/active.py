# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""How many people are active on each day, and how often they come back: DAU, WAU, MAU and stickiness.

A day is one of the calendar of the time zone asked in. Active is who did anything themselves (`habit.NOT_ACTIVITY`), or
what the question names. Active in a week is who was on any of the 7 days up to and with that day, in a month of the 30.
"""

from collections.abc import Iterable
from datetime import timedelta
from itertools import accumulate

from msgspec import Struct

from milepost.core.conditions.types import Condition
from milepost.core.conditions.words import describe
from milepost.core.insights.conditions_sql import Text
from milepost.core.insights.habit import NOT_ACTIVITY
from milepost.core.insights.plan import Plan
from milepost.core.insights.question import Answer, Period, Rows, among, frame
from milepost.core.insights.zones import Unit, first_day, local_number, midnight, number_sql
from milepost.core.values import Undefined, utc

WEEK, MONTH = 7, 30
NOBODY = "nobody was active in the 30 days before"


class ActiveDay(Struct, frozen=True, kw_only=True):
    """People active on the day, in the 7 and in the 30 days that end with it. `whole`: the day was over at `as_of`."""

    day: str
    dau: int
    wau: int
    mau: int
    stickiness: float | Undefined
    whole: bool


class ActiveAnswer(Answer, frozen=True, kw_only=True):
    """`n` people were active in the period. `stickiness`: of those active in a month, the share that is on a day (the sum
    of DAU by the sum of MAU, over the whole days)."""

    n: int
    days: list[ActiveDay]
    stickiness: float | Undefined


class Active(Period, frozen=True, kw_only=True):
    """The days that [from, to) touches. `did`: what counts as active. `among`: only people of whom it is true."""

    did: Condition | None = None
    among: Condition | None = None

    def plan(self) -> Plan:
        text = self.text()
        days = text.table(active_units(self, text, "day", self.did, self.among, back=MONTH - 1))
        following = "coalesce(lead(number) over (partition by uid order by number), 2147483647)"
        spans = text.table(f"select number, {following} as again from {days}")
        changes = [f"select number as day, 1 as d, 1 as w, 1 as m from {spans}"]
        changes += [
            f"select least(again, number + {length}), {lost} from {spans}"
            for lost, length in (("-1, 0, 0", 1), ("0, -1, 0", WEEK), ("0, 0, -1", MONTH))
        ]
        sums = "sum(d)::bigint, sum(w)::bigint, sum(m)::bigint"
        gained = f"select day, {sums} from ({' union all '.join(changes)}) group by day"
        first = text.parameters.add(local_number("day", self.from_, self.tz))
        return text.plan(
            f"select * from ({gained}) union all "
            f"select null, count(distinct uid), 0, 0 from {days} where number >= {first} order by 1 nulls first"
        )

    def answer(self, plan: Plan, rows: Rows) -> ActiveAnswer:
        first, last = local_number("day", self.from_, self.tz), self._last()
        gains = {day: more for day, *more in rows[1:]}
        numbers = range(min([first, *gains]), last + 1)
        running = accumulate((gains.get(day, (0, 0, 0)) for day in numbers), _added)
        days = [self._day(day, *counts) for day, counts in zip(numbers, running, strict=True) if day >= first]
        whole = [day for day in days if day.whole]
        return ActiveAnswer(
            n=rows[0][1],
            days=days,
            stickiness=_share(sum(day.dau for day in whole), sum(day.mau for day in whole)),
            **frame(self, plan, self.definition()),
        )

    def _last(self) -> int:
        end = max(utc(self.from_), min(utc(self.to) - timedelta(microseconds=1), utc(self.as_of)))
        return local_number("day", end, self.tz)

    def _day(self, number: int, dau: int, wau: int, mau: int) -> ActiveDay:
        day = first_day("day", number)
        return ActiveDay(
            day=day.isoformat(),
            dau=dau,
            wau=wau,
            mau=mau,
            stickiness=_share(dau, mau),
            whole=midnight(day + timedelta(days=1), self.tz) <= utc(self.as_of),
        )

    def definition(self) -> str:
        whose = self.who if self.among is None else f"{self.who} of whom it is true that {describe(self.among)}"
        return (
            f"{whose} {self.that} {activity(self.did)} on each day (of {self.tz}), on any of the {WEEK} days up to it, "
            f"and on any of the {MONTH}. Stickiness is the first by the last."
        )


def activity(did: Condition | None) -> str:
    """What counts as active, in words."""
    return "did anything themselves" if did is None else f"did this: {describe(did)}"


def active_units(
    period: Period, text: Text, unit: Unit, did: Condition | None, whose: Condition | None, *, back: int = 0
) -> str:
    """A select of `(uid, number)`: the days, weeks or months in which each person was active, from that of `from` (with
    `back`: so many units before it) to that of `to` and no later than the moment."""
    first = first_day(unit, local_number(unit, period.from_, period.tz) - back)
    last = first_day(unit, local_number(unit, utc(period.to) - timedelta(microseconds=1), period.tz) + 1)
    begins, ends = midnight(first, period.tz), midnight(last, period.tz)
    number = number_sql(unit, text, "ts", period.tz, begins, ends)
    inside = f"ts >= {text.parameters.add(begins)} and ts < {text.parameters.add(ends)}{among(text, whose)}"
    return f"select uid, {number} as number from ({acts(text, did)}) where {inside} group by all"


def acts(text: Text, did: Condition | None, *, account: bool = False) -> str:
    """A select with `uid`, `ts` and perhaps `account`: each time that somebody was active."""
    also = ", f.account" if account else ""
    if did is None:
        passive = text.parameters.add(list(NOT_ACTIVITY))
        own = f"{text.scope()} and not list_contains({passive}::varchar[], f.event)"
        return f"select f.uid, f.ts{also} from facts f where {own}"
    if not account:
        return text.occurrences(did)
    return (
        f"select o.uid, o.ts, f.account from ({text.occurrences(did)}) o "
        f"join facts f on f.uid = o.uid and f.seq = o.seq and f.ts = o.ts and {text.scope()}"
    )


def _added(before: Iterable[int], more: Iterable[int]) -> tuple[int, ...]:
    return tuple(a + b for a, b in zip(before, more, strict=True))


def _share(part: int, whole: int) -> float | Undefined:
    return part / whole if whole else Undefined(NOBODY)
