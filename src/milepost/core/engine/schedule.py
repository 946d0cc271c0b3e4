"""Rhythms on the wall clock of where somebody lives: the next slot of a cadence.

1. A slot is a local time on a day; it stays at that time of day when the clock changes.
2. A local time that the change of the clock skips is taken as the same distance after midnight; of one that comes twice,
   the first counts. So each day of the rhythm has exactly one slot.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from milepost.core.program.kinds.journey import Rhythm

_TUESDAY, _FRIDAY = 1, 4
_EVERY_DAY = frozenset(range(7))
_DAYS: dict[Rhythm, frozenset[int]] = {
    "daily": _EVERY_DAY,
    "twice a week": frozenset({_TUESDAY, _FRIDAY}),
    "weekly": frozenset({_TUESDAY}),
    "every two weeks": frozenset({_TUESDAY}),
}


def next_slot(every: Rhythm, at: time, zone: str, after: datetime, *, first: bool) -> datetime:
    """The first slot after this moment. `every two weeks`, unless it is the `first` one, leaves a week out."""
    day = after.astimezone(ZoneInfo(zone)).date()
    if every == "every two weeks" and not first:
        day += timedelta(days=8)
    while (slot := _slot(day, at, zone)) <= after or day.weekday() not in _DAYS[every]:
        day += timedelta(days=1)
    return slot


def _slot(day: date, at: time, zone: str) -> datetime:
    return datetime.combine(day, at, tzinfo=ZoneInfo(zone)).astimezone(UTC)
