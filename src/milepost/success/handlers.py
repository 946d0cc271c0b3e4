"""Carries out what the engine asks of the team. Idempotent by key."""

from django.db.models import QuerySet

from milepost.core.delivery.outcome import Done, Outcome
from milepost.core.engine.effects import OpenTask
from milepost.people.queries import account_uid, person_view
from milepost.success.models import Task


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
        },
    )
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
