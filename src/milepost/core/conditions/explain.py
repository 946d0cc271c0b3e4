"""Why a condition is true or not, in words: a tree with a sentence for every leaf."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from milepost.core.conditions.holds import (
    compared_numbers,
    counted,
    counted_entries,
    holds,
    series_value,
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


def _node(condition: Condition, view: View, at: Instant, text: str, **rest: Any) -> dict[str, Any]:
    operator = type(condition).__struct_config__.tag
    return {"operator": operator, "text": text, "holds": holds(condition, view, at), "children": [], **rest}


def _combined(condition: All | Any_ | Not, view: View, at: Instant) -> dict[str, Any]:
    parts: Sequence[Condition] = (condition.of,) if isinstance(condition, Not) else condition.of
    children = [explain(part, view, at) for part in parts]
    need = {All: len(parts), Any_: min(1, len(parts)), Not: 0}[type(condition)]
    have = sum(child["holds"] for child in children)
    text = {All: f"All of these: {have} of {need}", Any_: f"At least one of these: {have}", Not: "Not this"}
    return _node(condition, view, at, text[type(condition)], have=have, need=need, children=children)


def _did(did: Did, view: View, at: Instant) -> dict[str, Any]:
    have = counted(did, view, at)
    need, bound = needed(did)
    subject = " ".join(part for part in (counted_name(did), where(did.where), span(did)) if part)
    entries = counted_entries(did, view, at)
    last = f", last at {_minute(entries[-1][0])}" if entries else ""
    return _node(did, view, at, f"{subject}: {have} of {bound}{need}{last}", have=have, need=need)


def _trait(trait: Trait, view: View, at: Instant) -> dict[str, Any]:
    return _value(trait, trait_value(trait, view, at), view, at)


def _last(node: Last, view: View, at: Instant) -> dict[str, Any]:
    return _value(node, series_value(node.of, view, at), view, at)


def _value(leaf: Trait | Last, have: Any, view: View, at: Instant) -> dict[str, Any]:
    known = "it is not known" if have is None else f"it is {written(have)}"
    return _node(leaf, view, at, f"{describe(leaf)}: {known}", have=have, need=leaf.test.value)


def _compared(node: Compared, view: View, at: Instant) -> dict[str, Any]:
    left, right = compared_numbers(node, view, at)
    it, other = (f"{side:g}" if side is not None else "not known" for side in (left, right))
    text = (
        f"{describe(node)}: it is {it}, {compared_to(node)} {'it was ' if isinstance(node.to, str) else 'is '}{other}"
    )
    return _node(node, view, at, text, have=left, need=right)


def _reached(node: Reached, view: View, at: Instant) -> dict[str, Any]:
    instant = view.instant_of(node.milestone)
    known = instant is not None and instant <= at
    verb, what = ("started", "Start") if node.milestone == START else ("reached", f"Milestone {node.milestone}")
    told = f"{verb} at {_minute(instant[0])}" if instant is not None and known else f"not {verb} yet"
    have = instant[0].isoformat() if instant is not None and known else None
    return _node(node, view, at, f"{what}{within(node.within)}: {told}", have=have, need=node.milestone)


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


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
