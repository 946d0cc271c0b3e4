"""What the preference page shows of the person themselves: language, zone, how often, channels, interests."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from msgspec import Struct

from milepost.core.delivery.formats import TRAIT
from milepost.core.delivery.language import say
from milepost.core.delivery.preferences import PACES, PAUSES, preferences_of
from milepost.core.program.document import Document
from milepost.delivery.formats import WAYS, formats_in
from milepost.delivery.preferences import KEPT, Wishes, channels_of, interests_of, languages_of
from milepost.people.queries import PersonView


class Choice(Struct, frozen=True, kw_only=True):
    value: str
    text: str
    on: bool


class Interests(Struct, frozen=True, kw_only=True):
    key: str
    ask: str
    choices: tuple[Choice, ...]


class Shown(Struct, frozen=True, kw_only=True):
    """Absent: no languages where the program speaks one; `channels` none where it speaks in the product alone,
    `ways` (of learning) none where there is one way of everything."""

    languages: tuple[Choice, ...]
    zones: tuple[Choice, ...]
    paces: tuple[Choice, ...]
    pauses: tuple[Choice, ...]
    channels: tuple[Choice, ...]
    interests: tuple[Interests, ...]
    ways: tuple[Choice, ...] = ()


def shown(
    person: PersonView, document: Document, languages: tuple[str, ...], wishes: Wishes | None, now: datetime
) -> Shown:
    """What was just sent (`wishes`), else what is known."""
    known, channels = preferences_of(person.traits), channels_of(document)
    on = wishes.on if wishes else tuple(each for each in channels if each not in known.off)
    spoken = languages_of(document)
    zone = (wishes.zone if wishes else "") or person.zone
    return Shown(
        languages=tuple(Choice(value=tag, text=_named(tag), on=tag == _spoken(languages, spoken)) for tag in spoken)
        if len(spoken) > 1
        else (),
        zones=tuple(Choice(value=each, text=each.replace("_", " "), on=each == zone) for each in _zones()),
        paces=_of(PACES, _paces(), wishes.pace if wishes else known.pace),
        pauses=_pauses(known.paused_until, wishes, now),
        channels=tuple(Choice(value=each, text=_channel(each), on=each in on) for each in channels)
        if len(channels) > 1
        else (),
        interests=tuple(_interests(person, document, languages, wishes)),
        ways=_ways(document, wishes.learns_by if wishes else person.traits.get(TRAIT)),
    )


def _of(values: Iterable[str], words: dict[str, str], chosen: str) -> tuple[Choice, ...]:
    return tuple(Choice(value=each, text=words[each], on=each == chosen) for each in values)


def _ways(document: Document, chosen: Any) -> tuple[Choice, ...]:
    there = formats_in(document)
    words: dict[str, str] = {"": _("As it comes"), **{name: str(each) for name, each in WAYS.items()}}
    return _of(("", *there), words, chosen if chosen in there else "") if there else ()


def _paces() -> dict[str, str]:
    return {
        "usual": _("As often as it helps"),
        "weekly": _("Once a week at most"),
        "monthly": _("Once a month at most"),
    }


def _channel(channel: str) -> str:
    return {"email": _("E-mail"), "telegram": "Telegram", "in_app": _("In the product")}.get(channel, channel)


def _pauses(until: datetime | None, wishes: Wishes | None, now: datetime) -> tuple[Choice, ...]:
    chosen = wishes.pause if wishes else None
    running = until is not None and until > now
    offered = [Choice(value="0", text=_("No pause"), on=chosen == 0 or (chosen is None and not running))]
    if until is not None and running and chosen is None:
        text = _("Paused until %(day)s") % {"day": date_format(until)}
        offered.append(Choice(value=KEPT, text=text, on=True))
    words = {days: _("For %(days)d days") % {"days": days} for days in PAUSES}
    return (*offered, *(Choice(value=str(days), text=words[days], on=days == chosen) for days in PAUSES))


def _interests(
    person: PersonView, document: Document, languages: tuple[str, ...], wishes: Wishes | None
) -> Iterable[Interests]:
    for _survey, question in interests_of(document):
        picked: Any = wishes.interests.get(question.key) if wishes else person.traits.get(question.key)
        had = picked if isinstance(picked, list) else []
        choices = tuple(
            Choice(value=value, text=say(text, languages), on=value in had) for value, text in question.options.items()
        )
        yield Interests(key=question.key, ask=say(question.ask, languages), choices=choices)


def _spoken(wanted: tuple[str, ...], spoken: tuple[str, ...]) -> str:
    return next((tag for tag in wanted if tag in spoken), spoken[0])


def _named(tag: str) -> str:
    """The language in itself, where we know its name."""
    return dict(settings.LANGUAGES).get(tag, tag)


@cache
def _zones() -> tuple[str, ...]:
    return tuple(
        sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/")))
    )
