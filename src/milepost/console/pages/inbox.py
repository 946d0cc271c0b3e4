"""The inbox: questions of people, one thread each, with who asks standing beside it."""

from dataclasses import dataclass
from datetime import date, datetime

from milepost.console.pages.words import every_title, in_our_language
from milepost.core.values import Refused, Unavailable
from milepost.help import queries as help
from milepost.help.access import access_conversation
from milepost.help.queries import ConversationLine, ConversationView
from milepost.log import stores
from milepost.people import queries as people
from milepost.runtime import queries as runtime
from milepost.runtime.snapshot import snapshot
from milepost.workspace import queries as workspace
from milepost.workspace.models import Member

PAGE = 25
STATUSES = ("open", "answered", "closed")
LAST_STEPS = 6


@dataclass(frozen=True, slots=True)
class Line:
    """A conversation in the list. Absent: `assignee` is empty while nobody has taken it."""

    number: int
    who: str
    text: str
    status: str
    last_at: datetime
    assignee: str
    chosen: bool
    kind: str


@dataclass(frozen=True, slots=True)
class Saying:
    """One thing that was said; `ours`: by the team, else by the person."""

    who: str
    ours: bool
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks. Absent: `goal` and `next` are empty, `progress` None while they have no plan; `due_on` None where the next
    milestone has no date."""

    uid: int
    title: str
    email: str
    goal: str
    progress: tuple[int, int] | None
    next: str
    due_on: date | None
    late: bool
    stuck: tuple[str, ...]
    steps: tuple[tuple[str, datetime], ...]


@dataclass(frozen=True, slots=True)
class Thread:
    """Shapes: `page` is where they were when they asked, `milestone` what was ahead of them. `mine`: the reader has taken
    it. Absent: `mood` None and `milestone` empty where it is no feedback, or they did not say."""

    number: int
    status: str
    page: str
    opened_at: datetime
    assignee: str
    mine: bool
    sayings: tuple[Saying, ...]
    asker: Asker
    kind: str
    mood: int | None
    contact: bool
    milestone: str


@dataclass(frozen=True, slots=True)
class InboxPage:
    """Absent: an empty `status` shows all; `thread` None while none was chosen; an empty `next_cursor` is the last page."""

    status: str
    waiting: int
    lines: tuple[Line, ...]
    next_cursor: str
    first_page: bool
    thread: Thread | None
    error: str = ""
    typed: str = ""


def gather_inbox(member: Member, status: str, cursor: str) -> InboxPage:
    """Raises Refused for a status or cursor that does not exist."""
    return _page(member, status, cursor, None)


def gather_thread(member: Member, number: int, status: str, *, error: str = "", typed: str = "") -> InboxPage:
    """The same with one conversation open; `typed` is an answer that could not be sent. Raises Refused (404)."""
    found = help.conversation(access_conversation(member, number))
    return _page(member, status, "", found, error=error, typed=typed)


def _page(
    member: Member, status: str, cursor: str, chosen: ConversationView | None, *, error: str = "", typed: str = ""
) -> InboxPage:
    if status and status not in STATUSES:
        raise Refused("status", "There is no such status.", status=404)
    found = help.inbox(member.workspace_id, status, cursor, PAGE)
    names = people.names(member.workspace_id, {each.uid for each in found.items})
    team = members_by_id(member.workspace_id)
    return InboxPage(
        status=status,
        waiting=help.count_open(member.workspace_id),
        lines=tuple(_line(each, names, team, chosen.number if chosen else 0) for each in found.items),
        next_cursor=found.next,
        first_page=not cursor,
        thread=_thread(member, chosen, team) if chosen else None,
        error=error,
        typed=typed,
    )


def members_by_id(workspace_id: int) -> dict[int, str]:
    """What to call each member of the team: their name, else how they sign in."""
    return {each.pk: each.user.get_full_name() or each.user.get_username() for each in workspace.members(workspace_id)}


def _line(each: ConversationLine, names: dict[int, str], team: dict[int, str], chosen: int) -> Line:
    return Line(
        number=each.number,
        who=names.get(each.uid, ""),
        text=each.text,
        status=each.status,
        last_at=each.last_at,
        assignee=team.get(each.assignee or 0, ""),
        chosen=each.number == chosen,
        kind=each.kind,
    )


def _thread(member: Member, found: ConversationView, team: dict[int, str]) -> Thread:
    asker = _asker(member.workspace_id, found.uid)
    return Thread(
        number=found.number,
        status=found.status,
        page=found.page,
        opened_at=found.opened_at,
        assignee=team.get(found.assignee or 0, ""),
        mine=found.assignee == member.pk,
        sayings=tuple(
            Saying(post.name or post.by or asker.title, bool(post.by), post.text, post.at) for post in found.posts
        ),
        asker=asker,
        kind=found.kind,
        mood=found.mood,
        contact=found.contact,
        milestone=every_title(snapshot(member.workspace_id, found.uid).program.document).get(
            ("milestone", found.milestone), found.milestone
        ),
    )


def _asker(workspace_id: int, uid: int) -> Asker:
    view, standing = people.person_view(workspace_id, uid), snapshot(workspace_id, uid)
    document, plan = standing.program.document, standing.plan
    called = every_title(document)
    return Asker(
        uid=uid,
        title=(view.name or view.email or view.key) if view else "",
        email=view.email if view else "",
        goal=in_our_language(plan.problem, document) if plan else "",
        progress=(plan.reached, plan.total) if plan else None,
        next=in_our_language(plan.next.title, document) if plan and plan.next else "",
        due_on=plan.next.due_on if plan and plan.next else None,
        late=bool(plan and plan.next and plan.next.late),
        stuck=tuple(
            called.get(("obstacle", name), name)
            for name, each in standing.obstacles.items()
            if each.resolved_at is None
        ),
        steps=_steps(workspace_id, uid),
    )


def _steps(workspace_id: int, uid: int) -> tuple[tuple[str, datetime], ...]:
    """What they did last in the product; nothing while the facts cannot be read."""
    try:
        facts = runtime.facts_of(stores.current(), workspace_id, uid)
    except Unavailable:
        return ()
    own = [(fact.name, fact.at) for fact in facts if fact.source in ("live", "import")]
    return tuple(own[:LAST_STEPS])
