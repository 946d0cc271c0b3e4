"""Whether a condition is true of a subject at an instant. The rules stand in `evaluate`."""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from operator import eq, ge, gt, le, lt
from typing import Any
from zoneinfo import ZoneInfo

from milepost.core.conditions.compare import moment, number, passes, shifted
from milepost.core.conditions.memory import GOALS, Entry, Memory, View, milestone_since
from milepost.core.conditions.types import (
    All,
    Any_,
    Compared,
    Condition,
    Did,
    Last,
    Not,
    Reached,
    Sequence_,
    Series,
    Trait,
)
from milepost.core.values import BY_TIME_ALONE, Instant

#: A number above that of every fact: `(t, END_OF_MOMENT)` is the moment t with everything that happened at it.
END_OF_MOMENT = 2**63 - 1


Asked = Callable[[View, Instant], bool]


def holds(condition: Condition, view: View, at: Instant) -> bool:
    """True when the condition is true of the subject at this instant: what lies later does not count."""
    return asked(condition)(view, at)


def asked(condition: Condition) -> Asked:
    """The condition as a function, made once for each condition and kept with it: it is asked for every fact that can
    touch it. Raises KeyError for a named operator: what is executed is expanded first."""
    made: Asked | None = condition.__dict__.get("asked")
    if made is None:
        made = condition.__dict__["asked"] = _ASKED[type(condition)](condition)
    return made


def _did(did: Did) -> Asked:
    if did.since is None and did.distinct is None and (need := least(did)):
        return _often(did.atom, need, did.within)
    atom, counts, enough = did.atom, _counting(did), enough_for(did)
    of_nothing = enough(0)

    def did_it(view: View, at: Instant) -> bool:
        entries = view.memory.get(atom)
        return enough(counts(entries, view, at)) if entries else of_nothing

    return did_it


def least(did: Did) -> int:
    """How often it must have happened at least; 0 when the count is bounded otherwise."""
    return 0 if did.at_most is not None or did.exactly is not None else 1 if did.at_least is None else did.at_least


def _often(atom: str, need: int, within: timedelta | None) -> Asked:
    """What most conditions are made of: so often, inside a window or ever. One fact decides it, the `need`th from the
    last."""

    def often(view: View, at: Instant) -> bool:
        entries = view.memory.get(atom)
        if not entries or len(entries) < need:
            return False
        place = _up_to(entries, at) - need
        if place < 0:
            return False
        return within is None or entries[place][0] > shifted(at[0], -within)

    return often


def _counting(did: Did) -> Callable[[list[Entry], View, Instant], int]:
    """How many of these entries, of which there are some, count at an instant."""
    if did.within is None and did.since is None and did.distinct is None:
        return lambda entries, view, at: _up_to(entries, at)

    def in_span(entries: list[Entry], view: View, at: Instant) -> int:
        low, high = span_of(did, entries, view, at)
        return high - low if did.distinct is None else number_of(did, entries[low:high], view.zone)

    return in_span


def enough_for(did: Did) -> Callable[[int], bool]:
    """Whether so many are what it asks for."""
    if did.at_most is not None:
        return did.at_most.__ge__
    if did.exactly is not None:
        return did.exactly.__eq__
    return (1 if did.at_least is None else did.at_least).__le__


def counted(did: Did, view: View, at: Instant) -> int:
    """How many facts, or different values, count at this instant."""
    return number_of(did, counted_entries(did, view, at), view.zone)


def counted_entries(did: Did, view: View, at: Instant) -> list[Entry]:
    entries = view.memory.get(did.atom)
    if not entries:
        return []
    low, high = span_of(did, entries, view, at)
    return entries[low:high]


def number_of(did: Did, entries: list[Entry], zone: str) -> int:
    """How many of these entries, or of the different values in them (or days there), are counted."""
    return len(entries) if did.distinct is None else len(set(_counted_as(did, entries, zone)))


def lasts_of(did: Did, entries: list[Entry], zone: str) -> list[datetime]:
    """When each that is counted of these entries was there last, oldest first."""
    at = [entry[0] for entry in entries]
    if did.distinct is None:
        return at
    return sorted(dict(zip(_counted_as(did, entries, zone), at, strict=True)).values())


def _counted_as(did: Did, entries: list[Entry], zone: str) -> list[Any]:
    """Of each entry the day there, or the value, that is counted once."""
    if did.distinct == "day":
        return [entry[0].date() if zone == "UTC" else day_in(zone, entry[0]) for entry in entries]
    return [entry[2] for entry in entries]


@lru_cache(8192)
def day_in(zone: str, at: datetime) -> date:
    """The day that it is there at that moment."""
    return at.astimezone(ZoneInfo(zone)).date()


def span_of(did: Did, entries: list[Entry], view: View, at: Instant) -> tuple[int, int]:
    """Which entries count: indexes from the first to before the second."""
    high = _up_to(entries, at)
    low = 0
    if did.within is not None:
        low = bisect_left(entries, (shifted(at[0], -did.within), END_OF_MOMENT))
    if did.since is not None:
        since = since_when(did, view, at)
        low = high if since is None else min(high, max(low, bisect_left(entries, since)))
    return low, high


def _up_to(entries: list[Entry], at: Instant) -> int:
    last = entries[-1]
    if last[0] < at[0] or (last[0] == at[0] and last[1] <= at[1]):
        return len(entries)
    return bisect_left(entries, (at[0], at[1] + 1))


