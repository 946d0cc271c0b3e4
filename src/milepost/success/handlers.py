"""Carries out what the engine asks of the team. Idempotent by key."""

from django.db.models import QuerySet
from msgspec.structs import replace

from milepost.core.delivery.facts import own_fact
from milepost.core.delivery.outcome import Done, Outcome
from milepost.core.engine.effects import OpenTask, RecordFact
from milepost.people.queries import person_view
from milepost.success.models import Task


def open_task(effect: OpenTask) -> Outcome:
    """The one task of this intention."""
    person = person_view(effect.workspace, effect.person)
    if person is None:
        return Done(note="The person is gone.")
    Task.objects.get_or_create(
        workspace_id=effect.workspace,
        key=effect.key,
        defaults={
            "uid": person.uid,
            "title": effect.title[:300],
            "about": effect.about[:300],
            "reason": effect.reason,
            "created_at": effect.at,
        },
    )
    return Done()


def record_fact(effect: RecordFact) -> Outcome:
    """Writes a conclusion down for the readers of the log. Its id follows from the key, so that it stands there once."""
    person = person_view(effect.workspace, effect.person)
    if person is None:
        return Done(note="The person is gone.")
    fact = own_fact(
        effect.name,
        workspace=effect.workspace,
        user_id=person.user_id,
        anonymous_id=person.key,
        at=effect.at,
        once=effect.key,
        properties=effect.about,
    )
    return Done(facts=(replace(fact, source="derived"),))


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
