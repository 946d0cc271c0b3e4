"""Errors of journeys and cadences: waits that never end, branches with nothing in them, steps that nobody comes to."""

from collections.abc import Iterator

from milepost.core.conditions.types import Condition
from milepost.core.program.kinds.journey import Branch, JourneyStep, Pause, Wait
from milepost.core.program.problems import Path
from milepost.core.review.rule import Found, Review, Rule


def endless_waits(review: Review) -> Iterator[Found]:
    for path, pause in review.held(Pause):
        if pause.for_ is not None and (pause.until is not None or pause.at_most is not None):
            yield Found(path, "A wait is either for a length of time or until something.", "Keep one of them.")
        elif pause.for_ is None and pause.until is None:
            yield Found(
                path, "The wait does not say what for.", "Write `wait: 1d`, or `wait: {until: …, at_most: 1d}`."
            )
        elif pause.until is not None and pause.at_most is None:
            yield Found(path, "What it waits for may never come.")


def empty_flows(review: Review) -> Iterator[Found]:
    for path, branch in review.held(Branch):
        if not branch.then and not branch.else_:
            yield Found(path, "Neither way of this branch has a step.")
    for key, journey in review.document.journeys.items():
        if not journey.steps:
            yield Found(("journeys", key, "steps"), f"The journey '{key}' has no step.")
    for key, cadence in review.document.cadences.items():
        if not cadence.series:
            yield Found(("cadences", key, "series"), f"The cadence '{key}' sends nothing.")


def unreachable_steps(review: Review) -> Iterator[Found]:
    for key, journey in review.document.journeys.items():
        if journey.ends == journey.starts:
            yield Found(("journeys", key, "ends"), f"'{key}' is over when it begins.", "End it with what it is for.")
        else:
            never = () if journey.ends is None else (journey.ends,)
            yield from _unreachable(journey.steps, ("journeys", key, "steps"), (), never, never)
    for key, cadence in review.document.cadences.items():
        if cadence.stops == cadence.starts:
            yield Found(("cadences", key, "stops"), f"'{key}' is over when it begins.", "Stop it with what it is for.")


def _unreachable(
    steps: tuple[JourneyStep, ...],
    path: Path,
    true: tuple[Condition, ...],
    false: tuple[Condition, ...],
    never: tuple[Condition, ...],
) -> Iterator[Found]:
    """Ways of a branch that the branches around it have decided already. `true` and `false` hold until the next wait,
    `never` is what nobody inside has reached."""
    for index, step in enumerate(steps):
        if isinstance(step, Branch):
            place: Path = (*path, index)
            if step.then and step.if_ in false:
                yield Found((*place, "then"), "Nobody comes here: the condition is known to be false.")
            if step.else_ and step.if_ in true:
                yield Found((*place, "else"), "Nobody comes here: the condition is known to be true.")
            yield from _unreachable(step.then, (*place, "then"), (*true, step.if_), false, never)
            yield from _unreachable(step.else_, (*place, "else"), true, (*false, step.if_), never)
        if _waits(step):
            true, false = (), never


def _waits(step: JourneyStep) -> bool:
    if isinstance(step, Branch):
        return any(map(_waits, (*step.then, *step.else_)))
    return isinstance(step, Wait)


RULES = (
    Rule(
        id="endless-wait",
        level="error",
        why="Whoever waits for something that does not come is never helped again.",
        mend="Add `at_most: 1d`.",
        find=endless_waits,
    ),
    Rule(
        id="empty-flow",
        level="error",
        why="A way with nothing on it is a mistake, or not needed.",
        mend="Add a step, or remove it.",
        find=empty_flows,
        needs=("journeys", "cadences"),
    ),
    Rule(
        id="unreachable-step",
        level="error",
        why="A step that nobody can come to was meant otherwise.",
        mend="Remove it, or ask something else.",
        find=unreachable_steps,
        needs=("journeys", "cadences"),
    ),
)
