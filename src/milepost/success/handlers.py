"""Carries out what the engine asks of the team. Idempotent by key."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db.models import QuerySet
from msgspec import to_builtins

from milepost.core.delivery.outcome import Done, Outcome
from milepost.core.engine.effects import EndTasks, OpenTask
from milepost.core.events import ERASURE_ASKED, Fact
from milepost.people.queries import account_uid, person_view
from milepost.success.models import ERASURE, Task
from milepost.workspace import audit

#: Within a month of their asking, says Art. 12(3) of the GDPR.
_TIME_TO_FORGET = timedelta(days=30)
_OF_TASKS = ("task.ask", "task.complete", "task.assign", "task.reopen")

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


def on_facts(facts: Iterable[tuple[Fact, int]]) -> None:
    """Opens a task for each person who asks on their own page to be forgotten (with their uid): one, however often."""
    for fact, uid in facts:
        if fact.name == ERASURE_ASKED and not _open(fact.workspace, uid).filter(about=ERASURE).exists():
            Task.objects.get_or_create(
                workspace_id=fact.workspace,
                key=f"{uid}:{ERASURE}:{fact.message_id}",
                defaults={
                    "uid": uid,
                    "title": "Forget this person: they ask for it",
                    "about": ERASURE,
                    "created_at": fact.at,
                    "due_at": fact.at + _TIME_TO_FORGET,
                },
            )


def erase(workspace: int, uids: Sequence[int]) -> None:
    """What was to do for these persons is gone; of what was done it is kept that it was, and by whom. What tasks of others
    are called is left as it is."""
    tasks = Task.objects.filter(workspace_id=workspace, uid__in=uids)
    titles = set(tasks.values_list("title", flat=True))
    tasks.delete()
    others = Task.objects.filter(workspace_id=workspace, title__in=titles).values_list("title", flat=True)
    audit.take_out(workspace, sorted(titles - set(others)), _OF_TASKS)


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
