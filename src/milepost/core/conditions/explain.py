"""Why a condition is true or not: what was seen of each leaf, and that in words, a tree with a sentence for every leaf.

What was seen is small and quickly had, so it is what is kept with a decision; the words are made when somebody reads it.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from milepost.core.conditions.holds import (
    compared_numbers,
    completed,
    enough_for,
    holds,
    number_of,
    series_value,
    span_of,
    trait_value,
)
from milepost.core.conditions.memory import View
from milepost.core.conditions.types import (
    START,
    All,
    Any_,
    Compared,
    Condition,
    Did,
    Last,
    Not,
    Reached,
    Sequence_,
    Trait,
)
from milepost.core.conditions.words import (
    compared_to,
    counted_name,
    describe,
    needed,
    since,
    span,
    where,
    within,
    written,
)
from milepost.core.values import Instant

__all__ = ["describe", "explain", "in_words", "seen"]

#: What was seen of a condition, by its place in it: of an operator with others inside a list of what was seen of each, of
#: a leaf what its sentence needs. It goes through JSON, so an instant is a datetime or its ISO text.
Seen = Sequence[Any]


def explain(condition: Condition, view: View, at: Instant) -> dict[str, Any]:
    """Shapes: `{operator, text, holds, have, need, children}`, all JSON; `children` of a leaf is empty.

    Units: `have` and `need` are counts for `did` (and for how many parts hold), values for `trait` and `last`, the two
    numbers of `compared`, and an ISO instant or None for what `reached` has. Raises KeyError for a named operator: what
    is executed is expanded first.
    """
    return in_words(condition, seen(condition, view, at))


def seen(condition: Condition, view: View, at: Instant) -> Seen:
    """What there is to see of this condition at an instant."""
    return _SEEN[type(condition)](condition, view, at)


def in_words(condition: Condition, seen: Seen) -> dict[str, Any]:
    """What was seen of this very condition, as `explain` says it."""
    return _IN_WORDS[type(condition)](condition, seen)


def _node(condition: Condition, text: str, *, holds: bool, **rest: Any) -> dict[str, Any]:
    return {"operator": type(condition).__struct_config__.tag, "text": text, "holds": holds, "children": [], **rest}


def _parts(condition: All | Any_ | Not) -> Sequence[Condition]:
    return (condition.of,) if isinstance(condition, Not) else condition.of


def _see_parts(condition: All | Any_ | Not, view: View, at: Instant) -> Seen:
    return [_SEEN[type(part)](part, view, at) for part in _parts(condition)]


def _combined(condition: All | Any_ | Not, seen: Seen) -> dict[str, Any]:
    parts = _parts(condition)
    children = [in_words(part, seen_of_it) for part, seen_of_it in zip(parts, seen, strict=True)]
    have = sum(child["holds"] for child in children)
    if isinstance(condition, Not):
        return _node(condition, "Not this", holds=not have, have=have, need=0, children=children)
    if isinstance(condition, All):
        need, text = len(parts), f"All of these: {have} of {len(parts)}"
    else:
        need, text = min(1, len(parts)), f"At least one of these: {have}"
    holds_ = have == need if isinstance(condition, All) else have > 0
    return _node(condition, text, holds=holds_, have=have, need=need, children=children)


def _see_did(did: Did, view: View, at: Instant) -> Seen:
    entries = view.memory.get(did.atom)
    low, high = span_of(did, entries, view, at) if entries else (0, 0)
    if not entries or low >= high:
        return 0, None
    have = high - low if did.distinct is None else number_of(did, entries[low:high], view.zone)
    return have, entries[high - 1][0]


def _did(did: Did, seen: Seen) -> dict[str, Any]:
    have, last_at = seen
    need, bound = needed(did)
    subject = " ".join(part for part in (counted_name(did), where(did.where), span(did)) if part)
    last = f", last at {_minute(last_at)}" if last_at else ""
    text = f"{subject}: {have} of {bound}{need}{last}"
    return _node(did, text, holds=enough_for(did)(have), have=have, need=need)


def _see_sequence(node: Sequence_, view: View, at: Instant) -> Seen:
    """How many of its steps, one after the other, came inside the window at best, and when the last of them did."""
    ways = (replace(node, steps=node.steps[:count]) for count in range(len(node.steps), 0, -1))
    found = ((len(way.steps), done[0]) for way in ways if (done := completed(way, view.memory)) and done <= at)
    return next(found, (0, None))


def _sequence(node: Sequence_, seen: Seen) -> dict[str, Any]:
    have, last_at = seen
    last = f", last at {_minute(last_at)}" if last_at else ""
    text = f"{describe(node)}: {have} of {len(node.steps)}{last}"
    return _node(node, text, holds=have == len(node.steps), have=have, need=len(node.steps))


def _see_trait(trait: Trait, view: View, at: Instant) -> Seen:
    return trait_value(trait, view, at), holds(trait, view, at)


def _see_last(node: Last, view: View, at: Instant) -> Seen:
    return series_value(node.of, view, at), holds(node, view, at)


def _value(leaf: Trait | Last, seen: Seen) -> dict[str, Any]:
    have, held = seen
    known = "it is not known" if have is None else f"it is {written(have)}"
    return _node(leaf, f"{describe(leaf)}: {known}", holds=held, have=have, need=leaf.test.value)


def _see_compared(node: Compared, view: View, at: Instant) -> Seen:
    return *compared_numbers(node, view, at), holds(node, view, at)


def _compared(node: Compared, seen: Seen) -> dict[str, Any]:
    left, right, held = seen
    it, other = (f"{side:g}" if side is not None else "not known" for side in (left, right))
    text = (
        f"{describe(node)}: it is {it}, {compared_to(node)} {'it was ' if isinstance(node.to, str) else 'is '}{other}"
    )
    return _node(node, text, holds=held, have=left, need=right)


def _see_reached(node: Reached, view: View, at: Instant) -> Seen:
    instant = view.instant_of(node.milestone)
    return instant[0] if instant is not None and instant <= at else None, holds(node, view, at)


def _reached(node: Reached, seen: Seen) -> dict[str, Any]:
    when, held = seen
    verb, what = (
        ("started", "Start") if node.milestone.startswith(START) else ("reached", f"Milestone {node.milestone}")
    )
    told = f"not {verb} yet" if when is None else f"{verb} at {_minute(when)}"
    have = when.isoformat() if isinstance(when, datetime) else when
    return _node(
        node, f"{what}{since(node.since)}{within(node.within)}: {told}", holds=held, have=have, need=node.milestone
    )


def _minute(at: datetime | str) -> str:
    text = at if isinstance(at, str) else at.isoformat()
    return f"{text[:16].replace('T', ' ')} UTC"


_SEEN: dict[type, Callable[[Any, View, Instant], Seen]] = {
    Did: _see_did,
    Sequence_: _see_sequence,
    Trait: _see_trait,
    Last: _see_last,
    Compared: _see_compared,
    Reached: _see_reached,
    All: _see_parts,
    Any_: _see_parts,
    Not: _see_parts,
}
_IN_WORDS: dict[type, Callable[[Any, Seen], dict[str, Any]]] = {
    Did: _did,
    Sequence_: _sequence,
    Trait: _value,
    Last: _value,
    Compared: _compared,
    Reached: _reached,
    All: _combined,
    Any_: _combined,
    Not: _combined,
}
