"""The way through a journey: its steps laid out as stops that a run goes through one after another.

A cadence is laid out as the journey that it stands for: wait for the next slot, then send. Places are paths of the steps
as typed (`0`, `2/then/1`), those of a cadence the keys of its series (`tip-1`, and `tip-1/slot` before it), so that a run
finds its place again in another release.
"""

from collections.abc import Iterator, Mapping
from datetime import time

from msgspec import Struct

from milepost.core.conditions.types import Condition
from milepost.core.program.document import Document
from milepost.core.program.expand import expand
from milepost.core.program.kinds.journey import (
    Branch,
    Cadence,
    Journey,
    JourneyStep,
    OpenTask,
    ReEntry,
    Rhythm,
    Send,
    Show,
    Wait,
)

#: The place behind the last stop.
END = ""


class Slot(Struct, frozen=True):
    """The next moment of a rhythm, in the person's zone. `first` is the one that a cadence begins with."""

    every: Rhythm
    at: time
    first: bool


class Stop(Struct, frozen=True, kw_only=True):
    """Shapes: `number` counts the stops from 1. `onwards` is the place after this one, `passed` the place to go to from a
    resource that they have seen already, `then` and `otherwise` the two ways of a branch. Absent: `condition`, in kernel
    words, is what a pause looks out for or a branch asks."""

    place: str
    number: int
    step: Send | Show | OpenTask | Wait | Branch | Slot
    onwards: str
    passed: str
    condition: Condition | None = None
    then: str = END
    otherwise: str = END


class Itinerary(Struct, frozen=True, kw_only=True):
    """Everything that a run needs. `origin` is the key that the journey was first released under; `ends` its goal, in
    kernel words."""

    key: str
    origin: str
    first: str
    stops: dict[str, Stop]
    ends: Condition | None
    re_entry: ReEntry


def journeys_of(document: Document) -> dict[str, Journey]:
    """Every journey of the document, cadences among them (as their series, without the waiting)."""
    cadences = {key: _as_journey(cadence, document) for key, cadence in document.cadences.items()}
    return {**document.journeys, **cadences}


def awaited(journey: Journey) -> Iterator[Condition]:
    """What a run of it asks on its way: its goal, what its pauses look out for, and what its branches go by."""
    if journey.ends is not None:
        yield journey.ends
    yield from _awaited(journey.steps)


def itineraries(document: Document, origins: Mapping[str, str]) -> dict[str, Itinerary]:
    """Every journey and cadence laid out, by key."""
    return {
        key: _itinerary(key, origins.get(key, key), journey, document) for key, journey in journeys_of(document).items()
    }


def re_entry_of(journey: Journey) -> ReEntry:
    return journey.re_entry if isinstance(journey.re_entry, ReEntry) else ReEntry(mode=journey.re_entry)


def may_return(journey: Journey) -> bool:
    """Whether somebody may go through it more than once."""
    rule = re_entry_of(journey)
    return rule.mode == "every time" or rule.once_per is not None or rule.after is not None


def _itinerary(key: str, origin: str, journey: Journey, document: Document) -> Itinerary:
    cadence = document.cadences.get(key)
    stops = list(_stops(journey.steps, document) if cadence is None else _slots(cadence, journey))
    return Itinerary(
        key=key,
        origin=origin,
        first=stops[0].place if stops else END,
        stops={stop.place: stop for stop in stops},
        ends=None if journey.ends is None else expand(journey.ends, document),
        re_entry=re_entry_of(journey),
    )


def _awaited(steps: tuple[JourneyStep, ...]) -> Iterator[Condition]:
    for step in steps:
        if isinstance(step, Wait) and step.wait.until is not None:
            yield step.wait.until
        elif isinstance(step, Branch):
            yield step.if_
            yield from _awaited(step.then)
            yield from _awaited(step.else_)


def _as_journey(cadence: Cadence, document: Document) -> Journey:
    steps = tuple(Send(send=key) if key in document.messages else Show(show=key) for key in cadence.series)
    return Journey(starts=cadence.starts, steps=steps, ends=cadence.stops, title=cadence.title)


def _stops(steps: tuple[JourneyStep, ...], document: Document) -> Iterator[Stop]:
    for number, (place, step, onwards) in enumerate(_places(steps, "", END), 1):
        asked = step.if_ if isinstance(step, Branch) else step.wait.until if isinstance(step, Wait) else None
        yield Stop(
            place=place,
            number=number,
            step=step,
            onwards=onwards,
            passed=onwards,
            condition=None if asked is None else expand(asked, document),
            then=f"{place}/then/0" if isinstance(step, Branch) and step.then else onwards,
            otherwise=f"{place}/else/0" if isinstance(step, Branch) and step.else_ else onwards,
        )


def _places(steps: tuple[JourneyStep, ...], path: str, after: str) -> Iterator[tuple[str, JourneyStep, str]]:
    """Each step with its place and the place after it, those of branches behind the branch."""
    for index, step in enumerate(steps):
        place, onwards = f"{path}{index}", f"{path}{index + 1}" if index + 1 < len(steps) else after
        yield place, step, onwards
        if isinstance(step, Branch):
            yield from _places(step.then, f"{place}/then/", onwards)
            yield from _places(step.else_, f"{place}/else/", onwards)


def _slots(cadence: Cadence, journey: Journey) -> Iterator[Stop]:
    """A slot before each of the series; what is passed over leaves its slot to the next."""
    places = [_unique(cadence.series, index) for index in range(len(cadence.series))]
    for index, (place, step) in enumerate(zip(places, journey.steps, strict=True)):
        after = places[index + 1] if index + 1 < len(places) else END
        slot = Slot(cadence.every, time.fromisoformat(cadence.at), first=index == 0)
        yield Stop(place=f"{place}/slot", number=index + 1, step=slot, onwards=place, passed=place)
        yield Stop(place=place, number=index + 1, step=step, onwards=f"{after}/slot" if after else END, passed=after)


def _unique(series: tuple[str, ...], index: int) -> str:
    """The key; when it stands in the series more than once, with which time this is."""
    earlier = series[:index].count(series[index])
    return f"{series[index]}#{earlier + 1}" if earlier else series[index]
