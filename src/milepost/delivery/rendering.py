"""What every message and piece is rendered from: the languages of its reader, the variables of its templates, the
contact card, and the reason why it came."""

import re
from collections.abc import Callable
from datetime import date
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from msgspec import Struct

from milepost.core.delivery.language import preferences, say
from milepost.core.delivery.piece import Contact
from milepost.core.engine.effects import Effect
from milepost.core.events import ACCOUNT_HELP_DUE, QUESTION_REPLIED
from milepost.core.people.profile import zone_exists
from milepost.core.program.document import Document
from milepost.core.success.personal import PersonalPlan
from milepost.delivery.wording import clean
from milepost.people.languages import interface_language
from milepost.people.queries import PersonView

_LONGEST_NAME = 80
#: What a name never holds, but what somebody holds who signs others up to have them sent a link.
_LINK = re.compile(r"//|www\.|@|\.[a-z]{2,}\b|t\.me", re.IGNORECASE)


class Occasion(Struct, frozen=True, kw_only=True, dict=True):
    """Why, about what and to whom something is said. Absent: `person` is None when nothing of them may be told (a
    device whose person is not proven); then `locale` may still be known. `plan` is there for a checklist, `offer` where
    one stands inside a celebration, `invite_url` (the person's own link) for an invitation, `content` (its key) for a
    piece."""

    document: Document
    effect: Effect
    milestone: str | None
    person: PersonView | None
    locale: str = ""
    plan: PersonalPlan | None = None
    offer: str | None = None
    invite_url: str = ""
    content: str = ""

    @property
    def steps(self) -> dict[str, Any]:
        """What guides ask of the person (`core.engine.guides`)."""
        steps: dict[str, Any] = self.effect.known.get("steps", {})
        return steps

    @property
    def languages(self) -> tuple[str, ...]:
        """The reader's languages, best first; the last one always has every text."""
        return preferences(self.person.locale if self.person else self.locale, self.document.locales.default)

    def variables(self, *, link: str = "") -> dict[str, Any]:
        """What templates may use: `person`, `event`, `milestone`, `account`, `support`, `link`, `invite`, and what is
        known of the person: `goal`, `answers`, `measure`, `plan`, `host`."""
        card = contact_card(self)
        return {
            "person": _person(self.person),
            "event": {**self.effect.properties, "properties": self.effect.properties, "name": self.effect.event},
            "milestone": {"key": self.milestone or "", "title": milestone_title(self)},
            "account": _account(self.effect),
            "support": {}
            if card is None
            else {"name": card.name, "email": card.email, "telegram": card.telegram, "hours": card.hours},
            "link": {"url": link},
            "invite": {"url": self.invite_url},
            **self.told,
        }

    @cached_property
    def told(self) -> dict[str, Any]:
        """What is known of the person (`core.engine.knowledge`), in the reader's language."""
        with translation.override(interface_language(self.languages[0])):
            return {name: _SAID.get(name, _as_is)(part, self.languages) for name, part in self._known.items()}

    @property
    def _known(self) -> dict[str, Any]:
        """What the program of an account asks for, it asks in the name of who looks after the account."""
        host = self.effect.properties.get("host") if self.effect.event == ACCOUNT_HELP_DUE else None
        return {**self.effect.known, "host": host} if isinstance(host, dict) else self.effect.known


def _as_is(part: Any, languages: tuple[str, ...]) -> Any:
    return part


def _goal(goal: dict[str, Any], languages: tuple[str, ...]) -> dict[str, Any]:
    """`words`: as they said it themselves, else as the program asks it."""
    ask = say(goal["ask"], languages)
    return {**goal, "ask": ask, "words": goal.get("statement") or ask}


def _measures(measures: dict[str, Any], languages: tuple[str, ...]) -> dict[str, Any]:
    return {
        key: {**told, "unit": say(told["unit"], languages), **({"by": _day(told["by"])} if "by" in told else {})}
        for key, told in measures.items()
    }


def _plan(plan: dict[str, Any], languages: tuple[str, ...]) -> dict[str, Any]:
    post = plan.get("next")
    if post is None:
        return plan
    due = {"due": _day(post["due"])} if "due" in post else {}
    return {**plan, "next": {**post, "title": say(post["title"], languages), **due}}


def _day(text: str) -> str:
    """An ISO day as people of the active language write it."""
    return date_format(date.fromisoformat(text))


def _host(host: dict[str, Any], languages: tuple[str, ...]) -> dict[str, Any]:
    return {**host, "orient": say(host["orient"], languages)} if "orient" in host else host


_SAID: dict[str, Callable[[Any, tuple[str, ...]], Any]] = {
    "goal": _goal,
    "measure": _measures,
    "plan": _plan,
    "host": _host,
}


def contact_card(occasion: Occasion) -> Contact | None:
    """What the program of an account says comes from the account's manager, where a member of the team is named for it."""
    sender = occasion.effect.properties.get("sender") if occasion.effect.event == ACCOUNT_HELP_DUE else None
    if isinstance(sender, dict):
        return Contact(name=clean(str(sender.get("name"))), email=clean(str(sender.get("email"))))
    return card_of(occasion.document, occasion.languages)


def _account(effect: Effect) -> dict[str, Any]:
    """The account whose program asked for it. Absent: empty for what a person's own program says."""
    if effect.event != ACCOUNT_HELP_DUE:
        return {}
    key, name = (str(effect.properties.get(each, "")) for each in ("account", "account_name"))
    return {"key": key, "name": believable(name) or key}


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
        "day": date_format(occasion.effect.at.astimezone(zone_of(occasion))),
    }
    if occasion.effect.event == QUESTION_REPLIED:
        return _("You get this from %(program)s because you asked a question.") % words
    if occasion.milestone:
        return _("You get this from %(program)s because you reached “%(milestone)s” on %(day)s.") % words
    if occasion.effect.event:
        return _("You get this from %(program)s because of “%(event)s” on %(day)s.") % words
    return _("You get this from %(program)s because of how far you have come since you started.") % words


def milestone_title(occasion: Occasion) -> str:
    """As the customer reads it, in their language; the key of a milestone that the release no longer knows."""
    milestone = occasion.document.milestones.get(occasion.milestone or "")
    return say(milestone.told or milestone.title, occasion.languages) if milestone else occasion.milestone or ""


def _person(person: PersonView | None) -> dict[str, Any]:
    if person is None:
        return {}
    names = {"name": believable(person.name), "first_name": believable(person.first_name)}
    return {**{key: name for key, name in names.items() if name}, "email": person.email, "traits": person.traits}


def believable(name: str) -> str:
    """The name, or nothing where it is no name: a stranger may sign anybody up under any name that they like."""
    return "" if len(name) > _LONGEST_NAME or _LINK.search(name) else name


def zone_of(occasion: Occasion) -> ZoneInfo:
    """The zone of the person, else of the program."""
    names = (occasion.person.zone if occasion.person else "", occasion.document.timezone)
    return ZoneInfo(next((name for name in names if name and zone_exists(name)), "UTC"))
