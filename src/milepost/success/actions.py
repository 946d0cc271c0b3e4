"""Writes of tasks: verbs, each one transaction, each noted in the audit."""

from datetime import datetime
from typing import Any

from django.db import transaction

from milepost.core.events import TEAM_TASK_COMPLETED, TEAM_TASK_REOPENED
from milepost.core.values import Refused
from milepost.log import stores
from milepost.log.clock import new_id
from milepost.people.accounts import fact_about
from milepost.success.models import NOBODY, Task
from milepost.workspace.access import require_role
from milepost.workspace.audit import record
from milepost.workspace.models import Member, Workspace

_LONGEST = 5000


def ask(member: Member, uid: int, title: str, *, due_at: datetime | None = None, reason: str = "") -> Task:
    """A member asks the team to do something for this person.

    Raises Refused for an empty title, and for a member who may only look.
    """
    require_role(member, "editor")
    said = title.strip()[:300]
    if not said:
        raise Refused("empty", "The task has no title.", path="title", mend="Say what is to be done.")
    with transaction.atomic():
        task = Task.objects.create(
            workspace_id=member.workspace_id,
            key=f"{uid}:asked:{new_id()}",
            uid=uid,
            title=said,
            reason=reason.strip()[:_LONGEST],
            created_at=stores.current().clock.now(),
            due_at=due_at,
            assignee=member,
        )
        _note(task, _sign_in(member), "ask", {"person": uid})
    return task


def open_for_team(workspace_id: int, *, key: str, title: str, about: str, reason: str, now: datetime) -> bool:
    """Something for the team to do that is about no one person. Asked for again by the same key, it is the same task,
    done or not. Whether it is a new one."""
    kept = {"uid": NOBODY, "title": title[:300], "about": about[:300], "reason": reason[:_LONGEST], "created_at": now}
    _, opened = Task.objects.get_or_create(workspace_id=workspace_id, key=key, defaults=kept)
    return opened


def complete(member: Member, task: Task, outcome: str = "") -> None:
    """Says that it is done, and what came of it. Raises Refused for a member who may only look."""
    require_role(member, "editor")
    _complete(task, outcome, by=_sign_in(member))


def complete_by_key(task: Task, outcome: str = "") -> None:
    """As `complete`, for the workspace's secret key."""
    _complete(task, outcome, by="api")


def assign(member: Member, task: Task, assignee: Member | None) -> None:
    """Says who does it. Raises Refused for somebody of another workspace."""
    require_role(member, "editor")
    if assignee is not None and assignee.workspace_id != task.workspace_id:
        raise Refused("not_found", "There is no such member.", status=404)
    with transaction.atomic():
        task.assignee = assignee
        task.save(update_fields=["assignee"])
        _note(task, _sign_in(member), "assign", {"to": _sign_in(assignee) if assignee else None})


def reopen(member: Member, task: Task) -> None:
    """It is to do after all; what came of it is kept in the audit."""
    require_role(member, "editor")
    with transaction.atomic():
        _note(task, _sign_in(member), "reopen", {"outcome": task.outcome})
        task.done_at, task.done_by, task.outcome = None, "", ""
        task.save(update_fields=["done_at", "done_by", "outcome"])
        _tell(task, TEAM_TASK_REOPENED, {"by": _sign_in(member)}, stores.current().clock.now())
    stores.current().link.wake()


def _complete(task: Task, outcome: str, *, by: str) -> None:
    """Done once: whoever comes second changes nothing."""
    if len(outcome) > _LONGEST:
        raise Refused("too_long", f"At most {_LONGEST} characters.", path="outcome")
    with transaction.atomic():
        rows = Task.objects.filter(pk=task.pk, done_at=None)
        now = stores.current().clock.now()
        if rows.update(done_at=now, done_by=by, outcome=outcome.strip()):
            _note(task, by, "complete", {"outcome": outcome.strip()})
            _tell(task, TEAM_TASK_COMPLETED, {"by": by, "outcome": outcome.strip()}, now)
    stores.current().link.wake()
    task.refresh_from_db()


def _tell(task: Task, name: str, said: dict[str, Any], now: datetime) -> None:
    """Lets the engine know: a plan goes on when something of it is done."""
    if task.uid == NOBODY:
        return
    said = {"task": task.key.partition(":")[2], "about": task.about, "title": task.title, **said}
    fact = fact_about(task.workspace_id, task.uid, name, at=now, once=new_id(), properties=said)
    if fact is not None:
        stores.current().log.append([fact])


def _note(task: Task, actor: str, what: str, detail: dict[str, Any]) -> None:
    workspace = Workspace.objects.get(pk=task.workspace_id)
    now = stores.current().clock.now()
    record(workspace, now, actor=actor, action=f"task.{what}", subject=task.title, detail=detail)


def _sign_in(member: Member) -> str:
    return member.user.get_username()[:200]
