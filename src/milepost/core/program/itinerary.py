"""The way through a journey: its steps laid out as stops that a run goes through one after another.

A cadence is laid out as the journey that it stands for: wait for the next slot, then send. Places are the keys of steps,
else their paths as typed (`0`, `2/then/1`, of an arm `3/a/0`, of a loop `4/0`), those of a cadence the keys of its series
(`tip-1`, and `tip-1/slot` before it). A run finds its place again in another release by key, else by what it waits for and
what stands around it, else by the path. The steps that a variant has of its own have its name before their places
(`short/0`).
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import time
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from milepost.core.conditions.memory import leaves
from milepost.core.conditions.types import START as START_MILESTONE
from milepost.core.conditions.types import Any_, Condition, Reached, Test, Trait
from milepost.core.program.document import Document
from milepost.core.program.expand import expand
from milepost.core.program.kinds.journey import (
    Branch,
    Cadence,
    DayStart,
    Every,
    Journey,
    JourneyStep,
    OpenTask,
    ReEntry,
    Repeat,
    Send,
    Show,
    Split,
    Wait,
    clock,
)
from milepost.core.program.variants import Trial, overrides_of, varied
from milepost.core.values import digest

#: The place behind the last stop.
END = ""

#: What a stop was like: its own step, the step before it and the one after it, each by a short digest.
Likeness = tuple[str, str, str]


class Slot(Struct, frozen=True):
    """The next moment of a rhythm, in the person's zone. `first` is the one that a cadence begins with."""

    every: Every
    at: time
    first: bool


class Stop(Struct, frozen=True, kw_only=True):
    """Shapes: `number` counts the stops from 1. `onwards` is the place after this one, `passed` the place to go to from a
    resource that they have seen already, `then` and `otherwise` the two ways of a branch (or into another round and out of
    it), `ways` those of a split. `loops` are the places of the loops around it. Absent: `condition`, in kernel words, is
    what a pause looks out for, or what a branch or loop asks."""

    place: str
    number: int
    step: Send | Show | OpenTask | Wait | Branch | Split | Repeat | Slot
    onwards: str
    passed: str
    condition: Condition | None = None
    then: str = END
    otherwise: str = END
    ways: dict[str, str] = {}
    loops: tuple[str, ...] = ()
    like: Likeness = ("", "", "")


class Itinerary(Struct, frozen=True, kw_only=True):
    """Everything that a run needs. `origin` is the key that the journey was first released under; `ends` its goal and
    `leaves` who is out of it, in kernel words. `whom` a `day` begins it for, and what must have `begun` for a date to be
    theirs; `moves`: runs go on in another release; `firsts` is where each variant with steps of its own begins.
    Absent: `day` is None where a condition begins it, `trial` where it is not tried."""

    key: str
    origin: str
    first: str
    stops: dict[str, Stop]
    ends: Condition | None
    re_entry: ReEntry
    leaves: Condition | None = None
    day: DayStart | None = None
    whom: Condition | None = None
    begun: Condition | None = None
    moves: bool = True
    trial: Trial | None = None
    firsts: dict[str, str] = {}

    def place_like(self, place: str, like: Likeness) -> str | None:
        """Where a stop of another release has gone; None when it is no longer there."""
        stop = self.stops.get(place)
        if stop is not None and (stop.like == like or _is_named(stop)):
            return place
        alike = [each for each in self.stops.values() if like[0] and each.like[0] == like[0]]
        near = [each for each in alike if each.like[1] == like[1] or each.like[2] == like[2]]
        if near or len(alike) == 1:
            return max(near or alike, key=partial(_closeness, place, like)).place
        return None if stop is None else place


def _is_named(stop: Stop) -> bool:
    """Whether its place is a name, and not just where it stands."""
    return isinstance(stop.step, Slot) or stop.step.key is not None


def _closeness(place: str, like: Likeness, stop: Stop) -> tuple[bool, bool, bool]:
    """How much a stop with the same step is the one that was meant."""
    return stop.like[2] == like[2], stop.like[1] == like[1], stop.place == place


def journeys_of(document: Document) -> dict[str, Journey]:
    """Every journey of the document, cadences among them (as their series, without the waiting)."""
    cadences = {key: _as_journey(cadence, document) for key, cadence in document.cadences.items()}
    return {**document.journeys, **cadences}


def entry_of(journey: Journey) -> Condition:
    """What makes the engine look whether somebody begins: for a day, that it becomes known (a date is, from the start)."""
    if not isinstance(journey.starts, DayStart):
        return journey.starts
    trait = journey.starts.trait
    known: Condition = Reached(milestone=START_MILESTONE) if trait is None else is_known(trait)
    return known if journey.starts.if_ is None else Any_(of=(known, journey.starts.if_))


