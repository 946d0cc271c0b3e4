"""Funnels by trying every way: slow, and obvious enough to be believed."""

from collections.abc import Iterator
from datetime import timedelta

from milepost.core.conditions.naive import Subject
from milepost.core.conditions.types import Condition, Did
from milepost.core.insights.conditions_sql import is_occurrence
from milepost.core.insights.funnel import Funnel
from milepost.core.values import Instant

Way = tuple[Instant, ...]


def levels(subject: Subject, funnel: Funnel) -> list[tuple[int, int] | None]:
    """For each step the person's (seconds since the step before, 0 for the first step); None where they never came."""
    steps = [_occurrences(subject, step, funnel) for step in funnel.steps]
    begins = [at for at in steps[0] if funnel.from_ <= at[0] < funnel.to]
    if funnel.anchor == "first":
        ways = [_greedy(steps, begins[0], funnel.window)] if begins else []
    else:
        ways = [way for begin in begins for way in _ways(steps, (begin,), funnel.window)]
    return [_gap(ways, place) for place in range(len(steps))]


def _occurrences(subject: Subject, step: Condition, funnel: Funnel) -> list[Instant]:
    if isinstance(step, Did) and is_occurrence(step):
        single = [Subject([fact], {}, step).first_true(step) for fact in subject.facts]
        found = [at for at in single if at is not None]
    else:
        at = subject.first_true(step)
        found = [] if at is None else [at]
    return sorted(at for at in found if at[0] <= funnel.as_of)


def _ways(steps: list[list[Instant]], way: Way, window: timedelta) -> Iterator[Way]:
    """Every way through the steps, however far it comes."""
    yield way
    if len(way) < len(steps):
        for at in steps[len(way)]:
            if at > way[-1] and at[0] - way[0][0] < window:
                yield from _ways(steps, (*way, at), window)


def _greedy(steps: list[list[Instant]], begin: Instant, window: timedelta) -> Way:
    way = [begin]
    for step in steps[1:]:
        at = next((at for at in step if at > way[-1] and at[0] - begin[0] < window), None)
        if at is None:
            break
        way.append(at)
    return tuple(way)


def _gap(ways: list[Way], place: int) -> tuple[int, int] | None:
    """To the earliest arrival from the latest possible step before it, in microseconds."""
    arrived = [way for way in ways if len(way) > place]
    if not arrived:
        return None
    earliest = min(way[place] for way in arrived)
    if place == 0:
        return (place, 0)
    before = max(way[place - 1] for way in arrived if way[place] == earliest)
    return (place, (earliest[0] - before[0]) // timedelta(microseconds=1))
