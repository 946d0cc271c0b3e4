"""What teaches, drawn in the way that its reader learns best (`core.delivery.formats`)."""

from typing import Any

import msgspec
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from msgspec import UNSET, Struct

from milepost.core.delivery.formats import FORMATS, TRAIT, Format, Taught, chosen, learned, offered, own_format
from milepost.core.program.document import Document
from milepost.core.program.kinds.common import Text
from milepost.core.program.kinds.content import Action, Announcement, Article, Guide, Step, Video
from milepost.delivery.models import Piece
from milepost.people.queries import PersonView

#: So many of the last pieces tell how somebody learns.
_LAST = 100
_KINDS = ("guide", "article", "announcement")
_OVER = ("completed", "dismissed", "refused")
#: How a reader calls each of them.
WAYS: dict[Format, Any] = {
    "text": _("Reading"),
    "video": _("Watching"),
    "interactive": _("Doing it, step by step"),
    "live": _("Together with somebody"),
    "pdf": _("On paper, as a PDF"),
}
_OPENS: dict[Format, Any] = {"live": _("Take part"), "pdf": _("Open the document")}


class Way(Struct, frozen=True, kw_only=True):
    """How it is drawn: `content` in the place of what was decided, `key` the key of that where it has one."""

    format: Format
    content: Taught
    key: str = ""


def way_for(content: object, document: Document, workspace: int, person: PersonView | None) -> Way | None:
    """The way for this person, as written for a device whose person is not proven; None for what there is one way of."""
    if not isinstance(content, Guide | Announcement | Article) or not offered(content.formats):
        return None
    if person is None:
        return _way(content, document, *chosen(content, None, {}))
    said = person.traits.get(TRAIT)
    return _way(content, document, *chosen(content, said, {} if said else _learned(workspace, person.uid)))


def same_way(content: object, document: Document, body: bytes) -> Way | None:
    """The way in which an open piece was drawn, whatever has been learned since."""
    if not isinstance(content, Guide | Announcement | Article) or not offered(content.formats):
        return None
    return _way(content, document, *chosen(content, format_of(body), {}))


def format_of(body: bytes) -> str | None:
    """The way in which a piece was drawn; None where there is one way of it."""
    name = msgspec.json.decode(body).get("format")
    return name if isinstance(name, str) else None


def served(workspace: int, piece: int | None) -> str | None:
    """The same, of a piece by its number."""
    found = Piece.objects.filter(workspace_id=workspace, id=piece).first() if piece is not None else None
    return format_of(bytes(found.body)) if found is not None else None


def formats_in(document: Document) -> tuple[Format, ...]:
    """The ways that the program offers beside those in which things are written: none, where there is no choice."""
    held = [*document.content.values(), *document.articles.values()]
    there = {name for each in held for name in offered(getattr(each, "formats", None))}
    return FORMATS if there else ()


def _learned(workspace: int, uid: int) -> dict[str, int]:
    rows = Piece.objects.filter(workspace_id=workspace, uid=uid, kind__in=_KINDS, status__in=_OVER).order_by("-id")
    last = rows.values_list("kind", "status", "body")[:_LAST]
    return learned((kind, status, format_of(bytes(body)) or "") for kind, status, body in last)


def _way(content: Taught, document: Document, name: Format, there: str) -> Way:
    if not there:
        return Way(format=name, content=content)
    if name in ("text", "interactive"):
        other = document.articles.get(there) if name == "text" else document.content.get(there)
        if isinstance(other, Guide | Announcement | Article):
            return Way(format=name, content=other, key=there)
        return Way(format=own_format(content), content=content)
    return Way(format=name, content=_film(content, there) if name == "video" else _link(content, name, there))


def _film(content: Taught, url: str) -> Guide:
    title = _title(content)
    return Guide(title=title, steps=(Step(title=title, video=Video(url=url)),), page=content.page)


def _link(content: Taught, name: Format, url: str) -> Announcement:
    body = content.body if isinstance(content, Announcement) else ""
    return Announcement(
        title=_title(content), body=body, action=Action(text=_said(_OPENS[name]), url=url), page=content.page
    )


def _title(content: Taught) -> Text:
    if isinstance(content, Guide):
        return content.steps[0].title if content.title is UNSET else content.title
    return content.title


def _said(words: Any) -> Text:
    """Our own words as a text of the program, in every language that we speak."""
    told = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            told[language] = str(words)
    return told
