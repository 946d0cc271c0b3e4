"""A stated goal becomes a plan with dates, kept up to date by what is reached; see `core.success.plan`.

1. The plan is there in the step in which the goal is stated, with the checklists that show it.
2. It follows from what was noted and reached, so late facts, a replay and a merge come to the same plan. Only its first
   dates are remembered: a release that changes a target does not change what was first said.
3. Another goal makes another plan; what is reached counts in it, and what the person set for a milestone stays.
4. A milestone with an `if` stands in the plan while that holds; what was reached stays in it.
5. Each date that moves is a fact with a reason.
6. Somebody who wants another thing is shown the new plan, also if they had dismissed the old one; not if they asked never
   to see it again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from milepost.core import events
from milepost.core.conditions.evaluate import END_OF_MOMENT, holds
from milepost.core.conditions.instants import next_edge
from milepost.core.engine.attention import view_of, zone_of
from milepost.core.engine.knowledge import by_of, today
from milepost.core.engine.state import State
from milepost.core.events import Fact
from milepost.core.program.compile import Program, Rule
from milepost.core.program.kinds.content import EmptyState
from milepost.core.success.plan import LATE, Course, Move, Plan, keep, make, milestones_of, moves
from milepost.core.values import Instant

if TYPE_CHECKING:
    from milepost.core.engine.step import Work

#: The timer in `State.wakes` for tasks that will be late.
TIMER = "plan:late"


def follow(work: Work, fact: Fact) -> None:
    """Makes or moves the plan after a fact that concerns it."""
    reason = _REASONS.get(fact.name)
    if reason is not None:
        _keep(work, reason)
    if fact.name == events.QUESTION_ANSWERED and work.state.plan is not None:
        work.desk.refresh(*_from_goal(work.program))  # what they want, in their own words, may stand in it


def reached(work: Work, milestone: str) -> None:
    """Moves the plan's dates when one of its milestones is reached, or was not after all, and ticks the checklists."""
    _keep(work, f"{milestone} was reached" if milestone in work.state.reached else f"{milestone} was not reached")
    _refresh_for(work, milestone)


def rethink(work: Work, rule: Rule, instant: Instant) -> None:
    """Something has changed by which a milestone stands in the plan of some and not of others."""
    if rule.by_time:
        work.wake_at(rule.name, next_edge(rule.by_time, work.view, instant[0]))
    if work.state.goal_at is not None and rule.key.startswith(f"{work.program.renamed(work.state.goal)}/"):
        _keep(work, "something about them has changed")


def wake(work: Work) -> None:
    """A task may be late by now."""
    _keep(work, "a task on the way is three days late")


def ticked(work: Work, rule: Rule) -> None:
    """A task on the way to a milestone was done."""
    _refresh_for(work, rule.key.rpartition("/")[0])


def carry_over(work: Work) -> None:
    """After a release, a merge or a replay."""
    _keep(work, "a late fact changed the picture" if work.given.fact else "the program was released anew")
    for rule in work.program.rules.values():
        if rule.kind == "way" and rule.by_time:
            work.wake_at(rule.name, next_edge(rule.by_time, work.view, work.state.last_at or work.given.at))


def way_of(program: Program, state: State) -> tuple[str, ...] | None:
    """The milestones of the person's plan that they have not skipped; None while they have none."""
    plan = _known(program, state.plan)
    if plan is None:
        return None
    return tuple(key for key in milestones_of(program.document, plan) if key not in plan.skipped)


def _keep(work: Work, reason: str) -> None:
    _replan(work, reason)
    work.wake_at(TIMER, _late_at(work))


def _late_at(work: Work) -> datetime | None:
    """When the next open task will be so late that the dates move; None: none will."""
    plan, zone = work.state.plan, ZoneInfo(zone_of(work.program.document, work.state))
    if plan is None:
        return None
    days = [plan.due[key] + LATE for key in _open(work.program, work.state, plan) if key in plan.due.keys() - plan.own]
    moments = (datetime.combine(day, time(), zone).astimezone(UTC) for day in days)
    now = work.state.last_at or work.given.at
    return min((moment for moment in moments if moment > now), default=None)


def _open(program: Program, state: State, plan: Plan) -> list[str]:
    """The milestones that are still to come and have a task that is not done."""
    left = (
        key for key in milestones_of(program.document, plan) if key not in state.reached and key not in plan.skipped
    )
    return [key for key in left if None in _done(program, state, key)]


def _done(program: Program, state: State, milestone: str) -> list[Instant | None]:
    """When each task that can be seen to be done was; None: not yet."""
    tasks = program.document.milestones[milestone].tasks
    return [state.fired.get(f"task:{milestone}/{place}") for place, task in enumerate(tasks) if task.done is not None]


