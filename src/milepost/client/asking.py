"""Questions that people ask, and how often they may."""

from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime, timedelta
from typing import Annotated, Literal, TypeVar

import msgspec
from django.utils.translation import gettext as _
from msgspec import Meta, Struct

from milepost.client.reports import own_fact
from milepost.client.tokens import Session
from milepost.core import events
from milepost.core.events import Fact
from milepost.core.help.conversation import LONGEST_TEXT, conversation_number
from milepost.core.values import Refused, digest


class Ask(Struct, frozen=True, rename="camel", kw_only=True):
    """Absent: `page` is empty where the browser does not say where it is."""

    text: Annotated[str, Meta(min_length=1, max_length=LONGEST_TEXT)]
    message_id: Annotated[str, Meta(min_length=1, max_length=100)]
    page: Annotated[str, Meta(max_length=2000)] = ""


class Feedback(Ask, frozen=True, kw_only=True):
    """`contact`: they may be written to about it. Absent: `mood` (1 bad, 2 so-so, 3 good) where they did not say."""

    mood: Literal[1, 2, 3] | None = None
    contact: bool = False


class Join(Struct, frozen=True, rename="camel", kw_only=True):
    """Somebody followed the link to the community."""

    message_id: Annotated[str, Meta(min_length=1, max_length=100)]


class Pace:
    """At most so many in a window, for each of whoever asks. Counted in this process, and forgotten when it ends."""

    def __init__(self, at_most: int = 5, per: timedelta = timedelta(minutes=1), most_kept: int = 10_000) -> None:
        self._at_most, self._per, self._most_kept = at_most, per, most_kept
        self._asked: OrderedDict[Hashable, list[datetime]] = OrderedDict()

    def check(self, who: Hashable, now: datetime) -> None:
        """Counts one more. Raises Refused (429) when it is one too many."""
        lately = [at for at in self._asked.pop(who, ()) if now - at < self._per]
        self._asked[who] = lately
        if len(self._asked) > self._most_kept:
            self._asked.popitem(last=False)
        if len(lately) >= self._at_most:
            mend = _("Wait a minute, then ask again.")
            raise Refused(
                "too_many", _("That was a lot at once. Wait a minute, then ask again."), mend=mend, status=429
            )
        lately.append(now)


_Read = TypeVar("_Read", bound=Ask)


def joined(body: bytes, url: str | None, session: Session, now: datetime) -> Fact:
    """Told once, however often they follow it. Raises Refused for what is no report of it, and without a community."""
    try:
        msgspec.json.decode(body, type=Join)
    except msgspec.DecodeError as error:
        raise Refused("invalid_request", f"This says nothing of a community: {error}.") from error
    if not url:
        raise Refused("no_community", "The program names no community.", status=404)
    once = f"community:{digest([session.device, session.user_id, url])}"
    return own_fact(session, events.COMMUNITY_JOINED, {"url": url}, once, now)


def read(body: bytes, kind: type[_Read]) -> _Read:
    """Raises Refused for a body that asks, or says, nothing."""
    try:
        ask = msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError as error:
        raise Refused("invalid_request", f"This asks nothing: {error}.") from error
    if not ask.text.strip():
        raise Refused("empty", _("There is nothing in this question."), path="text")
    return ask


def asked(ask: Ask, session: Session, now: datetime) -> tuple[int, Fact]:
    """The conversation that it opens, and the fact. Sent again, both are the same."""
    number = conversation_number(session.workspace, ask.message_id)
    said = {"conversation": number, "text": ask.text.strip(), "page": ask.page or None}
    return number, own_fact(session, events.QUESTION_ASKED, said, ask.message_id, now)


def fed_back(feedback: Feedback, milestone: str, session: Session, now: datetime) -> tuple[int, Fact]:
    """The conversation that it opens, and the fact. `milestone`: the next one on their way, or empty."""
    number = conversation_number(session.workspace, feedback.message_id)
    said = {
        "conversation": number,
        "text": feedback.text.strip(),
        "page": feedback.page or None,
        "mood": feedback.mood,
        "contact": feedback.contact,
        "milestone": milestone or None,
    }
    return number, own_fact(session, events.FEEDBACK_GIVEN, said, feedback.message_id, now)
