"""How one value compares with what a condition asks for; the same in SQL (`core.insights.compare_sql`).

1. Absent (or null) is not a value: only `is_not` and `exists: false` are true of it.
2. Values of different types compare false, never fail. Text is not a number, true is not 1; 1 and 1.0 are one number.
   Numbers are finite doubles. Lists and objects are equal to nothing; a list can `contain` a text, number or boolean.
3. Dates are ISO 8601 texts (a day, or a day and a time; without a zone UTC) of the years 1000 to 2999.
4. `3d ago` and `in 3d` are relative to the moment asked about; inside `where`, to the fact's own time. Windows are
   half-open: what lies exactly three days back is no longer after `3d ago`, so it is before it.
"""

import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from milepost.core.conditions.types import Operator, Test
from milepost.core.values import Refused, parse_duration, utc

#: The dates that all executions read alike.
DATE_PATTERN = (
    r"[12]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
    r"([T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?(Z|[+-](0\d|1[0-4]):[0-5]\d)?)?"
)
_DATE = re.compile(DATE_PATTERN, re.ASCII)
_RELATIVE = re.compile(r"(?P<ago>.+) ago|in (?P<ahead>.+)")
_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)

Scalar = str | bool | float


def scalar(value: Any) -> Scalar | None:
    """The value if it is a text, a boolean or a finite number (then as a float); else None."""
    if isinstance(value, str | bool):
        return value
    return number(value)


def number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found + 0.0 if math.isfinite(found) else None


def moment(value: Any) -> datetime | None:
    """The instant that a date text (or a date) names; a day is its midnight UTC."""
    if isinstance(value, str):
        return _moment_of_text(value)
    if isinstance(value, datetime):
        return utc(value)
    return datetime.combine(value, time(), UTC) if isinstance(value, date) else None


@lru_cache(4096)
def _moment_of_text(text: str) -> datetime | None:
    if not _DATE.fullmatch(text):
        return None
    try:
        return utc(datetime.fromisoformat(text))
    except ValueError:
        return None


@lru_cache(4096)
def relative(text: Any) -> timedelta | None:
    """`3d ago` as -3 days, `in 3d` as +3 days, from the moment asked about; None when it is not such a text."""
    found = _RELATIVE.fullmatch(text) if isinstance(text, str) else None
    if not found:
        return None
    try:
        return -parse_duration(found["ago"]) if found["ago"] else parse_duration(found["ahead"])
    except (Refused, OverflowError):
        return None


def shifted(at: datetime, by: timedelta) -> datetime:
    """`at + by`, held at the ends of the calendar."""
    try:
        return at + by
    except OverflowError:
        return _LAST if by > timedelta(0) else _FIRST


def passes(test: Test, value: Any, now: datetime) -> bool:
    """True when the value compares as the test asks, at that moment."""
    return _PASSES[test.op](value, test.value, now)


def _is(value: Any, asked: Any) -> bool:
    if type(value) is str or type(asked) is str:
        return bool(value == asked)
    left, right = scalar(value), scalar(asked)
    return left is not None and type(left) is type(right) and left == right


def _in(value: Any, asked: Any) -> bool:
    return isinstance(asked, list | tuple) and any(_is(value, one) for one in asked)


def _contains(value: Any, asked: Any) -> bool:
    if isinstance(value, str):
        return isinstance(asked, str) and asked in value
    return isinstance(value, list | tuple) and any(_is(one, asked) for one in value)


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any, datetime], bool]:
    def test(value: Any, asked: Any, _now: datetime) -> bool:
        if isinstance(value, str):
            return isinstance(asked, str) and compare(value, asked)
        left, right = number(value), number(asked)
        return left is not None and right is not None and compare(left, right)

    return test


def _before(value: Any, asked: Any, now: datetime) -> bool:
    at, by = moment(value), relative(asked)
    if at is None:
        return False
    if by is not None:
        return at <= shifted(now, by)
    bound = moment(asked)
    return bound is not None and at < bound


def _after(value: Any, asked: Any, now: datetime) -> bool:
    at, by = moment(value), relative(asked)
    bound = shifted(now, by) if by is not None else moment(asked)
    return at is not None and bound is not None and at > bound


_PASSES: dict[Operator, Callable[[Any, Any, datetime], bool]] = {
    "is": lambda value, asked, _: _is(value, asked),
    "is_not": lambda value, asked, _: not _is(value, asked),
    "in": lambda value, asked, _: _in(value, asked),
    "gt": _ordered(lambda left, right: left > right),
    "gte": _ordered(lambda left, right: left >= right),
    "lt": _ordered(lambda left, right: left < right),
    "lte": _ordered(lambda left, right: left <= right),
    "contains": lambda value, asked, _: _contains(value, asked),
    "exists": lambda value, asked, _: (value is not None) is asked,
    "before": _before,
    "after": _after,
}
