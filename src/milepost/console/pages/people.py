"""The list of people: who they are, when they were last seen, how far they have come."""

from dataclasses import dataclass
from datetime import datetime

from milepost.console.cursor import after, cursor_of
from milepost.people import queries as people
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
class PeoplePage:
    """Shapes: `milestones` is how many there are to reach. Absent: an empty `next_cursor` is the last page; `total` is
    None while searching."""

    text: str
    rows: tuple[PersonRow, ...]
    milestones: int
    total: int | None
    next_cursor: str
    first_page: bool

    @property
    def dots(self) -> range:
        return range(1, self.milestones + 1)


def gather_people(workspace_id: int, text: str, cursor: str) -> PeoplePage:
    found = people.search(workspace_id, text)
    rows = list(after(found, cursor, time="last_seen_at")[: PAGE + 1])
    shown, more = rows[:PAGE], len(rows) > PAGE
    reached = runtime.reached_counts(workspace_id, [row.id for row in shown])
    return PeoplePage(
        text=text,
        rows=tuple(
            PersonRow(row.id, row.key, row.name, row.email, row.last_seen_at, reached.get(row.id, 0)) for row in shown
        ),
        milestones=len(program.current(workspace_id).document.milestones),
        total=None if text else found.count(),
        next_cursor=cursor_of(shown[-1], time="last_seen_at") if more else "",
        first_page=not cursor,
    )
