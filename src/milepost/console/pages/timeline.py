"""What happened to a person, latest first: facts, decisions with their reasons, deliveries with how they ended."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.utils import timezone

from milepost.console.pages.words import Titles, every_title, shown
from milepost.core import events
from milepost.core.conditions.compare import number
from milepost.core.insights.revenue import PAYMENTS, REFUNDS
from milepost.core.program.document import Document
from milepost.core.program.folder import Subject
from milepost.core.values import Refused, Unavailable
from milepost.delivery import queries as delivery
from milepost.delivery.queries import DeliveryView
from milepost.log import stores
from milepost.people.access import access_person
from milepost.people.models import Person
from milepost.program import queries as program
from milepost.runtime import queries as runtime

PAGE = 50
_FAILED = (events.MESSAGE_FAILED, events.EMAIL_BOUNCED)
#: Milepost's own facts that speak of a definition, with its kind: the property of that name holds its key.
_SPEAKS_OF = {
    **dict.fromkeys(
        (events.MESSAGE_SENT, *_FAILED, events.EMAIL_OPENED, events.EMAIL_FETCHED, events.EMAIL_CLICKED),
        "message",
    ),
    **dict.fromkeys(
        (
            events.CONTENT_SHOWN,
            events.CONTENT_STEP_SEEN,
            events.CONTENT_COMPLETED,
            events.CONTENT_DISMISSED,
            events.CONTENT_SNOOZED,
            events.CONTENT_REFUSED,
            events.CONTENT_STARTED,
            events.TARGET_MISSING,
        ),
        "content",
    ),
    events.CONTENT_ACTED: "content",
    **dict.fromkeys((events.MILESTONE_REACHED, events.MILESTONE_SKIPPED, events.MILESTONE_ATTESTED), "milestone"),
    **dict.fromkeys((events.OFFER_SHOWN, events.OFFER_ACCEPTED, events.OFFER_DECLINED), "offer"),
    **dict.fromkeys((events.JOURNEY_STARTED, events.JOURNEY_ENDED), "journey"),
    **dict.fromkeys((events.SURVEY_ANSWERED, events.CHECK_IN_MISSED), "survey"),
    **dict.fromkeys((events.SEGMENT_ENTERED, events.SEGMENT_LEFT), "segment"),
    **dict.fromkeys((events.GOAL_STATED, events.PLAN_MADE), "goal"),
    events.ARTICLE_OPENED: "article",
}


#: What a decision of this kind names.
_ABOUT = {"plan": "milestone", "check_in": "survey"}


@dataclass(frozen=True, slots=True)
class Entry:
    """Shapes: `kind` is fact, milestone, content or message; `outcome` that of a decision, else empty. `of` is the
    definition that one of Milepost's own facts speaks of; `revenue` what was paid, less than 0 what was paid back.
    Absent: `why` and `condition` are empty for a fact, `details` for a decision; `delivery` is None but for a message
    that was decided to be sent and that somebody has begun to send."""

    at: datetime
    kind: str
    outcome: str
    title: str
    why: str
    condition: dict[str, Any]
    details: tuple[tuple[str, str], ...]
    of: str = ""
    revenue: float | None = None
    delivery: DeliveryView | None = None

    @property
    def ending(self) -> str:
        """How a decision ended: its outcome, but for a message the state of its delivery, since deciding is not sending."""
        if self.outcome != "sent":
            return self.outcome
        status = self.delivery.status if self.delivery else "sending"
        return "underway" if status in ("sending", "retrying") else status

    @property
    def tone(self) -> str:
        if self.kind == "milestone":
            return "milestone"
        if self.ending in ("held", "dropped", "skipped"):
            return "held"
        if self.ending == "failed" or self.title in _FAILED:
            return "failed"
        if self.outcome or self.title == events.MESSAGE_SENT:
            return "decision"
        return "fact"

    @property
    def picture(self) -> str:
        if self.ending == "held":
            return "pause"
        if self.ending in ("dropped", "skipped"):
            return "x"
        if self.tone == "failed":
            return "triangle-alert"
        if self.title == events.MESSAGE_SENT:
            return "send"
        if self.revenue is not None:
            return "trending-up" if self.revenue > 0 else "trending-down"
        return {"milestone": "flag", "content": "message-circle", "message": "mail"}.get(self.kind, "zap")


@dataclass(frozen=True, slots=True)
class Words:
    """What definitions are called, and the deliveries that a part of a timeline speaks of, by key."""

    called: Titles
    deliveries: dict[str, DeliveryView]

    def title(self, kind: str, key: str, delivery: DeliveryView | None) -> str:
        """The subject that was sent, where there is one: the program's own still has its variables."""
        section, _colon, rest = key.rpartition(":")
        about = (section or _ABOUT.get(kind, kind), rest)
        return (delivery.subject if delivery else "") or self.called.get(about, key)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Shapes: days, latest first, each with its entries. Absent: an empty `before` when nothing older is there;
    `partial` when the facts cannot be read at the moment and only decisions are shown."""

    uid: int
    days: tuple[tuple[date, tuple[Entry, ...]], ...]
    before: str
    partial: bool = False


def gather_timeline(workspace_id: int, uid: int, before: str = "") -> Timeline:
    """Raises Refused for somebody else's person (404), and for a moment that cannot be read."""
    return timeline_of(access_person(workspace_id, uid), program.current(workspace_id).document, before)


