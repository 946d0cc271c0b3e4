"""What every message and piece is rendered from: the languages of its reader, the variables of its templates, the
contact card, and the reason why it came."""

import re
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import get_supported_language_variant
from django.utils.translation import gettext as _
from msgspec import Struct

from milepost.core.delivery.language import preferences, say
from milepost.core.delivery.piece import Contact
from milepost.core.engine.effects import Effect
from milepost.core.people.profile import zone_exists
from milepost.core.program.document import Document
from milepost.delivery.wording import clean
from milepost.people.queries import PersonView

_LONGEST_NAME = 80
#: What a name never holds, but what somebody holds who signs others up to have them sent a link.
_LINK = re.compile(r"//|www\.|@|\.[a-z]{2,}\b|t\.me", re.IGNORECASE)


class Occasion(Struct, frozen=True, kw_only=True):
    """Why, about what and to whom something is said. Absent: `person` is None when nothing of them may be told (a
    device whose person is not proven); then `locale` may still be known."""

    document: Document
    effect: Effect
    milestone: str | None
    person: PersonView | None
    locale: str = ""

    @property
    def languages(self) -> tuple[str, ...]:
        """The reader's languages, best first; the last one always has every text."""
        return preferences(self.person.locale if self.person else self.locale, self.document.locales.default)

    def variables(self, *, link: str = "") -> dict[str, Any]:
        """What templates may use: `person`, `event`, `milestone`, `support`, `link`."""
        card = contact_card(self)
        return {
            "person": _person(self.person),
            "event": {**self.effect.properties, "properties": self.effect.properties, "name": self.effect.event},
            "milestone": {"key": self.milestone or "", "title": milestone_title(self)},
            "support": {}
            if card is None
            else {"name": card.name, "email": card.email, "telegram": card.telegram, "hours": card.hours},
            "link": {"url": link},
        }


def contact_card(occasion: Occasion) -> Contact | None:
    return card_of(occasion.document, occasion.languages)


def card_of(document: Document, languages: tuple[str, ...]) -> Contact | None:
    """Whom to ask; the same in every message and piece. None when the program names nobody."""
    support = document.support
    if support is None:
        return None
    telegram = (support.telegram or "").lstrip("@")
    return Contact(
        name=clean(say(support.name, languages)),
        email=clean(support.email),
        telegram=f"@{telegram}" if telegram else "",
        telegram_url=f"https://t.me/{telegram}" if telegram else "",
        hours=clean(say(support.hours or "", languages)),
    )


def reason(occasion: Occasion) -> str:
    """Why did I get this: the milestone or event in words, with its day where the person lives."""
    words = {
        "program": occasion.document.name,
        "milestone": milestone_title(occasion),
        "event": occasion.effect.event,
        "day": date_format(occasion.effect.at.astimezone(_zone(occasion))),
    }
    if occasion.milestone:
        return _("You get this from %(program)s because you reached “%(milestone)s” on %(day)s.") % words
    if occasion.effect.event:
        return _("You get this from %(program)s because of “%(event)s” on %(day)s.") % words
    return _("You get this from %(program)s because of how far you have come since you started.") % words


def milestone_title(occasion: Occasion) -> str:
    """In the reader's language; the key of a milestone that the release no longer knows."""
    milestone = occasion.document.milestones.get(occasion.milestone or "")
    return say(milestone.title, occasion.languages) if milestone else occasion.milestone or ""


def interface_language(language: str) -> str:
    """The language in which Milepost's own words are said beside a text of this language."""
    try:
        return get_supported_language_variant(language)
    except LookupError:
        return settings.LANGUAGE_CODE


def _person(person: PersonView | None) -> dict[str, Any]:
    if person is None:
        return {}
    names = {"name": believable(person.name), "first_name": believable(person.first_name)}
    return {**{key: name for key, name in names.items() if name}, "email": person.email, "traits": person.traits}


def believable(name: str) -> str:
    """The name, or nothing where it is no name: a stranger may sign anybody up under any name that they like."""
    return "" if len(name) > _LONGEST_NAME or _LINK.search(name) else name


def _zone(occasion: Occasion) -> ZoneInfo:
    names = (occasion.person.zone if occasion.person else "", occasion.document.timezone)
    return ZoneInfo(next((name for name in names if name and zone_exists(name)), "UTC"))
