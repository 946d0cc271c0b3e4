"""What people tell of themselves: answers to questions, and wishes for their plan. Each becomes facts at once."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from milepost.client.reports import own_fact
from milepost.client.tokens import Session
from milepost.core import events
from milepost.core.delivery.answers import checked, facts_of, question_of
from milepost.core.events import NAME_OF_KIND, Fact
from milepost.core.program.document import Document
from milepost.core.program.kinds.content import Survey
from milepost.core.values import Refused, digest

_Key = Annotated[str, Meta(min_length=1, max_length=100)]


class Answer(Struct, frozen=True, rename="camel", kw_only=True):
    """`content` is the survey. Absent: a `value` of null takes back what was said; `piece` where no piece asked."""

    content: _Key
    question: _Key
    message_id: _Key
    value: Any
    piece: int | None = None


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
    question = question_of(document, answer.content, answer.question)
    value = checked(document, question, answer.value)
    facts = [
        _of_kind(own_fact(session, name, properties, _part(answer.message_id, number), now), properties)
        for number, (name, properties) in enumerate(facts_of(document, answer.content, question, value))
    ]
    if answer.piece is not None:
        facts[0].properties["piece"] = answer.piece
    facts[0].properties["answer"] = value  # null too: it is what takes an answer back
    return facts


def _of_kind(fact: Fact, properties: dict[str, Any]) -> Fact:
    """What is kept of the person themselves is told as a trait; null takes it back."""
    return replace(fact, kind="identify", properties=properties) if fact.name == NAME_OF_KIND["identify"] else fact


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
