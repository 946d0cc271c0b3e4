"""Why a condition is true or not, in words: a tree with a sentence for every leaf."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from milepost.core.conditions.holds import counted, counted_entries, holds, trait_value
from milepost.core.conditions.memory import View
from milepost.core.conditions.types import All, Any_, Condition, Did, Not, Reached, Test, Trait
from milepost.core.values import Instant, format_duration

_OPS = {
    "is": "is",
    "is_not": "is not",
    "in": "is one of",
    "gt": "is more than",
    "gte": "is at least",
    "lt": "is less than",
    "lte": "is at most",
    "contains": "contains",
    "before": "is before",
    "after": "is after",
}


def explain(condition: Condition, view: View, at: Instant) -> dict[str, Any]:
    """Shapes: `{operator, text, holds, have, need, children}`, all JSON; `children` of a leaf is empty.

    Units: `have` and `need` are counts for `did` (and for how many parts hold), values for `trait`, and an ISO instant
    or None for what `reached` has.
    """
    if isinstance(condition, Did):
        return _did(condition, view, at)
    if isinstance(condition, Trait):
        return _trait(condition, view, at)
    if isinstance(condition, Reached):
        return _reached(condition, view, at)
    return _combined(condition, view, at)


def describe(condition: Condition) -> str:
    """The condition in words: `Meal Logged at least 3 times within 7d and not (plan is "trial")`."""
    if isinstance(condition, All | Any_):
        return (" and " if isinstance(condition, All) else " or ").join(map(_part, condition.of))
    if isinstance(condition, Not):
        return f"not ({describe(condition.of)})"
    if isinstance(condition, Trait):
        return f"{condition.name} {_asked(condition.test)}"
    if isinstance(condition, Reached):
        return f"milestone {condition.milestone} reached{_within(condition)}"
    need, bound = _needed(condition)
    times = f"{bound or 'at least '}{need} times" if bound or need != 1 else ""
    return " ".join(
        part for part in (_counted_name(condition), times, _where(condition.where), _span(condition)) if part
    )


def _part(condition: Condition) -> str:
    return f"({describe(condition)})" if isinstance(condition, All | Any_) else describe(condition)


def _within(node: Reached) -> str:
    return f" within {format_duration(node.within)}" if node.within is not None else ""


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
    need, bound = _needed(did)
    subject = " ".join(part for part in (_counted_name(did), _where(did.where), _span(did)) if part)
    entries = counted_entries(did, view, at)
    last = f", last at {_written(entries[-1][0])}" if entries else ""
    return _node(did, view, at, f"{subject}: {have} of {bound}{need}{last}", have=have, need=need)


def _needed(did: Did) -> tuple[int, str]:
    if did.at_most is not None:
        return did.at_most, "at most "
    if did.exactly is not None:
        return did.exactly, "exactly "
    return (1 if did.at_least is None else did.at_least), ""


def _counted_name(did: Did) -> str:
    if did.distinct is None:
        return did.name
    return f"{did.name} on different days" if did.distinct == "day" else f"{did.name} by different {did.distinct}"


def _where(where: dict[str, Test]) -> str:
    tests = " and ".join(f"{name} {_asked(test)}" for name, test in where.items())
    return f"where {tests}" if tests else ""


def _asked(test: Test) -> str:
    if test.op == "exists":
        return "is there" if test.value else "is not there"
    return f"{_OPS[test.op]} {_json(test.value)}"


def _span(did: Did) -> str:
    since = {None: "", "start": "since the start"}.get(did.since, f"since {did.since}")
    within = f"within {format_duration(did.within)}" if did.within is not None else ""
    return " ".join(part for part in (since, within) if part)


def _trait(trait: Trait, view: View, at: Instant) -> dict[str, Any]:
    have = trait_value(trait, view, at)
    known = "it is not known" if have is None else f"it is {_json(have)}"
    return _node(trait, view, at, f"{trait.name} {_asked(trait.test)}: {known}", have=have, need=trait.test.value)


def _reached(node: Reached, view: View, at: Instant) -> dict[str, Any]:
    instant = view.reached.get(node.milestone)
    known = instant is not None and instant <= at
    told = f"reached at {_written(instant[0])}" if instant is not None and known else "not reached yet"
    have = instant[0].isoformat() if instant is not None and known else None
    return _node(node, view, at, f"Milestone {node.milestone}{_within(node)}: {told}", have=have, need=node.milestone)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _written(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
