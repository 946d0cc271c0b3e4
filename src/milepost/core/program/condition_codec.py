"""Conditions as people type them: a mapping with one operator, or a list in which all must hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, cast, get_args

from milepost.core.conditions.memory import ACCOUNT
from milepost.core.conditions.types import (
    ONLY_QUESTION,
    All,
    Answered,
    Any_,
    Condition,
    ContentWas,
    DaysSince,
    Did,
    Goal,
    HasMotive,
    InLifecycle,
    InSegment,
    InTier,
    LifecycleStage,
    Measured,
    MessageWas,
    Not,
    Operator,
    Reached,
    Sequence_,
    Test,
    Trait,
    UsageTier,
)
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

CONDITIONS = frozenset(get_args(Condition))
MESSAGE_WAS = ("sent", "delivered", "failed", "bounced", "opened", "clicked")
CONTENT_WAS = ("shown", "completed", "dismissed", "snoozed", "refused", "acted")
TESTS: tuple[str, ...] = get_args(Operator)
STAGES: tuple[str, ...] = get_args(LifecycleStage)
TIERS: tuple[str, ...] = get_args(UsageTier)
_MILESTONE_SINCE = re.compile(r"milestone:(.+)")

Reader = Callable[[Any, Place], Any]


def read_condition(data: Any, at: Place) -> Any:
    if isinstance(data, list):
        return _group(All, data, at)
    if not isinstance(data, Mapping):
        return wrong(at, "A condition is expected here.", "Write one such as {did: Signed Up}.")
    operators = [key for key in data if key in OPERATORS and not (key == "reached" and "measure" in data)]
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
    return _trait("trait", "", data, at)


def _read_account(data: Mapping[str, Any], at: Place) -> Any:
    return _trait("account", ACCOUNT, data, at)


def _trait(operator: str, before: str, data: Mapping[str, Any], at: Place) -> Any:
    name = read_text(data[operator], at / operator)
    tested = {key: value for key, value in data.items() if key != operator}
    if not tested:
        return wrong(at, "The trait is compared with nothing.", "Add one such as `is: trial` or `exists: true`.")
    test = _read_comparison(tested, at)
    return BROKEN if name is BROKEN or test is BROKEN else Trait(name=before + name, test=test)


def _read_sequence(data: Mapping[str, Any], at: Place) -> Any:
    """Names of events, or `{did: …, where: …}`."""
    steps, rest = data["sequence"], {key: value for key, value in data.items() if key != "sequence"}
    for key in rest.keys() - {"within"}:
        (at / key).error("unknown-key", f"'{key}' is not known beside 'sequence'.", did_you_mean(key, ("within",)))
    if not isinstance(steps, list) or len(steps) < 2:
        return wrong(at / "sequence", "A list of two or more steps is expected here.", "Write [Searched, Bought].")
    read = [_read_step(step, at / "sequence" / index) for index, step in enumerate(steps)]
    window = _read_window(rest["within"], at / "within") if rest.get("within") is not None else None
    return BROKEN if BROKEN in (*read, window) else Sequence_(steps=tuple(read), within=window)


def _read_step(data: Any, at: Place) -> Any:
    if isinstance(data, Mapping) and "did" in data:
        return _node(Did, "did", "name", data, at, {"where": _read_where})
    name = read_text(data, at)
    return BROKEN if name is BROKEN else Did(name=name)


def _read_reached(data: Mapping[str, Any], at: Place) -> Any:
    return _node(Reached, "reached", "milestone", data, at, {"within": _read_window, "since": _read_since})


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
    kind: Callable[..., Condition],
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


def _read_motive(data: Mapping[str, Any], at: Place) -> Any:
    return _node(HasMotive, "motive", "motive", data, at, {})


def _read_goal(data: Mapping[str, Any], at: Place) -> Any:
    return _node(Goal, "goal", "goal", data, at, {})


def _read_answered(data: Mapping[str, Any], at: Place) -> Any:
    _alone("answered", data, at)
    return read_answers(data["answered"], at / "answered")


def read_answers(data: Any, at: Place) -> Any:
    """`KEY` of a survey, or `{survey: KEY, QUESTION: value}`, or `{survey: KEY, is: value}`."""
    if isinstance(data, str):
        return Answered(survey=data)
    if (typed := read_mapping(data, at)) is BROKEN:
        return BROKEN
    if "survey" not in typed:
        return wrong(at, "The survey is missing.", "Write {survey: KEY, QUESTION: value}.")
    survey = read_text(typed["survey"], at / "survey")
    tests = {key: value for key, value in typed.items() if key in TESTS}
    answers = {key: read_test(value, at / key) for key, value in typed.items() if key != "survey" and key not in TESTS}
    if tests:
        answers[ONLY_QUESTION] = _read_comparison(tests, at)
    return BROKEN if survey is BROKEN or BROKEN in answers.values() else Answered(survey=survey, answers=answers)


def _read_message(data: Mapping[str, Any], at: Place) -> Any:
    return _node(MessageWas, "message", "message", data, at, {"was": _choice(*MESSAGE_WAS), "within": _read_window})


def _read_content(data: Mapping[str, Any], at: Place) -> Any:
    return _node(ContentWas, "content", "content", data, at, {"was": _read_was_of_content, "within": _read_window})


def _read_measure(data: Mapping[str, Any], at: Place) -> Any:
    tests = {key: value for key, value in data.items() if key in TESTS}
    rest = {key: value for key, value in data.items() if key not in TESTS}
    if len([key for key in ("changed", "reached") if key in rest]) + bool(tests) != 1:
        return wrong(at, "A measure is asked one thing.", "Write changed: better, reached: target, or gt: 3.")
    node = _node(Measured, "measure", "measure", rest, at, _MEASURE)
    if not tests or node is BROKEN:
        return node
    test = _read_comparison(tests, at)
    return BROKEN if test is BROKEN else Measured(measure=node.measure, test=test)


def _read_days_since(data: Mapping[str, Any], at: Place) -> Any:
    if ("gte" in data) == ("lt" in data):
        return wrong(at, "Days are compared with one number.", "Write gte: 3, or lt: 3.")
    node = _node(DaysSince, "days_since", "since", data, at, {"gte": read_number, "lt": read_number})
    if node is not BROKEN and not re.fullmatch(r"start|goal|(milestone|trait):.+", node.since):
        mend = "Write start, goal, milestone:KEY, or trait:NAME."
        return wrong(at / "days_since", f"'{node.since}' is no beginning.", mend)
    return node


def _read_segment(data: Mapping[str, Any], at: Place) -> Any:
    return _node(InSegment, "segment", "segment", data, at, {})


def _read_lifecycle(data: Mapping[str, Any], at: Place) -> Any:
    return _rung(InLifecycle, "lifecycle", "stage", STAGES, data, at)


def _read_tier(data: Mapping[str, Any], at: Place) -> Any:
    return _rung(InTier, "tier", "tier", TIERS, data, at)


def _rung(
    kind: Callable[..., Condition], operator: str, name: str, known: tuple[str, ...], data: Mapping[str, Any], at: Place
) -> Any:
    _alone(operator, data, at)
    rung = _choice(*known)(data[operator], at / operator)
    return BROKEN if rung is BROKEN else kind(**{name: rung})


def _choice(*known: str) -> Reader:
    def read(data: Any, at: Place) -> Any:
        return data if data in known else wrong(at, f"'{data}' is not possible here.", did_you_mean(str(data), known))

    return read


def _read_was_of_content(data: Any, at: Place) -> Any:
    if isinstance(data, str) and re.fullmatch(r"step:[1-9]\d*", data):
        return data
    return _choice(*CONTENT_WAS)(data, at)


# --- what stands in them ---------------------------------------------------------------------------------------------


def _read_window(data: Any, at: Place) -> Any:
    length = read_duration(data, at)
    if length is not BROKEN and not length:
        return wrong(at, "A window of no length holds nothing.", "Write a length such as 7d.")
    return length


def _read_since(data: Any, at: Place) -> Any:
    if data in ("start", "goal") or (isinstance(data, str) and _MILESTONE_SINCE.fullmatch(data)) or is_day(data):
        return data
    return wrong(at, f"'{data}' is no beginning.", "Write start, goal, milestone:KEY, or a day such as 2026-05-01.")


def _read_before(data: Any, at: Place) -> Any:
    """What a measure is held against."""
    if data in ("last", "baseline") or is_day(data):
        return data
    return wrong(at, f"'{data}' is nothing to compare with.", "Write last, baseline, or a day such as 2026-05-01.")


def _read_where(data: Any, at: Place) -> Any:
    if (typed := read_mapping(data, at)) is BROKEN:
        return BROKEN
    tests = {key: read_test(value, at / key) for key, value in typed.items()}
    return BROKEN if any(test is BROKEN for test in tests.values()) else tests


def read_test(data: Any, at: Place) -> Any:
    if isinstance(data, Mapping):
        return _read_comparison(data, at)
    value = read_scalar(data, at)
    return BROKEN if value is BROKEN else Test("is", value)


def _read_comparison(data: Mapping[str, Any], at: Place) -> Any:
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
_MEASURE: dict[str, Reader] = {
    "changed": _choice("better", "worse", "unchanged"),
    "since": _read_before,
    "reached": _choice("target"),
}
OPERATORS: dict[str, Callable[[Mapping[str, Any], Place], Any]] = {
    "did": _read_did,
    "sequence": _read_sequence,
    "trait": _read_trait,
    "account": _read_account,
    "reached": _read_reached,
    "all": _read_all,
    "any": _read_any,
    "not": _read_not,
    "goal": _read_goal,
    "answered": _read_answered,
    "message": _read_message,
    "content": _read_content,
    "measure": _read_measure,
    "days_since": _read_days_since,
    "segment": _read_segment,
    "lifecycle": _read_lifecycle,
    "tier": _read_tier,
    "motive": _read_motive,
}
