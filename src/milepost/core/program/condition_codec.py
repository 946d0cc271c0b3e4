"""Conditions as people type them: a mapping with one operator, or a list in which all must hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, cast, get_args

from milepost.core.conditions.types import All, Any_, Condition, Did, Not, Operator, Reached, Test, Trait
from milepost.core.program.problems import Place, did_you_mean
from milepost.core.program.scalars import (
    BROKEN,
    is_day,
    read_duration,
    read_mapping,
    read_moment,
    read_number,
    read_quantity,
    read_scalar,
    read_text,
    wrong,
)
from milepost.core.values import format_duration

CONDITIONS = frozenset(get_args(Condition))
TESTS: tuple[str, ...] = get_args(Operator)
_MILESTONE_SINCE = re.compile(r"milestone:(.+)")

Reader = Callable[[Any, Place], Any]


def read_condition(data: Any, at: Place) -> Any:
    if isinstance(data, list):
        return _group(All, data, at)
    if not isinstance(data, Mapping):
        return wrong(at, "A condition is expected here.", "Write one such as {did: Signed Up}.")
    operators = [key for key in data if key in OPERATORS]
    if len(operators) != 1:
        return _which_operator(data, operators, at)
    return OPERATORS[operators[0]](data, at)


def _which_operator(data: Mapping[str, Any], operators: list[str], at: Place) -> Any:
    if operators:
        at.error(
            "condition", f"One condition cannot be both {' and '.join(operators)}.", "Make a list of two conditions."
        )
        return BROKEN
    first = next(iter(data), "")
    at.error("condition", f"'{first}' begins no condition.", did_you_mean(first, OPERATORS))
    return BROKEN


# --- one function an operator ----------------------------------------------------------------------------------------


def _read_did(data: Mapping[str, Any], at: Place) -> Any:
    counts = [key for key in ("at_least", "at_most", "exactly") if data.get(key) is not None]
    if len(counts) > 1:
        (at / counts[1]).error("condition", f"{' and '.join(counts)} cannot stand together.", "Keep one of them.")
    return _node(Did, "did", "name", data, at, _DID)


def _read_trait(data: Mapping[str, Any], at: Place) -> Any:
    name = read_text(data["trait"], at / "trait")
    tested = {key: value for key, value in data.items() if key != "trait"}
    if not tested:
        return wrong(at, "The trait is compared with nothing.", "Add one such as `is: trial` or `exists: true`.")
    test = _read_test(tested, at)
    return BROKEN if name is BROKEN or test is BROKEN else Trait(name=name, test=test)


def _read_reached(data: Mapping[str, Any], at: Place) -> Any:
    return _node(Reached, "reached", "milestone", data, at, {"within": _read_window})


def _read_all(data: Mapping[str, Any], at: Place) -> Any:
    return _alone("all", data, at) and _group(All, data["all"], at / "all")


def _read_any(data: Mapping[str, Any], at: Place) -> Any:
    return _alone("any", data, at) and _group(Any_, data["any"], at / "any")


def _read_not(data: Mapping[str, Any], at: Place) -> Any:
    _alone("not", data, at)
    inner = read_condition(data["not"], at / "not")
    return BROKEN if inner is BROKEN else Not(of=inner)


def _alone(operator: str, data: Mapping[str, Any], at: Place) -> bool:
    for key in data:
        if key != operator:
            (at / key).error("unknown-key", f"'{key}' is not known beside '{operator}'.", "Move it into a condition.")
    return True


def _group(kind: type[All] | type[Any_], data: Any, at: Place) -> Any:
    if not isinstance(data, list) or not data:
        return wrong(at, "A list of conditions is expected here.", "Write [{did: Signed Up}, {reached: first-meal}].")
    members = [read_condition(item, at / index) for index, item in enumerate(data)]
    return BROKEN if any(member is BROKEN for member in members) else kind(of=tuple(members))


def _node(
    kind: type[Did] | type[Reached],
    operator: str,
    names: str,
    data: Mapping[str, Any],
    at: Place,
    known: dict[str, Reader],
) -> Any:
    """An operator with a name and fields of its own. `names`: the field that the operator's value goes to."""
    values = {names: read_text(data[operator], at / operator)}
    for key, value in data.items():
        if key in known and value is not None:
            values[key] = known[key](value, at / key)
        elif key not in known and key != operator:
            (at / key).error("unknown-key", f"'{key}' is not known beside '{operator}'.", did_you_mean(key, known))
    return BROKEN if any(value is BROKEN for value in values.values()) else kind(**values)


