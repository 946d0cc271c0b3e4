"""The way through a journey: its steps laid out as stops that a run goes through one after another.

A cadence is laid out as the journey that it stands for. Places are paths of the steps as typed (`0`, `2/then/1`), so
that a run finds its place again in another release.
"""

from collections.abc import Iterator

from milepost.core.conditions.types import Condition
from milepost.core.program.document import Document
from milepost.core.program.kinds.journey import Branch, Journey, JourneyStep, Wait


def journeys_of(document: Document) -> dict[str, Journey]:
    """Every journey of the document, cadences among them."""
    return dict(document.journeys)


def awaited(journey: Journey) -> Iterator[Condition]:
    """What a run of it may wait for: its goal, and what its pauses look out for."""
    if journey.ends is not None:
        yield journey.ends
    yield from _awaited(journey.steps)


def _awaited(steps: tuple[JourneyStep, ...]) -> Iterator[Condition]:
    for step in steps:
        if isinstance(step, Wait) and step.wait.until is not None:
            yield step.wait.until
        elif isinstance(step, Branch):
            yield from _awaited(step.then)
            yield from _awaited(step.else_)
