"""Which elements of the product's pages the program points at, and what became of each when the pages were looked at.

A step that stands behind an action of somebody (a click, a word typed) may be on no page that was only opened: nothing is
said of it then.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct, to_builtins

from milepost.core.program.document import Document
from milepost.core.program.kinds.content import Guide

#: `found`: by the first way, and nothing else is; `several`: others are too; `fallback`: only by a later way; `missing`: by
#: none; `behind`: by none, but it only comes after an action; `unopened`: no page that fits was opened.
Status = Literal["found", "several", "fallback", "missing", "behind", "unopened"]
BROKEN: tuple[Status, ...] = ("several", "fallback", "missing")


class Anchored(Struct, frozen=True, kw_only=True, eq=False):
    """What one piece, or one step of it, stands at. `ways`: selectors and anchors as the browser knows them, best first;
    `urls`: patterns of the pages of the piece. Compared by identity. Absent: `step` is None for a piece without steps."""

    content: str
    step: int | None
    ways: tuple[Any, ...]
    urls: tuple[str, ...]
    behind: bool = False

    @property
    def name(self) -> str:
        return self.content if self.step is None else f"{self.content}, step {self.step + 1}"


class Finding(Struct, frozen=True, kw_only=True):
    """Absent: `page` is empty where it was on none; `by` is None where nothing found it, else the place of what did."""

    anchored: Anchored
    status: Status
    page: str = ""
    by: int | None = None
    count: int = 0


def anchored(document: Document) -> Iterator[Anchored]:
    """Everything that the pieces of a program stand at."""
    for key, piece in document.content.items():
        urls = (piece.page.url,) if isinstance(piece.page.url, str) else piece.page.url
        if isinstance(piece, Guide):
            yield from _steps(key, piece, urls)
        elif getattr(piece, "on", None):
            yield Anchored(content=key, step=None, ways=_ways(piece.on), urls=urls)  # type: ignore[union-attr]  # asked


def _steps(key: str, guide: Guide, urls: tuple[str, ...]) -> Iterator[Anchored]:
    behind = False
    for number, step in enumerate(guide.steps):
        if step.on:
            yield Anchored(content=key, step=number, ways=_ways(step.on), urls=urls, behind=behind)
        behind = behind or step.advance.on != "next"


def _ways(on: Any) -> tuple[Any, ...]:
    return tuple(_way(each) for each in (on if isinstance(on, tuple) else (on,)))


def _way(on: Any) -> Any:
    """As the browser is given it: of a text in several languages any one will do."""
    if isinstance(on, str):
        return on
    said = {name: value for name, value in to_builtins(on).items() if value is not None}
    return {name: _any_of(value) if name in ("text", "name") else value for name, value in said.items()}


def _any_of(text: str | dict[str, str]) -> list[str]:
    return list(text.values()) if isinstance(text, dict) else [text]


def judged(at: Anchored, seen: Mapping[str, Sequence[int]]) -> Finding:
    """What became of it. Shapes: `seen` is page → how many elements each of its ways finds there."""
    best = min((_on_page(at, page, counts) for page, counts in seen.items()), key=_rank, default=None)
    if best is None:
        return Finding(anchored=at, status="unopened")
    if best.status == "missing" and at.behind:
        return Finding(anchored=at, status="behind")
    return best


def _on_page(at: Anchored, page: str, counts: Sequence[int]) -> Finding:
    by = next((place for place, count in enumerate(counts) if count), None)
    if by is None:
        return Finding(anchored=at, status="missing")
    status: Status = "fallback" if by else "found" if counts[0] == 1 else "several"
    return Finding(anchored=at, status=status, page=page, by=by, count=counts[by])


def _rank(finding: Finding) -> int:
    return ("found", "several", "fallback", "missing").index(finding.status)