def since_when(leaf: Did | Reached, view: View, at: Instant) -> Instant | None:
    """The instant from which it counts; None while it is not known."""
    if leaf.since == "start":
        return view.start
    if leaf.since == "goal":
        entries = view.memory.get(GOALS.atom)
        place = _up_to(entries, at) if entries else 0
        return entries[place - 1][:2] if entries and place else None
    key = milestone_since(leaf)
    if key is not None:
        return view.reached.get(key)
    day = moment(leaf.since)
    return None if day is None else (day, BY_TIME_ALONE)


def _sequence(node: Sequence_) -> Asked:
    def happened(view: View, at: Instant) -> bool:
        instant = completed(node, view.memory)
        return instant is not None and instant <= at

    return happened


def completed(node: Sequence_, memory: Memory) -> Instant | None:
    """The first instant at which its steps had happened in their order; None: not yet."""
    return next(completions(node, memory), None)


def completions(node: Sequence_, memory: Memory) -> Iterator[Instant]:
    """Each instant at which a last step ends a way through the steps that fits into the window."""
    if not all(memory.get(step.atom) for step in node.steps):
        return
    within = timedelta.max if node.within is None else node.within
    ways = [(entry[:2], entry[0]) for entry in memory.get(node.steps[0].atom, ())]
    for step in node.steps[1:]:
        if not ways:
            return
        ways = list(_followed(ways, memory.get(step.atom, [])))
    yield from (instant for instant, begun in ways if instant[0] - begun < within)


def _followed(ways: list[tuple[Instant, datetime]], entries: list[Entry]) -> Iterator[tuple[Instant, datetime]]:
    """Each of these entries that comes after a way so far, with the latest moment at which such a way began."""
    place, begun = 0, ways[0][1]
    for entry in entries:
        while place < len(ways) and ways[place][0] < entry[:2]:
            begun = max(begun, ways[place][1])
            place += 1
        if place:
            yield entry[:2], begun


def _trait(trait: Trait) -> Asked:
    atom, test = trait.atom, trait.test
    return lambda view, at: passes(test, _last_value(atom, view, at), at[0])


def trait_value(trait: Trait, view: View, at: Instant) -> Any:
    """The value last written at or before the instant; None when there is none, or it was removed."""
    return _last_value(trait.atom, view, at)


def _last(node: Last) -> Asked:
    atom, test = node.of.atom, node.test
    return lambda view, at: passes(test, _last_value(atom, view, at), at[0])


def series_value(series: Series, view: View, at: Instant) -> Any:
    """The value last given at or before the instant; None when there is none."""
    return _last_value(series.atom, view, at)


def _compared(node: Compared) -> Asked:
    compares = _COMPARES[node.op]

    def compared(view: View, at: Instant) -> bool:
        left, right = compared_numbers(node, view, at)
        return left is not None and right is not None and compares(left, right)

    return compared


def compared_numbers(node: Compared, view: View, at: Instant) -> tuple[float | None, float | None]:
    """The number that is compared, and what it is held against; None for what is not known."""
    left = number(series_value(node.of, view, at))
    if isinstance(node.to, Series):
        return left, number(series_value(node.to, view, at))
    return left, _earlier_number(node, view, at)


def _earlier_number(node: Compared, view: View, at: Instant) -> float | None:
    """The number before the last value, or the first one, or the last before a day; what is no number is passed over."""
    entries = view.memory.get(node.of.atom)
    last = _up_to(entries, at) - 1 if entries else 0
    if entries and node.to not in ("previous", "first"):
        last = bisect_left(entries, (moment(node.to) or _FIRST, BY_TIME_ALONE), 0, last + 1)
    places = range(last) if node.to == "first" else range(last - 1, -1, -1)
    found = (number(entries[place][2]) for place in places) if entries else iter(())
    return next((one for one in found if one is not None), None)


def _last_value(atom: str, view: View, at: Instant) -> Any:
    entries = view.memory.get(atom)
    place = _up_to(entries, at) if entries else 0
    return entries[place - 1][2] if entries and place else None


def _reached(node: Reached) -> Asked:
    milestone, within = node.milestone, node.within

    def reached(view: View, at: Instant) -> bool:
        instant = view.instant_of(milestone)
        if instant is None or instant > at:
            return False
        return within is None or at[0] - instant[0] < within

    def reached_since(view: View, at: Instant) -> bool:
        since, instant = since_when(node, view, at), view.instant_of(milestone)
        return since is not None and instant is not None and since <= instant and reached(view, at)

    return reached if node.since is None else reached_since


def _all(node: All) -> Asked:
    parts = tuple(map(asked, node.of))

    def all_of(view: View, at: Instant) -> bool:
        for part in parts:  # noqa: SIM110  nothing is asked more often, and a generator costs more than the asking
            if not part(view, at):
                return False
        return True

    return all_of


def _any(node: Any_) -> Asked:
    parts = tuple(map(asked, node.of))

    def any_of(view: View, at: Instant) -> bool:
        for part in parts:  # noqa: SIM110  as above
            if part(view, at):
                return True
        return False

    return any_of


def _not(node: Not) -> Asked:
    part = asked(node.of)
    return lambda view, at: not part(view, at)


_FIRST = datetime.min.replace(tzinfo=UTC)
_COMPARES: dict[str, Callable[[float, float], bool]] = {"lt": lt, "lte": le, "gt": gt, "gte": ge, "is": eq}
_ASKED: dict[type, Callable[[Any], Asked]] = {
    Did: _did,
    Sequence_: _sequence,
    Trait: _trait,
    Last: _last,
    Compared: _compared,
    Reached: _reached,
    All: _all,
    Any_: _any,
    Not: _not,
}
