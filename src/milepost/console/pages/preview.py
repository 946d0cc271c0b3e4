"""How a definition will look to somebody: a piece and a mail as they are drawn for a person, a journey as a flow, a
segment as the people who are in it now."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

from milepost.console.pages.definitions_kinds import Kind
from milepost.console.pages.preview_flow import Flow, flow_of
from milepost.core.conditions.types import Condition
from milepost.core.delivery.piece import PieceBody
from milepost.core.engine.effects import SendMessage, ShowContent
from milepost.core.program.document import Document
from milepost.core.program.expand import expand
from milepost.core.program.itinerary import journeys_of
from milepost.core.program.kinds.content import Article, Content
from milepost.core.program.kinds.message import Message
from milepost.core.success.personal import PersonalPlan, Told, personal_plan
from milepost.core.success.plan import Course, make
from milepost.core.values import Refused, Unavailable
from milepost.delivery.channels.email.letter import Letter, write_letter
from milepost.delivery.channels.in_app.drawing import draw
from milepost.delivery.rendering import Occasion
from milepost.insights.ask import members
from milepost.log import stores
from milepost.people.queries import PersonView, names, person_view, search

SAMPLE = "sample"
_PEOPLE = 8
_EXAMPLES = 3
_PIECES = (
    "guide", "checklist", "survey", "celebration", "empty-state", "invite", "article",
    "hint", "term", "banner", "announcement", "modal", "briefing", "resource-center",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Preview:
    """What the preview offers to choose. Shapes: `kind` is piece, mail or drawn; `people` are (uid or `sample`, name)."""

    kind: str
    people: tuple[tuple[str, Any], ...] = ()
    locales: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom it is drawn. Absent: `who` is the sample person where it is no uid; an empty `locale` is theirs, and an
    empty `goal` the first of the program."""

    workspace_id: int
    who: str
    locale: str
    goal: str = ""

    @property
    def uid(self) -> int | None:
        return int(self.who) if self.who.isdecimal() else None


