"""An in-app piece: what the browser is given to draw, and how far a person has come with it.

The browser decides only where and when on the page; everything it draws is in here, rendered when it was decided.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from msgspec import UNSET, Struct, UnsetType, field

from milepost.core import events


class PieceAnchor(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One of `text`, `role` and `test_id`; of texts and names any one will do."""

    text: Sequence[str] = ()
    role: str | None = None
    name: Sequence[str] = ()
    test_id: str | None = None
    within: str | None = None


class PieceAdvance(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`done`: the milestone that it waits for has been reached. `url` are patterns."""

    on: str
    event: str | None = None
    done: bool = False
    url: Sequence[str] = ()
    element: str | None = None


class PieceWay(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A button of a step: `go` is the key of a step that is there, or `end`."""

    text: str
    go: str | None = None
    start: str | None = None
    url: str | None = None


class PieceVideo(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`file` is what a video element plays, `frame` the address of a player to be put into a frame; without either there
    is only the link `url`. Captions are in the language `lang`."""

    url: str
    file: str | None = None
    frame: str | None = None
    captions: str | None = None
    lang: str | None = None


class PieceStep(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`on`: CSS selectors and anchors, best first; none: the card stands on its own. `body_html` is sanitised. A step that
    was given no key has its place for one."""

    key: str
    title: str
    body_html: str
    on: Sequence[str | PieceAnchor]
    advance: PieceAdvance
    as_: str = field(name="as", default="tooltip")
    then: str | None = None
    buttons: Sequence[PieceWay] = ()
    video: PieceVideo | None = None
    missing: str = "card"


class Contact(Struct, frozen=True, kw_only=True):
    """The contact card, in the person's language. Absent: empty."""

    name: str
    email: str
    telegram: str = ""
    telegram_url: str = ""
    hours: str = ""


class PieceBody(Struct, frozen=True, kw_only=True):
    """What every kind has; the fields below `button` are of those kinds that bear their names.

    Shapes: `page` is {url: [patterns], element, focus, first_visit, error}; `labels` are the words on buttons, in the
    language `lang`. `modal`: it has to be read before anything else is done. `standing`: it keeps to its place in the page,
    or to its edge, and takes the stage from nothing. Absent: `format` where there is one way of it to learn by.
    """

    key: str
    kind: str
    content: str
    title: str
    body_html: str = ""
    steps: Sequence[PieceStep] = ()
    page: dict[str, Any] = field(default_factory=dict)
    modal: bool = False
    standing: bool = False
    confetti: bool = False
    button: str = ""
    contact: Contact | None = None
    serves: str | None = None
    lang: str = "en"
    dir: str = "ltr"
    labels: dict[str, str] = field(default_factory=dict)
    format: str | UnsetType = UNSET


class OfferCard(Struct, frozen=True, kw_only=True):
    """An offer as it stands inside a celebration, or on a card of its own."""

    key: str
    title: str
    why_html: str
    url: str
    button: str


class CelebrationBody(PieceBody, frozen=True, kw_only=True):
    """`goal` is what they want, in their own words. Absent: empty where they have not said it."""

    goal: str = ""
    offer: OfferCard | None = None


class OfferBody(PieceBody, frozen=True, kw_only=True):
    """An offer by itself, as a card like an article's: its title and reason are those of the card."""

    offer: OfferCard | None = None


class PieceOption(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Absent: `image` (an address, with `alt` for what is on it) but for what is picked by its picture."""

    value: str
    text: str
    image: str = ""
    alt: str = ""


class PieceTest(Struct, frozen=True):
    """A test of an earlier answer, which the browser evaluates. One that nobody can answer is `in` nothing: false."""

    op: str
    value: Any


#: Stands in a question's text for what was answered to an earlier one; the browser fills it in.
RECALL = "\ue000{}\ue001"


class PieceQuestion(Struct, frozen=True, kw_only=True):
    """`if_` goes from an earlier question to a test of its answer; all must hold. `together`: on one page with the one
    before. `least` and `most` are the words at the ends of a scale. A text recalls the answer to an earlier question of
    the survey as `RECALL` marks it. Absent: `answer` is None while nothing is known."""

    key: str
    ask: str
    kind: str
    options: Sequence[PieceOption] = ()
    hint: str = ""
    unit: str = ""
    at_least: int | None = None
    at_most: int | None = None
    optional: bool = True
    together: bool = False
    least: str = ""
    most: str = ""
    if_: dict[str, PieceTest] = field(name="if", default_factory=dict)
    answer: Any = None


class PieceTask(Struct, frozen=True, kw_only=True):
    title: str
    owner: str


class PieceItem(Struct, frozen=True, kw_only=True):
    """A milestone to tick. `start` is the piece that helps with it, `url` where in the product it is done. Absent: `due`
    (a day) None: no date; `function`, `effort`, `due_text` empty."""

    key: str
    title: str
    done: bool
    skipped: bool
    due: date | None
    due_text: str
    effort: str
    start: str | None
    url: str | None
    function: str
    owner: str
    tasks: Sequence[PieceTask] = ()


class ChecklistBody(PieceBody, frozen=True, kw_only=True):
    """`progress` 0..1. Absent: `next` is None when nothing is left."""

    items: Sequence[PieceItem] = ()
    progress: float = 0.0
    next: str | None = None


class SampleData(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the host product is asked to make. `status`: empty where the page makes it; else its server is asked, and it is
    `ready` to be, has `failed`, or has `made` it (`ids`), the latter two since `at`."""

    key: str
    title: str
    data: dict[str, Any]
    status: str = ""
    ids: Sequence[str | int] = ()
    at: datetime | None = None


class PieceAction(Struct, frozen=True, kw_only=True):
    """One of `use_template`, `start` and `url`."""

    text: str
    use_template: str | None = None
    template: SampleData | None = None
    start: str | None = None
    url: str | None = None


class SurveyBody(PieceBody, frozen=True, kw_only=True):
    """`actions` stand on the last card."""

    thanks: str = ""
    questions: Sequence[PieceQuestion] = ()
    actions: Sequence[PieceAction] = ()


class EmptyStateBody(PieceBody, frozen=True, kw_only=True):
    """Stands inside the first element that one of the selectors `on` finds."""

    standing: bool = True
    on: Sequence[str] = ()
    actions: Sequence[PieceAction] = ()


class HintBody(PieceBody, frozen=True, kw_only=True):
    """Beside the first element that one of the selectors `on` finds, or as a line inside it (`inline`)."""

    standing: bool = True
    on: Sequence[str] = ()
    inline: bool = False


class FormBody(PieceBody, frozen=True, kw_only=True):
    """Nothing is drawn: the form that `on` finds is watched, until the page tracks the event `sent`."""

    standing: bool = True
    on: Sequence[str] = ()
    sent: str = ""


class TermBody(PieceBody, frozen=True, kw_only=True):
    """Stands at the first of its `words` in the page's text, within what `on` finds. Shapes: `words` are the forms of the
    word by language, since a page need not speak the language of its reader; `*` ends a form for any ending."""

    standing: bool = True
    on: Sequence[str] = ()
    words: dict[str, Sequence[str]] = field(default_factory=dict)


class BannerBody(PieceBody, frozen=True, kw_only=True):
    """`place` is `top` or `bottom`."""

    standing: bool = True
    place: str = "top"
    actions: Sequence[PieceAction] = ()


class AnnouncementBody(PieceBody, frozen=True, kw_only=True):
    actions: Sequence[PieceAction] = ()


class BriefingBody(PieceBody, frozen=True, kw_only=True):
    """`emergency_html`: what to do if something goes wrong."""

    emergency_html: str = ""


class ResourceLine(Struct, frozen=True, kw_only=True):
    """Something to learn from, begun by its key. `kind`: what it is, as `PieceBody.kind`."""

    key: str
    title: str
    kind: str


class ResourceCenterBody(PieceBody, frozen=True, kw_only=True):
    standing: bool = True
    resources: Sequence[ResourceLine] = ()


class QuizOption(Struct, frozen=True, kw_only=True):
    value: str
    text: str
    right: bool


class PieceQuiz(Struct, frozen=True, kw_only=True):
    """`why_html` is said once it was answered."""

    ask: str
    options: Sequence[QuizOption]
    why_html: str = ""


class PiecePage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A page of a deck, or a lesson. Absent: `video` an address to look at, `start` a guide to do it with."""

    key: str
    title: str
    body_html: str = ""
    video: str | None = None
    start: str | None = None
    quiz: Sequence[PieceQuiz] = ()


class PagesBody(PieceBody, frozen=True, kw_only=True):
    """A deck, or a course. Absent: `link`, its page outside of the product (of a course: the certificate), is empty while
    nobody is known."""

    pages: Sequence[PiecePage] = ()
    link: str = ""


class InviteBody(PieceBody, frozen=True, kw_only=True):
    """`link` is the person's own, absolute."""

    link: str = ""


class ReplyBody(PieceBody, frozen=True, kw_only=True):
    """What a member answered to the person's `question`."""

    question: str = ""
    by: str = ""
    conversation: int = 0


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
    step = _step_of(progress, at, properties)
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


def _step_of(progress: Progress, at: datetime, properties: dict[str, Any]) -> int:
    """Where they are by this report: steps may lead back. One that came late takes nothing back."""
    step = properties.get("step")
    if not isinstance(step, int) or isinstance(step, bool) or not 0 <= step < 1000:
        return progress.step
    return step if at > progress.at else max(progress.step, step)


def same_place(step: int, before: Sequence[str], now: Sequence[str]) -> int:
    """The place that this step has in a guide that was drawn again, both as the keys of their steps: its own, else that of
    the next one that is still there, else the last."""
    following = [now.index(key) for key in before[step:] if key in now]
    return following[0] if following else max(len(now) - 1, 0)


def _until(properties: dict[str, Any]) -> datetime | None:
    """Absent: a time without a zone, or none at all, snoozes until the next visit."""
    try:
        until = datetime.fromisoformat(str(properties.get("until")))
    except ValueError:
        return None
    return until if until.tzinfo else None
