"""What people tell of themselves: answers to questions, and wishes for their plan. Each becomes facts at once."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from milepost.client.reports import own_fact
from milepost.client.tokens import Session
from milepost.core import events
from milepost.core.delivery.answers import Answer, of_kind, told_by
from milepost.core.events import Fact
from milepost.core.program.document import Document
from milepost.core.program.kinds.content import Survey
from milepost.core.values import Refused, digest

_Key = Annotated[str, Meta(min_length=1, max_length=100)]


class Wish(Struct, frozen=True, rename="camel", kw_only=True):
    """Absent: `on` null takes back a date of one's own."""

    milestone: _Key
    action: Literal["skip", "date"]
    message_id: _Key
    on: date | None = None


_Read = TypeVar("_Read", Answer, Wish)


def read(body: bytes, kind: type[_Read]) -> _Read:
    """Raises Refused for a body that is not one of this kind."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError as error:
        raise Refused("invalid_request", f"This cannot be read: {error}.") from error


def answered(answer: Answer, document: Document, session: Session, now: datetime) -> list[Fact]:
    """Raises Refused for a question that is not asked (404), and for a value that does not answer it (400)."""
    return [
        of_kind(own_fact(session, name, {}, _part(answer.message_id, number), now), said)
        for number, (name, said) in enumerate(told_by(answer, document))
    ]


def wished(wish: Wish, document: Document, session: Session, now: datetime) -> Fact:
    """Raises Refused for a milestone that there is not (404), and for a day that is over."""
    if wish.milestone not in document.milestones:
        raise Refused("no_such_milestone", f"There is no milestone '{wish.milestone}'.", status=404)
    if wish.action == "skip":
        skipped = {"milestone": wish.milestone}
        return own_fact(session, events.MILESTONE_SKIPPED, skipped, wish.message_id, now)
    if wish.on is not None and wish.on < (now - timedelta(days=1)).date():  # it may be yesterday where they live
        raise Refused("past_date", "A date of one's own lies ahead.", path="on")
    fact = own_fact(session, events.DATE_SET, {"milestone": wish.milestone}, wish.message_id, now)
    fact.properties["on"] = wish.on.isoformat() if wish.on else None
    return fact


def finished(content: str, document: Document, session: Session, message_id: str, now: datetime) -> Sequence[Fact]:
    """*Survey Answered*, if what was seen to its end is a survey."""
    if not isinstance(document.content.get(content), Survey):
        return ()
    return (own_fact(session, events.SURVEY_ANSWERED, {"survey": content}, _part(message_id, 1), now),)


def _part(message_id: str, number: int) -> str:
    """The id of each fact that one request leaves: the same however often it is sent."""
    return message_id if number == 0 else f"milepost-{digest([message_id, number])}"
