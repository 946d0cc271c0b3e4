# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""Whether ready-made beginnings help: sample data used and removed again, how soon it was there, and where it failed;
empty states shown and acted on."""

from msgspec import Struct

from milepost.core import events
from milepost.core.insights.conditions_sql import Text
from milepost.core.insights.plan import Plan
from milepost.core.insights.question import Answer, Period, Rows, frame, inside, told
from milepost.core.insights.statistics import Rate, rate
from milepost.core.program.kinds.content import EmptyState
from milepost.core.values import Undefined

NOT_USED, NOT_SHOWN = "nobody used it", "it was shown to nobody"
NOT_PRESSED = "nobody had pressed for it"
#: So many seconds after the press of a button it is still as if at once.
SOON = 3
_ASKED = {
    "used": (events.TEMPLATE_USED, "template"),
    "removed": (events.TEMPLATE_REMOVED, "template"),
    "shown": (events.CONTENT_SHOWN, "content"),
    "acted": (events.CONTENT_ACTED, "content"),
}
_FIRST = {"removed": "used", "acted": "shown"}


class Sample(Struct, frozen=True, kw_only=True):
    """People who used the template (`times`: how often), and of them the share that removed it afterwards. Of those times,
    as far as a button was pressed for it, the share within three seconds of the press, and the median. `failed`: how often
    the host could not make it."""

    template: str
    used: int
    times: int
    removed: Rate
    soon: Rate
    seconds: float | Undefined
    failed: int


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
            f"select '{what}', key, count(*), sum(n)::bigint, null from {table} group by key"
            for what, table in first.items()
        ]
        parts += [self._waited(text), self._failed(text)]
        for what, before in _FIRST.items():
            parts.append(
                f"select '{what}', b.key, count(distinct b.uid), 0, null from {first[before]} b "
                f"join ({told(text, *_ASKED[what])}) t on t.key = b.key and t.uid = b.uid and t.ts >= b.ts group by b.key"
            )
        return text.plan(" union all ".join(parts) + " order by 1, 2")

    def _first(self, text: Text, what: str) -> str:
        facts = f"select * from ({told(text, *_ASKED[what])}) where {inside(self, text)}"
        return f"select key, uid, min(ts) as ts, count(*) as n from ({facts}) group by key, uid"

    def _waited(self, text: Text) -> str:
        """Each making beside the last press before it."""
        made = f"select * from ({told(text, *_ASKED['used'])}) where {inside(self, text)}"
        pressed = told(text, events.CONTENT_ACTED, "action")
        waited = (
            f"select m.key, (epoch_us(m.ts) - epoch_us(p.ts)) / 1000000.0 as s from ({made}) m "
            f"asof join ({pressed}) p on p.key = m.key and p.uid = m.uid and p.ts <= m.ts"
        )
        return f"select 'waited', key, count(*), count(*) filter (s <= {SOON}), median(s) from ({waited}) group by key"

    def _failed(self, text: Text) -> str:
        failed = f"select * from ({told(text, events.TEMPLATE_FAILED, 'template')}) where {inside(self, text)}"
        return f"select 'failed', key, count(*), 0, null from ({failed}) group by key"

    def answer(self, plan: Plan, rows: Rows) -> SamplesAnswer:
        found = {(what, key): (n, times, seconds) for what, key, n, times, seconds in rows}
        empty = [key for key, content in self.document.content.items() if isinstance(content, EmptyState)]
        return SamplesAnswer(
            templates=[_sample(key, found) for key in self.document.templates],
            empty_states=[_empty(key, found) for key in empty],
            **frame(self, plan, self.definition()),
        )

    def definition(self) -> str:
        return (
            "People who used each template of sample data in the period, and of them the share that removed it afterwards; "
            f"of each time, how long after the last press for it: the share within {SOON} seconds, and the median; "
            "people to whom each empty state was shown in the period, and of them the share that acted on it afterwards; "
            "both by the moment of asking."
        )


Found = dict[tuple[str, str], tuple[int, int, float | None]]
_NONE = (0, 0, None)


def _sample(key: str, found: Found) -> Sample:
    used, times, _ = found.get(("used", key), _NONE)
    pressed, soon, seconds = found.get(("waited", key), _NONE)
    return Sample(
        template=key,
        used=used,
        times=times,
        removed=rate(found.get(("removed", key), _NONE)[0], used, NOT_USED),
        soon=rate(soon, pressed, NOT_PRESSED),
        seconds=Undefined(NOT_PRESSED) if seconds is None else float(seconds),
        failed=found.get(("failed", key), _NONE)[0],
    )


def _empty(key: str, found: Found) -> Empty:
    shown, acted = (found.get((what, key), _NONE)[0] for what in ("shown", "acted"))
    return Empty(content=key, shown=shown, acted=rate(acted, shown, NOT_SHOWN))
