"""When something happened, as well as it can be known: a client's clock may be wrong, so may a given timestamp.

1. `at = receivedAt - (sentAt - originalTimestamp)`: both were read from the same clock, so its error cancels out.
2. Without `sentAt` the given time is taken as it is (a server tells of the past).
3. Nothing happens in the future: such a time becomes the arrival's.
4. A time of 1970 or before is a clock that was never set, or a zero: it becomes the arrival's, as does one that cannot
   be read. No fact is lost for its time.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple

from milepost.core.values import utc

#: Why the arrival's time stands in place of the one that was sent.
Doubt = Literal["future", "unset", "unreadable"]

_TOLERATED = timedelta(seconds=1)
_LAST_UNSET_YEAR = 1970
_SECONDS_BELOW = 1e11
_SHORTEST_EPOCH = 9


class Moment(NamedTuple):
    at: datetime
    doubt: Doubt | None = None


def corrected(given: Any, sent: datetime | None, received: datetime) -> Moment:
    """`given` as it was sent: text or a number. Absent: None means that it happened when it arrived."""
    if given is None:
        return Moment(received)
    at = parsed(given)
    if at is not None and sent is not None:
        at = _shifted(at, sent, received)
    if at is None:
        return Moment(received, "unreadable")
    if at > received:
        return Moment(received, "future" if at - received > _TOLERATED else None)
    if at.year <= _LAST_UNSET_YEAR:
        return Moment(received, "unset")
    return Moment(at)


def parsed(value: Any) -> datetime | None:
    """ISO 8601 (no zone: UTC) or the epoch in seconds, milli-, micro- or nanoseconds. Absent: None if neither."""
    try:
        if isinstance(value, str):
            return _from_text(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return _from_epoch(value)
    except (ValueError, OverflowError, OSError):
        pass
    return None


def _from_text(text: str) -> datetime:
    text = text.strip()
    if text.isdigit() and len(text) >= _SHORTEST_EPOCH:
        return _from_epoch(int(text))
    return utc(datetime.fromisoformat(text))


def _from_epoch(number: float) -> datetime:
    for _ in ("milli", "micro", "nano"):
        if abs(number) >= _SECONDS_BELOW:
            number /= 1000
    return datetime.fromtimestamp(number, UTC)


def _shifted(at: datetime, sent: datetime, received: datetime) -> datetime | None:
    try:
        return received - (sent - at)
    except OverflowError:
        return None
