# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""Whether customers spend more and more: net revenue retention and expansion, by the month of their first payment.

A payment is a fact of one of the names in `payments` with a number in `revenue`; a refund takes its `revenue` off again, in
its own month. Month 0 is that of the first payment. A month counts once it is over at `as_of`. What stood before an
expansion: the milestone reached last, and the offer accepted last, not after the first payment of a month in which somebody
paid more than in the month before.
"""

from collections.abc import Iterable
from math import sqrt
from typing import Any, Literal

from msgspec import Struct

from milepost.core import events
from milepost.core.insights.compare_sql import number_sql, property_sql
from milepost.core.insights.conditions_sql import Text
from milepost.core.insights.plan import Plan
from milepost.core.insights.question import Answer, OfMembers, Rows, frame, told
from milepost.core.insights.statistics import Interval, Z
from milepost.core.insights.zones import first_day, local_number
from milepost.core.insights.zones import number_sql as unit_sql
from milepost.core.values import Refused, Undefined, utc

PAYMENTS = (
    "Subscription Started",
    "Subscription Renewed",
    "Subscription Updated",
    "Payment Succeeded",
    "Order Completed",
)
REFUNDS = ("Order Refunded", "Payment Refunded", "Subscription Refunded")
NOBODY = "nobody paid for the first time so long before"
_LONGEST = 60


class Month(Struct, frozen=True, kw_only=True):
    """The n-th month after that of the first payment, of `n` payers. `retention`: its revenue by that of month 0, with an
    interval over payers (None for fewer than two). `expansion` and `contraction`: what payers paid more, and less, than in
    the month before; `expanded`: how many paid more. Units: as in the facts."""

    after: int
    n: int
    revenue: float
    retention: float | Undefined
    interval: Interval | None
    expansion: float
    contraction: float
    expanded: int


class Payers(Struct, frozen=True, kw_only=True):
    """Who first paid in the month that starts with this day."""

    begins: str
    n: int
    months: list[Month]


class Before(Struct, frozen=True, kw_only=True):
    """`expansions` came after this milestone was reached last (or this offer accepted last), and brought `more`.
    Absent: `key` is None where none had been."""

    kind: Literal["milestone", "offer"]
    key: str | None
    expansions: int
    more: float


class RevenueAnswer(Answer, frozen=True, kw_only=True):
    of: str
    n: int
    curve: list[Month]
    cohorts: list[Payers]
    before: list[Before]


class Revenue(OfMembers, frozen=True, kw_only=True):
    """Who paid for the first time in [from, to)."""

    months: int = 12
    payments: tuple[str, ...] = PAYMENTS

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 1 <= self.months <= _LONGEST:
            raise Refused("months", f"`months` is a number from 1 to {_LONGEST}.", path="months")

    def plan(self) -> Plan:
        text = self.text()
        paid = text.table(self._paid(text))
        grid = text.table(self._grid(text, paid))
        sums = (
            "count(*), sum(r), sum(r0), sum(r * r), sum(r * r0), sum(r0 * r0), sum(greatest(0, r - coalesce(before, r))), "
            "sum(greatest(0, coalesce(before, r) - r)), count(*) filter (r > before)"
        )
        parts = [f"select 'cell' as what, null::varchar as key, cohort, n, {sums} from {grid} group by cohort, n"]
        expansions = text.table(
            f"select uid, paid as ts, r - before as more from {grid} where r > before and paid is not null"
        )
        reached = " union all ".join(
            f"select uid, ts, {text.parameters.add(key)} as key from {text.reached(key)}"
            for key in self.document.milestones
        )
        parts.append(_last(expansions, "milestone", reached or _NONE))
        parts.append(
            _last(expansions, "offer", f"select uid, ts, key from ({told(text, events.OFFER_ACCEPTED, 'offer')})")
        )
        return text.plan(" union all ".join(parts) + " order by 1, 3, 4, 2")

    def _paid(self, text: Text) -> str:
        """A select of `(who, uid, ts, month, amount)`."""
        who = "uid" if self.of == "persons" else "account"
        names, refunds = text.parameters.add([*self.payments, *REFUNDS]), text.parameters.add(list(REFUNDS))
        amount = number_sql(property_sql("revenue", text.parameters))
        signed = f"case when list_contains({refunds}::varchar[], f.event) then -abs({amount}) else {amount} end"
        month = unit_sql("month", text, "f.ts", self.tz, min(utc(self.from_), utc(self.as_of)), utc(self.as_of))
        rows = (
            f"select f.{who} as who, f.uid, f.ts, {month} as month, {signed} as amount from facts f "
            f"where {text.scope()} and list_contains({names}::varchar[], f.event) and f.{who} is not null"
        )
        return f"select * from ({rows}) where amount is not null"

    def _grid(self, text: Text, paid: str) -> str:
        """A select of `(who, cohort, n, r, r0, before, uid, paid)`: each payer's months that are over, empty ones too."""
        begins, ends = text.parameters.add(self.from_), text.parameters.add(self.to)
        over, limit = text.parameters.add(local_number("month", self.as_of, self.tz)), text.parameters.add(self.months)
        monthly = text.table(
            f"select who, month, sum(amount) as r, arg_min(uid, ts) filter (amount > 0) as uid, "
            f"min(ts) filter (amount > 0) as paid from {paid} group by who, month"
        )
        first = f"select who, min(ts) as ts, min(month) as cohort from {paid} where amount > 0 group by who"
        payers = f"select * from ({first}) where ts >= {begins} and ts < {ends}"
        months = f"select who, cohort, unnest(range(0, least({limit} + 1, {over} - cohort))) as n from ({payers})"
        row = "coalesce(m.r, 0) as r, m.uid, m.paid"
        filled = (
            f"select g.who, g.cohort, g.n, {row} from ({months}) g left join {monthly} m "
            "on m.who = g.who and m.month = g.cohort + g.n"
        )
        order = "partition by who order by n"
        return f"select *, first(r) over ({order}) as r0, lag(r) over ({order}) as before from ({filled})"

    def answer(self, plan: Plan, rows: Rows) -> RevenueAnswer:
        cells = {(row[2], row[3]): row[4:] for row in rows if row[0] == "cell"}
        cohorts = sorted({cohort for cohort, _ in cells})
        pooled = [
            _month(n, _pooled(cells[cohort, n] for cohort in cohorts if (cohort, n) in cells))
            for n in range(self.months + 1)
            if any((cohort, n) in cells for cohort in cohorts)
        ]
        return RevenueAnswer(
            of=self.of,
            n=sum(cells[cohort, 0][0] for cohort in cohorts),
            curve=pooled,
            cohorts=[self._payers(cohort, cells) for cohort in cohorts],
            before=[
                Before(kind=row[0], key=row[1], expansions=row[4], more=row[5]) for row in rows if row[0] != "cell"
            ],
            **frame(self, plan, self.definition()),
        )

    def _payers(self, cohort: int, cells: dict[tuple[int, int], tuple[Any, ...]]) -> Payers:
        months = [_month(n, cells[cohort, n]) for n in range(self.months + 1) if (cohort, n) in cells]
        return Payers(begins=first_day("month", cohort).isoformat(), n=months[0].n, months=months)

    def definition(self) -> str:
        return (
            f"{self.who} that paid for the first time in the period ({', '.join(self.payments)}; refunds taken off), by "
            f"its month (of {self.tz}): the revenue of each later month by that of the first one. A month counts once "
            "it is over."
        )


