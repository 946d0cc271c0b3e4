"""Carries out what the engine asks of the team. Idempotent by key."""

from django.db.models import QuerySet
from msgspec import to_builtins

from milepost.core.delivery.outcome import Done, Outcome
from milepost.core.engine.effects import EndTasks, OpenTask
from milepost.people.queries import account_uid, person_view
from milepost.success.models import Task

#: Who has done what was seen to be done.
ITSELF = "milepost"


def open_task(effect: OpenTask) -> Outcome:
    """The one task of this intention, for a person or an account."""
    person = person_view(effect.workspace, effect.person)
    uid = person.uid if person is not None else account_uid(effect.workspace, effect.person)
    if uid is None:
        return Done(note="The person is gone.")
    Task.objects.get_or_create(
        workspace_id=effect.workspace,
        key=effect.key,
        defaults={
            "uid": uid,
            "title": effect.title[:300],
            "about": effect.about[:300],
            "reason": effect.reason,
            "created_at": effect.at,
            "due_at": effect.due,
            "carried": to_builtins(effect.carried),
        },
    )
    return Done()


def end_tasks(effect: EndTasks) -> Outcome:
    """What is done without anybody having said so is to do no more."""
    open_ = _open(effect.workspace, effect.person)
    done = [task.pk for task in open_ if _occurrence(task.key) in effect.tasks]
    Task.objects.filter(pk__in=done).update(done_at=effect.at, done_by=ITSELF)
    return Done()


def merge(workspace: int, uid: int, into: int) -> None:
    """What was to do for somebody is to do for whom they became; what was asked for both is asked once."""
    kept = {_occurrence(key) for key in _open(workspace, into).values_list("key", flat=True)}
    twins = [task.pk for task in _open(workspace, uid) if _occurrence(task.key) in kept]
    Task.objects.filter(pk__in=twins).delete()
    Task.objects.filter(workspace_id=workspace, uid=uid).update(uid=into)


def _open(workspace: int, uid: int) -> QuerySet[Task]:
    return Task.objects.filter(workspace_id=workspace, uid=uid, done_at=None)


def _occurrence(key: str) -> str:
    """The key without its subject: the same for the same intention of two halves of a person."""
    return key.partition(":")[2] or key
