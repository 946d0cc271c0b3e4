"""What the team does to one definition of the draft; everything else in the text stays as it was typed."""

import re
from datetime import datetime
from unicodedata import normalize

from django.db import transaction

from milepost.core.program.problems import Path
from milepost.core.review.names import SECTIONS
from milepost.core.review.uses import uses, uses_of
from milepost.core.values import Refused
from milepost.program import part, queries
from milepost.program.actions import save_draft
from milepost.program.drafts import Working, opened, with_part, working

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")


class Conflict(Refused):
    """Somebody else has changed the definition since it was opened. Shapes: `theirs` is its YAML now."""

    def __init__(self, by: str, theirs: str) -> None:
        self.by, self.theirs = by, theirs
        super().__init__("changed_meanwhile", f"{by} has changed it since you opened it.", status=409)


def save(
    workspace_id: int, path: Path, own: str, *, was: str, over: bool, by: str, now: datetime, otherwise: str = ""
) -> None:
    """Keeps what the definition says now. `was` names what it said when it was opened (empty: it was new); `over` keeps
    it whatever it says now. Raises Conflict, and Refused for a key that cannot be one or is taken."""
    with transaction.atomic():
        draft = working(workspace_id, otherwise)
        is_new = not part.has(draft.loaded, path)
        if is_new and len(path) > 1:
            check_key(draft, str(path[1]))
        if not over and draft.revision(path) != was:
            raise Conflict(draft.changed_by, "" if is_new else draft.own(path))
        text, loaded = with_part(draft, path, own)
        if part.has(draft.loaded, path[:1]) and set(draft.data) - set(loaded.data):
            raise Refused("not_yaml", "This would break the text around it.", status=422)
        _keep(workspace_id, draft, text, by=by, now=now)


def copy(workspace_id: int, path: Path, *, by: str, now: datetime) -> str:
    """A copy of the definition; its key."""
    with transaction.atomic():
        draft = working(workspace_id)
        key = _free(draft, f"{path[1]}-copy")
        _keep(workspace_id, draft, part.copied(draft.text, draft.loaded, path, key), by=by, now=now)
    return key


def rename(workspace_id: int, path: Path, key: str, *, by: str, now: datetime) -> None:
    """Another key, everywhere; where the old one is released, `moved` says so, and the history goes along.
    Raises Refused for a key that cannot be one or is taken."""
    with transaction.atomic():
        draft = working(workspace_id)
        old = str(path[1])
        draft.own(path)  # raises for what is not there
        check_key(draft, key)
        named = uses_of(uses(draft.data), str(path[0]), old)
        words = {use.path: use.prefix + key for use in named if not use.is_key}
        keys = {use.path: key for use in named if use.is_key}
        text = part.with_words(draft.text, words, {**keys, path: key})
        _keep(workspace_id, draft, _moved(workspace_id, text, str(path[0]), old, key), by=by, now=now)


def delete(workspace_id: int, path: Path, *, by: str, now: datetime) -> None:
    """Raises Refused while something names it: the first of those is told."""
    with transaction.atomic():
        draft = working(workspace_id)
        users = uses_of(uses(draft.data), str(path[0]), str(path[-1]))
        if users:
            names = ", ".join(dict.fromkeys(".".join(map(str, use.by)) for use in users))
            raise Refused("in_use", f"It is still named by {names}.", mend="Change that first.", status=409)
        _keep(workspace_id, draft, part.without(draft.text, draft.loaded, path), by=by, now=now)


def check_key(draft: Working, key: str) -> None:
    """Raises Refused for a key that cannot be one, or is taken by a definition of any kind."""
    if not _KEY.fullmatch(key):
        raise Refused(
            "key",
            f"'{key}' cannot be a key.",
            mend="Use small letters, digits, - and _, beginning with a letter or digit. Example: first-meal.",
            status=422,
        )
    if any(key in section for name, section in draft.data.items() if name in SECTIONS and isinstance(section, dict)):
        raise Refused("key", f"'{key}' is taken already.", mend="Take another one.", status=422)


def new_key(draft: Working, words: str) -> str:
    """A key that is not taken, made of these words as far as they are in Latin letters."""
    plain = normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return _free(draft, re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].rstrip("-") or "piece")


def _free(draft: Working, key: str) -> str:
    taken = {each for section in draft.data.values() if isinstance(section, dict) for each in section}
    numbers = (f"{key}-{number}" for number in range(2, len(taken) + 3))
    return next(each for each in (key, *numbers) if each not in taken)


def _moved(workspace_id: int, text: str, section: str, old: str, key: str) -> str:
    """What `moved` has to say about a rename: nothing for what was never released, or goes by its released name again."""
    released = getattr(queries.current(workspace_id).document, section, {})
    moved = opened(text).data.get("moved") or {}
    if moved.get(key) == old:
        return part.without(text, opened(text), ("moved", key))
    if old not in released:
        return text
    return part.with_own_text(text, opened(text), ("moved", old), key)


def _keep(workspace_id: int, draft: Working, text: str, *, by: str, now: datetime) -> None:
    if text != draft.text:
        save_draft(workspace_id, text, by=by, now=now, before=draft.text)
