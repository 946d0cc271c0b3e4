"""A stated goal becomes a plan with dates, kept up to date by what is reached; see `core.success.plan`.

1. The plan is there in the step in which the goal is stated, with the checklists that show it.
2. It follows from what was noted and reached, so late facts, a replay and a merge come to the same plan. Only its first
   dates are remembered: a release that changes a target does not change what was first said.
3. Another goal makes another plan; what is reached counts in it, and what the person set for a milestone stays.
4. Each date that moves is a fact with a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from milepost.core import events
from milepost.core.engine.attention import zone_of
from milepost.core.engine.knowledge import by_of
from milepost.core.engine.state import State
from milepost.core.events import Fact
from milepost.core.program.compile import Program, Rule
from milepost.core.program.kinds.content import Checklist, EmptyState
from milepost.core.success.plan import Course, Move, Plan, keep, make, moves
from milepost.core.values import Instant

if TYPE_CHECKING:
    from milepost.core.engine.step import Work


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


def ticked(work: Work, rule: Rule) -> None:
    """A task on the way to a milestone was done."""
    _refresh_for(work, rule.key.rpartition("/")[0])


def carry_over(work: Work) -> None:
    """After a release, a merge or a replay."""
    _keep(work, "a late fact changed the picture" if work.given.fact else "the program was released anew")


def way_of(program: Program, state: State) -> tuple[str, ...] | None:
    """The milestones of the person's plan that they have not skipped; None while they have none."""
    plan = _known(program, state.plan)
    if plan is None:
        return None
    return tuple(key for key in program.document.goals[plan.goal].milestones if key not in plan.skipped)


def _keep(work: Work, reason: str) -> None:
    program, state = work.program, work.state
    goal = program.renamed(state.goal)
    if state.goal_at is None or goal not in program.document.goals:
        state.plan = None
        return
    before, course = _known(program, state.plan), _course(program, state, goal)
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
    goal = work.program.document.goals[plan.goal]
    text = f"They want: {plan.goal}. A plan of {len(goal.milestones)} milestones."
    work.desk.decide("plan", plan.goal, "made", {"text": text, "dates": dates})
    origin = work.program.origin(plan.goal)
    work.desk.tell(events.PLAN_MADE, {"goal": plan.goal, "dates": dates}, f"plan:{origin}:{instant[1]}")
    for checklist in _from_goal(work.program):
        work.desk.propose("content", checklist, instant, milestone=None, why={"text": text})


def _moved(work: Work, move: Move, reason: str) -> None:
    before, after = _iso(move.before), _iso(move.after)
    text = f"{before or 'no date'} → {after or 'no date'}, because {reason}."
    work.desk.decide("plan", move.milestone, "moved", {"text": text, "from": before, "to": after})
    moment = work.given.fact.seq if work.given.fact else work.given.at.isoformat()
    key = f"plan-moved:{work.program.origin(move.milestone)}:{before}:{after}:{moment}"
    about: dict[str, Any] = {"milestone": move.milestone, "from": before, "to": after, "why": reason}
    work.desk.tell(events.PLAN_MOVED, about, key)


def _course(program: Program, state: State, goal: str) -> Course:
    wishes = {program.renamed(key): wish for key, wish in state.wishes.items()}
    return Course(
        reached=state.reached,
        skipped=frozenset(key for key, wish in wishes.items() if wish.skip),
        own={key: wish.on for key, wish in wishes.items() if wish.on is not None},
        by=by_of(state, program.document.goals[goal].measure),
        zone=zone_of(program.document, state),
    )


def _known(program: Program, plan: Plan | None) -> Plan | None:
    """The plan under the names that the program has now."""
    if plan is None or program.renamed(plan.goal) not in program.document.goals:
        return None
    return Plan(
        goal=program.renamed(plan.goal),
        made_at=plan.made_at,
        first=_renamed(program, plan.first),
        due=_renamed(program, plan.due),
        own=_renamed(program, plan.own),
        skipped=tuple(program.renamed(key) for key in plan.skipped),
    )


def _renamed(program: Program, dates: Mapping[str, date]) -> dict[str, date]:
    return {program.renamed(key): day for key, day in dates.items()}


def _from_goal(program: Program) -> tuple[str, ...]:
    """The checklists that are the personal plan."""
    content = program.document.content.items()
    return tuple(key for key, piece in content if isinstance(piece, Checklist) and piece.from_ == "goal")


def _refresh_for(work: Work, milestone: str) -> None:
    """Draws the open checklists again that have this milestone for an item."""
    planned = milestone in (way_of(work.program, work.state) or ())
    for key, piece in work.program.document.content.items():
        if isinstance(piece, Checklist) and (planned if piece.from_ == "goal" else milestone in piece.items):
            work.desk.refresh(key)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


_REASONS = {
    events.GOAL_STATED: "they said what they want",
    events.MILESTONE_SKIPPED: "a milestone was skipped",
    events.DATE_SET: "they set a date",
    events.MEASURE_RECORDED: "they said by when",
}
