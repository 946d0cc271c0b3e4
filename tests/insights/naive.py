"""Funnels by trying every way: slow, and obvious enough to be believed."""

from collections.abc import Iterator
from datetime import timedelta

from milepost.core.conditions.evaluate import END_OF_MOMENT
from milepost.core.conditions.naive import Subject
from milepost.core.conditions.types import Condition
from milepost.core.insights.conditions_sql import is_occurrence
from milepost.core.insights.funnel import Funnel
from milepost.core.program.expand import expand
from milepost.core.values import Instant

Way = tuple[Instant, ...]


def levels(subject: Subject, funnel: Funnel) -> list[tuple[int, int] | None]:
    """For each step the person's (seconds since the step before, 0 for the first step); None where they never came."""
    steps = [_occurrences(subject, step, funnel) for step in funnel.steps]
    begins = [at for at in steps[0] if funnel.from_ <= at[0] < funnel.to]
    if funnel.among is not None and not subject.holds(
        expand(funnel.among, funnel.document), (funnel.as_of, END_OF_MOMENT)
    ):
        return [None] * len(steps)
    if funnel.order == "any":
        return _in_any_order(steps, begins, funnel)
    if funnel.anchor == "first":
        ways = [_greedy(steps, begins[0], funnel)] if begins else []
    else:
        ways = [way for begin in begins for way in _ways(steps, (begin,), funnel)]
    return [_gap(ways, place) for place in range(len(steps))]


def _occurrences(subject: Subject, step: Condition, funnel: Funnel) -> list[Instant]:
    if is_occurrence(step):
        single = [Subject([fact], {}, step).first_true(step) for fact in subject.facts]
        found = [at for at in single if at is not None]
    else:
        at = subject.first_true(step)
        found = [] if at is None else [at]
    return sorted(at for at in found if at[0] <= funnel.as_of)


def _in_any_order(steps: list[list[Instant]], begins: list[Instant], funnel: Funnel) -> list[tuple[int, int] | None]:
    """By each beginning, or only the first: the first time of each step after it, as long as none is missing."""
    found: list[tuple[int, int] | None] = [None] * len(steps)
    for begin in begins[:1] if funnel.anchor == "first" else begins:
        for place, step in enumerate(steps):
            at = begin if place == 0 else next((at for at in step if _follows(begin, begin, at, funnel)), None)
            if at is None:
                break
            found[place] = found[place] or (place, (at[0] - begin[0]) // timedelta(microseconds=1))
    return found


def _follows(begin: Instant, before: Instant, at: Instant, funnel: Funnel) -> bool:
    later = at > before if funnel.ties == "number" else at[0] > before[0]
    return later and at[0] - begin[0] < funnel.window


def _ways(steps: list[list[Instant]], way: Way, funnel: Funnel) -> Iterator[Way]:
    """Every way through the steps, however far it comes."""
    yield way
    if len(way) < len(steps):
        for at in steps[len(way)]:
            if _follows(way[0], way[-1], at, funnel):
                yield from _ways(steps, (*way, at), funnel)


def _greedy(steps: list[list[Instant]], begin: Instant, funnel: Funnel) -> Way:
    way = [begin]
    for step in steps[1:]:
        at = next((at for at in step if _follows(begin, way[-1], at, funnel)), None)
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
