"""The calendar of a time zone, in SQL and in Python alike: a fact's own local day, week or month as a number.

The clock's changes are found here once and written into the text, so that both sides use one table of zones.
"""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from milepost.core.insights.conditions_sql import Text
from milepost.core.values import utc

Unit = Literal["day", "week", "month"]

_STEP, _SECOND = timedelta(hours=6), timedelta(seconds=1)
_MONDAY = date(1970, 1, 5).toordinal()
_EPOCH = date(1970, 1, 1).toordinal()


def number_of(unit: Unit, day: date) -> int:
    """Days since 1970-01-01, weeks (of Monday) since 1970-01-05, months since January of the year 0."""
    if unit == "day":
        return day.toordinal() - _EPOCH
    if unit == "week":
        return (day.toordinal() - _MONDAY) // 7
    return day.year * 12 + day.month - 1


def first_day(unit: Unit, number: int) -> date:
    """The day with which it begins."""
    if unit == "day":
        return date.fromordinal(number + _EPOCH)
    if unit == "week":
        return date.fromordinal(number * 7 + _MONDAY)
    return date(number // 12, number % 12 + 1, 1)


def number_sql(unit: Unit, text: Text, ts: str, tz: str, begins: datetime, ends: datetime) -> str:
    """The number of the unit in which the timestamp expression lies; right for instants in [begins, ends]."""
    local = _local_sql(text, ts, tz, begins, ends)
    if unit == "month":
        return f"(year({local}) * 12 + month({local}) - 1)::integer"
    day = f"({local}::date - date '1970-01-01')::integer"
    return day if unit == "day" else f"floor(({day} - 4) / 7)::integer"


def _local_sql(text: Text, ts: str, tz: str, begins: datetime, ends: datetime) -> str:
    changes = changes_of(tz, utc(begins), utc(ends))
    offset = text.parameters.length(changes[-1][1])
    for place in range(len(changes) - 2, -1, -1):
        until, before = text.parameters.add(changes[place + 1][0]), text.parameters.length(changes[place][1])
        offset = f"case when {ts} < {until} then {before} else {offset} end"
    return ts if all(not length for _, length in changes) else f"({ts} + {offset})"


@lru_cache(64)
def changes_of(tz: str, begins: datetime, ends: datetime) -> tuple[tuple[datetime, timedelta], ...]:
    """(from when on, how far local time is ahead of UTC): first what is so at `begins`, then each change up to `ends`."""
    zone = ZoneInfo(tz)
    found, at = [(begins, _ahead(zone, begins))], begins
    while at < ends:
        after = min(at + _STEP, ends)
        if _ahead(zone, after) != found[-1][1]:
            changed = _changed(zone, at, after)
            found.append((changed, _ahead(zone, changed)))
        at = after
    return tuple(found)


def _changed(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The whole second, after `before`, at which the clock was changed."""
    low, high, known = before.replace(microsecond=0), after, _ahead(zone, before)
    while high - low > _SECOND:
        middle = (low + (high - low) / 2).replace(microsecond=0)
        low, high = (middle, high) if _ahead(zone, middle) == known else (low, middle)
    return high.replace(microsecond=0)


def _ahead(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta(0)


def local_number(unit: Unit, at: datetime, tz: str) -> int:
    """The same of one instant."""
    return number_of(unit, utc(at).astimezone(ZoneInfo(tz)).date())


def midnight(day: date, tz: str) -> datetime:
    """The instant, in UTC, with which the day begins there."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(tz)).astimezone(UTC)