def _replan(work: Work, reason: str) -> None:
    program, state = work.program, work.state
    goal = program.renamed(state.goal)
    if state.goal_at is None or goal not in program.document.goals:
        state.plan = None
        return
    before, course = _known(program, state.plan), _course(program, state, goal, state.last_at or work.given.at)
    if before is None or (before.goal, before.made_at) != (goal, state.goal_at[0]):
        state.plan = make(program.document, goal, state.goal_at[0], course)
        work.desk.refresh(*_from_goal(program), *_by_goal(program))
        _made(work, state.plan, state.goal_at)
        return
    state.plan = keep(program.document, before, course)
    if state.plan != before:
        work.desk.refresh(*_from_goal(program))
    for move in moves(before, state.plan):
        _moved(work, move, reason)


def _by_goal(program: Program) -> list[str]:
    """The empty states whose sample data is another one for each goal."""
    document = program.document
    varied = {key for key, template in document.templates.items() if template.by_goal}
    pieces = ((key, content) for key, content in document.content.items() if isinstance(content, EmptyState))
    return [key for key, piece in pieces if any(action.use_template in varied for action in piece.actions)]


def _made(work: Work, plan: Plan, instant: Instant) -> None:
    dates = {key: day.isoformat() for key, day in plan.due.items()}
    text = f"They want: {plan.goal}. A plan of {len(milestones_of(work.program.document, plan))} milestones."
    work.desk.decide("plan", plan.goal, "made", {"text": text, "dates": dates})
    origin = work.program.origin(plan.goal)
    work.desk.tell(events.PLAN_MADE, {"goal": plan.goal, "dates": dates}, f"plan:{origin}:{instant[1]}", once=True)
    for checklist in _from_goal(work.program):
        handled = work.state.handled.get(checklist)
        again = f"{origin}@{instant[1]}" if handled is not None and handled.how == "dismissed" else ""
        work.desk.propose("content", checklist, instant, milestone=None, why={"text": text}, occurrence=again)


def _moved(work: Work, move: Move, reason: str) -> None:
    before, after = _iso(move.before), _iso(move.after)
    text = f"{before or 'no date'} → {after or 'no date'}, because {reason}."
    work.desk.decide("plan", move.milestone, "moved", {"text": text, "from": before, "to": after})
    moment = work.given.fact.seq if work.given.fact else work.given.at.isoformat()
    key = f"plan-moved:{work.program.origin(move.milestone)}:{before}:{after}:{moment}"
    about: dict[str, Any] = {"milestone": move.milestone, "from": before, "to": after, "why": reason}
    work.desk.tell(events.PLAN_MOVED, about, key)


def _course(program: Program, state: State, goal: str, now: datetime) -> Course:
    wishes = {program.renamed(key): wish for key, wish in state.wishes.items()}
    done = {key: times for key in program.document.goals[goal].milestones if (times := _done(program, state, key))}
    return Course(
        reached=state.reached,
        left_out=frozenset(_left_out(program, state, goal, now)),
        skipped=frozenset(key for key, wish in wishes.items() if wish.skip),
        own={key: wish.on for key, wish in wishes.items() if wish.on is not None},
        by=by_of(state, program.document.goals[goal].measure),
        open_until={key: _last_day(program, state, times, now) for key, times in done.items()},
        zone=zone_of(program.document, state),
    )


def _left_out(program: Program, state: State, goal: str, now: datetime) -> Iterator[str]:
    """The milestones of the goal that are not for this person as things stand."""
    view = view_of(program.document, state)
    for key in program.document.goals[goal].if_:
        rule = program.rules.get(("way", f"{goal}/{key}"))
        if rule is not None and not holds(rule.condition, view, (now, END_OF_MOMENT)):
            yield key


def _last_day(program: Program, state: State, times: list[Instant | None], now: datetime) -> date:
    """The day of the last of these; of what has not come yet, today."""
    return today(program.document, state, max(now if instant is None else instant[0] for instant in times))


def _known(program: Program, plan: Plan | None) -> Plan | None:
    """The plan under the names that the program has now."""
    if plan is None or program.renamed(plan.goal) not in program.document.goals:
        return None
    return Plan(
        goal=program.renamed(plan.goal),
        made_at=plan.made_at,
        path=tuple(program.renamed(key) for key in plan.path),
        first=_renamed(program, plan.first),
        due=_renamed(program, plan.due),
        own=_renamed(program, plan.own),
        skipped=tuple(program.renamed(key) for key in plan.skipped),
    )


def _renamed(program: Program, dates: Mapping[str, date]) -> dict[str, date]:
    return {program.renamed(key): day for key, day in dates.items()}


def _from_goal(program: Program) -> tuple[str, ...]:
    """The checklists that are the personal plan."""
    return tuple(key for key, checklist in program.checklists.items() if checklist.from_ == "goal")


def _refresh_for(work: Work, milestone: str) -> None:
    """Draws the open checklists again that have this milestone for an item."""
    planned = milestone in (way_of(work.program, work.state) or ())
    for key, checklist in work.program.checklists.items():
        if planned if checklist.from_ == "goal" else milestone in checklist.items:
            work.desk.refresh(key)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


_REASONS = {
    events.GOAL_STATED: "they said what they want",
    events.MILESTONE_SKIPPED: "a milestone was skipped",
    events.DATE_SET: "they set a date",
    events.MEASURE_RECORDED: "they said by when",
}
