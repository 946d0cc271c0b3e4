# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""Whether ready-made beginnings help: sample data used and removed again, empty states shown and acted on."""

from msgspec import Struct

from milepost.core import events
from milepost.core.insights.conditions_sql import Text
from milepost.core.insights.plan import Plan
from milepost.core.insights.question import Answer, Period, Rows, frame, inside, told
from milepost.core.insights.statistics import Rate, rate
from milepost.core.program.kinds.content import EmptyState

NOT_USED, NOT_SHOWN = "nobody used it", "it was shown to nobody"
_ASKED = {
    "used": (events.TEMPLATE_USED, "template"),
    "removed": (events.TEMPLATE_REMOVED, "template"),
    "shown": (events.CONTENT_SHOWN, "content"),
    "acted": (events.CONTENT_ACTED, "content"),
}
_FIRST = {"removed": "used", "acted": "shown"}


class Sample(Struct, frozen=True, kw_only=True):
    """People who used the template (`times`: how often), and of them the share that removed it afterwards."""

    template: str
    used: int
    times: int
    removed: Rate


class Empty(Struct, frozen=True, kw_only=True):
    """People who saw the empty state, and of them the share that did, afterwards, what it asks for."""

    content: str
    shown: int
    acted: Rate


class SamplesAnswer(Answer, frozen=True, kw_only=True):
    templates: list[Sample]
    empty_states: list[Empty]


class Samples(Period, frozen=True, kw_only=True):
    """What was used or shown in [from, to); what followed counts up to `as_of`."""

    def plan(self) -> Plan:
        text = self.text()
        first = {what: text.table(self._first(text, what)) for what in _FIRST.values()}
        parts = [
            f"select '{what}', key, count(*), sum(n)::bigint from {table} group by key" for what, table in first.items()
        ]
        for what, before in _FIRST.items():
            parts.append(
                f"select '{what}', b.key, count(distinct b.uid), 0 from {first[before]} b "
                f"join ({told(text, *_ASKED[what])}) t on t.key = b.key and t.uid = b.uid and t.ts >= b.ts group by b.key"
            )
        return text.plan(" union all ".join(parts) + " order by 1, 2")

    def _first(self, text: Text, what: str) -> str:
        facts = f"select * from ({told(text, *_ASKED[what])}) where {inside(self, text)}"
        return f"select key, uid, min(ts) as ts, count(*) as n from ({facts}) group by key, uid"

    def answer(self, plan: Plan, rows: Rows) -> SamplesAnswer:
        found = {(what, key): (n, times) for what, key, n, times in rows}
        empty = [key for key, content in self.document.content.items() if isinstance(content, EmptyState)]
        return SamplesAnswer(
            templates=[_sample(key, found) for key in self.document.templates],
            empty_states=[_empty(key, found) for key in empty],
            **frame(self, plan, self.definition()),
        )

    def definition(self) -> str:
        return (
            "People who used each template of sample data in the period, and of them the share that removed it afterwards; "
            "people to whom each empty state was shown in the period, and of them the share that acted on it afterwards; "
            "both by the moment of asking."
        )


Found = dict[tuple[str, str], tuple[int, int]]


def _sample(key: str, found: Found) -> Sample:
    used, times = found.get(("used", key), (0, 0))
    removed, _ = found.get(("removed", key), (0, 0))
    return Sample(template=key, used=used, times=times, removed=rate(removed, used, NOT_USED))


def _empty(key: str, found: Found) -> Empty:
    shown, acted = (found.get((what, key), (0, 0))[0] for what in ("shown", "acted"))
    return Empty(content=key, shown=shown, acted=rate(acted, shown, NOT_SHOWN))
