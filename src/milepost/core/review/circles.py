"""Errors of order: definitions that wait for one another, so that none of them can ever come true."""

from collections.abc import Iterator, Mapping

from milepost.core.conditions.evaluate import milestones_of, uses_start
from milepost.core.conditions.types import START, Condition, InLifecycle, InSegment, InTier
from milepost.core.program.expand import expand, lifecycle_of, reached_of, tiers_of
from milepost.core.program.folder import starts_of
from milepost.core.program.problems import Path
from milepost.core.review.rule import Found, Review, Rule
from milepost.core.values import Refused


def segment_cycles(review: Review) -> Iterator[Found]:
    """Segments, and rungs of a ladder, that ask for one another."""
    document = review.document
    asks = {key: _asked(review, condition) for key, condition in document.segments.items()}
    for operator, ladder in (("lifecycle", lifecycle_of(document)), ("tier", tiers_of(document))):
        conditions = list(ladder.values())
        for place, rung in enumerate(ladder):  # a rung asks those above it too
            found = (_asked(review, condition) for condition in conditions[place:])
            asks[f"{operator}: {rung}"] = frozenset().union(*found)
    for circle in _circles(asks):
        yield Found(_place_of(circle[0]), f"These segments ask for one another: {_way(circle)}.")


def _asked(review: Review, condition: Condition) -> frozenset[str]:
    nodes = [leaf.node for leaf in review.leaves_of(condition, ())]
    segments = (node.segment for node in nodes if isinstance(node, InSegment))
    stages = (f"lifecycle: {node.stage}" for node in nodes if isinstance(node, InLifecycle))
    tiers = (f"tier: {node.tier}" for node in nodes if isinstance(node, InTier))
    return frozenset((*segments, *stages, *tiers))


def _place_of(name: str) -> Path:
    operator, _, rung = name.partition(": ")
    if not rung:
        return ("segments", name)
    return ("lifecycle" if operator == "lifecycle" else "tiers",)


def milestone_cycles(review: Review) -> Iterator[Found]:
    """Milestones each of which waits for another of them, or the start for one that waits for it."""
    try:
        waits_for = _waits(review)
    except Refused:  # a segment that asks for itself, which is told of there
        return
    for circle in _circles(waits_for):
        yield Found(_place(review, circle[0]), f"These milestones wait for one another: {_way(circle)}.")


def _waits(review: Review) -> dict[str, frozenset[str]]:
    document = review.document
    waits = {
        key: _awaited(reached_of(document, key)) | frozenset(milestone.needs)
        for key, milestone in document.milestones.items()
    }
    starts = {START: document.start, **starts_of(document)}
    return {**{key: _awaited(expand(start, document)) - {key} for key, start in starts.items()}, **waits}


def _awaited(condition: Condition) -> frozenset[str]:
    return milestones_of(condition) | ({START} if uses_start(condition) else frozenset())


def _place(review: Review, key: str) -> Path:
    if key.startswith(START):
        return ("start",)
    own: Path = ("milestones", key)
    return (*own, "reached") if review.document.milestones[key].reached is not None else own


def _circles(waits_for: Mapping[str, frozenset[str]]) -> Iterator[list[str]]:
    """Every circle once, from its first member on."""
    for key in waits_for:
        circle = _circle(key, waits_for)
        if circle and key == min(circle):
            yield circle


def _circle(start: str, waits_for: Mapping[str, frozenset[str]]) -> list[str]:
    """A way from one back to itself, if there is one."""
    trails = [[start]]
    seen: set[str] = set()
    while trails:
        trail = trails.pop()
        for following in sorted(waits_for.get(trail[-1], ())):
            if following == start:
                return trail
            if following not in seen:
                seen.add(following)
                trails.append([*trail, following])
    return []


def _way(circle: list[str]) -> str:
    return " → ".join(key.removeprefix("@") for key in [*circle, circle[0]])


RULES = (
    Rule(
        id="segment-cycle",
        level="error",
        why="A segment that asks for itself has no members and no end; a rung of a ladder asks for those above it.",
        mend="Break the circle of `segment`, `lifecycle` and `tier`.",
        find=segment_cycles,
    ),
    Rule(
        id="milestone-cycle",
        level="error",
        why="Milestones that wait for one another are reached by nobody.",
        mend="Let one of them be reached by what people do.",
        find=milestone_cycles,
    ),
)
