"""A person's plan as it is shown: posts with dates, what comes next, how far they are, and whether it has helped.

The verdict is on what they came for, not on what they clicked. It is *solved* when every outcome of the plan is reached, or
the goal's measure has come to its target; *not solved* when the day for it has passed; otherwise it is not known yet.
"""

from collections.abc import Iterator, Mapping, Set
from datetime import date, datetime
from typing import Literal

from msgspec import Struct

from milepost.core.program.document import Document
from milepost.core.program.kinds.common import Stage, Text
from milepost.core.program.kinds.milestone import Milestone
from milepost.core.success.plan import Plan, milestones_of
from milepost.core.values import Instant

Verdict = Literal["solved", "not solved", "unknown"]


class PlanTask(Struct, frozen=True, kw_only=True):
    title: Text
    owner: Literal["person", "team"]
    done: bool = False


class Recommended(Struct, frozen=True, kw_only=True):
    """Something that the product can do for this milestone."""

    key: str
    title: Text
    url: str | None


class Post(Struct, frozen=True, kw_only=True):
    """A milestone on somebody's way. Absent: `first_on` and `due_on` are None where there is no date."""

    key: str
    title: Text
    kind: Literal["activity", "outcome"]
    stage: Stage | None
    first_on: date | None
    due_on: date | None
    reached_at: datetime | None
    skipped: bool
    late: bool
    needs: tuple[str, ...]
    tasks: tuple[PlanTask, ...]
    functions: tuple[Recommended, ...]


class PersonalPlan(Struct, frozen=True, kw_only=True):
    """Shapes: `problem` is what they want solved, in their own words where they said it, else in the program's;
    `expects` their long-term hope. Absent: `next` is None when nothing is left to do."""

    goal: str
    problem: Text
    expects: str
    made_at: datetime
    posts: tuple[Post, ...]
    next: Post | None
    reached: int
    total: int
    standing: Literal["on track", "late", "done"]
    verdict: Verdict

    @property
    def progress(self) -> float:
        """0..1; what was skipped is not counted."""
        return self.reached / self.total if self.total else 0.0

    @property
    def functions(self) -> tuple[Recommended, ...]:
        """What the product recommends for this plan, each once, in the order of the way."""
        return tuple({each.key: each for post in self.posts for each in post.functions}.values())


class Told(Struct, frozen=True, kw_only=True):
    """What is known of the person besides the plan. `tasks` are those done, as `MILESTONE/PLACE`; `on_target`: whether the
    goal's measure has come to its target."""

    reached: Mapping[str, Instant]
    tasks: Set[str] = frozenset()
    statement: str = ""
    expects: str = ""
    on_target: bool = False
    by: date | None = None


def personal_plan(document: Document, plan: Plan, told: Told, today: date) -> PersonalPlan:
    """The plan as it is shown on this day of the person's own calendar."""
    goal = document.goals[plan.goal]
    posts = tuple(_post(document, plan, key, told, today) for key in milestones_of(document, plan))
    wanted = [post for post in posts if not post.skipped]
    left = [post for post in wanted if post.reached_at is None]
    return PersonalPlan(
        goal=plan.goal,
        problem=told.statement or goal.ask,
        expects=told.expects,
        made_at=plan.made_at,
        posts=posts,
        next=left[0] if left else None,
        reached=len(wanted) - len(left),
        total=len(wanted),
        standing="done" if not left else "late" if any(post.late for post in left) else "on track",
        verdict=_verdict(wanted, told, today),
    )


def _post(document: Document, plan: Plan, key: str, told: Told, today: date) -> Post:
    milestone = document.milestones[key]
    instant, due = told.reached.get(key), plan.due.get(key)
    return Post(
        key=key,
        title=milestone.told or milestone.title,
        kind=milestone.kind,
        stage=milestone.stage,
        first_on=plan.first.get(key),
        due_on=due,
        reached_at=instant[0] if instant else None,
        skipped=key in plan.skipped,
        late=instant is None and due is not None and due < today,
        needs=milestone.needs,
        tasks=tuple(_tasks(key, milestone, told)),
        functions=tuple(_functions(document, key)),
    )


def _tasks(key: str, milestone: Milestone, told: Told) -> Iterator[PlanTask]:
    """What was to be done on the way to a milestone that is reached is done."""
    for place, task in enumerate(milestone.tasks):
        done = key in told.reached or f"{key}/{place}" in told.tasks
        yield PlanTask(title=task.title, owner=task.owner, done=done)


def _functions(document: Document, milestone: str) -> Iterator[Recommended]:
    for key, function in document.functions.items():
        if milestone in function.milestones:
            yield Recommended(key=key, title=function.title or key, url=function.url)


def _verdict(posts: list[Post], told: Told, today: date) -> Verdict:
    outcomes = [post for post in posts if post.kind == "outcome"]
    if told.on_target or (outcomes and all(post.reached_at for post in outcomes)):
        return "solved"
    days = [post.due_on for post in outcomes if post.reached_at is None and post.due_on]
    last = max((*days, *([told.by] if told.by else ())), default=None)
    return "not solved" if last is not None and last < today else "unknown"
