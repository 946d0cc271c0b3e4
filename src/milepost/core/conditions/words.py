"""Conditions in words, for people: `Meal Logged at least 3 times within 7d and not (plan is "trial")`."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import msgspec

from milepost.core import events
from milepost.core.conditions.memory import ACCOUNT
from milepost.core.conditions.types import (
    ONLY_QUESTION,
    START,
    All,
    Answered,
    Any_,
    Compared,
    Condition,
    ContentWas,
    DaysSince,
    Did,
    Goal,
    HasMotive,
    InLifecycle,
    InSegment,
    InTier,
    Last,
    Measured,
    MessageWas,
    Not,
    Reached,
    Sequence_,
    Series,
    Test,
    Trait,
)
from milepost.core.values import format_duration

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
_COMPARED = {
    "lt": "is less than",
    "lte": "is at most",
    "gt": "is more than",
    "gte": "is at least",
    "is": "is the same as",
}
_CHANGED = {"better": "is better than", "worse": "is worse than", "unchanged": "is the same as"}
_SINCE_WHEN = {"last": "last time", "baseline": "at the beginning"}


def describe(condition: Condition) -> str:
    """The condition as people would say it; a named operator by its name, a kernel one by what it looks at."""
    return _WORDS[type(condition)](condition)


def asked(test: Test) -> str:
    """`is more than 300`; a text in quotes."""
    if test.op == "exists":
        return "is there" if test.value else "is not there"
    return f"{_OPS[test.op]} {written(test.value)}"


def written(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def counted_name(did: Did) -> str:
    """What is counted."""
    if did.distinct is None:
        return did.name
    return f"{did.name} on different days" if did.distinct == "day" else f"{did.name} by different {did.distinct}"


def needed(did: Did) -> tuple[int, str]:
    """The number that the count is held against, and the word before it where that is not `at least`."""
    if did.at_most is not None:
        return did.at_most, "at most "
    if did.exactly is not None:
        return did.exactly, "exactly "
    return (1 if did.at_least is None else did.at_least), ""


def where(tests: Mapping[str, Test]) -> str:
    return "where " + " and ".join(f"{name} {asked(test)}" for name, test in tests.items()) if tests else ""


def span(did: Did) -> str:
    """Since when, and in which window."""
    return (since(did.since) + within(did.within)).lstrip()


def since(anchor: str | None) -> str:
    """` since the start`, with the space before it; empty without an anchor."""
    known = {"start": "the start", "goal": "the goal was stated"}
    return "" if anchor is None else f" since {known.get(anchor, anchor)}"


def within(window: timedelta | None) -> str:
    """` within 7d`, with the space before it; empty without a window."""
    return "" if window is None else f" within {format_duration(window)}"


def series_name(series: Series) -> str:
    """What people call the series; one that Milepost itself does not know, by where it comes from."""
    known = {name: test.value for name, test in series.where.items() if test.op == "is"}
    match series.event, series.property, known:
        case events.GOAL_STATED, "goal", _ if not series.where:
            return "goal"
        case events.QUESTION_ANSWERED, "answer", {"question": question} if len(series.where) == 1:
            return f"answer to {question}"
        case events.MEASURE_RECORDED, "value", {"measure": measure, "as": role} if len(series.where) == 2:
            return str(measure) if role == "value" else f"{role} of {measure}"
    return " ".join(part for part in (f"last {series.property} of {series.event}", where(series.where)) if part)


def compared_to(node: Compared) -> str:
    if isinstance(node.to, Series):
        return series_name(node.to)
    return {"previous": "the time before", "first": "the first time"}.get(node.to, f"before {node.to}")


def _did(did: Did) -> str:
    need, bound = needed(did)
    times = f"{bound or 'at least '}{need} times" if bound or need != 1 else ""
    return " ".join(part for part in (counted_name(did), times, where(did.where), span(did)) if part)


def _last(node: Last) -> str:
    if series_name(node.of) == "goal" and node.test.op == "is":
        return f"goal is {node.test.value}"
    return f"{series_name(node.of)} {asked(node.test)}"


def _reached(node: Reached) -> str:
    what = "started" if node.milestone.startswith(START) else f"milestone {node.milestone} reached"
    return what + since(node.since) + within(node.within)


def _group(word: str) -> Callable[[Any], str]:
    return lambda group: word.join(map(_part, group.of)) if group.of else "always" if word == " and " else "never"


def _part(condition: Condition) -> str:
    return f"({describe(condition)})" if isinstance(condition, All | Any_) else describe(condition)


def _answered(answered: Answered) -> str:
    if not answered.answers:
        return f"{answered.survey} was answered"
    return " and ".join(_answer(answered.survey, key, test) for key, test in answered.answers.items())


def _answer(survey: str, key: str, test: Test) -> str:
    return f"answer to {survey if key == ONLY_QUESTION else f'{key} of {survey}'} {asked(test)}"


def _content(node: ContentWas) -> str:
    was = f"came to step {node.was.removeprefix('step:')}" if node.was.startswith("step:") else f"was {node.was}"
    return f"{node.content} {was}{within(node.within)}"


def _measured(node: Measured) -> str:
    if node.test is not None:
        return f"{node.measure} {asked(node.test)}"
    if node.changed is None:
        return f"{node.measure} has reached its target"
    return f"{node.measure} {_CHANGED[node.changed]} {_SINCE_WHEN.get(node.since, f'before {node.since}')}"


def _days_since(node: DaysSince) -> str:
    days = f"less than {node.lt} days" if node.gte is None else f"at least {node.gte} days"
    if node.since.startswith("trait:"):
        return f"{days} since {trait_name(node.since.removeprefix('trait:'))}"
    return days + since(node.since.replace(":", " "))


def trait_name(name: str) -> str:
    return f"{name.removeprefix(ACCOUNT)} of their account" if name.startswith(ACCOUNT) else name


def _sequence(node: Sequence_) -> str:
    return ", then ".join(map(_did, node.steps)) + within(node.within)


_WORDS: dict[type, Callable[[Any], str]] = {
    Did: _did,
    Sequence_: _sequence,
    Trait: lambda node: f"{trait_name(node.name)} {asked(node.test)}",
    Last: _last,
    Compared: lambda node: f"{series_name(node.of)} {_COMPARED[node.op]} {compared_to(node)}",
    Reached: _reached,
    All: _group(" and "),
    Any_: _group(" or "),
    Not: lambda node: f"not ({describe(node.of)})",
    Goal: lambda node: f"goal is {node.goal}",
    Answered: _answered,
    MessageWas: lambda node: f"{node.message} was {node.was}{within(node.within)}",
    ContentWas: _content,
    Measured: _measured,
    DaysSince: _days_since,
    InSegment: lambda node: f"in segment {node.segment}",
    InLifecycle: lambda node: f"lifecycle is {node.stage}",
    InTier: lambda node: f"tier is {node.tier}",
    HasMotive: lambda node: f"motive is {node.motive}",
}
