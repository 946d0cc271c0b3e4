"""Carries out what the engine asks of the team. Idempotent by key."""

from collections.abc import Sequence

from django.db.models import QuerySet
from msgspec.structs import replace

from milepost.core.delivery.facts import own_fact
from milepost.core.delivery.outcome import Done, Outcome
from milepost.core.engine.effects import OpenTask, RecordFact
from milepost.people.queries import PersonView, account_uid, person_view, person_views
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


def record_facts(effects: Sequence[RecordFact]) -> list[Outcome]:
    """Writes conclusions down for the readers of the log."""
    people = person_views({(effect.workspace, effect.person) for effect in effects})
    return [_recorded(effect, people.get((effect.workspace, effect.person))) for effect in effects]


def record_fact(effect: RecordFact) -> Outcome:
    return record_facts([effect])[0]


def _recorded(effect: RecordFact, person: PersonView | None) -> Outcome:
    """The fact's id follows from the key, so that it stands there once."""
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
