"""The draft's pieces as the editor on the customer's own page reads and writes them: as data, since it has no YAML."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from msgspec import Struct

from milepost.console.pages import definition as pages
from milepost.console.pages.definition import ON_THE_PAGE
from milepost.console.pages.definitions_kinds import BY_NAME, Kind, blank, kind_named, kind_of
from milepost.console.pages.definitions_words import label
from milepost.console.pages.editing_words import words
from milepost.console.pages.preview import SAMPLE, Reader, piece_frame
from milepost.console.pages.program import STARTER
from milepost.console.pages.words import in_our_language
from milepost.core.program.document import Document
from milepost.core.program.problems import path_text
from milepost.core.program.scalars import BROKEN
from milepost.core.values import Refused
from milepost.program import edits, part
from milepost.program.drafts import Working
from milepost.program.writing import merged
from milepost.program.yaml_text import load
from milepost.workspace.editing import SESSION_LASTS
from milepost.workspace.models import Editing, Member, Site
from milepost.workspace.sites import origin_of, sites


class Choice(Struct, frozen=True):
    key: str
    title: str


class PieceRow(Struct, frozen=True, kw_only=True):
    """A piece of the draft. `urls` are the patterns of the pages on which it may stand."""

    kind: str
    key: str
    title: str
    urls: list[str]


class Bench(Struct, frozen=True, kw_only=True):
    """What the editor begins with on each page. `first` is what the member set out to edit; empty: they choose. `start` is
    the condition that begins the program, as it is typed."""

    member: str
    workspace: str
    ends_at: datetime
    first: Choice
    pieces: list[PieceRow]
    kinds: list[Choice]
    milestones: list[Choice]
    personas: list[Choice]
    locales: list[str]
    start: Any
    may_undo: bool
    console: str
    release: str
    words: dict[str, str]


class Said(Struct, frozen=True, kw_only=True):
    """What is wrong, and where in the piece: `steps[0].title`; empty for the piece itself."""

    path: str
    level: str
    message: str
    mend: str


class PieceAtWork(Struct, frozen=True, kw_only=True):
    """A piece as it is typed. `drawn` is what the SDK draws of it for the chosen persona; null while it cannot be drawn,
    and `refusal` says why. `elsewhere`: how many errors the rest of the draft has. `key` and `revision` are empty for a new
    one."""

    kind: str
    key: str
    value: Any
    revision: str
    problems: list[Said]
    elsewhere: int
    drawn: Any
    refusal: str
    when: str = ""


class Typed(Struct, frozen=True, kw_only=True):
    """`persona` is a goal's key, or empty; `locale` empty: the program's own. `over`: whatever somebody else has saved."""

    kind: str
    key: str = ""
    value: dict[str, Any] = {}
    revision: str = ""
    over: bool = False
    persona: str = ""
    locale: str = ""


@dataclass(frozen=True, slots=True)
class Door:
    """What asks for the page to edit on. Absent: `way` is empty until the link is made; no `piece` and no `kind`: the
    member chooses there. `may_add`: the site is unknown, and this member may add it."""

    kind: str
    key: str
    piece: str
    address: str
    known: tuple[str, ...]
    origin: str = ""
    way: str = ""
    refusal: str = ""
    may_add: bool = False


def gather_door(
    member: Member, kind: str, key: str, *, address: str = "", way: str = "", refusal: Refused | None = None
) -> Door:
    found, asked = pages.draft(member.workspace_id), BY_NAME.get(kind)
    value = found.value(("content", key)) if key and asked else None
    known = sites(member.workspace_id)
    unknown = refusal is not None and refusal.code == "no_site"
    return Door(
        kind=kind,
        key=key,
        piece=_title(asked, key, value, found.reviewed.sketch) if asked and isinstance(value, dict) else "",
        address=address or _likely(known, _urls(value) if isinstance(value, dict) else []),
        known=tuple(site.page or f"{site.origin}/" for site in known),
        origin=origin_of(address) if way or unknown else "",
        way=way,
        refusal="" if refusal is None else f"{refusal.message} {refusal.mend}".strip(),
        may_add=unknown and member.role == "owner",
    )


def _likely(known: list[Site], patterns: list[str]) -> str:
    """Where this piece stands, as far as its pattern says it, on the site that was opened last; else the page there."""
    if not known:
        return ""
    fixed = next((pattern.partition("*")[0] for pattern in patterns if pattern.startswith("/")), "")
    return f"{known[0].origin}{fixed}" if fixed.strip("/") else known[0].page or f"{known[0].origin}/"


def way_to(address: str, token: str, tool: str = "edit") -> str:
    """The page with the token behind its `#`, which is sent to no server; an address of its own there is kept."""
    page, _hash, fragment = address.partition("#")
    return f"{page}#{fragment}{'&' if fragment else ''}milepost={tool}.{token}"


def bench(editing: Editing) -> Bench:
    found = pages.draft(editing.workspace_id)
    document = found.reviewed.sketch
    name = editing.kind or "guide"
    return Bench(
        member=editing.member.user.get_username(),
        workspace=editing.member.workspace.name,
        ends_at=(editing.begun_at or editing.made_at) + SESSION_LASTS,
        first=Choice(editing.key, editing.kind),
        pieces=list(_pieces(found, document)),
        kinds=[Choice(name, str(BY_NAME[name].one)) for name in ON_THE_PAGE],
        milestones=[Choice(key, in_our_language(each.title, document)) for key, each in document.milestones.items()],
        personas=[Choice("", _("A sample person")), *_personas(document)],
        locales=[document.locales.default, *document.locales.others],
        start=found.data.get("start"),
        may_undo=found.may_undo,
        console=settings.PUBLIC_URL + reverse("program") + f"#{name}",
        release=settings.PUBLIC_URL + reverse("program-release"),
        words=words(),
    )


def _personas(document: Document) -> list[Choice]:
    """Whoever wants one of the program's goals; nobody real, since the page may be read by others' scripts."""
    return [Choice(key, in_our_language(goal.ask, document)) for key, goal in document.goals.items()]


def _pieces(found: Working, document: Document) -> list[PieceRow]:
    held = found.data.get("content")
    rows = []
    for key, value in held.items() if isinstance(held, dict) else ():
        kind = kind_of("content", value)
        if kind is not None and kind.name in ON_THE_PAGE:
            rows.append(PieceRow(kind=kind.name, key=key, title=_title(kind, key, value, document), urls=_urls(value)))
    return rows


def _title(kind: Kind, key: str, value: dict[str, Any], document: Document) -> str:
    """A guide may have none of its own; its first step has."""
    title = pages.title_of(kind, key, value, document)
    steps = value.get("steps")
    if title == key and isinstance(steps, list) and steps and isinstance(steps[0], dict):
        return pages.title_of(kind, key, steps[0], document)
    return title


def _urls(value: dict[str, Any]) -> list[str]:
    page = value.get("page")
    url = page.get("url", []) if isinstance(page, dict) else []
    return [url] if isinstance(url, str) else [str(each) for each in url]


# --- one piece -------------------------------------------------------------------------------------------------------


def kind_on_the_page(name: str) -> Kind:
    """Raises Refused (404) for a kind that is not written on the page."""
    if name not in ON_THE_PAGE:
        raise Refused("no_such_kind", "This kind of piece is not edited on the page.", status=404)
    return kind_named(name)


def opened(workspace_id: int, asked: Typed, now: datetime) -> PieceAtWork:
    """The piece as the draft has it, or a new one. Raises Refused (404) for one that is not there."""
    kind, found = kind_on_the_page(asked.kind), pages.draft(workspace_id)
    if not asked.key:
        return _at_work(workspace_id, found, kind, asked, blank(kind), now)
    path = pages.path_of(kind, asked.key)
    value = found.value(path)
    if not part.has(found.loaded, path) or kind_of(kind.section, value) is not kind:
        raise Refused("no_such_definition", "It is not in the draft any more.", status=404)
    return _at_work(workspace_id, found, kind, asked, value, now)


def checked(workspace_id: int, asked: Typed, now: datetime) -> PieceAtWork:
    """What is to say about what is typed, and how it will look; nothing is kept."""
    return _at_work(workspace_id, pages.draft(workspace_id), kind_on_the_page(asked.kind), asked, _value(asked), now)


def saved(workspace_id: int, asked: Typed, by: str, now: datetime) -> PieceAtWork:
    """Keeps it in the draft; all that was typed around it stays. Raises Conflict when somebody else has changed it
    meanwhile, and Refused for what cannot be kept."""
    kind, found = kind_on_the_page(asked.kind), pages.draft(workspace_id)
    key = asked.key or edits.new_key(found, _title(kind, kind.name, asked.value, found.reviewed.sketch))
    edits.save(
        workspace_id,
        pages.path_of(kind, key),
        _yaml(found, kind, asked),
        was=asked.revision,
        over=asked.over,
        by=by,
        now=now,
        otherwise=STARTER.read_text(encoding="utf-8"),
    )
    kept = Typed(kind=asked.kind, key=key, persona=asked.persona, locale=asked.locale)
    return opened(workspace_id, kept, now)


def _value(asked: Typed) -> dict[str, Any]:
    return {**asked.value, "kind": kind_on_the_page(asked.kind).tag}


def _yaml(found: Working, kind: Kind, asked: Typed) -> str:
    """The definition's own text, made to say this: comments and forms stay where the meaning does."""
    path = pages.path_of(kind, asked.key)
    own = found.own(path) if asked.key and part.has(found.loaded, path) else ""
    return merged(own, load(own).data if own else None, _value(asked))


def _at_work(workspace_id: int, found: Working, kind: Kind, asked: Typed, value: Any, now: datetime) -> PieceAtWork:
    typed = Typed(kind=asked.kind, key=asked.key, value=value)
    said = pages.check(found, kind, asked.key, _yaml(found, kind, typed))
    reader = Reader(workspace_id, SAMPLE, asked.locale, goal=asked.persona)
    definition = pages.definition_in(said.document, kind, asked.key)
    frame = piece_frame(definition, asked.key or "new", said.document, reader, "", now)
    path = pages.path_of(kind, asked.key)
    return PieceAtWork(
        kind=kind.name,
        key=asked.key,
        value=None if said.value is BROKEN else value,
        revision=found.revision(path) if asked.key else "",
        problems=[_said(each, path_text(pages.path_of(kind, asked.key or "new"))) for each in said.problems],
        elsewhere=said.elsewhere,
        drawn=frame.body,
        refusal=frame.refusal,
        when=next((text for name, text in said.words if name == str(label("when"))), ""),
    )


def _said(problem: Any, prefix: str) -> Said:
    path = problem.path.removeprefix(prefix).removeprefix(".")
    return Said(path=path, level=problem.level, message=problem.message, mend=problem.mend)
