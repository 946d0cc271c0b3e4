"""What happened to a person, latest first: facts, decisions with their reasons, deliveries with how they ended."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.utils import timezone

from milepost.console.pages.words import Titles, shown, titles
from milepost.core import events
from milepost.core.values import Refused, Unavailable
from milepost.log import stores
from milepost.people.access import access_person
from milepost.program import queries as program
from milepost.runtime import queries as runtime

PAGE = 50
_FAILED = (events.MESSAGE_FAILED, events.EMAIL_BOUNCED)


@dataclass(frozen=True, slots=True)
class Entry:
    """Shapes: `kind` is fact, milestone, content or message; `outcome` that of a decision, else empty.
    Absent: `why` and `condition` are empty for a fact, `details` for a decision."""

    at: datetime
    kind: str
    outcome: str
    title: str
    why: str
    condition: dict[str, Any]
    details: tuple[tuple[str, str], ...]

    @property
    def tone(self) -> str:
        if self.kind == "milestone":
            return "milestone"
        if self.outcome in ("held", "dropped"):
            return "held"
        if self.outcome or self.title == events.MESSAGE_SENT:
            return "decision"
        return "failed" if self.title in _FAILED else "fact"

    @property
    def picture(self) -> str:
        if self.outcome == "held":
            return "pause"
        if self.outcome == "dropped":
            return "x"
        if self.title in _FAILED:
            return "triangle-alert"
        if self.title == events.MESSAGE_SENT:
            return "send"
        return {"milestone": "flag", "content": "message-circle", "message": "mail"}.get(self.kind, "zap")


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
    uid, moment = access_person(workspace_id, uid).id, _moment(before)
    called = titles(program.current(workspace_id).document)
    try:
        found = runtime.timeline(stores.current(), workspace_id, uid, before=moment, limit=PAGE)
    except Unavailable:
        rows = [] if moment else runtime.decisions(workspace_id, uid, limit=PAGE)
        decided = (_decided(row.at, row.kind, row.definition, row.outcome, row.reason, called) for row in rows)
        return Timeline(uid, tuple(_by_day(decided)), before="", partial=True)
    # What a fact has led to stands above it.
    found.sort(key=lambda moment: (moment.at, moment.what == "decision"), reverse=True)
    entries = [_entry(each, called) for each in found]
    older = entries[-1].at.isoformat() if len(entries) == PAGE else ""
    return Timeline(uid, tuple(_by_day(entries)), older)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError as error:
        raise Refused("before", "This page address is broken.", mend="Open the person's page again.") from error


def _entry(moment: runtime.Moment, called: Titles) -> Entry:
    if moment.what == "decision":
        return _decided(moment.at, moment.kind, moment.title, moment.outcome, moment.detail, called)
    details = tuple((name, shown(value)) for name, value in moment.detail.items())
    return Entry(moment.at, "fact", "", moment.title, "", {}, details)


def _decided(at: datetime, kind: str, key: str, outcome: str, reason: dict[str, Any], called: Titles) -> Entry:
    title = called.get((kind, key), key)
    return Entry(at, kind, outcome, title, str(reason.get("text", "")), reason.get("condition", {}), ())


def _by_day(entries: Iterable[Entry]) -> Iterable[tuple[date, tuple[Entry, ...]]]:
    for day, group in groupby(entries, key=lambda entry: timezone.localtime(entry.at).date()):
        yield day, tuple(group)
