"""What whoever draws a piece reports about it: a browser, an app, or the host product's own server."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from milepost.core import events
from milepost.core.delivery.formats import offered
from milepost.core.program.document import Document
from milepost.core.program.kinds.content import Course
from milepost.core.values import Refused

Action = Literal[
    "shown", "step", "completed", "dismissed", "snoozed", "refused", "started", "target_missing",
    "page_viewed", "lesson_finished", "acted", "offer_shown", "offer_accepted", "offer_declined", "invite_sent",
]  # fmt: skip

FACT_OF_ACTION: dict[Action, str] = {
    "shown": events.CONTENT_SHOWN,
    "step": events.CONTENT_STEP_SEEN,
    "completed": events.CONTENT_COMPLETED,
    "dismissed": events.CONTENT_DISMISSED,
    "snoozed": events.CONTENT_SNOOZED,
    "refused": events.CONTENT_REFUSED,
    "started": events.CONTENT_STARTED,
    "target_missing": events.TARGET_MISSING,
    "page_viewed": events.DECK_PAGE_VIEWED,
    "lesson_finished": events.LESSON_FINISHED,
    "acted": events.CONTENT_ACTED,
    "offer_shown": events.OFFER_SHOWN,
    "offer_accepted": events.OFFER_ACCEPTED,
    "offer_declined": events.OFFER_DECLINED,
    "invite_sent": events.INVITE_SENT,
}
_NEEDS_AN_OFFER = ("offer_shown", "offer_accepted", "offer_declined")
_WITH_FORMAT = ("shown", "completed", "dismissed", "refused")
_NEEDS_A_PAGE = ("page_viewed", "lesson_finished")

SNOOZE = timedelta(days=1)
_Key = Annotated[str, Meta(min_length=1, max_length=100)]


class Report(Struct, frozen=True, rename="camel", kw_only=True):
    """Absent: `piece` is None for `started`, which asks for a piece that does not exist yet; `act`, what was done, is of
    `acted` alone, `offer` of what became of an offer; `step_key` where the step is part of a guide; `page` and `seconds`
    of what was read of a deck or a course, `answers` what was chosen in the quiz of that lesson, in order."""

    content: _Key
    action: Action
    message_id: _Key
    piece: int | None = None
    step: Annotated[int, Meta(ge=0, le=1000)] | None = None
    step_key: _Key | None = None
    act: _Key | None = None
    offer: _Key | None = None
    page: _Key | None = None
    seconds: Annotated[float, Meta(ge=0, le=86_400)] | None = None
    answers: Annotated[tuple[_Key, ...], Meta(max_length=50)] = ()

    @property
    def fact(self) -> str:
        """The name of the fact that it leaves."""
        return FACT_OF_ACTION[self.action]


_decoder = msgspec.json.Decoder(Report)


def read_report(body: bytes) -> Report:
    """Raises Refused for anything that is not a report."""
    try:
        report = _decoder.decode(body)
    except msgspec.DecodeError as error:
        raise Refused("invalid_report", f"This is not a report about a piece: {error}.") from error
    return whole(report)


def whole(report: Report) -> Report:
    """Raises Refused for a report that leaves out what its action needs."""
    if report.action in _NEEDS_AN_OFFER and report.offer is None:
        raise Refused("invalid_report", f"`{report.action}` says which `offer`.")
    if report.action in _NEEDS_A_PAGE and report.page is None:
        raise Refused("invalid_report", f"`{report.action}` says which `page`.")
    return report


def asks_for_format(report: Report, document: Document) -> bool:
    """Whether it is to be told in which way the piece was drawn: when it was shown, and when that came to an end."""
    content = document.content.get(report.content) or document.articles.get(report.content)
    return report.action in _WITH_FORMAT and bool(offered(getattr(content, "formats", None)))


def told_by(report: Report, now: datetime, document: Document, *, format: str | None = None) -> dict[str, Any]:
    """The properties of its fact: what was reported, what the program knows of it, and in which way it was drawn."""
    known = {
        "piece": report.piece,
        "content": report.content,
        "step": report.step,
        "step_key": report.step_key,
        "until": (now + SNOOZE).isoformat() if report.action == "snoozed" else None,
        "action": report.act if report.action == "acted" else None,
        "offer": report.offer,
        "page": report.page,
        "seconds": report.seconds,
        "resource": resource_of(document, report.content),
        "passed": _passed(report, document),
        "format": format,
    }
    return {name: value for name, value in known.items() if value is not None}


def _passed(report: Report, document: Document) -> bool | None:
    """Whether the lesson's quiz was answered right, as its definition has it; None for what is no lesson."""
    course = document.content.get(report.content)
    if report.action != "lesson_finished" or not isinstance(course, Course):
        return None
    lesson = dict(zip(lesson_keys(course), course.lessons, strict=True)).get(report.page or "")
    return lesson is not None and report.answers == tuple(question.right for question in lesson.quiz)


def lesson_keys(course: Course) -> list[str]:
    """What its lessons are called in reports."""
    return [f"lesson-{number}" for number, _ in enumerate(course.lessons, 1)]


def resource_of(document: Document, content: str) -> str | None:
    """What a piece teaches: what its definition says, and an article itself."""
    if content in document.articles:
        return content
    return getattr(document.content.get(content), "resource", None)
