"""The program: what is in force, its text with the problems, what a release would change, history."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from difflib import unified_diff
from pathlib import Path

from milepost.console.pages.insights import Unknown, not_now
from milepost.core.program.folder import Folder
from milepost.core.program.problems import Problem
from milepost.core.review.consequences import Consequence, Inside
from milepost.core.review.diff import Change, diff_folders
from milepost.core.values import Refused, Unavailable, digest
from milepost.insights.consequences import consequences, inside, refuse_to_strand
from milepost.log import stores
from milepost.program import queries
from milepost.program.queries import Released
from milepost.program.review import review

STARTER = Path(__file__).parent / "starter.yaml"


@dataclass(frozen=True, slots=True)
class EditPage:
    """Absent: `saved_at` None: nobody works on a draft; `text` is the release's, or an example to begin with."""

    text: str
    base: Released
    saved_at: datetime | None
    saved_by: str
    problems: tuple[Problem, ...]

    @property
    def revision(self) -> str:
        """Names the text, to notice that somebody else has changed it since."""
        return digest(self.text)

    @property
    def errors(self) -> int:
        return sum(problem.level == "error" for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody else has changed the draft since it was opened here."""

    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReleasePage:
    """What would change. Shapes: `lines` are (kind, text) of a unified diff, kind one of added, removed, hunk, same.
    `moved_on`: somebody else has released since this draft was begun."""

    base: Released
    current: Released
    changes: tuple[Change, ...]
    lines: tuple[tuple[str, str], ...]
    errors: tuple[Problem, ...]
    reasons: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    given: dict[str, str]
    people: tuple[Consequence, ...] | Unknown
    stranded: tuple[Inside, ...] = ()
    refusal: str = ""

    @property
    def moved_on(self) -> bool:
        return self.base.digest != self.current.digest

    @property
    def releasable(self) -> bool:
        return bool(self.lines) and not self.errors and not self.stranded


@dataclass(frozen=True, slots=True)
class ReleasesPage:
    releases: tuple[Released, ...]
    current: int


@dataclass(frozen=True, slots=True)
class OneRelease:
    release: Released
    is_current: bool
    current: int
    lines: tuple[tuple[str, str], ...]


def gather_edit(workspace_id: int) -> EditPage:
    draft = queries.draft(workspace_id)
    if draft is None:
        current = queries.current(workspace_id)
        text = current.text or STARTER.read_text(encoding="utf-8")
        return EditPage(text, current, None, "", review(text).problems)
    return EditPage(draft.text, draft.base, draft.changed_at, draft.changed_by, review(draft.text).problems)


def gather_conflict(workspace_id: int, revision: str | None, name: str) -> Conflict | None:
    """Whose change would be lost by saving over the draft. Absent: None, when nobody's would."""
    draft = queries.draft(workspace_id)
    if draft is None or revision is None or draft.changed_by == name or digest(draft.text) == revision:
        return None
    return Conflict(draft.changed_by, draft.changed_at)


def gather_release(workspace_id: int, given: dict[str, str], refusal: str = "") -> ReleasePage:
    """Shapes: `given` is rule → written reason, as typed so far."""
    draft, current = queries.draft(workspace_id), queries.current(workspace_id)
    text, base = (draft.text, draft.base) if draft else (current.text, current)
    reviewed = review(text)
    by_level = {
        level: tuple(p for p in reviewed.problems if p.level == level) for level in ("error", "reason", "warning")
    }
    people, stranded = _in_people(workspace_id, current.folder, reviewed.folder)
    return ReleasePage(
        base=base,
        current=current,
        changes=tuple(diff_folders(current.folder, reviewed.folder)) if reviewed.folder else (),
        lines=tuple(text_diff(current.text, text)),
        errors=by_level["error"],
        reasons=by_level["reason"],
        warnings=by_level["warning"],
        given=given,
        people=people,
        stranded=stranded,
        refusal=refusal,
    )


def _in_people(
    workspace_id: int, old: Folder, new: Folder | None
) -> tuple[tuple[Consequence, ...] | Unknown, tuple[Inside, ...]]:
    """What a release would change in people, and who would be left nowhere; nothing for a text with errors."""
    if new is None:
        return (), ()
    connected = stores.current()
    store, now = connected.events, connected.clock.now()
    try:
        people = tuple(consequences(store, workspace_id, old, new, now))
        return people, tuple(inside(store, workspace_id, old, new, now))
    except Unavailable:
        return not_now(), ()


def refuse_to_strand_people(workspace_id: int, text: str) -> None:
    """Raises Refused when releasing this text would leave people nowhere, Unavailable while that cannot be counted."""
    folder = review(text).folder
    if folder is not None:
        connected = stores.current()
        current = queries.current(workspace_id)
        refuse_to_strand(connected.events, workspace_id, current.folder, folder, connected.clock.now())


def gather_releases(workspace_id: int) -> ReleasesPage:
    return ReleasesPage(tuple(queries.releases(workspace_id)), queries.current(workspace_id).number)


def gather_one_release(workspace_id: int, number: int) -> OneRelease:
    """Raises Refused (404) for a number that was never given."""
    current = queries.current(workspace_id)
    if not 1 <= number <= current.number:
        raise Refused("no_such_release", "There is no such release.", status=404)
    release = queries.release(workspace_id, number)
    return OneRelease(release, number == current.number, current.number, tuple(text_diff(current.text, release.text)))


def text_diff(old: str, new: str) -> Iterable[tuple[str, str]]:
    """The lines that differ, with three around them; nothing for equal texts."""
    kinds = {"+": "added", "-": "removed", "@": "hunk"}
    found = unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=3)
    for line in list(found)[2:]:
        yield kinds.get(line[:1], "same"), line
