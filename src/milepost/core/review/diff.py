"""What a release would change, in words that a person of the team can read aloud.

1. A definition is new, gone, renamed (`moved`), or changed; then each changed field is named with its path. Of a list,
   what came in, what went, and what changed in its place.
2. Documents with equal digests have no changes, and the other way round.
"""

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any, Literal

import msgspec
from msgspec import Struct

from milepost.core.program.codec import encode
from milepost.core.program.document import Document
from milepost.core.program.folder import Folder, program_key
from milepost.core.program.problems import Path, path_text
from milepost.core.review.names import SECTIONS

Kind = Literal["added", "removed", "renamed", "changed"]
_SECTIONS = frozenset((*SECTIONS, "facts"))
_NAMED = frozenset({"title", "subject", "ask", "text"})
_LONGEST = 60
_NOTHING: Any = object()


class Change(Struct, frozen=True, kw_only=True):
    """One difference. Absent: `before` is None for what is new, `after` for what is gone."""

    kind: Kind
    path: str
    before: str | None = None
    after: str | None = None

    @property
    def words(self) -> str:
        """Example: `milestones.first-meal.target: 1d → 2d`."""
        match self.kind:
            case "renamed":
                return f"{self.path} is now called {self.after}, and keeps its history"
            case "added":
                return f"{self.path} is new: {self.after}" if self.after else f"{self.path} is new"
            case "removed":
                return f"{self.path} is gone (was: {self.before})" if self.before else f"{self.path} is gone"
            case "changed":
                return f"{self.path}: {self.before} → {self.after}"


def diff_folders(old: Folder, new: Folder) -> list[Change]:
    """What changes between the programs of a workspace: which there are, what each says of itself, then the definitions
    of all of them."""
    if len(old.documents) == len(new.documents) == 1:
        return diff(old.documents[0], new.documents[0])
    before, after = _apart(old), _apart(new)
    moved = new.document.moved
    renamed = {key: former for former, key in moved.items() if old.document.moved.get(former) != key}
    changes = list(_definitions("programs", before.pop("programs"), after.pop("programs"), {}))
    for name in dict.fromkeys([*after, *before]):
        changes.extend(_definitions(name, before.get(name, _NOTHING), after.get(name, {}), renamed))
    elsewhere = [key for key in sorted(old.owners.keys() & new.owners.keys()) if old.owners[key] != new.owners[key]]
    return changes + [
        Change(kind="changed", path=key, before=old.owners[key], after=new.owners[key]) for key in elsewhere
    ]


def _apart(folder: Folder) -> dict[str, dict[str, Any]]:
    """Section → key → definition, over all documents; under `programs` what each says besides."""
    apart: dict[str, dict[str, Any]] = {"programs": {}}
    for document in folder.documents:
        said = encode(document)
        for section in _SECTIONS.intersection(said):
            apart.setdefault(section, {}).update(said.pop(section))
        apart["programs"][program_key(document)] = {"title": said.pop("name"), **said}
    return apart


def diff(old: Document, new: Document) -> list[Change]:
    """What changes from `old` to `new`, in the order of the new document, then what is gone."""
    before, after = encode(old), encode(new)
    renamed = {new_key: old_key for old_key, new_key in new.moved.items() if old.moved.get(old_key) != new_key}
    changes: list[Change] = []
    for name in dict.fromkeys([*after, *before]):
        held, holds = before.get(name, _NOTHING), after.get(name, _NOTHING)
        if name in _SECTIONS:
            changes.extend(_definitions(name, held, holds, renamed))
        else:
            changes.extend(_changes((name,), held, holds))
    return changes


def _definitions(section: str, old: Any, new: Any, renamed: dict[str, str]) -> Iterator[Change]:
    before: dict[str, Any] = {} if old is _NOTHING else dict(old)
    after: dict[str, Any] = {} if new is _NOTHING else new
    for key, holds in after.items():
        source = renamed.get(key)
        if key not in before and source in before:
            yield Change(kind="renamed", path=path_text((section, source)), before=source, after=key)
            held = before.pop(source)
        else:
            held = before.pop(key, _NOTHING)
        if held is _NOTHING:
            yield Change(kind="added", path=path_text((section, key)), after=_called(holds))
        else:
            yield from _changes((section, key), held, holds)
    for key, held in before.items():
        yield Change(kind="removed", path=path_text((section, key)), before=_called(held))


def _changes(path: Path, old: Any, new: Any) -> Iterator[Change]:
    if old is _NOTHING:
        yield Change(kind="added", path=path_text(path), after=_shown(new))
    elif new is _NOTHING:
        yield Change(kind="removed", path=path_text(path), before=_shown(old))
    elif isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys([*new, *old]):
            yield from _changes((*path, key), old.get(key, _NOTHING), new.get(key, _NOTHING))
    elif isinstance(old, list) and isinstance(new, list):
        yield from _items(path, old, new)
    elif type(old) is not type(new) or old != new:
        yield Change(kind="changed", path=path_text(path), before=_shown(old), after=_shown(new))


def _items(path: Path, old: list[Any], new: list[Any]) -> Iterator[Change]:
    """What happened to a list. An item is named by where it stands in the new list; what is gone, by where it stood."""
    held, holds = ([msgspec.json.encode(item, order="deterministic") for item in items] for items in (old, new))
    for kind, start, end, first, last in SequenceMatcher(None, held, holds, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        both = min(end - start, last - first)
        for offset in range(both):
            yield from _changes((*path, first + offset), old[start + offset], new[first + offset])
        for index in range(first + both, last):
            yield Change(kind="added", path=path_text((*path, index)), after=_called(new[index]) or _shown(new[index]))
        for index in range(start + both, end):
            yield Change(
                kind="removed", path=path_text((*path, index)), before=_called(old[index]) or _shown(old[index])
            )


def _called(definition: Any) -> str | None:
    """What people call a definition; of one that has no name for people, what it says."""
    if not isinstance(definition, dict) or not _NAMED.intersection(definition):
        return None if isinstance(definition, dict) and "kind" in definition else _shown(definition)
    text = next(definition[name] for name in ("title", "subject", "ask", "text") if name in definition)
    return _shown(next(iter(text.values()), None) if isinstance(text, dict) else text) or None


def _shown(value: Any) -> str:
    """A value on one line, shortened."""
    if isinstance(value, dict):
        text = "{" + ", ".join(f"{key}: {_shown(held)}" for key, held in value.items()) + "}"
    elif isinstance(value, list):
        text = "[" + ", ".join(map(_shown, value)) + "]"
    else:
        text = str(value).lower() if isinstance(value, bool) else " ".join(str(value).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
