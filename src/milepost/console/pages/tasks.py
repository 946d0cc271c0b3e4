"""Tasks: what the team has to do for people, who does it and by when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from milepost.console.pages.inbox import members_by_id
from milepost.console.pages.words import Titles, every_title
from milepost.core.values import Refused
from milepost.people import queries as people
from milepost.program import queries as program
from milepost.success import queries as success
from milepost.success.queries import ERASURE, TaskView
from milepost.workspace.models import Member

PAGE = 25
_MOST = 2000
_CARRIED = {
    "goal": _lazy("Goal"),
    "answers": _lazy("Answer"),
    "measures": _lazy("Measure"),
    "plan": _lazy("Next"),
    "notes": _lazy("Tried"),
}
WHOSE = ("", "mine", "nobody", "done")


@dataclass(frozen=True, slots=True)
class TaskRow:
    """`forgets`: they ask to be forgotten. Absent: `due_at` None: no day; `assignee` 0: nobody's; `done_at` None: still
    to do."""

    id: int
    uid: int
    who: str
    title: str
    about: str
    reason: str
    created_at: datetime
    due_at: datetime | None
    late: bool
    assignee: int
    assignee_name: str
    done_at: datetime | None
    done_by: str
    outcome: str
    carried: tuple[tuple[str | Promise, str, str], ...]
    forgets: bool


@dataclass(frozen=True, slots=True)
class TasksPage:
    """Absent: an empty `whose` shows everybody's; `next` is None on the last page."""

    whose: str
    count: int
    rows: tuple[TaskRow, ...]
    team: tuple[tuple[int, str], ...]
    next: int | None
    begin: int


def gather_tasks(member: Member, whose: str, begin: int, now: datetime) -> TasksPage:
    """Raises Refused (404) for an unknown `whose`."""
    if whose not in WHOSE:
        raise Refused("whose", "There is no such list.", status=404)
    found = _sorted(_found(member, whose))
    team = members_by_id(member.workspace_id)
    return TasksPage(
        whose=whose,
        count=success.count_open(member.workspace_id),
        rows=task_rows(member.workspace_id, found[begin : begin + PAGE], team, now),
        team=tuple(team.items()),
        next=begin + PAGE if len(found) > begin + PAGE else None,
        begin=begin,
    )


def task_rows(workspace_id: int, tasks: Iterable[TaskView], team: dict[int, str], now: datetime) -> tuple[TaskRow, ...]:
    found = list(tasks)
    names = people.names(workspace_id, {each.uid for each in found})
    called = every_title(program.current(workspace_id).document)
    return tuple(_row(each, names, called, team, now) for each in found)


def _found(member: Member, whose: str) -> list[TaskView]:
    if whose == "done":
        return success.done_tasks(member.workspace_id, _MOST)
    if whose == "mine":
        return success.open_tasks(member.workspace_id, assignee=member.pk, limit=_MOST)
    found = success.open_tasks(member.workspace_id, limit=_MOST)
    return [each for each in found if whose != "nobody" or each.assignee is None]


def _sorted(tasks: list[TaskView]) -> list[TaskView]:
    """What is due first stands first; what has no day comes after, the oldest first."""
    if tasks and tasks[0].done_at is not None:
        return tasks
    return sorted(tasks, key=lambda each: (each.due_at is None, each.due_at or each.created_at, each.id))


def _row(each: TaskView, names: dict[int, str], called: Titles, team: dict[int, str], now: datetime) -> TaskRow:
    return TaskRow(
        id=each.id,
        uid=each.uid,
        who=names.get(each.uid, ""),
        title=_("Forget this person: they ask for it") if each.about == ERASURE else each.title,
        about=about_in_words(each.about, called),
        reason=each.reason,
        created_at=each.created_at,
        due_at=each.due_at,
        late=each.due_at is not None and each.done_at is None and each.due_at < now,
        assignee=each.assignee or 0,
        assignee_name=team.get(each.assignee or 0, ""),
        done_at=each.done_at,
        done_by=each.done_by,
        outcome=each.outcome,
        carried=tuple((_CARRIED[line.of], line.name, line.said) for line in each.carried),
        forgets=each.about == ERASURE,
    )


def about_in_words(about: str, called: Titles) -> str:
    """Which definition asked for it, by its title; empty for what a member asked for."""
    kind, _slash, key = about.partition(":")
    if not key:
        return ""
    title = called.get((kind, key), key)
    words = {
        "obstacle": _("Stuck: %(title)s"),
        "journey": _("Journey: %(title)s"),
        "milestone": _("Reached: %(title)s"),
        "message": _("Message: %(title)s"),
        "risk": _("At risk: %(title)s"),
        "segment": _("Segment: %(title)s"),
        "plan_template": _("Plan: %(title)s"),
        "content": _("On your pages: %(title)s"),
    }
    return words.get(kind, "%(title)s") % {"title": title}
