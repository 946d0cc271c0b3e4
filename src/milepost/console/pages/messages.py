"""Messages and how they do: each message of the program with what became of it; every delivery, newest first."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from milepost.console.pages.conditions import in_words
from milepost.console.pages.insights import Share, ever, share_of
from milepost.console.pages.words import condition_titles, titles
from milepost.core.insights.messages import MessageDid, Messages
from milepost.core.program.document import Document
from milepost.core.values import Refused, Unavailable
from milepost.delivery import queries as delivery
from milepost.delivery.queries import DeliveryView
from milepost.delivery.reports import Tally, tallies
from milepost.insights.ask import ask
from milepost.log import stores
from milepost.people import queries as people
from milepost.program import queries as program
from milepost.runtime.queries import suppressed
from milepost.workspace.models import Workspace

PAGE = 25
LATEST = 10
STATUSES = ("sent", "retrying", "failed", "skipped")
#: How far back is counted what was held.
PERIOD = timedelta(days=90)
_NONE = Tally(sent=0, failed=0, waiting=0, skipped=0, last_sent_at=None)


@dataclass(frozen=True, slots=True)
class MessageRow:
    delivery: DeliveryView
    who: str
    title: str


@dataclass(frozen=True, slots=True)
class DeliveriesPage:
    """Absent: an empty `status` or `message` shows all; an empty `next_cursor` is the last page."""

    status: str
    message: str
    rows: tuple[MessageRow, ...]
    next_cursor: str
    first_page: bool


@dataclass(frozen=True, slots=True)
class Held:
    """What a limit has held back. Units: `n` times."""

    why: str
    n: int


@dataclass(frozen=True, slots=True)
class MessageReport:
    """How one message does. Absent: `did` None while the facts cannot be read, and for a message that the program does not
    have any more (`in_program` False)."""

    key: str
    title: str
    purpose: str
    when: str
    serves: str
    tally: Tally
    did: MessageDid | None
    held: tuple[Held, ...]
    in_program: bool

    @property
    def reach(self) -> Share | None:
        """Of who got it before they had reached what it serves, how many have reached it since."""
        return share_of(self.did.reached) if self.did else None

    @property
    def times_held(self) -> int:
        return sum(held.n for held in self.held)


@dataclass(frozen=True, slots=True)
class MessagesPage:
    """`limits`: what was held back over all messages and pieces, most often first. `known`: whether the facts could be
    read."""

    reports: tuple[MessageReport, ...]
    limits: tuple[Held, ...]
    days: int
    known: bool


@dataclass(frozen=True, slots=True)
class MessagePage:
    report: MessageReport
    latest: tuple[MessageRow, ...]
    days: int


def gather_messages(workspace: Workspace, now: datetime) -> MessagesPage:
    document, did = program.current(workspace.pk).document, _did(workspace, now)
    held = suppressed(workspace.pk, now - PERIOD)
    reports = _reports(workspace.pk, document, held, did or {})
    return MessagesPage(tuple(reports), _limits(held), PERIOD.days, known=did is not None)


def gather_message(workspace: Workspace, key: str, now: datetime) -> MessagePage:
    """Raises Refused (404) for a message that there never was."""
    workspace_id, document = workspace.pk, program.current(workspace.pk).document
    held = suppressed(workspace_id, now - PERIOD)
    reports = _reports(workspace_id, document, held, _did(workspace, now) or {})
    report = next((each for each in reports if each.key == key), None)
    if report is None:
        raise Refused("no_such_message", "There is no such message.", status=404)
    found = delivery.deliveries(workspace_id, message=key, limit=LATEST)
    return MessagePage(report, _rows(workspace_id, found.items, document), PERIOD.days)


def gather_deliveries(workspace_id: int, status: str, message: str, cursor: str) -> DeliveriesPage:
    """Raises Refused for a status or cursor that does not exist."""
    if status and status not in STATUSES:
        raise Refused("status", "There is no such status.", status=404)
    found = delivery.deliveries(workspace_id, cursor=cursor, status=status, message=message, limit=PAGE)
    rows = _rows(workspace_id, found.items, program.current(workspace_id).document)
    return DeliveriesPage(status, message, rows, found.next, first_page=not cursor)


def _rows(workspace_id: int, items: tuple[DeliveryView, ...], document: Document) -> tuple[MessageRow, ...]:
    names = people.names(workspace_id, {each.uid for each in items})
    called = titles(document)
    return tuple(
        MessageRow(
            each, names.get(each.uid, each.address), each.subject or called.get(("message", each.message), each.message)
        )
        for each in items
    )


# --- how each does ---------------------------------------------------------------------------------------------------


def _reports(
    workspace_id: int, document: Document, held: list[tuple[str, str, str, int]], did: Mapping[str, MessageDid]
) -> list[MessageReport]:
    counted = tallies(workspace_id)
    called, titled = condition_titles(document), titles(document)
    reports = []
    for key in dict.fromkeys((*document.messages, *counted)):
        message = document.messages.get(key)
        why = Counter[str]()
        for kind, definition, text, n in held:
            if (kind, definition) == ("message", key):
                why[reason_of(text)] += n
        reports.append(
            MessageReport(
                key=key,
                title=titled.get(("message", key), key),
                purpose=message.purpose if message else "",
                when=in_words(message.when, called) if message and message.when else "",
                serves=called.get(message.serves, message.serves) if message and message.serves else "",
                tally=counted.get(key, _NONE),
                did=did.get(key),
                held=tuple(Held(text, n) for text, n in why.most_common()),
                in_program=message is not None,
            )
        )
    return reports


def _did(workspace: Workspace, now: datetime) -> dict[str, MessageDid] | None:
    try:
        answer = ask(stores.current().events, Messages(**ever(workspace, now)))
    except Unavailable:
        return None
    return {each.message: each for each in answer.messages}


def _limits(held: list[tuple[str, str, str, int]]) -> tuple[Held, ...]:
    counted = Counter[str]()
    for _kind, _definition, text, n in held:
        counted[reason_of(text)] += n
    return tuple(Held(text, n) for text, n in counted.most_common())


def reason_of(text: str | None) -> str:
    """The limit that a decision names, without its times: `Held until …: quiet hours where they live.` → Quiet hours."""
    said = text or ""
    reasons = (
        ("quiet hours", _("Quiet hours")),
        ("used up", _("The limit was used up")),
        ("too soon after", _("Too soon after the last one")),
        ("have not agreed", _("They have not agreed to it")),
        ("do not want", _("They do not want it")),
        ("never to see it", _("They asked never to see it again")),
        ("reached already", _("They had reached it already")),
        ("seen", _("They had seen it already")),
        ("behind them", _("It was behind them already")),
        ("too old", _("It would have come too late")),
        ("too long ago", _("It would have come too late")),
        ("talk", _("They were talking with you")),
        ("question of theirs", _("They were talking with you")),
        ("sign of life", _("They have not come back since the last messages")),
        ("not eligible", _("It was not meant for them")),
        ("is enough", _("The limit was used up")),
        (" times within ", _("The limit was used up")),
        ("taken it already", _("They had taken it already")),
        ("signal was a bad one", _("Things were not going well for them")),
    )
    return next((words for part, words in reasons if part in said), said.partition(": ")[2].rstrip(".") or said)
