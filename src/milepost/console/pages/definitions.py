"""Every definition of the program by its kind: what it is called, when it comes, who names it, what is wrong with it, and
how often it has happened."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milepost.console.pages.conditions import in_words
from milepost.console.pages.definition import ALONE, definition_in, draft, title_of
from milepost.console.pages.definitions_kinds import KINDS, Kind, kind_of
from milepost.console.pages.definitions_words import CHOICES
from milepost.console.pages.moments import begins
from milepost.console.pages.words import condition_titles
from milepost.console.templatetags.console import duration
from milepost.core.conditions.types import Condition
from milepost.core.program.document import Audience
from milepost.core.program.folder import Folder, keys_of, program_key
from milepost.core.program.kinds.journey import DayStart
from milepost.core.program.problems import Problem
from milepost.core.review.uses import uses
from milepost.delivery.reports import shown_counts, tallies
from milepost.program import queries
from milepost.program.drafts import Working
from milepost.program.queries import Released
from milepost.runtime.queries import reached_by_milestone

_PARTS = ("steps", "questions", "obstacles", "milestones", "series")
_WHEN = ("reached", "when", "starts", "eligible")


@dataclass(frozen=True, slots=True)
class Row:
    """Shapes: `when` is its first condition in words; `notes` are short facts about it. `change` is new, changed or ""
    against what is in force. Absent: `happened` None where nothing is counted; `program` is empty where there is one."""

    key: str
    title: str
    when: str
    stage: str
    serves: str
    notes: tuple[str, ...]
    used: int
    errors: int
    warnings: int
    happened: int | None
    change: str
    program: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    kind: Kind
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class ProgramLine:
    """One document of the workspace. Shapes: `starts` is its start in words; empty for what is common to all."""

    key: str
    name: str
    audience: Audience
    common: bool
    starts: str
    definitions: int


@dataclass(frozen=True, slots=True)
class DefinitionsPage:
    """Shapes: `programs` are those of the workspace, where it has more than one. Absent: release number 0 is the empty
    program of a new workspace; `name` is empty then; `program` is empty where those of all are shown."""

    name: str
    release: Released
    groups: tuple[Group, ...]
    empty: tuple[Kind, ...]
    text: str
    has_draft: bool
    may_undo: bool
    problems: tuple[Problem, ...]
    programs: tuple[ProgramLine, ...] = ()
    program: str = ""

    @property
    def errors(self) -> int:
        return sum(problem.level == "error" for problem in self.problems)


def gather_definitions(workspace_id: int, text: str, program: str = "") -> DefinitionsPage:
    """`text`: what is looked for in titles and keys; `program`: the program whose definitions are wanted; empty for all."""
    found, release = draft(workspace_id), queries.current(workspace_id)
    programs = _programs(found)
    chosen = program if any(each.key == program for each in programs) else ""
    made = _Rows(found, release, _counts(workspace_id), chosen)
    groups = [Group(kind, rows) for kind in KINDS if (rows := made.of(kind, text.casefold()))]
    filled = {group.kind for group in groups}
    return DefinitionsPage(
        name=str(found.data.get("name") or ""),
        release=release,
        groups=tuple(groups),
        empty=tuple(kind for kind in KINDS if kind not in filled) if not text else (),
        text=text,
        has_draft=found.changed_at is not None,
        may_undo=found.may_undo,
        problems=found.reviewed.problems,
        programs=programs,
        program=chosen,
    )


def _programs(found: Working) -> tuple[ProgramLine, ...]:
    """The documents of the text, where it holds several."""
    documents, called = found.reviewed.documents, condition_titles(found.reviewed.sketch)
    if len(documents) == 1:
        return ()
    return tuple(
        ProgramLine(
            key=program_key(each),
            name=each.name,
            audience=each.audience,
            common=each.common,
            starts="" if each.common else in_words(each.start, called),
            definitions=sum(1 for _key in keys_of(each)),
        )
        for each in documents
    )


def _counts(workspace_id: int) -> dict[str, Mapping[str, int]]:
    """How often each definition has happened: milestones reached, pieces shown, messages sent."""
    return {
        "milestones": reached_by_milestone(workspace_id),
        "content": shown_counts(workspace_id),
        "messages": {key: tally.sent for key, tally in tallies(workspace_id).items()},
    }


class _Rows:
    """Makes the rows of one program."""

    def __init__(
        self, found: Working, release: Released, counts: dict[str, Mapping[str, int]], program: str = ""
    ) -> None:
        documents = found.reviewed.documents
        self._owners = Folder(documents=documents).owners if len(documents) > 1 else {}
        self._names = {program_key(each): each.name for each in documents}
        self._program = program
        self._found, self._document, self._counts = found, found.reviewed.sketch, counts
        self._called = condition_titles(self._document)
        self._used = Counter((use.section, use.key) for use in uses(found.data) if use.by != (use.section, use.key))
        self._problems = _by_definition(found.reviewed.problems)
        self._before = release.document if release.number else None

    def of(self, kind: Kind, text: str) -> tuple[Row, ...]:
        held = self._found.data.get(kind.section)
        if kind.alone:
            rows = [self._row(kind, ALONE, held)] if held is not None else []
        else:
            items = held.items() if isinstance(held, dict) else ()
            rows = [
                self._row(kind, key, value)
                for key, value in items
                if kind_of(kind.section, value) is kind and self._program in ("", self._owners.get(key, ""))
            ]
        return tuple(row for row in rows if text in row.key.casefold() or text in row.title.casefold())

    def _row(self, kind: Kind, key: str, value: Any) -> Row:
        definition = definition_in(self._document, kind, key)
        path = (kind.section,) if kind.alone else (kind.section, key)
        levels = self._problems.get(path, Counter())
        counts = self._counts.get(kind.section)
        serves = str(getattr(definition, "serves", None) or "")
        return Row(
            key=key,
            title=title_of(kind, key, value, self._document),
            when=self._when(definition),
            stage=str(CHOICES.get(stage, stage)) if (stage := getattr(definition, "stage", None)) else "",
            serves=self._called.get(serves, serves),
            notes=tuple(_notes(definition)),
            used=self._used[kind.section, key],
            errors=levels["error"],
            warnings=levels["reason"] + levels["warning"],
            happened=None if counts is None else counts.get(key, 0),
            change=self._change(kind, key, definition),
            program="" if self._program else self._names.get(self._owners.get(key, ""), ""),
        )

    def _when(self, definition: Any) -> str:
        if isinstance(definition, Condition):
            return in_words(definition, self._called)
        held = [getattr(definition, name, None) for name in _WHEN]
        day = next((begins(each, self._called) for each in held if isinstance(each, DayStart)), "")
        return day or next((in_words(each, self._called) for each in held if isinstance(each, Condition)), "")

    def _change(self, kind: Kind, key: str, definition: Any) -> str:
        if self._before is None or definition is None or self._found.changed_at is None:
            return ""
        before = definition_in(self._before, kind, key)
        return "new" if before is None else "changed" if before != definition else ""


def _notes(definition: Any) -> list[str]:
    notes = []
    if getattr(definition, "first_value", False):
        notes.append(_("First value"))
    if getattr(definition, "kind", "") == "outcome":
        notes.append(_("Outcome"))
    if isinstance(target := getattr(definition, "target", None), timedelta):
        notes.append(_("within %(length)s") % {"length": duration(target)})
    parts = ((name, len(getattr(definition, name, ()))) for name in _PARTS)
    return [*notes, *(_counted(name, n) for name, n in parts if n)]


def _counted(name: str, n: int) -> str:
    words = {
        "steps": ngettext("%(n)s step", "%(n)s steps", n),
        "questions": ngettext("%(n)s question", "%(n)s questions", n),
        "obstacles": ngettext("%(n)s obstacle", "%(n)s obstacles", n),
        "milestones": ngettext("%(n)s milestone", "%(n)s milestones", n),
        "series": ngettext("%(n)s part", "%(n)s parts", n),
    }
    return words[name] % {"n": n}


def _by_definition(problems: tuple[Problem, ...]) -> dict[tuple[str, ...], Counter[str]]:
    """Problems counted by level, for each definition in which they stand."""
    found: dict[tuple[str, ...], Counter[str]] = {}
    for problem in problems:
        section, _dot, rest = problem.path.partition(".")
        key = rest.partition(".")[0].partition("[")[0]
        for path in {(section,), (section, key)}:
            found.setdefault(path, Counter())[problem.level] += 1
    return found
