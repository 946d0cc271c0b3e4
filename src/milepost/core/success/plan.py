"""The personal plan: the milestones of a goal with dates, and how they move.

A plan is a function of the goal, what was reached, and what the person set. Rules of its dates:

1. The first dates are counted from the goal's instant: the targets along the path, one after another, on the wall clock
   of the person's own zone. They never change.
2. What is due later is counted from what was reached: early pulls it forward, late pushes it back. What is reached out of
   turn pulls nothing before what still comes first.
3. What is skipped takes no time, and has no date any more.
4. A date that the person sets stands, and what follows is counted from it. The day by which they want the goal's measure
   at its target is such a date for the outcome that the measure tells of.
5. A task on the way to a milestone that is still open three days after the milestone's date moves that date by these three
   days, once, and with it what follows.
6. A milestone without a target, and without a date of their own, has no date.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from milepost.core.conditions.types import All, Any_, Condition, Measured, Not
from milepost.core.program.document import Document
from milepost.core.program.kinds.milestone import Milestone
from milepost.core.values import Instant

#: How late a task may be before the dates move.
LATE = timedelta(days=3)


class Plan(Struct, frozen=True, kw_only=True):
    """The personal instance of a goal. Shapes: `path` are its milestones in order, those of the goal that are for this
    person (empty in a plan that is older than this: all of them). Dates by milestone, on the person's own calendar; `first`
    never changes, `due` moves by the rules of re-planning, `own` are those that the person set. Absent: a milestone without
    a target has no date."""

    goal: str
    made_at: datetime
    path: tuple[str, ...] = ()
    first: dict[str, date] = {}
    due: dict[str, date] = {}
    own: dict[str, date] = {}
    skipped: tuple[str, ...] = ()


class Course(Struct, frozen=True, kw_only=True):
    """How it goes for one person. `left_out` are milestones of the goal that are not for them (`if`), `own` are the dates
    that they set, `by` the day by which the measure is to be reached, `open_until` says of milestones with tasks that can
    be seen to be done: the day of the last one, or today while one is open."""

    reached: Mapping[str, Instant] = {}
    left_out: frozenset[str] = frozenset()
    skipped: frozenset[str] = frozenset()
    own: Mapping[str, date] = {}
    by: date | None = None
    open_until: Mapping[str, date] = {}
    zone: str = "UTC"


class Move(Struct, frozen=True, kw_only=True):
    """A date that changed. Absent: None where there was, or is, no date."""

    milestone: str
    before: date | None
    after: date | None


def make(document: Document, goal: str, made_at: datetime, course: Course) -> Plan:
    """The plan of somebody who has just said what they want. `goal` is one of the document's."""
    fresh = Course(by=course.by, zone=course.zone, left_out=course.left_out)
    first = dict(_dates(document, goal, made_at, fresh))
    return keep(document, Plan(goal=goal, made_at=made_at, first=first), course)


def keep(document: Document, plan: Plan, course: Course) -> Plan:
    """The plan as of now. A first date is added for what has come to have one, and never changed."""
    path = path_of(document, plan.goal, course)
    own = _own(document, plan.goal, course)
    due = dict(_dates(document, plan.goal, plan.made_at, course))
    for key in path:
        if key in course.reached and (kept := plan.due.get(key, plan.first.get(key))):
            due[key] = kept  # what is reached is due no more: its last date stays to be compared with
    whole = document.goals[
        plan.goal
    ].milestones  # who comes back to a way that they were on finds its first dates again
    first = {key: plan.first.get(key) or due[key] for key in whole if key in plan.first or key in due}
    skipped = tuple(key for key in path if key in course.skipped and key not in course.reached)
    return replace(plan, path=path, first=first, due=due, own=own, skipped=skipped)


def path_of(document: Document, goal: str, course: Course) -> tuple[str, ...]:
    """The milestones of the goal that are for this person; what they have reached stays in their plan."""
    milestones = document.goals[goal].milestones
    return tuple(key for key in milestones if key not in course.left_out or key in course.reached)


def milestones_of(document: Document, plan: Plan) -> tuple[str, ...]:
    """The milestones of this plan."""
    return plan.path or document.goals[plan.goal].milestones


def moves(before: Plan, after: Plan) -> Iterator[Move]:
    """What changed, in the order of the path."""
    for key in dict.fromkeys((*before.due, *after.due)):
        if before.due.get(key) != after.due.get(key):
            yield Move(milestone=key, before=before.due.get(key), after=after.due.get(key))


def _own(document: Document, goal: str, course: Course) -> dict[str, date]:
    """The dates that the person set for milestones of this plan."""
    tied = _tied(document, goal)
    by = {tied: course.by} if tied is not None and course.by is not None else {}
    return {key: day for key, day in {**by, **course.own}.items() if key in path_of(document, goal, course)}


def _dates(document: Document, goal: str, start: datetime, course: Course) -> Iterator[tuple[str, date]]:
    """The date of each milestone that is still to come."""
    own = _own(document, goal, course)
    begin = _wall(start, course.zone)
    front, cursor, all_done = begin, begin, True
    for key in path_of(document, goal, course):
        milestone = document.milestones[key]
        if key in course.reached:
            front = max(front, _wall(course.reached[key][0], course.zone))
            cursor = front if all_done else max(cursor, front)
        elif key not in course.skipped:
            all_done = False
            if key in own:
                cursor = datetime.combine(own[key], cursor.time())
                yield key, own[key]
            elif milestone.target is not None:
                cursor += milestone.target
                if course.open_until.get(key, date.min) >= cursor.date() + LATE:
                    cursor += LATE
                yield key, cursor.date()


def _wall(at: datetime, zone: str) -> datetime:
    """What the clock on their wall shows, so that a day is a day also when clocks change."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _tied(document: Document, goal: str) -> str | None:
    """The outcome that the goal's measure tells of: the last one whose condition asks for it, else the last one."""
    measure = document.goals[goal].measure
    outcomes = [key for key in document.goals[goal].milestones if document.milestones[key].kind == "outcome"]
    telling = [key for key in outcomes if measure in set(_measures(document.milestones[key]))]
    return next(reversed(telling or outcomes), None) if measure else None


def _measures(milestone: Milestone) -> Iterator[str]:
    asked = [milestone.reached, milestone.evidence.measure if milestone.evidence else None]
    waiting: list[Condition] = [condition for condition in asked if condition is not None]
    while waiting:
        condition = waiting.pop()
        if isinstance(condition, All | Any_):
            waiting += condition.of
        elif isinstance(condition, Not):
            waiting.append(condition.of)
        elif isinstance(condition, Measured):
            yield condition.measure
