"""Why a condition is true or not, in words: a tree with a sentence for every leaf."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from milepost.core.conditions.holds import (
    compared_numbers,
    counted_entries,
    holds,
    number_of,
    series_value,
    suffices,
    trait_value,
)
from milepost.core.conditions.memory import View
from milepost.core.conditions.types import START, All, Any_, Compared, Condition, Did, Last, Not, Reached, Trait
from milepost.core.conditions.words import compared_to, counted_name, describe, needed, span, where, within, written
from milepost.core.values import Instant

__all__ = ["describe", "explain"]


def explain(condition: Condition, view: View, at: Instant) -> dict[str, Any]:
    """Shapes: `{operator, text, holds, have, need, children}`, all JSON; `children` of a leaf is empty.

    Units: `have` and `need` are counts for `did` (and for how many parts hold), values for `trait` and `last`, the two
    numbers of `compared`, and an ISO instant or None for what `reached` has. Raises KeyError for a named operator: what
    is executed is expanded first.
    """
    return _EXPLAINED[type(condition)](condition, view, at)


def _node(condition: Condition, text: str, *, holds: bool, **rest: Any) -> dict[str, Any]:
    return {"operator": type(condition).__struct_config__.tag, "text": text, "holds": holds, "children": [], **rest}


def _combined(condition: All | Any_ | Not, view: View, at: Instant) -> dict[str, Any]:
    parts: Sequence[Condition] = (condition.of,) if isinstance(condition, Not) else condition.of
    children = [explain(part, view, at) for part in parts]
    have = sum(child["holds"] for child in children)
    if isinstance(condition, Not):
        return _node(condition, "Not this", holds=not have, have=have, need=0, children=children)
    if isinstance(condition, All):
        need, text = len(parts), f"All of these: {have} of {len(parts)}"
    else:
        need, text = min(1, len(parts)), f"At least one of these: {have}"
    holds_ = have == need if isinstance(condition, All) else have > 0
    return _node(condition, text, holds=holds_, have=have, need=need, children=children)


def _did(did: Did, view: View, at: Instant) -> dict[str, Any]:
    entries = counted_entries(did, view, at)
    have = number_of(did, entries)
    need, bound = needed(did)
    subject = " ".join(part for part in (counted_name(did), where(did.where), span(did)) if part)
    last = f", last at {_minute(entries[-1][0])}" if entries else ""
    text = f"{subject}: {have} of {bound}{need}{last}"
    return _node(did, text, holds=suffices(did, have), have=have, need=need)


def _trait(trait: Trait, view: View, at: Instant) -> dict[str, Any]:
    return _value(trait, trait_value(trait, view, at), view, at)


def _last(node: Last, view: View, at: Instant) -> dict[str, Any]:
    return _value(node, series_value(node.of, view, at), view, at)


def _value(leaf: Trait | Last, have: Any, view: View, at: Instant) -> dict[str, Any]:
    known = "it is not known" if have is None else f"it is {written(have)}"
    text = f"{describe(leaf)}: {known}"
    return _node(leaf, text, holds=holds(leaf, view, at), have=have, need=leaf.test.value)


def _compared(node: Compared, view: View, at: Instant) -> dict[str, Any]:
    left, right = compared_numbers(node, view, at)
    it, other = (f"{side:g}" if side is not None else "not known" for side in (left, right))
    text = (
        f"{describe(node)}: it is {it}, {compared_to(node)} {'it was ' if isinstance(node.to, str) else 'is '}{other}"
    )
    return _node(node, text, holds=holds(node, view, at), have=left, need=right)


def _reached(node: Reached, view: View, at: Instant) -> dict[str, Any]:
    instant = view.instant_of(node.milestone)
    known = instant is not None and instant <= at
    verb, what = ("started", "Start") if node.milestone == START else ("reached", f"Milestone {node.milestone}")
    told = f"{verb} at {_minute(instant[0])}" if instant is not None and known else f"not {verb} yet"
    have = instant[0].isoformat() if instant is not None and known else None
    text = f"{what}{within(node.within)}: {told}"
    return _node(node, text, holds=holds(node, view, at), have=have, need=node.milestone)


def _minute(at: datetime) -> str:
    return f"{at.isoformat(' ', 'minutes')[:16]} UTC"


_EXPLAINED: dict[type, Callable[[Any, View, Instant], dict[str, Any]]] = {
    Did: _did,
    Trait: _trait,
    Last: _last,
    Compared: _compared,
    Reached: _reached,
    All: _combined,
    Any_: _combined,
    Not: _combined,
}
