"""What the team does for people: conversations, tasks, and what a member vouches for."""

from datetime import datetime
from typing import Annotated, Any

from django.http import QueryDict
from msgspec import Meta, Struct

from milepost.api.parameters import limit_of
from milepost.core.delivery.answers import Answer, of_kind
from milepost.core.delivery.answers import told_by as told_by_answer
from milepost.core.delivery.facts import own_fact
from milepost.core.delivery.report import Report, asks_for_format, told_by, whole
from milepost.core.events import MILESTONE_ATTESTED
from milepost.core.help.conversation import LONGEST_TEXT
from milepost.core.values import Refused
from milepost.delivery.formats import served
from milepost.delivery.queries import OpenPiece, pieces_for_person, told
from milepost.help import actions as help_actions
from milepost.help import queries as conversations
from milepost.help.access import conversation_of
from milepost.log import stores
from milepost.log.clock import new_id
from milepost.people.queries import PersonView, person_view, uid_of_any
from milepost.program.queries import current
from milepost.runtime.next_action import NextAction
from milepost.runtime.snapshot import next_action
from milepost.success import actions as success_actions
from milepost.success import queries as tasks
from milepost.success.access import task_of
from milepost.success.queries import TaskView
from milepost.workspace.audit import record
from milepost.workspace.models import Workspace


class Told(Struct, frozen=True, kw_only=True):
    """It is kept; what follows from it shows within a moment."""

    success: bool = True


class Reply(Struct, frozen=True, kw_only=True):
    """`name`: who answers, as the person sees it; without it the program's support does."""

    text: Annotated[str, Meta(min_length=1, max_length=LONGEST_TEXT)]
    name: Annotated[str, Meta(max_length=200)] = ""


class Completion(Struct, frozen=True, kw_only=True):
    outcome: Annotated[str, Meta(max_length=5000)] = ""


class Attestation(Struct, frozen=True, kw_only=True):
    """`by`: who vouches for it."""

    by: Annotated[str, Meta(min_length=1, max_length=200)]
    note: Annotated[str, Meta(max_length=2000)] = ""


class TaskList(Struct, frozen=True, kw_only=True):
    items: list[TaskView]


class NextStep(Struct, frozen=True, kw_only=True):
    """Null when nothing is left to do."""

    next: NextAction | None


class Pieces(Struct, frozen=True, kw_only=True):
    """What is open for somebody, oldest first: everything that there is to draw of it."""

    items: list[OpenPiece]


class ConversationDetail(Struct, frozen=True, kw_only=True):
    """`person` is the id by which the outside knows them."""

    number: int
    person: str
    status: str
    text: str
    page: str
    opened_at: datetime
    last_at: datetime
    posts: tuple[conversations.PostView, ...]


def list_conversations(workspace: int, parameters: QueryDict) -> conversations.InboxPage:
    """Conversations, latest word first; of one `status` (open, answered, closed), or of all."""
    status = parameters.get("status", "")
    if status and status not in ("open", "answered", "closed"):
        raise Refused("status", "`status` is open, answered or closed.", path="status")
    return conversations.inbox(workspace, status, parameters.get("cursor", ""), limit_of(parameters))


def one_conversation(workspace: int, parameters: QueryDict, number: str) -> ConversationDetail:
    """One conversation with everything that was said."""
    view = conversations.conversation(conversation_of(workspace, _number(number)))
    person = person_view(workspace, view.uid)
    return ConversationDetail(
        number=view.number,
        person=person.key if person else "",
        status=view.status,
        text=view.text,
        page=view.page,
        opened_at=view.opened_at,
        last_at=view.last_at,
        posts=view.posts,
    )


def reply(workspace: int, body: Reply, number: str) -> Told:
    """Answers the person, in the product and by mail."""
    help_actions.reply_by_key(conversation_of(workspace, _number(number)), body.text, name=body.name)
    return Told()


