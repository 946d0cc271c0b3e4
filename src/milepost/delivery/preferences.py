"""What a person says on their own page about how they want to be treated: read from a form, shown, and kept as facts.

1. A form says everything at once: what it does not tick is not wanted. What cannot be read is refused, nothing of it kept.
2. What somebody agreed to elsewhere is shown as agreed, so that saving another thing takes nothing back.
3. A wish to be forgotten waits for a person of the team: it is in the inbox and among the tasks, and nothing is deleted
   by a link in a mail.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.http import QueryDict
from django.utils.translation import gettext as _
from msgspec import Struct
from msgspec.structs import replace

from milepost.core import events
from milepost.core.delivery import formats
from milepost.core.delivery.answers import checked, facts_of
from milepost.core.delivery.consent import PURPOSES
from milepost.core.delivery.facts import own_fact
from milepost.core.delivery.preferences import PACES, PAUSES, TRAIT, Pace, Preferences, preferences_of
from milepost.core.events import NAME_OF_KIND, Fact
from milepost.core.help.conversation import conversation_number
from milepost.core.people.profile import zone_exists
from milepost.core.program.document import Document
from milepost.core.program.kinds.content import Question, Survey
from milepost.core.values import Refused, digest
from milepost.delivery.formats import formats_in
from milepost.log import stores
from milepost.people.queries import PersonView, person_view

KEPT = "keep"  # the pause that runs already


class Wishes(Struct, frozen=True, kw_only=True):
    """What a form says. Shapes: `interests` go from a question's key to what was picked. `on` are the channels that are
    wanted. Absent: `pause` in days is 0 for none, None for the one that runs; `learns_by` is empty for no way in
    particular."""

    language: str
    zone: str
    pace: Pace
    pause: int | None
    on: tuple[str, ...]
    purposes: tuple[str, ...]
    interests: dict[str, list[str]]
    learns_by: str = ""


def channels_of(document: Document) -> tuple[str, ...]:
    """The channels in which this program speaks."""
    found = {message.channel for message in document.messages.values()}
    return (*sorted(found - {"in_app"}), "in_app")


def languages_of(document: Document) -> tuple[str, ...]:
    return (document.locales.default, *document.locales.others)


def interests_of(document: Document) -> Iterator[tuple[str, Question]]:
    """(survey, question) of everything that people may be interested in."""
    for key, content in document.content.items():
        for question in content.questions if isinstance(content, Survey) else ():
            if question.kind == "interests":
                yield key, question


def read(form: QueryDict, document: Document) -> Wishes:
    """Raises Refused for what this page never offered."""
    language, zone, pace, way = (str(form.get(name) or "") for name in ("language", "zone", "pace", "learns_by"))
    if language not in ("", *languages_of(document)) or pace not in PACES or not (zone == "" or zone_exists(zone)):
        raise Refused("unknown_choice", _("That was not on offer. Please choose again."))
    if way not in ("", *formats_in(document)):
        raise Refused("unknown_choice", _("That was not on offer. Please choose again."))
    picked = {
        question.key: checked(document, question, form.getlist(f"interest-{question.key}") or None) or []
        for _survey, question in interests_of(document)
    }
    return Wishes(
        language=language,
        zone=zone,
        pace=pace,
        pause=_pause(str(form.get("pause") or "0")),
        on=tuple(channel for channel in channels_of(document) if channel in form.getlist("channel")),
        purposes=tuple(form.getlist("purpose")),
        interests=picked,
        learns_by=way,
    )


def _pause(text: str) -> int | None:
    if text == KEPT:
        return None
    if text not in ("0", *map(str, PAUSES)):
        raise Refused("unknown_choice", _("That was not on offer. Please choose again."))
    return int(text)


def save(workspace: int, uid: int, wishes: Wishes, document: Document) -> None:
    """Raises Refused, Unavailable."""
    person = person_view(workspace, uid)
    if person is None:
        return
    now = stores.current().clock.now()
    stores.current().log.append([*_facts(workspace, person, wishes, document, now)])


def ask_to_be_forgotten(workspace: int, uid: int) -> None:
    """Opens a conversation with the team, once a day however often it is asked."""
    person, now = person_view(workspace, uid), stores.current().clock.now()
    if person is None:
        return
    about = {"text": _("I ask you to forget me: please delete what you hold about me.")}
    asked = _fact(workspace, person, events.ERASURE_ASKED, about, now, once=f"{person.uid}:{now.date().isoformat()}")
    number = conversation_number(workspace, asked.message_id)
    stores.current().log.append([replace(asked, properties={**about, "conversation": number})])


def agreed(person: PersonView | None) -> Mapping[str, bool]:
    """What they said to the purposes that need a yes."""
    said = person.traits.get("consent") if person else None
    return {key: value for key, value in said.items() if isinstance(value, bool)} if isinstance(said, dict) else {}


def _facts(workspace: int, person: PersonView, wishes: Wishes, document: Document, now: datetime) -> Iterator[Fact]:
    before = preferences_of(person.traits)
    how = Preferences(
        pace=wishes.pace,
        paused_until=before.paused_until if wishes.pause is None else _until(wishes.pause, now),
        off=tuple(channel for channel in channels_of(document) if channel not in wishes.on),
    )
    traits = {TRAIT: msgspec.to_builtins(how), **_given(locale=wishes.language, timezone=wishes.zone)}
    if formats_in(document):
        traits[formats.TRAIT] = wishes.learns_by or None
    consent = {**agreed(person), **{each: each in wishes.purposes for each in PURPOSES if each in document.consent}}
    said = _fact(workspace, person, NAME_OF_KIND["identify"], traits, now)
    context = {"consent": {"categoryPreferences": consent}} if document.consent else {}
    yield replace(said, kind="identify", context=context)
    for survey, question in interests_of(document):
        picked = wishes.interests.get(question.key, [])
        if not _alike(picked, person.traits.get(question.key)):
            for name, about in facts_of(document, survey, question, picked or None):
                fact = _fact(workspace, person, name, about, now)
                yield replace(fact, kind="identify") if name == NAME_OF_KIND["identify"] else fact


def _alike(picked: list[str], known: Any) -> bool:
    """Whatever order they come in; a page may have written anything into the trait."""
    had = known if isinstance(known, list) else [known] if known else []
    return sorted(picked) == sorted(map(str, had))


def _until(days: int, now: datetime) -> datetime | None:
    return now + timedelta(days=days) if days else None


def _given(**values: str) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def _fact(workspace: int, person: PersonView, name: str, about: dict[str, Any], now: datetime, once: str = "") -> Fact:
    return own_fact(
        name,
        workspace=workspace,
        user_id=person.user_id,
        anonymous_id=person.key,
        at=now,
        once=once or digest([person.uid, now.isoformat(), msgspec.json.encode(about).decode()]),
        properties=about,
    )
