"""Moments on the wall clock of where somebody lives: the slots of a cadence, the end of a wait, a day that a trait names.

1. A moment is a local time on a day; it stays at that time of day when the clock changes.
2. A local time that the change of the clock skips is the next that there is; of one that comes twice, the first counts. So
   each day has exactly one moment for each time of day.
3. A length of time is counted in hours that pass: a day of waiting is 24 of them.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

from milepost.core.conditions.compare import moment
from milepost.core.program.kinds.journey import AT, Day, Every, Pause, Rhythm, Weekday, clock

_TUESDAY, _FRIDAY = 1, 4
_EVERY_DAY = frozenset(range(7))
_WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
_DAYS: dict[Rhythm, frozenset[int]] = {
    "daily": _EVERY_DAY,
    "twice a week": frozenset({_TUESDAY, _FRIDAY}),
    "weekly": frozenset({_TUESDAY}),
    "every two weeks": frozenset({_TUESDAY}),
}
_SECOND = timedelta(seconds=1)
_LENGTH_OF_DAY = len("2026-05-01")


def next_slot(every: Every, at: time, zone: str, after: datetime, *, first: bool) -> datetime:
    """The first slot after this moment. Unless it is the `first` one, `every two weeks` leaves a week out, and so many days
    are counted from the day of this moment."""
    day = after.astimezone(ZoneInfo(zone)).date()
    if isinstance(every, int):
        day = day if first else day + timedelta(days=every)
        return _first_of(_EVERY_DAY, day, at, zone, after)
    if every == "every two weeks" and not first:
        day += timedelta(days=8)
    return _first_of(_DAYS[every], day, at, zone, after)


def _first_of(weekdays: frozenset[int], day: date, at: time, zone: str, after: datetime) -> datetime:
    while (slot := on_the_clock(day, at, zone)) <= after or day.weekday() not in weekdays:
        day += timedelta(days=1)
    return slot


def on_the_clock(day: date, at: time, zone: str) -> datetime:
    """The moment at which it is this time of this day there."""
    place = ZoneInfo(zone)
    wanted = datetime.combine(day, at, tzinfo=place)
    found = wanted.astimezone(UTC)
    if found.astimezone(place).replace(tzinfo=None) == wanted.replace(tzinfo=None):
        return found
    return _after_the_gap(wanted)


def _after_the_gap(skipped: datetime) -> datetime:
    """The moment of the change that skips this time, looked for between the two readings of it."""
    zone, after = skipped.tzinfo, skipped.astimezone(UTC)
    before, offset = skipped.replace(fold=1).astimezone(UTC) - _SECOND, skipped.utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // (2 * _SECOND) * _SECOND
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def wait_ends(pause: Pause, arrived_at: datetime, zone: str, value: Any) -> datetime | None:
    """When a wait is over whatever happens; None: it is not over by time alone. `value` is the trait that its `day` asks
    for."""
    latest = None if pause.at_most is None else arrived_at + pause.at_most
    if pause.until is not None:
        return latest
    if pause.day is not None:
        found = day_begins(pause.day, value, zone)
        return min((moment for moment in (found, latest) if moment is not None), default=None)
    return _next_on_the_clock(pause, arrived_at, zone)


def _next_on_the_clock(pause: Pause, arrived_at: datetime, zone: str) -> datetime:
    """After `for`, the first moment at that time on one of those weekdays; without `for` a moment yet to come."""
    passed = arrived_at + (pause.for_ or timedelta(0))
    if pause.at is None and not pause.on:
        return passed
    weekdays = (pause.on,) if isinstance(pause.on, str) else pause.on or _WEEKDAYS
    asked = frozenset(_WEEKDAYS.index(weekday) for weekday in weekdays)
    after = passed - datetime.resolution if pause.for_ else passed
    return _first_of(asked, after.astimezone(ZoneInfo(zone)).date(), clock(pause.at or AT), zone, after)


def day_begins(day: Day, value: Any, zone: str) -> datetime | None:
    """The moment that a day names; None while nobody has said which (`value` is what its trait holds)."""
    named = local_day(value if day.date is None else day.date, zone)
    if named is None:
        return None
    try:
        return on_the_clock(named + timedelta(days=day.days_after - day.days_before), clock(day.at), zone)
    except OverflowError:
        return None


def local_day(value: Any, zone: str) -> date | None:
    """The day that a value names: a date as it stands, an instant as the day that it is there."""
    at, is_day = moment(value), len(str(value)) == _LENGTH_OF_DAY
    return at if at is None else at.date() if is_day else at.astimezone(ZoneInfo(zone)).date()