_NONE = "select 0 as uid, null::timestamp as ts, '' as key where false"


def _last(expansions: str, kind: str, marks: str) -> str:
    """Rows of the plan: what each expansion's person had done last, not after it."""
    last = f"select e.more, k.key from {expansions} e asof left join ({marks}) k on k.uid = e.uid and k.ts <= e.ts"
    nothing = ", ".join(["0"] * 7)
    return f"select '{kind}', key, null, null, count(*), sum(more), {nothing} from ({last}) group by key"


def _pooled(cells: Iterable[tuple[Any, ...]]) -> tuple[Any, ...]:
    return tuple(sum(values) for values in zip(*cells, strict=True))


def _month(after: int, sums: tuple[Any, ...]) -> Month:
    n, revenue, first, squares, products, first_squares, more, less, expanded = sums
    ratio = revenue / first if first > 0 else Undefined(NOBODY)
    interval = None
    if not isinstance(ratio, Undefined) and n > 1:
        spread = max(0.0, squares - 2 * ratio * products + ratio * ratio * first_squares)
        half = Z * sqrt(n / (n - 1) * spread) / first
        interval = Interval(ratio - half, ratio + half)
    return Month(
        after=after,
        n=n,
        revenue=revenue,
        retention=ratio,
        interval=interval,
        expansion=more,
        contraction=less,
        expanded=expanded,
    )
