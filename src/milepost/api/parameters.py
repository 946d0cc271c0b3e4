"""What stands behind the `?` of a request, as values. Everything wrong is refused with its name."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import QueryDict

from milepost.core.conditions.types import Condition, Did, Reached
from milepost.core.values import Refused, parse_duration, utc
from milepost.log import stores
from milepost.program.queries import current

_MOST = 200
_DIGITS = 3


def limit_of(parameters: QueryDict) -> int:
    text = parameters.get("limit", "50")
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= _MOST):
        raise Refused("limit", f"`limit` is a whole number from 1 to {_MOST}.", path="limit")
    return int(text)


def period_of(workspace: int, parameters: QueryDict) -> dict[str, Any]:
    """The fields of `core.insights.question.Period`. Absent: `to` and `as_of` are now, `from` 30 days before `to`."""
    now = stores.current().clock.now()
    to = _instant(parameters, "to") or now
    return {
        "workspace": workspace,
        "document": current(workspace).document,
        "from_": _instant(parameters, "from") or to - timedelta(days=30),
        "to": to,
        "as_of": _instant(parameters, "as_of") or now,
        "tz": parameters.get("tz", "UTC"),
    }


def steps_of(parameters: QueryDict) -> tuple[Condition, ...]:
    """`step` repeated: the name of a fact, or `milestone:KEY`."""
    return tuple(_step(text) for text in parameters.getlist("step"))


def window_of(parameters: QueryDict) -> timedelta:
    return parse_duration(parameters.get("window", "14d"))


def days_of(parameters: QueryDict, name: str, usual: int) -> int:
    """A number of days."""
    text = parameters.get(name, str(usual))
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise Refused(name, f"`{name}` is a whole number of days.", path=name)
    return int(text)


def _step(text: str) -> Condition:
    kind, _, key = text.partition(":")
    return Reached(milestone=key) if kind == "milestone" and key else Did(name=text)


def _instant(parameters: QueryDict, name: str) -> datetime | None:
    text = parameters.get(name)
    if not text:
        return None
    try:
        return utc(datetime.fromisoformat(text.replace(" ", "+"))).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Refused(
            name,
            f"`{name}` is not an ISO 8601 time: '{text}'.",
            path=name,
            mend="Write 2026-05-01T09:00:00Z.",
        ) from error
