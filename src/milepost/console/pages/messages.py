"""Messages that left the product, newest first, with how each ended."""

from dataclasses import dataclass

from milepost.console.pages.words import titles
from milepost.core.values import Refused
from milepost.delivery import queries as delivery
from milepost.delivery.queries import DeliveryView
from milepost.people import queries as people
from milepost.program import queries as program

PAGE = 25
STATUSES = ("sent", "retrying", "failed", "skipped")


@dataclass(frozen=True, slots=True)
class MessageRow:
    delivery: DeliveryView
    who: str
    title: str


@dataclass(frozen=True, slots=True)
class MessagesPage:
    """Absent: an empty `status` shows all; an empty `next_cursor` is the last page."""

    status: str
    rows: tuple[MessageRow, ...]
    next_cursor: str
    first_page: bool


def gather_messages(workspace_id: int, status: str, cursor: str) -> MessagesPage:
    """Raises Refused for a status or cursor that does not exist."""
    if status and status not in STATUSES:
        raise Refused("status", "There is no such status.", status=404)
    found = delivery.deliveries(workspace_id, cursor=cursor, status=status, limit=PAGE)
    names = people.names(workspace_id, {each.uid for each in found.items})
    called = titles(program.current(workspace_id).document)
    rows = (
        MessageRow(
            each, names.get(each.uid, each.address), each.subject or called.get(("message", each.message), each.message)
        )
        for each in found.items
    )
    return MessagesPage(status, tuple(rows), found.next, first_page=not cursor)
