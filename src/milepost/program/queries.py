"""Reads of what the team writes. A release never changes, so what was read of one is kept in memory."""

from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec
from django.db import connection

from milepost.core.program.codec import digest_of
from milepost.core.program.compile import Program, compile_folder
from milepost.core.program.document import EMPTY, Document
from milepost.core.program.folder import NOTHING, Folder
from milepost.core.program.upcast import read_kept
from milepost.core.values import Refused
from milepost.program.models import Draft, Release

_KEPT = 64
#: In the steps of how many earlier releases people may stay.
_STAYED_IN = 20
EMPTY_DIGEST = digest_of(EMPTY)


class Released(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One immutable release, compared by identity. Shapes: `text` is the YAML as typed, `folder` its meaning.
    Absent: the empty program of a new workspace has number 0, no text and no `released_at`."""

    workspace: int
    number: int
    digest: str
    folder: Folder
    text: str
    released_at: datetime | None = None
    released_by: str = ""
    reasons: dict[str, str] = {}

    @property
    def document(self) -> Document:
        """All that is released as one document, for whoever looks a definition up by its key."""
        return self.folder.document


class Drafted(msgspec.Struct, frozen=True, kw_only=True):
    """The text being worked on. `base` is the release that it was begun on (number 0: the empty program). Absent:
    `before`, what the last edit of a definition can be taken back to, is None after any other edit."""

    text: str
    base: Released
    changed_at: datetime
    changed_by: str
    before: str | None = None


def current(workspace_id: int) -> Released:
    """The release in force, as any process left it a moment ago. Absent: number 0, the empty program."""
    names = _names("workspace_id = %s ORDER BY number DESC LIMIT 1", workspace_id)
    return _load(workspace_id, *names[0]) if names else _empty(workspace_id)


def release(workspace_id: int, number: int) -> Released:
    """The release with this number. Raises Refused for a number that was never given."""
    if number == 0:
        return _empty(workspace_id)
    names = _names("workspace_id = %s AND number = %s", workspace_id, number)
    if not names:
        raise Refused(
            "unknown_release", f"There is no release {number}.", mend="`milepost diff` names the current one."
        )
    return _load(workspace_id, *names[0])


def releases(workspace_id: int, limit: int = 50) -> list[Released]:
    """The newest releases, newest first, without the empty one."""
    names = _names("workspace_id = %s ORDER BY number DESC LIMIT %s", workspace_id, limit)
    return [_load(workspace_id, *name) for name in names]


def draft(workspace_id: int) -> Drafted | None:
    """The text being worked on, if somebody works on one."""
    row = Draft.objects.filter(workspace_id=workspace_id).select_related("base").first()
    if row is None:
        return None
    base = release(workspace_id, row.base.number if row.base else 0)
    return Drafted(text=row.text, base=base, changed_at=row.changed_at, changed_by=row.changed_by, before=row.before)


def _names(where: str, *parameters: int) -> list[tuple[int, str, Any]]:
    """Number, digest and instant (as the database writes it) of releases: the name under which each is kept. By hand,
    since it is asked for each effect."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT number, digest, released_at FROM program_release WHERE {where}", parameters)  # noqa: S608 - our own words
        rows: list[tuple[int, str, Any]] = cursor.fetchall()
    return rows


@lru_cache(maxsize=_KEPT)
def compiled(released: Released) -> Program:
    """What the engine runs; the same object for the same release."""
    staying = any(journey.migrate == "stay" for journey in released.document.journeys.values())
    earlier = _before(released) if staying else {}
    return compile_folder(released.folder, digest=released.digest, number=released.number, earlier=earlier)


def _before(released: Released) -> dict[int, Folder]:
    """The releases before this one that people may still be inside of journeys of."""
    where = "workspace_id = %s AND number < %s ORDER BY number DESC LIMIT %s"
    names = _names(where, released.workspace, released.number, _STAYED_IN)
    return {number: _load(released.workspace, number, digest, at).folder for number, digest, at in names}


@lru_cache(maxsize=_KEPT)
def _empty(workspace_id: int) -> Released:
    return Released(workspace=workspace_id, number=0, digest=EMPTY_DIGEST, folder=NOTHING, text="")


@lru_cache(maxsize=_KEPT)
def _load(workspace_id: int, number: int, digest: str, released: Any) -> Released:
    """`digest` and `released` are only part of the name under which it is kept: a restored backup may use a number
    again for something else."""
    row = Release.objects.get(workspace_id=workspace_id, number=number)
    return Released(
        workspace=workspace_id,
        number=number,
        digest=digest,
        folder=Folder(documents=read_kept(bytes(row.document))),
        text=row.text,
        released_at=row.released_at,
        released_by=row.released_by,
        reasons=row.reasons,
    )
