# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""Retention: of those who began in a day, week or month, the share that was active in the n-th one after it.

*Bounded*: in exactly that one; *unbounded*: in that one or any later one. A unit is one of the calendar of the time zone
asked in. A cell counts once its unit is over at `as_of` (unbounded: also when what comes later is not known yet). What
begins and what counts as active are up to the question: the start and any use, or a first payment and later payments.
"""

from datetime import datetime

from msgspec import Struct

from milepost.core.conditions.types import Condition
from milepost.core.conditions.words import describe
from milepost.core.insights.active import activity, acts
from milepost.core.insights.conditions_sql import Text
from milepost.core.insights.plan import Plan
from milepost.core.insights.question import Answer, OfMembers, Rows, among, frame
from milepost.core.insights.statistics import Rate, rate
from milepost.core.insights.zones import Unit, first_day, local_number, midnight, number_sql
from milepost.core.values import Refused, utc

NOBODY = "nobody began so long before"
_MOST_COHORTS, _MOST_UNITS = 400, 60


class RetentionRow(Struct, frozen=True, kw_only=True):
    """Who began in the unit that starts with this day; `rates[n]` is of the n-th unit after it, as far as they are over."""

    begins: str
    n: int
    rates: list[Rate]


class RetentionAnswer(Answer, frozen=True, kw_only=True):
    """`curve[n]`: of everybody for whom the n-th unit is over, the share that was active in it (unbounded: or later)."""

    unit: str
    of: str
    bounded: bool
    n: int
    curve: list[Rate]
    cohorts: list[RetentionRow]


class Retention(OfMembers, frozen=True, kw_only=True):
    """Those who began in [from, to). `begins`: at the first fact of this condition (default: the program's start); `did`:
    what counts as active (default: anything they did themselves). Of accounts: what any of their people did in them; where
    no program is for accounts, one begins with the first of its people."""

    unit: Unit = "week"
    bounded: bool = True
    units: int = 12
    begins: Condition | None = None
    did: Condition | None = None
    among: Condition | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 1 <= self.units <= _MOST_UNITS:
            raise Refused("units", f"`units` is a number from 1 to {_MOST_UNITS}.", path="units")
        if self._last() - self._first() >= _MOST_COHORTS:
            raise Refused(
                "period", f"That is more than {_MOST_COHORTS} cohorts.", path="from", mend="Ask by week or month."
            )

    def _first(self) -> int:
        return local_number(self.unit, self.from_, self.tz)

    def _last(self) -> int:
        return max(self._first(), local_number(self.unit, utc(self.to), self.tz))

    def plan(self) -> Plan:
        text = self.text()
        began, active = text.table(self._began(text)), text.table(self._active(text))
        limit = text.parameters.add(self.units)
        if self.bounded:
            after = f"select b.cohort, a.number - b.cohort as n from {began} b join {active} a on a.who = b.who"
            kept = f"select cohort, n, count(*) as k from ({after}) where n between 0 and {limit} group by cohort, n"
        else:
            last = (
                f"select b.who, any_value(b.cohort) as cohort, max(a.number) - any_value(b.cohort) as n "
                f"from {began} b join {active} a on a.who = b.who group by b.who"
            )
            upto = f"select cohort, unnest(range(0, least(n, {limit}) + 1)) as n from ({last}) where n >= 0"
            kept = f"select cohort, n, count(*) as k from ({upto}) group by cohort, n"
        return text.plan(
            f"select cohort, -1 as n, count(*) as k from {began} group by cohort union all {kept} order by 1, 2"
        )

    def _began(self, text: Text) -> str:
        """A select of `(who, cohort)`."""
        begins, ends = text.parameters.add(self.from_), text.parameters.add(self.to)
        number = number_sql(self.unit, text, "ts", self.tz, self.from_, self.to)
        return f"select who, {number} as cohort from ({self._firsts(text)}) where ts >= {begins} and ts < {ends}"

    def _firsts(self, text: Text) -> str:
        """A select of `(who, ts)`: when each began."""
        whose = among(text, self.among)
        if self.of == "persons":
            rows = text.started() if self.begins is None else f"({text.occurrences(self.begins)})"
            return f"select uid as who, min(ts) as ts from {rows} where true{whose} group by uid"
        if self.begins is not None:
            rows = acts(text, self.begins, account=True)
            return (
                f"select account as who, min(ts) as ts from ({rows}) where account is not null{whose} group by account"
            )
        members = f"select distinct f.account as who, f.uid from facts f where {text.scope()} and f.account is not null"
        return (
            f"select m.who, min(s.ts) as ts from {text.started()} s join ({members}) m on m.uid = s.uid "
            f"where true{whose.replace(' uid ', ' s.uid ')} group by m.who"
        )

    def _active(self, text: Text) -> str:
        """A select of `(who, number)`."""
        begins = midnight(first_day(self.unit, self._first()), self.tz)
        ends = midnight(first_day(self.unit, self._last() + self.units + 2), self.tz)
        number = number_sql(self.unit, text, "ts", self.tz, begins, max(ends, utc(self.as_of)))
        inside = f"ts >= {text.parameters.add(begins)} and ts < {text.parameters.add(ends)}" if self.bounded else "true"
        who = "uid" if self.of == "persons" else "account"
        rows = acts(text, self.did, account=self.of == "accounts")
        return (
            f"select {who} as who, {number} as number from ({rows}) where {inside} and {who} is not null group by all"
        )

    def answer(self, plan: Plan, rows: Rows) -> RetentionAnswer:
        sizes = {cohort: k for cohort, n, k in rows if n == -1}
        kept = {(cohort, n): k for cohort, n, k in rows}
        cohorts = [self._row(cohort, sizes.get(cohort, 0), kept) for cohort in self._cohorts(sizes)]
        pooled = [[row.rates[n] for row in cohorts if n < len(row.rates)] for n in range(self.units + 1)]
        curve = [rate(sum(each.count for each in one), sum(each.n for each in one), NOBODY) for one in pooled]
        return RetentionAnswer(
            unit=self.unit,
            of=self.of,
            bounded=self.bounded,
            n=sum(sizes.values()),
            curve=curve,
            cohorts=cohorts,
            **frame(self, plan, self.definition()),
        )

    def _cohorts(self, sizes: dict[int, int]) -> range:
        return range(min(sizes, default=0), max(sizes, default=-1) + 1)

    def _row(self, cohort: int, n: int, kept: dict[tuple[int, int], int]) -> RetentionRow:
        over = [after for after in range(self.units + 1) if self._ends(cohort + after) <= utc(self.as_of)]
        rates = [rate(kept.get((cohort, after), 0), n, NOBODY) for after in over]
        return RetentionRow(begins=first_day(self.unit, cohort).isoformat(), n=n, rates=rates)

    def _ends(self, number: int) -> datetime:
        return midnight(first_day(self.unit, number + 1), self.tz)

    def definition(self) -> str:
        first = f"program started ({describe(self.document.start)})"
        if self.begins is not None:
            first = f"first '{describe(self.begins)}' was"
        when = f"in the n-th {self.unit} after it" + ("" if self.bounded else " or any later one")
        return (
            f"{self.who} whose {first} in the period, by {self.unit} (of {self.tz}), and of them the share that "
            f"{activity(self.did)} {when}. A {self.unit} counts once it is over."
        )
