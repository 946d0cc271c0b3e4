"""What stands before each piece of the program for whoever is on the page: the server's half. The page's own conditions
are told as they are; the browser decides them."""

from datetime import datetime
from typing import Annotated, Any

from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from msgspec import Meta, Struct

from milepost.console.pages.debugging_words import words
from milepost.core.delivery.language import preferences, say
from milepost.core.program.document import Document
from milepost.core.program.kinds.content import Page
from milepost.delivery.queries import PieceView, pieces_for_person
from milepost.people.queries import PersonView, person_view, uid_of_any
from milepost.program.queries import current
from milepost.runtime.models import Decision
from milepost.runtime.queries import decisions
from milepost.runtime.snapshot import snapshot
from milepost.workspace import identity
from milepost.workspace.models import Editing

#: The kind of a session that was opened to look, for a person (the key) or for whoever is on the page.
DEBUG = "debug"
_LATEST = 300


class Asked(Struct, frozen=True, rename="camel"):
    """Who the browser thinks is here."""

    anonymous_id: Annotated[str, Meta(max_length=255)]
    user_id: Annotated[str, Meta(max_length=255)] | None = None


class Eligible(Struct, frozen=True, kw_only=True):
    """One piece. `state`: `open` (the browser may show it where its page allows), `put_off`, `decided` (what came of it
    last stands in `why`), `not_yet`. Absent: `page` None for what may stand anywhere."""

    key: str
    kind: str
    title: str
    state: str
    why: str
    page: dict[str, Any] | None = None


class Explained(Struct, frozen=True, kw_only=True):
    """`words` of the panel, in the member's language `lang`, written in the direction `dir`. Absent: `person` is empty
    while nobody is known by these ids."""

    person: str
    known: bool
    of_link: bool
    signed_only: bool
    now: datetime
    pieces: tuple[Eligible, ...]
    lang: str
    dir: str
    words: dict[str, str]


def explained(asked: Asked, editing: Editing, now: datetime) -> Explained:
    """Of the person whose page the link stands on, else of whoever is in the browser."""
    workspace, document = editing.workspace_id, current(editing.workspace_id).document
    of_link = editing.kind == DEBUG and editing.key.isdecimal()
    uid = int(editing.key) if of_link else uid_of_any(workspace, asked.user_id or asked.anonymous_id)
    person = person_view(workspace, uid) if uid is not None else None
    return Explained(
        person="" if person is None else person.name or person.key,
        known=person is not None and person.user_id is not None,
        of_link=of_link,
        signed_only=identity.signed_only(workspace),
        now=now,
        pieces=tuple(_pieces(document, workspace, person, editing.member.locale)),
        lang=get_language() or "en",
        dir="rtl" if get_language_bidi() else "ltr",
        words=words(),
    )


def _pieces(document: Document, workspace: int, person: PersonView | None, locale: str) -> list[Eligible]:
    stands = {} if person is None else _standing(workspace, person.uid)
    languages = preferences(locale, document.locales.default)
    return [
        Eligible(
            key=key,
            kind=type(content).__name__.lower(),
            title=say(getattr(content, "title", "") or key, languages),
            page=_page(getattr(content, "page", None)),
            **stands.get(
                key, {"state": "not_yet", "why": _nobody() if person is None else _("Nothing asks for it yet.")}
            ),
        )
        for key, content in document.content.items()
    ]


def _nobody() -> str:
    return _("Nobody is known by these ids yet.")


def _standing(workspace: int, uid: int) -> dict[str, dict[str, str]]:
    """How each piece stands with them, by its key: what is open counts before what was decided, and that before what is
    missing; of a survey that asks one question at a time, for the last of them."""
    missing = {
        (why.key.rpartition("/")[0] if why.kind == "question" else why.key): {
            "state": "not_yet",
            "why": str(why.reason.get("text", "")),
        }
        for why in snapshot(workspace, uid).why_not()
    }
    decided = {row.definition: _decided(row) for row in reversed(decisions(workspace, uid, _LATEST))}
    now_open = {piece.content: _open(piece) for piece in pieces_for_person(workspace, uid)}
    return missing | decided | now_open


def _decided(row: Decision) -> dict[str, str]:
    return {"state": "decided", "why": f"{row.outcome}: {row.reason.get('text', '')}"}


def _open(piece: PieceView) -> dict[str, str]:
    if piece.status == "snoozed":
        return {"state": "put_off", "why": _("They have put it off.")}
    return {"state": "open", "why": piece.status}


def _page(page: Page | None) -> dict[str, Any] | None:
    if page is None:
        return None
    url = [page.url] if isinstance(page.url, str) else list(page.url)
    found = {"url": url, "element": page.element, "focus": page.focus, "error": page.error}
    return {name: value for name, value in found.items() if value} | ({"first_visit": True} if page.first_visit else {})