def list_tasks(workspace: int, parameters: QueryDict) -> TaskList:
    """What somebody of the team has to do, oldest first; `status=done`: what was done lately."""
    status, limit = parameters.get("status", "open"), limit_of(parameters)
    if status not in ("open", "done"):
        raise Refused("status", "`status` is open or done.", path="status")
    read = tasks.open_tasks if status == "open" else tasks.done_tasks
    return TaskList(items=read(workspace, limit=limit))


def complete_task(workspace: int, body: Completion, number: str) -> TaskView:
    """Says that it is done, and what came of it."""
    task = task_of(workspace, _number(number))
    success_actions.complete_by_key(task, body.outcome)
    return tasks.view(task)


def next_step(workspace: int, parameters: QueryDict, id: str) -> NextStep:
    """The one thing for this person to do now, and why, in their language."""
    return NextStep(next=next_action(workspace, person_of(workspace, id).uid))


def pieces(workspace: int, parameters: QueryDict, id: str) -> Pieces:
    """What this person may be shown now, for a back end that draws by itself."""
    found = pieces_for_person(workspace, person_of(workspace, id).uid)
    return Pieces(items=told(found, stores.current().clock.now()))


def progress(workspace: int, body: Report, id: str) -> Told:
    """What this person did with a piece. Sent again with the same `messageId`, it is kept once."""
    person, connected = person_of(workspace, id), stores.current()
    report, now = whole(body), connected.clock.now()
    document = current(workspace).document
    way = served(workspace, report.piece) if asks_for_format(report, document) else None
    fact = own_fact(
        report.fact,
        workspace=workspace,
        user_id=person.user_id,
        anonymous_id=person.key,
        at=now,
        once=report.message_id,
        properties=told_by(report, now, document, format=way),
    )
    connected.log.append([fact])
    connected.link.wake()
    return Told()


def answer(workspace: int, body: Answer, id: str) -> Told:
    """What this person answered to a question of a survey. Sent again with the same `messageId`, it is kept once."""
    person, connected = person_of(workspace, id), stores.current()
    said = told_by_answer(body, current(workspace).document)
    facts = [
        own_fact(
            name,
            workspace=workspace,
            user_id=person.user_id,
            anonymous_id=person.key,
            at=connected.clock.now(),
            once=f"{body.message_id}:{number}",
            properties=about,
        )
        for number, (name, about) in enumerate(said)
    ]
    connected.log.append([of_kind(fact, fact.properties) for fact in facts])
    connected.link.wake()
    return Told()


def attest(workspace: int, body: Attestation, id: str, key: str) -> Told:
    """Vouches that somebody has reached a milestone whose evidence may be attested."""
    person, milestone = person_of(workspace, id), current(workspace).document.milestones.get(key)
    if milestone is None:
        raise Refused("no_such_milestone", f"There is no milestone '{key}'.", status=404)
    if milestone.evidence is None or not milestone.evidence.attested:
        raise Refused(
            "not_attestable",
            f"Nobody can vouch for '{key}': it is seen by other evidence.",
            mend="Name who may in `evidence: {attested: […]}` of the program.",
            status=409,
        )
    _write(workspace, person, key, {"milestone": key, "by": body.by, "note": body.note})
    return Told()


def person_of(workspace: int, id: str) -> PersonView:
    """Raises Refused (404)."""
    uid = uid_of_any(workspace, id)
    person = person_view(workspace, uid) if uid is not None else None
    if person is None:
        raise Refused("no_such_person", f"Nobody has the id '{id}'.", mend="Use a user id or anonymous id.", status=404)
    return person


def _write(workspace: int, person: PersonView, milestone: str, properties: dict[str, Any]) -> None:
    connected = stores.current()
    now = connected.clock.now()
    fact = own_fact(
        MILESTONE_ATTESTED,
        workspace=workspace,
        user_id=person.user_id,
        anonymous_id=person.key,
        at=now,
        once=new_id(),
        properties=properties,
    )
    row = Workspace.objects.get(pk=workspace)
    record(row, now, actor="api", action="milestone.attest", subject=person.key, detail=dict(properties))
    connected.log.append([fact])
    connected.link.wake()


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Refused("not_found", f"There is nothing with the number '{text}'.", status=404)
    return int(text)
