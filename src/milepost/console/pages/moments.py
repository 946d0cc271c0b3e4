"""Days and waits of journeys in words."""

from datetime import date
from typing import get_args

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milepost.console.pages.conditions import in_words
from milepost.console.templatetags.console import duration
from milepost.core.conditions.types import Condition
from milepost.core.program.kinds.journey import AT, Day, DayStart, Pause, Weekday

_WEEKDAYS: tuple[str, ...] = get_args(Weekday)


def begins(starts: Condition | DayStart, called: dict[str, str]) -> str:
    """What begins a journey."""
    if not isinstance(starts, DayStart):
        return _("When %(condition)s") % {"condition": in_words(starts, called)}
    if starts.if_ is None:
        return on_the_day(starts)
    return _("%(day)s, if %(condition)s") % {"day": on_the_day(starts), "condition": in_words(starts.if_, called)}


def on_the_day(day: Day) -> str:
    """Example: 3 days before the day in “start_date”, at 09:00."""
    named = _("the day in “%(trait)s”") % {"trait": day.trait} if day.trait else _the_date(day.date or "")
    words = {"day": named, "time": day.at}
    if count := day.days_before:
        text = ngettext(
            "%(count)s day before %(day)s, at %(time)s", "%(count)s days before %(day)s, at %(time)s", count
        )
        return text % {**words, "count": count}
    if count := day.days_after:
        text = ngettext("%(count)s day after %(day)s, at %(time)s", "%(count)s days after %(day)s, at %(time)s", count)
        return text % {**words, "count": count}
    return _("On %(day)s, at %(time)s") % words


def waits(pause: Pause, called: dict[str, str]) -> str:
    """What a pause waits for."""
    awaited = what_for(pause, called)
    if pause.until is None and pause.day is None and pause.for_ is not None and not _clock(pause):
        return _("Wait %(length)s") % {"length": duration(pause.for_)}
    return _("Wait until %(condition)s") % {"condition": awaited}


def what_for(pause: Pause, called: dict[str, str]) -> str:
    """The end of a pause, in words; with the longest that it takes, where it says so."""
    awaited = _awaited(pause, called)
    if pause.at_most is None:
        return awaited
    return _("%(condition)s, at most %(length)s") % {"condition": awaited, "length": duration(pause.at_most)}


def _awaited(pause: Pause, called: dict[str, str]) -> str:
    if pause.until is not None:
        return in_words(pause.until, called)
    if pause.day is not None:
        return on_the_day(pause.day)
    passed = _("%(length)s to pass") % {"length": duration(pause.for_)} if pause.for_ is not None else ""
    return _(", then ").join(part for part in (passed, _clock(pause)) if part)


def _clock(pause: Pause) -> str:
    """Example: Monday, Friday, 09:00."""
    days = (pause.on,) if isinstance(pause.on, str) else pause.on
    names = [str(WEEKDAYS[_WEEKDAYS.index(day)]) for day in days]
    return ", ".join([*names, pause.at or AT]) if days or pause.at else ""


def _the_date(text: str) -> str:
    try:
        return date_format(date.fromisoformat(text))
    except ValueError:  # not a day yet: it is being typed
        return text