def awaited(document: Document, key: str, journey: Journey, earlier: Mapping[int, Document]) -> Iterator[Condition]:
    """What a run of it asks on its way: its goal, what its pauses look out for, and what its branches go by."""
    for each in (journey, *_varied(document, key).values()):
        yield from _asked_on(each)
    for kept, _, old, before in _kept(document, earlier):
        yield from (expand(condition, old) for condition in _asked_on(before) if kept == key)


def _asked_on(journey: Journey) -> Iterator[Condition]:
    yield from (condition for condition in (journey.ends, journey.leaves) if condition is not None)
    yield from _awaited(journey.steps)


def itineraries(
    document: Document,
    origins: Mapping[str, str],
    tried: Mapping[str, tuple[Trial, ...]],
    earlier: Mapping[int, Document],
) -> dict[str, Itinerary]:
    """Every journey and cadence laid out, by key; the ways of `earlier` releases that people stay in as `KEY@NUMBER`."""
    laid = {
        key: _itinerary(key, origins.get(key, key), journey, document, next(iter(tried.get(key, ())), None))
        for key, journey in journeys_of(document).items()
    }
    for key, number, old, journey in _kept(document, earlier):
        kept = _itinerary(key, origins.get(key, key), journey, old, None)
        laid[f"{key}@{number}"] = replace(kept, day=None, whom=None, begun=None)
    return laid


def _kept(document: Document, earlier: Mapping[int, Document]) -> Iterator[tuple[str, int, Document, Journey]]:
    """The journeys of earlier releases that people stay in: (key now, release, its document, the journey there)."""
    for key, journey in document.journeys.items():
        names = {key, *(old for old, new in document.moved.items() if new == key)}
        for number, old in earlier.items() if journey.migrate == "stay" else ():
            before = next((old.journeys[name] for name in names if name in old.journeys), None)
            if before is not None and before.steps != journey.steps:
                yield key, number, old, before


def re_entry_of(journey: Journey) -> ReEntry:
    return journey.re_entry if isinstance(journey.re_entry, ReEntry) else ReEntry(mode=journey.re_entry)


def is_latched(journey: Journey) -> bool:
    """Whether its beginning is asked once only: nobody goes through it more than once, and no day begins it."""
    rule = re_entry_of(journey)
    again = rule.mode == "every time" or rule.once_per is not None or rule.after is not None
    return not again and not isinstance(journey.starts, DayStart)


def _itinerary(key: str, origin: str, journey: Journey, document: Document, trial: Trial | None) -> Itinerary:
    cadence = document.cadences.get(key)
    laid = [list(_stops(journey.steps, document) if cadence is None else _slots(cadence, journey))]
    varied = {} if trial is None or cadence is not None else _varied(document, key)
    laid += [list(_stops(each.steps, document, f"{variant}/")) for variant, each in varied.items()]
    firsts = [stops[0].place if stops else END for stops in laid]
    day = journey.starts if isinstance(journey.starts, DayStart) else None
    whom = None if day is None else _expanded(day.if_, document)
    return Itinerary(
        key=key,
        origin=origin,
        first=firsts[0],
        stops={stop.place: stop for stops in laid for stop in _likened(stops)},
        ends=_expanded(journey.ends, document),
        leaves=_expanded(journey.leaves, document),
        re_entry=re_entry_of(journey),
        day=day,
        whom=whom,
        begun=None if day is None or day.trait is not None else _begun(whom),
        moves=journey.migrate != "end",
        trial=trial,
        firsts=dict(zip(varied, firsts[1:], strict=True)),
    )


def _begun(whom: Condition | None) -> Condition:
    """The start of the program that a date stands in: its own, where there are several (`program.folder`), else the one."""
    asked = () if whom is None else leaves(whom)
    own = (leaf for leaf in asked if isinstance(leaf, Reached) and leaf.milestone.startswith(f"{START_MILESTONE}:"))
    return next(own, Reached(milestone=START_MILESTONE))


def _expanded(condition: Condition | None, document: Document) -> Condition | None:
    return None if condition is None else expand(condition, document)


def _varied(document: Document, key: str) -> dict[str, Journey]:
    """The journey in each variant that has other steps."""
    found = {}
    for experiment, tried in document.experiments.items():
        for variant in tried.variants:
            if "steps" in overrides_of(document, experiment, variant).get(("journeys", key), {}):
                found[variant] = varied(document, experiment, variant, "journeys", key)
    return found


def _awaited(steps: tuple[JourneyStep, ...]) -> Iterator[Condition]:
    for step in steps:
        condition = _asked(step)
        if condition is not None:
            yield condition
        if isinstance(step, Wait) and step.wait.day is not None and step.wait.day.trait is not None:
            yield is_known(step.wait.day.trait)
        for inner in inside(step):
            yield from _awaited(inner)


