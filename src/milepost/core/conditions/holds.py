"""Whether a condition is true of a subject at an instant. The rules stand in `evaluate`."""

from bisect import bisect_left
from collections.abc import Callable
from operator import eq, ge, gt, le, lt
from typing import Any

from milepost.core.conditions.compare import moment, number, passes, shifted
from milepost.core.conditions.memory import Entry, View, milestone_since
from milepost.core.conditions.types import All, Any_, Compared, Condition, Did, Last, Not, Reached, Series, Trait
from milepost.core.values import BY_TIME_ALONE, Instant

#: A number above that of every fact: `(t, END_OF_MOMENT)` is the moment t with everything that happened at it.
END_OF_MOMENT = 2**63 - 1


def holds(condition: Condition, view: View, at: Instant) -> bool:
    """True when the condition is true of the subject at this instant: what lies later does not count."""
    return _HOLDS[type(condition)](condition, view, at)


def _did(did: Did, view: View, at: Instant) -> bool:
    return suffices(did, counted(did, view, at))


def suffices(did: Did, count: int) -> bool:
    """Whether so many are what it asks for."""
    if did.at_most is not None:
        return count <= did.at_most
    if did.exactly is not None:
        return count == did.exactly
    return count >= (1 if did.at_least is None else did.at_least)


def counted(did: Did, view: View, at: Instant) -> int:
    """How many facts, or different values, count at this instant."""
    entries = view.memory.get(did.atom)
    if not entries:
        return 0
    if did.within is None and did.since is None and did.distinct is None:
        return _up_to(entries, at)
    low, high = _span(did, entries, view, at)
    return high - low if did.distinct is None else number_of(did, entries[low:high])


def counted_entries(did: Did, view: View, at: Instant) -> list[Entry]:
    entries = view.memory.get(did.atom)
    if not entries:
        return []
    low, high = _span(did, entries, view, at)
    return entries[low:high]


def number_of(did: Did, entries: list[Entry]) -> int:
    """How many of these entries, or of the different values in them, are counted."""
    return len(entries) if did.distinct is None else len({entry[2] for entry in entries})


def _span(did: Did, entries: list[Entry], view: View, at: Instant) -> tuple[int, int]:
    """Which entries count: indexes from the first to before the second."""
    high = _up_to(entries, at)
    low = 0
    if did.within is not None:
        low = bisect_left(entries, (shifted(at[0], -did.within), END_OF_MOMENT))
    if did.since is not None:
        since = _since(did, view)
        low = high if since is None else min(high, max(low, bisect_left(entries, since)))
    return low, high


def _up_to(entries: list[Entry], at: Instant) -> int:
    if entries[-1][0] < at[0]:
        return len(entries)
    return bisect_left(entries, (at[0], at[1] + 1))


def _since(did: Did, view: View) -> Instant | None:
    """The instant from which facts count; None while it is not known."""
    if did.since == "start":
        return view.start
    key = milestone_since(did)
    if key is not None:
        return view.reached.get(key)
    day = moment(did.since)
    return None if day is None else (day, BY_TIME_ALONE)


def _trait(trait: Trait, view: View, at: Instant) -> bool:
    return passes(trait.test, trait_value(trait, view, at), at[0])


def trait_value(trait: Trait, view: View, at: Instant) -> Any:
    """The value last written at or before the instant; None when there is none, or it was removed."""
    return _last_value(trait.atom, view, at)


def _last(node: Last, view: View, at: Instant) -> bool:
    return passes(node.test, series_value(node.of, view, at), at[0])


def series_value(series: Series, view: View, at: Instant) -> Any:
    """The value last given at or before the instant; None when there is none."""
    return _last_value(series.atom, view, at)


def _compared(node: Compared, view: View, at: Instant) -> bool:
    left, right = compared_numbers(node, view, at)
    return left is not None and right is not None and _COMPARES[node.op](left, right)


def compared_numbers(node: Compared, view: View, at: Instant) -> tuple[float | None, float | None]:
    """The number that is compared, and what it is held against; None for what is not known."""
    left = number(series_value(node.of, view, at))
    if isinstance(node.to, Series):
        return left, number(series_value(node.to, view, at))
    return left, _earlier_number(node, view, at)


def _earlier_number(node: Compared, view: View, at: Instant) -> float | None:
    """The number before the last value, or the first one; what is no number is passed over."""
    entries = view.memory.get(node.of.atom)
    last = _up_to(entries, at) - 1 if entries else 0
    places = range(last) if node.to == "first" else range(last - 1, -1, -1)
    found = (number(entries[place][2]) for place in places) if entries else iter(())
    return next((one for one in found if one is not None), None)


def _last_value(atom: str, view: View, at: Instant) -> Any:
    entries = view.memory.get(atom)
    place = _up_to(entries, at) if entries else 0
    return entries[place - 1][2] if entries and place else None


def _reached(node: Reached, view: View, at: Instant) -> bool:
    instant = view.instant_of(node.milestone)
    if instant is None or instant > at:
        return False
    return node.within is None or at[0] - instant[0] < node.within


def _all(node: All, view: View, at: Instant) -> bool:
    for part in node.of:  # noqa: SIM110  nothing is asked more often, and a generator costs more than the asking
        if not _HOLDS[type(part)](part, view, at):
            return False
    return True


def _any(node: Any_, view: View, at: Instant) -> bool:
    for part in node.of:  # noqa: SIM110  as above
        if _HOLDS[type(part)](part, view, at):
            return True
    return False


def _not(node: Not, view: View, at: Instant) -> bool:
    return not _HOLDS[type(node.of)](node.of, view, at)


_COMPARES: dict[str, Callable[[float, float], bool]] = {"lt": lt, "lte": le, "gt": gt, "gte": ge, "is": eq}
_HOLDS: dict[type, Callable[[Any, View, Instant], bool]] = {
    Did: _did,
    Trait: _trait,
    Last: _last,
    Compared: _compared,
    Reached: _reached,
    All: _all,
    Any_: _any,
    Not: _not,
}
