"""An in-app piece: what the browser is given to draw, and how far a person has come with it.

The browser decides only where and when on the page; everything it draws is in here, rendered when it was decided.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct, field

from milepost.core import events


class PieceAdvance(Struct, frozen=True, kw_only=True, omit_defaults=True):
    on: str
    event: str | None = None


class PieceStep(Struct, frozen=True, kw_only=True):
    """`on`: CSS selectors, best first; none: the card stands on its own. `body_html` is sanitised."""

    title: str
    body_html: str
    on: Sequence[str]
    advance: PieceAdvance


class Contact(Struct, frozen=True, kw_only=True):
    """The contact card, in the person's language. Absent: empty."""

    name: str
    email: str
    telegram: str = ""
    telegram_url: str = ""
    hours: str = ""


class PieceBody(Struct, frozen=True, kw_only=True):
    """Shapes: `page` is {"url": [patterns]}; `labels` are the words on buttons, in the language `lang`."""

    key: str
    kind: str
    content: str
    title: str
    body_html: str = ""
    steps: Sequence[PieceStep] = ()
    page: dict[str, Sequence[str]] = field(default_factory=dict)
    confetti: bool = False
    button: str = ""
    contact: Contact | None = None
    serves: str | None = None
    lang: str = "en"
    dir: str = "ltr"
    labels: dict[str, str] = field(default_factory=dict)


OPEN = ("waiting", "shown", "snoozed")

#: What a browser's report makes of a piece. Once closed it stays closed; of two endings the stronger one is kept, in
#: whatever order they arrive.
STATUS_OF = {
    events.CONTENT_SHOWN: "shown",
    events.CONTENT_STEP_SEEN: "shown",
    events.CONTENT_SNOOZED: "snoozed",
    events.CONTENT_DISMISSED: "dismissed",
    events.CONTENT_REFUSED: "refused",
    events.CONTENT_COMPLETED: "completed",
}
_STRENGTH = {"waiting": 0, "shown": 1, "snoozed": 1, "ended": 2, "dismissed": 3, "refused": 4, "completed": 5}


class Progress(Struct, frozen=True, kw_only=True):
    """How far a person has come with a piece. `at` is the time of the report that it was last changed by."""

    status: str
    step: int
    until: datetime | None
    at: datetime


def moved(progress: Progress, name: str, at: datetime, properties: dict[str, Any]) -> Progress:
    """The progress after a browser's report; the same report again, or one that came late, takes nothing back."""
    status = STATUS_OF.get(name)
    if status is None:
        return progress
    step = max(progress.step, _step(properties))
    if not _prevails(status, at, progress):
        return Progress(status=progress.status, step=step, until=progress.until, at=progress.at)
    until = _until(properties) if status == "snoozed" else None
    return Progress(status=status, step=step, until=until, at=max(at, progress.at))


def stronger(first: str, second: str) -> str:
    """Of two statuses of what turns out to be the same piece, the one that is kept."""
    return max(first, second, key=_STRENGTH.__getitem__)


def _prevails(status: str, at: datetime, progress: Progress) -> bool:
    new, old = _STRENGTH[status], _STRENGTH[progress.status]
    if new == old == _STRENGTH["shown"]:
        return at > progress.at  # seen and snoozed alternate: the later report counts
    return new > old


def _step(properties: dict[str, Any]) -> int:
    step = properties.get("step")
    return step if isinstance(step, int) and not isinstance(step, bool) and 0 <= step < 1000 else 0


def _until(properties: dict[str, Any]) -> datetime | None:
    """Absent: a time without a zone, or none at all, snoozes until the next visit."""
    try:
        until = datetime.fromisoformat(str(properties.get("until")))
    except ValueError:
        return None
    return until if until.tzinfo else None
