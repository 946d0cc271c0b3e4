"""Whether a program goes on: after the first day, after the second week, and beyond being onboarded."""

from collections.abc import Iterator
from datetime import timedelta

from milepost.core.conditions.types import DaysSince
from milepost.core.program.document import Document
from milepost.core.program.kinds.common import Stage
from milepost.core.program.kinds.content import Survey
from milepost.core.program.kinds.journey import Day, Pause, Rhythm
from milepost.core.review.rule import Found, Review, Rule

_FORTNIGHT = timedelta(days=14)
_DAY = timedelta(days=1)
#: Days from one to the next, by rhythm.
_DAYS: dict[Rhythm, float] = {"daily": 1, "twice a week": 3.5, "weekly": 7, "every two weeks": 14}
#: The stages after somebody is onboarded.
BEYOND: tuple[Stage, ...] = ("habit", "expansion")


def ends_on_day_one(review: Review) -> Iterator[Found]:
    if timedelta() < (lasts := _horizon(review)) < _DAY:
        hours = lasts / timedelta(hours=1)
        yield Found((), f"After {hours:.0f} hours this program has nothing left to say.")


def nothing_later(review: Review) -> Iterator[Found]:
    """Nothing that happens on day 15 or later."""
    if review.document.goals and _DAY <= _horizon(review) <= _FORTNIGHT:
        yield Found((), "After day 14 this program is silent.")


def _horizon(review: Review) -> timedelta:
    """How long after its start a program still does something; a check-in goes on as long as anybody needs. Zero where
    nothing says how long anything takes."""
    if any(survey.every is not None for _, survey in review.pieces(Survey)):
        return timedelta.max
    return max([*_targets(review.document), *_waits(review), *_days(review)], default=timedelta())


def _targets(document: Document) -> Iterator[timedelta]:
    """The paths of the goals, and each milestone alone."""
    for goal in document.goals.values():
        targets = (document.milestones[key].target for key in goal.milestones if key in document.milestones)
        yield sum((target for target in targets if target), timedelta())
    yield from (milestone.target for milestone in document.milestones.values() if milestone.target)


def _waits(review: Review) -> Iterator[timedelta]:
    for key in review.document.journeys:
        pauses = [pause for path, pause in review.held(Pause) if path[:2] == ("journeys", key)]
        yield sum((pause.for_ or pause.at_most or timedelta() for pause in pauses), timedelta())
    for cadence in review.document.cadences.values():
        days = cadence.every if isinstance(cadence.every, int) else _DAYS[cadence.every]
        yield len(cadence.series) * timedelta(days=days)


def _days(review: Review) -> Iterator[timedelta]:
    yield from (timedelta(days=leaf.node.gte or 0) for leaf in review.leaves if isinstance(leaf.node, DaysSince))
    yield from (timedelta(days=max(day.days_after, 0)) for _, day in review.held(Day))


def nothing_beyond(review: Review) -> Iterator[Found]:
    tagged = {node.value for node in review.nodes if node.name == "stage"}
    if review.document.goals and not tagged.intersection(BEYOND):
        yield Found((), f"Nothing serves what comes after being onboarded: {', '.join(BEYOND)}.")


RULES = (
    Rule(
        id="ends-on-day-one",
        level="warning",
        area="later",
        why="Onboarding does not end on the first day: most of what is forgotten is forgotten in the week after it.",
        mend="Add follow-ups on day 7, 30 and 90: milestones that reach further, a check-in, or a journey that waits.",
        find=ends_on_day_one,
        needs=("milestones", "content", "journeys", "cadences"),
    ),
    Rule(
        id="nothing-later",
        level="warning",
        area="later",
        why="Most of what people came for is reached after the second week, and habits are lost there.",
        mend="Add a check-in (`every: 7d`), or milestones that reach further.",
        find=nothing_later,
        needs=("milestones", "content", "journeys", "cadences"),
    ),
    Rule(
        id="nothing-beyond",
        level="warning",
        area="later",
        why="Who is onboarded is not yet good at it: excellence needs guidance too, and it pays the most.",
        mend="Tag what serves it with `stage: habit` or `stage: expansion`, or add something that does.",
        find=nothing_beyond,
    ),
)
