"""Settings: how pieces look in the product, with the pieces themselves beside it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milepost.console.pages.preview import PieceFrame, Reader, piece_frame
from milepost.core.delivery.look import COLOURS, LARGEST_RADIUS, RADIUS, THEMES, Faint, Look, read_look, stylesheet
from milepost.core.program.kinds.content import Content, Question, Survey
from milepost.core.values import Refused
from milepost.program.queries import current
from milepost.workspace.looks import look

_TOKENS = {
    "accent": gettext_lazy("Buttons and links"),
    "on-accent": gettext_lazy("Words on buttons"),
    "surface": gettext_lazy("Ground of a piece"),
    "ink": gettext_lazy("Words"),
    "muted": gettext_lazy("Quiet words"),
    "line": gettext_lazy("Lines"),
    "tint": gettext_lazy("Ground of what is chosen"),
}
#: What the frames show: how wide, on which page, in which direction.
_VIEWS = {
    "light": gettext_lazy("On a light page"),
    "dark": gettext_lazy("On a dark page"),
    "phone": gettext_lazy("On a phone"),
    "rtl": gettext_lazy("From right to left"),
}
_SAMPLE = "sample"


@dataclass(frozen=True, slots=True)
class Token:
    name: str
    says: Any
    light: str
    dark: str


@dataclass(frozen=True, slots=True)
class View:
    name: str
    says: Any


@dataclass(frozen=True, slots=True)
class LookPage:
    """Shapes: `pieces` are (key, title) of what can be shown. Absent: `error` and `faint` are empty while all is well."""

    tokens: tuple[Token, ...]
    radius: int
    largest_radius: int
    font: str
    views: tuple[View, ...]
    pieces: tuple[tuple[str, Any], ...]
    error: str = ""
    faint: tuple[str, ...] = ()


def gather_look(workspace_id: int, typed: Mapping[str, str] | None = None, refusal: Refused | None = None) -> LookPage:
    """`typed`: what a form said that was refused."""
    kept, said = look(workspace_id), typed or {}
    radius = RADIUS if kept.radius is None else kept.radius
    typed_radius = said.get("radius", "")
    return LookPage(
        tokens=tuple(_token(name, kept, said) for name in COLOURS),
        radius=int(typed_radius) if typed_radius.isdecimal() else radius,
        largest_radius=LARGEST_RADIUS,
        font=said.get("font", kept.font),
        views=tuple(View(name, says) for name, says in _VIEWS.items()),
        pieces=((_SAMPLE, _("A sample survey")), *_pieces(workspace_id)),
        error=str(refusal) if refusal else "",
        faint=tuple(map(_faint, getattr(refusal, "faint", ()))),
    )


def look_frame(workspace_id: int, asked: Mapping[str, str], now: datetime) -> PieceFrame:
    """The page inside a frame, as what is typed would make it look; what cannot be read is left out."""
    document, view = current(workspace_id).document, asked.get("view", "")
    definition = document.content.get(asked.get("piece", "")) or _sample()
    theme = "dark" if view == "dark" else "light"
    frame = piece_frame(definition, "sample", document, Reader(workspace_id, _SAMPLE, ""), theme, now)
    direction = "rtl" if view == "rtl" else "ltr"
    body = {**frame.body, "dir": direction} if frame.body else None
    return replace(frame, body=body, look=_sheet(asked), dir=direction)


def _sheet(asked: Mapping[str, str]) -> str:
    try:
        return stylesheet(read_look(asked))
    except Refused:
        return ""


def _token(name: str, kept: Look, said: Mapping[str, str]) -> Token:
    light, dark = (said.get(f"{theme}-{name}") or kept.colour(theme, name) for theme in THEMES)
    return Token(name, _TOKENS[name], light, dark)


def _pieces(workspace_id: int) -> Iterator[tuple[str, str]]:
    """The first of each kind in the program."""
    seen: set[type[Content]] = set()
    for key, content in current(workspace_id).document.content.items():
        if type(content) not in seen:
            seen.add(type(content))
            yield key, key


def _sample() -> Survey:
    asked = Question(
        key="why", ask=_("What brings you here?"), kind="choice", options={"a": _("For work"), "b": _("For myself")}
    )
    note = Question(key="note", ask=_("Anything else?"), kind="text")
    return Survey(
        title=_("Welcome"), body=_("Two questions, so that we help where it counts."), questions=(asked, note)
    )


def _faint(pair: Faint) -> str:
    return _("%(theme)s: %(text)s on %(ground)s has a contrast of %(ratio)s to 1; it needs 4.5 to 1.") % {
        "theme": _VIEWS[pair.theme],
        "text": _TOKENS[pair.text],
        "ground": _TOKENS[pair.ground],
        "ratio": pair.contrast,
    }
