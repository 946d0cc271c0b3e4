"""Messages that leave the product."""

from typing import Literal

from milepost.core.conditions.types import Condition
from milepost.core.program.kinds.common import Definition, Stage, Text

#: `service` is part of what was asked for and ignores caps and quiet hours; the others need a yes where the program's
#: `consent` names them.
Purpose = Literal["service", "care", "marketing"]


class Link(Definition, frozen=True, kw_only=True):
    """The button of a message: opens `url` in the product and, with `start`, begins that guide there."""

    text: Text
    url: str
    start: str | None = None


class Message(Definition, frozen=True, kw_only=True):
    """Sent once, at the first moment `when` is true; or by what names it: a milestone under `celebrate`, an obstacle under
    `help`, a check-in under `remind`, a journey or a cadence.

    `subject` and `body` are Liquid (see Templates); `body` is Markdown.
    """

    channel: Literal["email"]
    purpose: Purpose
    subject: Text
    body: Text
    when: Condition | None = None
    unless: Condition | None = None  # not sent while this holds, asked at the moment of sending
    link: Link | None = None
    serves: str | None = None  # the milestone that it leads to; once reached it is no longer sent
    stage: Stage | None = None
    resource: str | None = None  # what it teaches: a tip or article that was seen in another channel is not sent
    count_opens: bool = False  # the letter fetches a picture from here, which tells that it was opened
