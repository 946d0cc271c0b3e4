"""A person's plan and the one thing to do now, as their product shows them, in their language."""

from datetime import date, datetime
from typing import Literal

from msgspec import Struct

from milepost.client.help import Next, languages_of, next_of, uid_of
from milepost.client.tokens import Session
from milepost.core.delivery.language import direction, say
from milepost.core.program.document import Document
from milepost.core.success.help import help_with
from milepost.core.success.personal import PersonalPlan, PlanTask, Post
from milepost.program.queries import current
from milepost.runtime.snapshot import snapshot


class Task(Struct, frozen=True, kw_only=True):
    title: str
    owner: Literal["person", "team"]
    done: bool


class Item(Struct, frozen=True, kw_only=True):
    """A milestone on the way. `start` is the piece that helps with it, `url` where in the product it is done. Null:
    `due_on` without a date, `reached_at` until then."""

    key: str
    title: str
    kind: Literal["activity", "outcome"]
    due_on: date | None
    reached_at: datetime | None
    skipped: bool
    late: bool
    start: str | None
    url: str | None
    tasks: list[Task]


class Plan(Struct, frozen=True, kw_only=True):
    """`problem`: what they want, in their own words where they said it. `progress` 0..1 leaves out what was skipped."""

    goal: str
    problem: str
    progress: float
    standing: Literal["on track", "late", "done"]
    items: list[Item]


class Way(Struct, frozen=True, kw_only=True):
    """Null: `plan` while they have none, `next` when nothing is left to do."""

    plan: Plan | None
    next: Next | None
    lang: str
    dir: str


def way_for(session: Session, accepted: str) -> Way:
    """`accepted`: the languages that the asker's device asks for."""
    document, uid = current(session.workspace).document, uid_of(session)
    languages = languages_of(session, uid, accepted, document)
    plan = snapshot(session.workspace, uid).plan if uid is not None else None
    return Way(
        plan=_plan(document, plan, languages) if plan else None,
        next=None if uid is None else next_of(session.workspace, uid),
        lang=languages[0],
        dir=direction(languages[0]),
    )


def _plan(document: Document, plan: PersonalPlan, languages: tuple[str, ...]) -> Plan:
    return Plan(
        goal=plan.goal,
        problem=say(plan.problem, languages),
        progress=plan.progress,
        standing=plan.standing,
        items=[_item(document, post, languages) for post in plan.posts],
    )


def _item(document: Document, post: Post, languages: tuple[str, ...]) -> Item:
    return Item(
        key=post.key,
        title=say(post.title, languages),
        kind=post.kind,
        due_on=post.due_on,
        reached_at=post.reached_at,
        skipped=post.skipped,
        late=post.late,
        start=help_with(document, post.key),
        url=next((function.url for function in post.functions if function.url), None),
        tasks=[_task(each, languages) for each in post.tasks],
    )


def _task(task: PlanTask, languages: tuple[str, ...]) -> Task:
    return Task(title=say(task.title, languages), owner=task.owner, done=task.done)
