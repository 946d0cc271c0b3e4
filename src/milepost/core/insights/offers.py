# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""What offers bring: who saw, accepted, declined and took them, and the revenue that goes back to them.

A fact that `taken` names is attributed to the offer that the person saw last before it, among those that it takes, not
longer than 30 days before (0 <= taken - shown < 30 days). Its property `revenue` is summed.
"""

from datetime import timedelta

from msgspec import Struct

from milepost.core import events
from milepost.core.conditions.types import Condition
from milepost.core.insights.compare_sql import number_sql, property_sql
from milepost.core.insights.conditions_sql import PLACE, Text
from milepost.core.insights.plan import Plan
from milepost.core.insights.question import Answer, Period, Rows, frame, inside, told
from milepost.core.insights.statistics import Rate, rate
from milepost.core.program.growth import offers_of
from milepost.core.values import Undefined

ATTRIBUTED = timedelta(days=30)
NOT_SHOWN = "it was shown to nobody"
NOT_KNOWN = "the offer does not say what takes it"


class OfferDid(Struct, frozen=True, kw_only=True):
    """Counts are of people but `times`, which is how often it was shown. Absent: without `taken` in the program nobody
    knows who took it. Units: revenue in whatever the facts' `revenue` is in."""

    offer: str
    shown: int
    times: int
    accepted: Rate
    declined: Rate
    taken: Rate
    revenue: float | Undefined


class OffersAnswer(Answer, frozen=True, kw_only=True):
    offers: list[OfferDid]


class Offers(Period, frozen=True, kw_only=True):
    """Offers that were shown in [from, to); what followed counts up to `as_of`."""

    def plan(self) -> Plan:
        text = self.text()
        views = f"select * from ({told(text, events.OFFER_SHOWN, 'offer')}) where {inside(self, text)}"
        shown = text.table(f"select key, uid, ts, seq, {PLACE} as place from ({views})")
        taken = self._taken(text, shown)
        parts = [
            f"select 'shown', key, count(distinct uid), count(*)::double from {shown} group by key",
            _answered(text, shown, "accepted", events.OFFER_ACCEPTED),
            _answered(text, shown, "declined", events.OFFER_DECLINED),
            f"select 'taken', key, count(distinct uid), sum(coalesce(revenue, 0)) from ({taken}) group by key",
        ]
        return text.plan(" union all ".join(parts) + " order by 1, 2")

    def _taken(self, text: Text, shown: str) -> str:
        """A select of `(key, uid, revenue)`: each fact that takes an offer, with the one that it is attributed to."""
        taking = [_taking(text, key, offer.taken) for key, offer in offers_of(self.document).items() if offer.taken]
        window = text.parameters.length(ATTRIBUTED)
        return (
            f"select s.key, s.uid, t.revenue from ({' union all '.join(taking) or _NOBODY}) t "
            f"join {shown} s on s.key = t.key and s.uid = t.uid and s.place < t.place and t.ts < s.ts + {window} "
            "qualify row_number() over (partition by t.uid, t.place order by s.place desc) = 1"
        )

    def answer(self, plan: Plan, rows: Rows) -> OffersAnswer:
        found = {(what, key): (n, more) for what, key, n, more in rows}
        offers = [_did(key, offer.taken is not None, found) for key, offer in offers_of(self.document).items()]
        return OffersAnswer(offers=offers, **frame(self, plan, self.definition()))

    def definition(self) -> str:
        return (
            "People to whom each offer was shown in the period, and of them the shares that accepted, declined and took it "
            "by the moment of asking. What somebody took goes to the offer that they saw last before it, not longer than "
            f"{ATTRIBUTED.days} days before, and its revenue with it."
        )


def _taking(text: Text, key: str, taken: Condition) -> str:
    revenue = number_sql(property_sql("revenue", text.parameters))
    return (
        f"select {text.parameters.add(key)} as key, o.uid, o.ts, o.place, {revenue} as revenue "
        f"from (select uid, ts, seq, {PLACE} as place from ({text.occurrences(taken)})) o "
        f"left join facts f on f.uid = o.uid and f.seq = o.seq and f.ts = o.ts and {text.scope()}"
    )


def _answered(text: Text, shown: str, what: str, event: str) -> str:
    return (
        f"select '{what}', s.key, count(distinct s.uid), 0 from {shown} s join ({told(text, event, 'offer')}) t "
        "on t.key = s.key and t.uid = s.uid and t.ts >= s.ts group by s.key"
    )


_NOBODY = "select '' as key, 0 as uid, null::timestamp as ts, 0::hugeint as place, 0.0::double as revenue where false"


def _did(key: str, known: bool, found: dict[tuple[str, str], tuple[int, float]]) -> OfferDid:
    shown, times = found.get(("shown", key), (0, 0.0))
    accepted, declined, taken = (found.get((what, key), (0, 0.0)) for what in ("accepted", "declined", "taken"))
    unknown = Rate(count=0, n=shown, value=Undefined(NOT_KNOWN), interval=None)
    return OfferDid(
        offer=key,
        shown=shown,
        times=int(times),
        accepted=rate(accepted[0], shown, NOT_SHOWN),
        declined=rate(declined[0], shown, NOT_SHOWN),
        taken=rate(taken[0], shown, NOT_SHOWN) if known else unknown,
        revenue=float(taken[1]) if known else Undefined(NOT_KNOWN),
    )
