"""The list of people: who they are, when they were last seen, how far they have come; all of them, or only some."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet

from milepost.console.cursor import after, cursor_of
from milepost.core.insights.subjects import Of
from milepost.people import queries as people
from milepost.people.models import Person
from milepost.program import queries as program
from milepost.runtime import queries as runtime

PAGE = 25


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Absent: an empty `name` was never said; `email` too."""

    uid: int
    key: str
    name: str
    email: str
    last_seen_at: datetime
    reached: int

    @property
    def title(self) -> str:
        return self.name or self.email or self.key


@dataclass(frozen=True, slots=True)
class Among:
    """Which people: `parameters` say it in the address, `text` in words, `uids` to the database (a sub-select, or ids);
    `except_them`: everybody else. `of`: whether they are people at all, or accounts."""

    text: str
    parameters: dict[str, str]
    uids: Any
    except_them: bool = False
    of: Of = "persons"


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Shapes: `milestones` is how many a person has to reach; `path` is where the list stands. Absent: an empty
    `next_cursor` is the last page; `total` is None while searching; `among` None: everybody."""

    text: str
    rows: tuple[PersonRow, ...]
    milestones: int
    total: int | None
    next_cursor: str
    first_page: bool
    among: Among | None = None
    path: str = "/people/"
    parameters: dict[str, str] = field(default_factory=dict)

    @property
    def dots(self) -> range:
        return range(1, self.milestones + 1)

    @property
    def asked(self) -> str:
        """What the list is limited to, for an address."""
        limits = self.parameters | ({"q": self.text} if self.text else {})
        return urlencode(limits)


def gather_people(workspace_id: int, text: str, cursor: str, among: Among | None = None) -> PeoplePage:
    return page_of_people(workspace_id, people.search(workspace_id, text), text, cursor, among)


def page_of_people(
    workspace_id: int,
    found: QuerySet[Person],
    text: str,
    cursor: str,
    among: Among | None,
    path: str = "/people/",
) -> PeoplePage:
    """One page of these people, latest seen first. Raises Refused for a broken cursor."""
    if among is not None:
        found = found.exclude(id__in=among.uids) if among.except_them else found.filter(id__in=among.uids)
    rows = list(after(found, cursor, time="last_seen_at")[: PAGE + 1])
    shown, more = rows[:PAGE], len(rows) > PAGE
    return PeoplePage(
        text=text,
        rows=_rows(workspace_id, shown),
        milestones=len(program.current(workspace_id).folder.for_persons.milestones),
        total=None if text else found.count(),
        next_cursor=cursor_of(shown[-1], time="last_seen_at") if more else "",
        first_page=not cursor,
        among=among,
        path=path,
        parameters=among.parameters if among else {},
    )


def _rows(workspace_id: int, shown: Iterable[Person]) -> tuple[PersonRow, ...]:
    found = list(shown)
    reached = runtime.reached_counts(workspace_id, [row.id for row in found])
    return tuple(
        PersonRow(row.id, row.key, row.name, row.email, row.last_seen_at, reached.get(row.id, 0)) for row in found
    )
