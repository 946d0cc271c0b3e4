# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""Do trials lead to payment, and more so for those who felt the benefit before the trial was over?

A trial begins with somebody's first *Trial Started* of the period and is over with *Trial Ended*, or when they pay. Whoever
reached first value before that instant had their aha in time. It is a comparison, not an experiment: who comes so far may
have wanted to pay anyway.
"""

from milepost.core.conditions.types import Any_, Condition, Did
from milepost.core.conditions.words import describe
from milepost.core.insights.activation import NO_FIRST_VALUE
from milepost.core.insights.plan import Plan
from milepost.core.insights.question import Answer, Period, Rows, frame
from milepost.core.insights.statistics import Rate, rate
from milepost.core.values import Undefined

TRIAL_STARTED, TRIAL_ENDED = "Trial Started", "Trial Ended"
#: What counts as paying where the question does not say.
PAID: Condition = Any_(
    of=tuple(
        Did(name=name) for name in ("Subscription Started", "Payment Succeeded", "Order Completed", "Contract Signed")
    )
)
NOBODY = "nobody's trial is over yet"


class TrialsAnswer(Answer, frozen=True, kw_only=True):
    """Shares that paid: of everybody whose trial is over, of those with and those without their aha in time. `under_way`:
    the trial is not over, and they have not paid."""

    started: int
    under_way: int
    paid: Rate
    with_aha: Rate
    without_aha: Rate


class Trials(Period, frozen=True, kw_only=True):
    """Trials that began in [from, to). `paid`: what counts as paying."""

    paid: Condition = PAID

    def plan(self) -> Plan:
        text = self.text()
        begins, ends = text.parameters.add(self.from_), text.parameters.add(self.to)
        began = text.table(
            f"select uid, min(ts) as ts from ({text.occurrences(Did(name=TRIAL_STARTED))}) "
            f"where ts >= {begins} and ts < {ends} group by uid"
        )
        over, paid = (_after(began, text.occurrences(condition)) for condition in (Did(name=TRIAL_ENDED), self.paid))
        values = [text.reached(key) for key in self.first_value()]
        ahas = " union all ".join(f"select uid, ts from {table}" for table in values) or _NONE
        people = text.table(
            f"select least(o.ts, p.ts) as over, p.ts is not null as paid, coalesce(a.ts < least(o.ts, p.ts), false) as aha "
            f"from {began} b left join ({over}) o on o.uid = b.uid left join ({paid}) p on p.uid = b.uid "
            f"left join (select uid, min(ts) as ts from ({ahas}) group by uid) a on a.uid = b.uid"
        )
        return text.plan(
            f"select over is null, aha, count(*), count(*) filter (paid) from {people} group by 1, 2 order by 1, 2"
        )

    def answer(self, plan: Plan, rows: Rows) -> TrialsAnswer:
        counts = {(open_, aha): (n, paid) for open_, aha, n, paid in rows}
        yes, no = counts.get((False, True), (0, 0)), counts.get((False, False), (0, 0))
        under_way = sum(n for (open_, _), (n, _) in counts.items() if open_)
        return TrialsAnswer(
            started=under_way + yes[0] + no[0],
            under_way=under_way,
            paid=rate(yes[1] + no[1], yes[0] + no[0], NOBODY),
            with_aha=self._split(*yes, NOBODY),
            without_aha=self._split(*no, NOBODY),
            **frame(self, plan, self.definition()),
        )

    def _split(self, n: int, paid: int, why: str) -> Rate:
        if not self.first_value():
            return Rate(count=0, n=n, value=Undefined(NO_FIRST_VALUE), interval=None)
        return rate(paid, n, why)

    def definition(self) -> str:
        aha = " or ".join(self.first_value()) or "no milestone"
        return (
            f"{self.who} whose first '{TRIAL_STARTED}' of the period has been followed by '{TRIAL_ENDED}' or by payment "
            f"({describe(self.paid)}), and of them the share that paid by the moment of asking: all, those who reached "
            f"{aha} before the trial was over, and those who did not."
        )


_NONE = "select 0 as uid, null::timestamp as ts where false"


def _after(began: str, rows: str) -> str:
    """A select of `(uid, ts)`: the first of these since the trial began."""
    return (
        f"select b.uid, min(r.ts) as ts from {began} b join ({rows}) r on r.uid = b.uid and r.ts >= b.ts group by b.uid"
    )
