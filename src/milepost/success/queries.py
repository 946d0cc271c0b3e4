"""Reads of tasks; they never write."""

from datetime import datetime

from msgspec import Struct, convert

from milepost.core.engine.effects import Carried
from milepost.success.models import ERASURE as ERASURE  # what tasks are about is told with them
from milepost.success.models import Task


class TaskView(Struct, frozen=True, kw_only=True):
    """Absent: `due_at` None: no day; `done_at` None: still to do. `assignee` is a member's id; `carried` what
    the hosts before have heard and tried."""

    id: int
    uid: int
    title: str
    about: str
    reason: str
    created_at: datetime
    due_at: datetime | None
    assignee: int | None
    done_at: datetime | None
    done_by: str
    outcome: str
    carried: list[Carried]


def open_tasks(workspace_id: int, *, assignee: int | None = None, limit: int = 200) -> list[TaskView]:
    """What is still to do, oldest first; of one member, or of all."""
    rows = Task.objects.filter(workspace_id=workspace_id, done_at=None)
    if assignee is not None:
        rows = rows.filter(assignee_id=assignee)
    return [view(row) for row in rows.order_by("created_at", "id")[:limit]]


def tasks_of(workspace_id: int, uid: int) -> list[TaskView]:
    """Everything that was asked for one person, latest first."""
    rows = Task.objects.filter(workspace_id=workspace_id, uid=uid)
    return [view(row) for row in rows.order_by("-created_at", "-id")]


def done_tasks(workspace_id: int, limit: int = 50) -> list[TaskView]:
    """What was done lately, latest first."""
    rows = Task.objects.filter(workspace_id=workspace_id, done_at__isnull=False)
    return [view(row) for row in rows.order_by("-done_at", "-id")[:limit]]


def count_open(workspace_id: int) -> int:
    return Task.objects.filter(workspace_id=workspace_id, done_at=None).count()


def view(row: Task) -> TaskView:
    """The task as pages and the API show it."""
    return TaskView(
        id=row.pk,
        uid=row.uid,
        title=row.title,
        about=row.about,
        reason=row.reason,
        created_at=row.created_at,
        due_at=row.due_at,
        assignee=row.assignee_id,
        done_at=row.done_at,
        done_by=row.done_by,
        outcome=row.outcome,
        carried=convert(row.carried, list[Carried]),
    )