def inside(step: JourneyStep) -> Iterable[tuple[JourneyStep, ...]]:
    """The steps that stand inside a step, way by way."""
    if isinstance(step, Branch):
        return step.then, step.else_
    if isinstance(step, Split):
        return step.arms.values()
    return (step.repeat.steps,) if isinstance(step, Repeat) else ()


def _asked(step: JourneyStep) -> Condition | None:
    match step:
        case Branch():
            return step.if_
        case Wait():
            return step.wait.until
        case Repeat():
            return step.repeat.until
    return None


def is_known(trait: str) -> Trait:
    """That the trait has a value, whatever it is."""
    return Trait(name=trait, test=Test(op="exists", value=True))


def _as_journey(cadence: Cadence, document: Document) -> Journey:
    steps = tuple(Send(send=key) if key in document.messages else Show(show=key) for key in cadence.series)
    return Journey(starts=cadence.starts, steps=steps, ends=cadence.stops, leaves=cadence.leaves, title=cadence.title)


def _stops(steps: tuple[JourneyStep, ...], document: Document, variant: str = "") -> Iterator[Stop]:
    for number, stop in enumerate(_Way(document, variant).lay(steps, variant, END, ()), 1):
        yield replace(stop, number=number)


class _Way:
    """Lays out steps, those inside a step behind it."""

    def __init__(self, document: Document, variant: str) -> None:
        self._document, self._variant = document, variant

    def lay(self, steps: tuple[JourneyStep, ...], path: str, after: str, loops: tuple[str, ...]) -> Iterator[Stop]:
        places = [self._place(step, f"{path}{index}") for index, step in enumerate(steps)]
        for step, place, onwards in zip(steps, places, [*places[1:], after], strict=False):
            yield self._stop(step, place, onwards, loops)
            if isinstance(step, Branch):
                yield from self.lay(step.then, f"{place}/then/", onwards, loops)
                yield from self.lay(step.else_, f"{place}/else/", onwards, loops)
            elif isinstance(step, Split):
                for arm, inner in step.arms.items():
                    yield from self.lay(inner, f"{place}/{arm}/", onwards, loops)
            elif isinstance(step, Repeat):
                yield from self.lay(step.repeat.steps, f"{place}/", place, (*loops, place))

    def _stop(self, step: JourneyStep, place: str, onwards: str, loops: tuple[str, ...]) -> Stop:
        then = otherwise = onwards
        ways: dict[str, str] = {}
        if isinstance(step, Branch):
            then = self._first(step.then, f"{place}/then/", onwards)
            otherwise = self._first(step.else_, f"{place}/else/", onwards)
        elif isinstance(step, Split):
            arms = {arm: step.arms.get(arm, ()) for arm in step.split}
            ways = {arm: self._first(steps, f"{place}/{arm}/", onwards) for arm, steps in arms.items()}
        elif isinstance(step, Repeat):
            then = self._first(step.repeat.steps, f"{place}/", onwards)
        return Stop(
            place=place,
            number=0,
            step=step,
            onwards=onwards,
            passed=onwards,
            condition=_expanded(_asked(step), self._document),
            then=then,
            otherwise=otherwise,
            ways=ways,
            loops=loops,
        )

    def _first(self, steps: tuple[JourneyStep, ...], path: str, otherwise: str) -> str:
        return self._place(steps[0], f"{path}0") if steps else otherwise

    def _place(self, step: JourneyStep, path: str) -> str:
        return path if step.key is None else f"{self._variant}{step.key}"


def _likened(stops: list[Stop]) -> Iterator[Stop]:
    """The stops, each with what it and its neighbours are."""
    own = ["", *(digest(stop.step)[:8] for stop in stops), ""]
    for index, stop in enumerate(stops, 1):
        yield replace(stop, like=(own[index], own[index - 1], own[index + 1]))


def _slots(cadence: Cadence, journey: Journey) -> Iterator[Stop]:
    """A slot before each of the series; what is passed over leaves its slot to the next."""
    places = [_unique(cadence.series, index) for index in range(len(cadence.series))]
    for index, (place, step) in enumerate(zip(places, journey.steps, strict=True)):
        after = places[index + 1] if index + 1 < len(places) else END
        slot = Slot(cadence.every, clock(cadence.at), first=index == 0)
        yield Stop(place=f"{place}/slot", number=index + 1, step=slot, onwards=place, passed=place)
        yield Stop(place=place, number=index + 1, step=step, onwards=f"{after}/slot" if after else END, passed=after)


def _unique(series: tuple[str, ...], index: int) -> str:
    """The key; when it stands in the series more than once, with which time this is."""
    earlier = series[:index].count(series[index])
    return f"{series[index]}#{earlier + 1}" if earlier else series[index]
