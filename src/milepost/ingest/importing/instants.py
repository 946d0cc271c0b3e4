"""What people write for a moment: ISO 8601, or seconds, milliseconds or microseconds since 1970."""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

#: Earlier is no history of a product but a clock that was never set.
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=1)
_UNITS = ((1e11, 1.0), (1e14, 1e3), (1e17, 1e6))  # below the first number, so many to a second


def instant(value: Any, zone: tzinfo, now: datetime) -> datetime:
    """The moment in UTC; `zone` is that of times without one. Raises ValueError with the reason."""
    try:
        at = _read(value, zone)
    except (ValueError, OverflowError, OSError) as error:
        raise ValueError(f"the time '{value}' cannot be read; write ISO 8601, like 2026-03-01T12:00:00Z") from error
    if at < _EARLIEST:
        raise ValueError(f"the time '{value}' lies before 1990, like that of a clock that was never set")
    if at > now + _AHEAD:
        raise ValueError(f"the time '{value}' lies in the future")
    return at


def _read(value: Any, zone: tzinfo) -> datetime:
    if not isinstance(value, str):
        return _epoch(value)
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        text = value.strip()
        if "/" not in text:
            return _epoch(float(text))
        at = datetime.fromisoformat(text.replace("/", "-"))
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def _epoch(number: Any) -> datetime:
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise ValueError("not a time")
    per_second = next((unit for limit, unit in _UNITS if abs(number) < limit), None)
    if per_second is None:
        raise ValueError("not a time")
    return datetime.fromtimestamp(number / per_second, UTC)
