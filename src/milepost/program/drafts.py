"""The text being worked on, opened: read once, checked once, and edited one definition at a time."""

from collections import OrderedDict
from datetime import datetime
from functools import lru_cache
from threading import Lock
from typing import Any

from msgspec import Struct

from milepost.core.program.problems import Path
from milepost.core.values import digest
from milepost.program import part, queries
from milepost.program.queries import Released
from milepost.program.review import Reviewed, review_loaded
from milepost.program.yaml_text import Loaded, load, load_within

_KEPT = 8
_opened: OrderedDict[str, Loaded] = OrderedDict()
_lock = Lock()


class Working(Struct, frozen=True, kw_only=True):
    """The draft, else what is in force. Absent: `changed_at` None when nobody works on a draft."""

    text: str
    loaded: Loaded
    base: Released
    changed_at: datetime | None = None
    changed_by: str = ""
    may_undo: bool = False

    @property
    def data(self) -> dict[str, Any]:
        """Absent: empty for a text that is no mapping."""
        return self.loaded.data if isinstance(self.loaded.data, dict) else {}

    @property
    def reviewed(self) -> Reviewed:
        return reviewed(self.text)

    def own(self, path: Path) -> str:
        """The definition's own YAML. Raises Refused (404)."""
        return part.own_text(self.text, self.loaded, path)

    def revision(self, path: Path) -> str:
        """Names what is typed there; empty while nothing is."""
        return digest(self.own(path)) if part.has(self.loaded, path) else ""

    def value(self, path: Path) -> Any:
        """What is typed there as plain data. Absent: None."""
        value: Any = self.loaded.data
        for step in path:
            value = value.get(step) if isinstance(value, dict) else None
        return value


def working(workspace_id: int, otherwise: str = "") -> Working:
    """`otherwise`: the text to begin with in a workspace that has none."""
    draft = queries.draft(workspace_id)
    if draft is None:
        current = queries.current(workspace_id)
        text = current.text or otherwise
        return Working(text=text, loaded=opened(text), base=current)
    return Working(
        text=draft.text,
        loaded=opened(draft.text),
        base=draft.base,
        changed_at=draft.changed_at,
        changed_by=draft.changed_by,
        may_undo=draft.before is not None,
    )


def opened(text: str) -> Loaded:
    """The text, read; kept for as long as it is worked on."""
    with _lock:
        if text in _opened:
            _opened.move_to_end(text)
            return _opened[text]
    return _keep(text, load(text))


@lru_cache(maxsize=_KEPT)
def reviewed(text: str) -> Reviewed:
    return review_loaded(opened(text))


def with_part(before: Working, path: Path, own: str) -> tuple[str, Loaded]:
    """The text in which this definition says something else, read."""
    text = part.with_own_text(before.text, before.loaded, path, own)
    return text, opened_after(before, path, text, own)


def opened_after(before: Working, path: Path, text: str, own: str) -> Loaded:
    """The text read, of which only one definition has changed: the rest is known."""
    place = part.place_of(before.text, before.loaded, path) if part.has(before.loaded, path) else None
    after = None
    if place is not None:
        added = text.count("\n") - before.text.count("\n")
        after = load_within(
            before.loaded, own, path, first_line=place.first_line(own), before=place.end, after=place.end + added
        )
    return _keep(text, after) if after is not None else opened(text)


def _keep(text: str, loaded: Loaded) -> Loaded:
    with _lock:
        _opened[text] = loaded
        while len(_opened) > _KEPT:
            _opened.popitem(last=False)
    return loaded