@dataclass(frozen=True, slots=True)
class Held:
    """Who is in a segment now. Absent: `n` is None while it cannot be counted; `why` then says why."""

    n: int | None
    people: tuple[tuple[int, str], ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class PieceFrame:
    """What the frame draws. Absent: an empty `chunk` for a kind that no part of the SDK draws; `look`, a stylesheet, empty
    where pieces look as they do by themselves."""

    body: Any
    chunk: str
    refusal: str
    theme: str
    look: str = ""
    dir: str = "ltr"


def preview_of(kind: Kind, workspace_id: int, document: Document) -> Preview | None:
    if kind.name in _PIECES or kind.name == "message":
        newest = search(workspace_id, "")[:_PEOPLE]
        people = [(str(person.id), person.name or person.key) for person in newest]
        locales = (document.locales.default, *document.locales.others)
        return Preview(
            "mail" if kind.name == "message" else "piece", ((SAMPLE, _("A sample person")), *people), locales
        )
    return Preview("drawn") if kind.name in ("journey", "cadence", "segment", "chart") else None


# --- in the product, and by mail -------------------------------------------------------------------------------------


def piece_frame(
    definition: Content | Article | None, key: str, document: Document, reader: Reader, theme: str, now: datetime
) -> PieceFrame:
    """The piece as the server draws it for this person. Absent: no body for what cannot be drawn yet."""
    if definition is None:
        return PieceFrame(None, "", str(_("It cannot be drawn yet: see the checks.")), theme)
    effect = ShowContent(**_effect(document, reader, now), content=key, milestone=next(iter(document.milestones), None))
    occasion = _occasion(document, effect, reader, now)
    try:
        body: PieceBody = draw(definition, key, occasion)
    except Refused as refusal:
        return PieceFrame(None, "", str(refusal), theme)
    except (IndexError, KeyError):  # a guide without steps, a name of what is not there: `check` tells of both
        return PieceFrame(None, "", str(_("It cannot be drawn yet: see the checks.")), theme)
    return PieceFrame(msgspec.to_builtins(body), chunk_of(body.kind), "", theme)


def letter_for(definition: Message | None, document: Document, reader: Reader, now: datetime) -> Letter:
    """The mail as it would be written to this person. Raises Refused for what cannot be written yet."""
    if definition is None:
        raise Refused("unread", str(_("It cannot be drawn yet: see the checks.")))
    milestone = next((key for key, each in document.milestones.items()), None)
    effect = SendMessage(**_effect(document, reader, now), message="preview", milestone=milestone)
    occasion = _occasion(document, effect, reader, now)
    url = settings.PUBLIC_URL
    return write_letter(definition, occasion, public_url=url, unsubscribe_url=f"{url}/u/preview", mark="preview")


def _effect(document: Document, reader: Reader, now: datetime) -> dict[str, Any]:
    fact = next(iter(document.facts), "Signed Up")
    samples = {
        "text": "apple",
        "number": 320,
        "boolean": True,
        "date": now.date().isoformat(),
        "list": [],
        "object": {},
    }
    return {
        "workspace": reader.workspace_id,
        "key": "preview",
        "person": reader.uid or 0,
        "at": now,
        "release": 0,
        "event": fact,
        "properties": {name: samples[kind] for known in document.facts.values() for name, kind in known.items()},
        "known": _known(document, reader.goal),
    }


def _known(document: Document, wanted: str) -> dict[str, Any]:
    """What a person may have told who is on the way."""
    key, goal = next(((key, goal) for key, goal in document.goals.items() if wanted in ("", key)), ("", None))
    last = {"baseline": 82, "target": 74, "last": 79, "previous": 80, "change": -1, "progress": 1, "on_target": False}
    known: dict[str, Any] = {"measure": {name: {"unit": each.unit, **last} for name, each in document.measures.items()}}
    if goal is not None:
        known["goal"] = {"key": key, "ask": goal.ask}
    return known


def _occasion(document: Document, effect: ShowContent | SendMessage, reader: Reader, now: datetime) -> Occasion:
    person = (person_view(reader.workspace_id, reader.uid) if reader.uid else None) or sample_person()
    if reader.locale:
        person = msgspec.structs.replace(person, locale=reader.locale)
    return Occasion(
        document=document,
        effect=effect,
        milestone=effect.milestone,
        person=person,
        plan=_plan(document, now),
        offer=next(iter(document.offers), None),
        invite_url=f"{settings.PUBLIC_URL}/?milepost_invite=preview",
    )


def sample_person() -> PersonView:
    return PersonView(
        uid=0,
        key="sample",
        user_id="sample",
        name="Maria Ivanova",
        first_name="Maria",
        email="maria@example.com",
        traits={"plan": "free"},
        locale="",
        zone="UTC",
    )


def _plan(document: Document, now: datetime) -> PersonalPlan | None:
    """The plan of somebody who has come one milestone far. Absent: None in a program without goals."""
    for key, goal in document.goals.items():
        if goal.milestones and all(each in document.milestones for each in goal.milestones):
            begun = now - timedelta(days=1)
            course = Course(reached={goal.milestones[0]: (begun, 1)})
            plan = make(document, key, begun, course)
            return personal_plan(document, plan, Told(reached=course.reached), now.date())
    return None


def _chunks() -> dict[str, str]:
    """Kind of piece → the address of what draws it."""
    folder = finders.find("built/sdk/chunks")
    files = sorted(Path(folder).glob("*/*.js")) if isinstance(folder, str) else []
    return {file.stem: static(f"built/sdk/chunks/{file.parent.name}/{file.name}") for file in files}


#: Kinds of piece that another's part of the SDK draws.
_DRAWN_BY = {**dict.fromkeys(("announcement", "modal", "briefing"), "article"), "deck": "pages", "course": "pages"}


def chunk_of(kind: str) -> str:
    name = kind.replace(" ", "_")
    return _chunks().get(_DRAWN_BY.get(name, name), "")


# --- journeys and segments -------------------------------------------------------------------------------------------


def flow_for(kind: Kind, key: str, document: Document, called: dict[str, str]) -> Flow | None:
    """Absent: None for a journey that cannot be read yet."""
    journey = journeys_of(document).get(key)
    return None if journey is None else flow_of(journey, called)


def held_by(condition: Condition | None, document: Document, workspace_id: int, now: datetime) -> Held:
    """How many people the segment holds at this moment, and who some of them are."""
    if condition is None:
        return Held(None, why=str(_("It cannot be counted yet: see the checks.")))
    try:
        store = stores.current().events
        uids = members(store, expand(condition, document), document, workspace=workspace_id, as_of=now)
    except (Refused, Unavailable) as refusal:
        return Held(None, why=str(refusal))
    called = names(workspace_id, uids[:_EXAMPLES])
    return Held(len(uids), tuple((uid, called.get(uid, str(uid))) for uid in uids[:_EXAMPLES]))