# --- what stands in them ---------------------------------------------------------------------------------------------


def _read_window(data: Any, at: Place) -> Any:
    length = read_duration(data, at)
    if length is not BROKEN and not length:
        return wrong(at, "A window of no length holds nothing.", "Write a length such as 7d.")
    return length


def _read_since(data: Any, at: Place) -> Any:
    if data == "start" or (isinstance(data, str) and _MILESTONE_SINCE.fullmatch(data)) or is_day(data):
        return data
    return wrong(at, f"'{data}' is no beginning.", "Write start, milestone:KEY, or a day such as 2026-05-01.")


def _read_where(data: Any, at: Place) -> Any:
    if (typed := read_mapping(data, at)) is BROKEN:
        return BROKEN
    tests = {key: _read_where_test(value, at / key) for key, value in typed.items()}
    return BROKEN if any(test is BROKEN for test in tests.values()) else tests


def _read_where_test(data: Any, at: Place) -> Any:
    if isinstance(data, Mapping):
        return _read_test(data, at)
    value = read_scalar(data, at)
    return BROKEN if value is BROKEN else Test("is", value)


def _read_test(data: Mapping[str, Any], at: Place) -> Any:
    unknown = [key for key in data if key not in TESTS]
    for key in unknown:
        (at / key).error("unknown-key", f"'{key}' compares nothing.", did_you_mean(key, TESTS))
    if unknown:
        return BROKEN
    if len(data) != 1:
        return wrong(at, "One comparison is expected here.", "Keep one; for two, make a list of two conditions.")
    [(op, compared)] = data.items()
    value = _VALUES.get(op, read_scalar)(compared, at / op)
    return BROKEN if value is BROKEN else Test(cast(Operator, op), value)


def _read_choices(data: Any, at: Place) -> Any:
    if not isinstance(data, list) or not data:
        return wrong(at, "A list of values is expected here.", "Write [trial, free].")
    values = [read_scalar(item, at / index) for index, item in enumerate(data)]
    return BROKEN if any(value is BROKEN for value in values) else values


def _read_truth(data: Any, at: Place) -> Any:
    return data if isinstance(data, bool) else wrong(at, f"'{data}' is neither true nor false.", "Write true or false.")


_VALUES: dict[str, Reader] = {
    "in": _read_choices,
    "exists": _read_truth,
    **dict.fromkeys(("gt", "gte", "lt", "lte"), read_quantity),
    **dict.fromkeys(("before", "after"), read_moment),
}
_DID: dict[str, Reader] = {
    "at_least": read_number,
    "at_most": read_number,
    "exactly": read_number,
    "distinct": read_text,
    "within": _read_window,
    "since": _read_since,
    "where": _read_where,
}
OPERATORS: dict[str, Callable[[Mapping[str, Any], Place], Any]] = {
    "did": _read_did,
    "trait": _read_trait,
    "reached": _read_reached,
    "all": _read_all,
    "any": _read_any,
    "not": _read_not,
}


# --- writing ---------------------------------------------------------------------------------------------------------


def encode_condition(condition: Condition) -> Any:
    """Plain data as a person would type it."""
    match condition:
        case Did():
            return _encode_did(condition)
        case Trait():
            return {"trait": condition.name, condition.test.op: condition.test.value}
        case Reached():
            window = {} if condition.within is None else {"within": format_duration(condition.within)}
            return {"reached": condition.milestone, **window}
        case All():
            return [encode_condition(member) for member in condition.of]
        case Any_():
            return {"any": [encode_condition(member) for member in condition.of]}
        case Not():
            return {"not": encode_condition(condition.of)}


def _encode_did(did: Did) -> dict[str, Any]:
    plain: dict[str, Any] = {"did": did.name}
    for key in ("at_least", "at_most", "exactly", "distinct", "since"):
        if (value := getattr(did, key)) is not None:
            plain[key] = value
    if did.within is not None:
        plain["within"] = format_duration(did.within)
    if did.where:
        plain["where"] = {key: _encode_test(test) for key, test in did.where.items()}
    return plain


def _encode_test(test: Test) -> Any:
    return test.value if test.op == "is" else {test.op: test.value}