def timeline_of(person: Person, document: Document, before: str = "") -> Timeline:
    """The same of a person who was reached already. Raises Refused for a moment that cannot be read."""
    workspace_id, uid, moment = person.workspace_id, person.id, _moment(before)
    try:
        found, partial = runtime.timeline(stores.current(), workspace_id, uid, before=moment, limit=PAGE), False
    except Unavailable:
        found, partial = [] if moment else _decisions(workspace_id, uid), True
    entries = entries_of(workspace_id, document, found)
    older = entries[-1].at.isoformat() if len(entries) == PAGE and not partial else ""
    return Timeline(uid, tuple(_by_day(entries)), older, partial)


def timeline_of_account(workspace_id: int, uid: int, document: Document) -> Timeline:
    """The last of what the people of an account did and what was decided for it."""
    try:
        found, partial = runtime.timeline(stores.current(), workspace_id, uid, limit=PAGE, subject="account"), False
    except Unavailable:
        found, partial = _decisions(workspace_id, uid, "account"), True
    return Timeline(uid, tuple(_by_day(entries_of(workspace_id, document, found))), "", partial)


def entries_of(workspace_id: int, document: Document, found: list[runtime.Moment]) -> list[Entry]:
    """These moments as they are shown, latest first; what a fact has led to stands above it."""
    words = _words(workspace_id, document, found)
    ordered = sorted(found, key=lambda moment: (moment.at, moment.what == "decision"), reverse=True)
    return [_entry(each, words) for each in ordered]


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError as error:
        raise Refused("before", "This page address is broken.", mend="Open the person's page again.") from error


def _decisions(workspace_id: int, uid: int, subject: Subject = "person") -> list[runtime.Moment]:
    return [
        runtime.Moment(
            at=row.at, what="decision", title=row.definition, detail=row.reason, kind=row.kind, outcome=row.outcome
        )
        for row in runtime.decisions(workspace_id, uid, limit=PAGE, subject=subject)
    ]


def _words(workspace_id: int, document: Document, moments: Iterable[runtime.Moment]) -> Words:
    keys = {key for moment in moments if (key := _delivery_key(moment))}
    return Words(every_title(document), delivery.deliveries_by_key(workspace_id, keys))


def _delivery_key(moment: runtime.Moment) -> str:
    """Empty for what is not about a message."""
    if moment.what == "decision":
        return str(moment.detail.get("key", "")) if moment.kind == "message" else ""
    return str(moment.detail.get("delivery", "")) if _SPEAKS_OF.get(moment.title) == "message" else ""


def _entry(moment: runtime.Moment, words: Words) -> Entry:
    sending = words.deliveries.get(_delivery_key(moment))
    if moment.what == "fact":
        return _fact(moment, words, sending)
    return Entry(
        at=moment.at,
        kind=moment.kind,
        outcome=moment.outcome,
        title=words.title(moment.kind, moment.title, sending),
        why=str(moment.detail.get("text", "")),
        condition=moment.detail.get("condition", {}),
        details=(),
        delivery=sending,
    )


def _fact(moment: runtime.Moment, words: Words, sending: DeliveryView | None) -> Entry:
    kind = _SPEAKS_OF.get(moment.title, "")
    key = moment.detail.get(kind)
    return Entry(
        at=moment.at,
        kind="fact",
        outcome="",
        title=moment.title,
        why="",
        condition={},
        details=tuple((name, shown(value)) for name, value in moment.detail.items()),
        of=words.title(kind, key, sending) if isinstance(key, str) else "",
        revenue=_revenue(moment),
    )


def _revenue(moment: runtime.Moment) -> float | None:
    """What was paid, or paid back, where this is a fact about money; None for any other."""
    amount = number(moment.detail.get("revenue"))
    if amount is None or moment.title not in (*PAYMENTS, *REFUNDS):
        return None
    return -abs(amount) if moment.title in REFUNDS else amount


def _by_day(entries: Iterable[Entry]) -> Iterable[tuple[date, tuple[Entry, ...]]]:
    for day, group in groupby(entries, key=lambda entry: timezone.localtime(entry.at).date()):
        yield day, tuple(group)
