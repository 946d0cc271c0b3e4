"""Reads of conversations; they never write."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q
from msgspec import Struct

from milepost.core.values import Refused
from milepost.help.models import Conversation, Post


class PostView(Struct, frozen=True, kw_only=True):
    """Absent: `by` is empty for what the person said; `name` where the member has given none."""

    by: str
    name: str
    text: str
    via: str
    at: datetime


class ConversationLine(Struct, frozen=True, kw_only=True):
    """A conversation in a list. `text` is the question, `assignee` a member's id; `kind` question, feedback or erasure.
    Absent: `mood` None where they did not say, `milestone` empty where they have none ahead."""

    number: int
    uid: int
    status: str
    text: str
    page: str
    opened_at: datetime
    last_at: datetime
    assignee: int | None
    kind: str
    mood: int | None
    contact: bool
    milestone: str


class ConversationView(ConversationLine, frozen=True, kw_only=True):
    """With everything that was said, in order."""

    posts: tuple[PostView, ...]


class InboxPage(Struct, frozen=True, kw_only=True):
    """`next`: the cursor of the following page; empty on the last one."""

    items: tuple[ConversationLine, ...]
    next: str


class Question(Struct, frozen=True, kw_only=True):
    """What a reply answers. Absent: `device` is empty unless it was asked on a device by somebody unproven."""

    text: str
    device: str
    uid: int
    asked_at: datetime


def inbox(workspace_id: int, status: str = "", cursor: str = "", limit: int = 50) -> InboxPage:
    """Latest word first; of one status, or of all. Raises Refused for a cursor that this never gave."""
    rows = Conversation.objects.filter(workspace_id=workspace_id)
    if status:
        rows = rows.filter(status=status)
    if cursor:
        at, last = _read_cursor(cursor)
        rows = rows.filter(Q(last_at__lt=at) | Q(last_at=at, id__gt=last))
    found = list(rows.order_by("-last_at", "id")[: limit + 1])
    more = f"{found[limit - 1].last_at.isoformat()}|{found[limit - 1].pk}" if len(found) > limit else ""
    asked = _questions(found[:limit])
    return InboxPage(items=tuple(_line(row, asked.get(row.pk, "")) for row in found[:limit]), next=more)


def conversation(row: Conversation) -> ConversationView:
    """The whole conversation."""
    posts = tuple(map(_post, row.posts.all()))
    first = next((post.text for post in posts if not post.by), "")
    return ConversationView(**_fields(row, first), posts=posts)


def conversations_of_person(workspace_id: int, uid: int) -> list[ConversationView]:
    """Latest word first."""
    rows = Conversation.objects.filter(workspace_id=workspace_id, uid=uid).prefetch_related("posts")
    return [conversation(row) for row in rows.order_by("-last_at", "id")]


def requests_of(
    workspace_id: int, *, uid: int | None = None, device: str = "", limit: int = 20
) -> list[ConversationView]:
    """What a person asked, latest first; or, without a proven person, what was asked on this device. Feedback waits for
    no answer: it stands there once it has one."""
    if uid is None and not device:
        return []
    rows = Conversation.objects.filter(workspace_id=workspace_id).prefetch_related("posts")
    rows = rows.exclude(kind=Conversation.FEEDBACK, status=Conversation.OPEN)
    rows = rows.filter(device=device) if uid is None else rows.filter(uid=uid)
    return [conversation(row) for row in rows.order_by("-opened_at", "id")[:limit]]


def question(workspace_id: int, number: int) -> Question | None:
    """What was asked; None for a conversation that there is not."""
    row = Conversation.objects.filter(workspace_id=workspace_id, number=number).first()
    if row is None:
        return None
    return Question(text=_questions([row]).get(row.pk, ""), device=row.device, uid=row.uid, asked_at=row.opened_at)


def reply_key(workspace_id: int, number: int, text: str) -> str | None:
    """The key of the member's words with this text; None for words that no member has said."""
    rows = Post.objects.filter(conversation__workspace_id=workspace_id, conversation__number=number, text=text)
    return rows.exclude(by="").order_by("-at", "-id").values_list("key", flat=True).first()


def count_open(workspace_id: int) -> int:
    """How many wait for an answer of ours."""
    rows = Conversation.objects.filter(workspace_id=workspace_id, status=Conversation.OPEN)
    return rows.exclude(kind=Conversation.FEEDBACK).count()


def _questions(rows: Iterable[Conversation]) -> dict[int, str]:
    """Conversation → the person's first words in it."""
    posts = Post.objects.filter(conversation__in=[row.pk for row in rows], by="").order_by("-at", "-id")
    return dict(posts.values_list("conversation_id", "text"))


def _line(row: Conversation, text: str) -> ConversationLine:
    return ConversationLine(**_fields(row, text))


def _fields(row: Conversation, text: str) -> dict[str, Any]:
    return {
        "number": row.number,
        "uid": row.uid,
        "status": row.status,
        "kind": row.kind,
        "mood": row.mood,
        "contact": row.contact,
        "milestone": row.milestone,
        "text": text,
        "page": row.page,
        "opened_at": row.opened_at,
        "last_at": row.last_at,
        "assignee": row.assignee_id,
    }


def _post(row: Post) -> PostView:
    return PostView(by=row.by, name=row.name, text=row.text, via=row.via, at=row.at)


def _read_cursor(cursor: str) -> tuple[datetime, int]:
    try:
        at, _, last = cursor.partition("|")
        return datetime.fromisoformat(at.replace(" ", "+")), int(last)
    except ValueError as error:
        raise Refused("cursor", "This cursor was not given by Milepost.", mend="Begin without one.") from error
