# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""How each message does: to how many it went, who opened and clicked it, and who then reached what it leads to."""

from msgspec import Struct

from milepost.core import events
from milepost.core.insights.compare_sql import property_text_sql
from milepost.core.insights.conditions_sql import Text
from milepost.core.insights.plan import Plan
from milepost.core.insights.question import Answer, Period, Rows, frame, inside, told
from milepost.core.insights.statistics import Rate, rate
from milepost.core.values import Undefined

_AFTERWARDS = {
    "bounced": events.EMAIL_BOUNCED,
    "opened": events.EMAIL_OPENED,
    "clicked": events.EMAIL_CLICKED,
}
NOT_SENT = "it was sent to nobody"
LEADS_NOWHERE = "it leads to no milestone"


class MessageDid(Struct, frozen=True, kw_only=True):
    """Counts are of people but `sends`, which is how often it went. `reached`: of those who had not reached `serves` when
    it came to them first, the share that did afterwards. Absent: `serves` is None where it leads to no milestone."""

    message: str
    sent: int
    sends: int
    failed: int
    bounced: Rate
    opened: Rate
    clicked: Rate
    serves: str | None
    reached: Rate


class MessagesAnswer(Answer, frozen=True, kw_only=True):
    messages: list[MessageDid]


class Messages(Period, frozen=True, kw_only=True):
    """Messages that were sent, or failed, in [from, to); what followed counts up to `as_of`."""

    def plan(self) -> Plan:
        text = self.text()
        sent = text.table(
            f"select key, uid, min(ts) as ts, count(*) as n from ({told(text, events.MESSAGE_SENT, 'message')}) "
            f"where {inside(self, text)} group by key, uid"
        )
        failed = f"select * from ({told(text, events.MESSAGE_FAILED, 'message')}) where {inside(self, text)}"
        parts = [
            f"select 'sent', key, count(*), sum(n)::bigint from {sent} group by key",
            f"select 'failed', key, count(distinct uid), 0 from ({failed}) group by key",
            *(_afterwards(text, sent, what, event) for what, event in _AFTERWARDS.items()),
            *(_reached(text, sent, key, serves) for key, serves in self._serving().items()),
        ]
        return text.plan(" union all ".join(parts) + " order by 1, 2")

    def _serving(self) -> dict[str, str]:
        serving = {key: message.serves for key, message in self.document.messages.items()}
        return {
            key: serves for key, serves in serving.items() if serves is not None and serves in self.document.milestones
        }

    def answer(self, plan: Plan, rows: Rows) -> MessagesAnswer:
        found = {(what, key): (n, more) for what, key, n, more in rows}
        messages = [self._did(key, found) for key in self.document.messages]
        return MessagesAnswer(messages=messages, **frame(self, plan, self.definition()))

    def _did(self, key: str, found: dict[tuple[str, str], tuple[int, int]]) -> MessageDid:
        sent, sends = found.get(("sent", key), (0, 0))
        shares = {what: rate(found.get((what, key), (0, 0))[0], sent, NOT_SENT) for what in _AFTERWARDS}
        serves = self._serving().get(key)
        n, reached = found.get(("reached", key), (0, 0))
        return MessageDid(
            message=key,
            sent=sent,
            sends=sends,
            failed=found.get(("failed", key), (0, 0))[0],
            serves=serves,
            reached=rate(reached, n, NOT_SENT) if serves else _NOWHERE,
            **shares,
        )

    def definition(self) -> str:
        return (
            "People to whom each message was sent in the period, and of them the shares that bounced, opened and clicked "
            "it by the moment of asking; and of those who had not reached the milestone that it serves when it first came, "
            "the share that has reached it since."
        )


_NOWHERE = Rate(count=0, n=0, value=Undefined(LEADS_NOWHERE), interval=None)


def _afterwards(text: Text, sent: str, what: str, event: str) -> str:
    """A mail program that fetches everything is nobody who reads."""
    by_hand = f"coalesce({property_text_sql('machine', text.parameters)}, 'false') <> 'true'"
    return (
        f"select '{what}', s.key, count(distinct s.uid), 0 from {sent} s "
        f"join ({told(text, event, 'message')} and {by_hand}) t "
        "on t.key = s.key and t.uid = s.uid and t.ts >= s.ts group by s.key"
    )


def _reached(text: Text, sent: str, message: str, serves: str) -> str:
    key = text.parameters.add(message)
    return (
        f"select 'reached', {key}, count(*) filter (g.ts is null or g.ts >= s.ts), "
        f"count(*) filter (g.ts >= s.ts) from {sent} s "
        f"left join {text.reached(serves)} g on g.uid = s.uid where s.key = {key}"
    )
