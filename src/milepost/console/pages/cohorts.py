"""Cohorts × milestones: which people, or accounts, come how far, and how long it takes them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from milepost.console.pages.insights import Share, Unknown, not_now, period, share_of
from milepost.console.pages.words import every_title, titles
from milepost.core.insights.cohorts import KNOWN, WEEK
from milepost.core.insights.milestones import Milestones, Reach
from milepost.core.insights.subjects import Of
from milepost.core.program.document import Document
from milepost.core.program.folder import Folder
from milepost.core.values import Unavailable, Undefined
from milepost.insights.ask import ask
from milepost.insights.judged import judged, subjects, usual
from milepost.log import stores
from milepost.program import queries as program
from milepost.workspace.models import Workspace


@dataclass(frozen=True, slots=True)
class CohortCell:
    """Absent: `reach` None where the cohort has nobody; `median` and `p75` while too few have come."""

    reach: Share | None
    median: timedelta | None
    p75: timedelta | None

    @property
    def tone(self) -> int:
        """How deep the cell is coloured: 0 to 5."""
        return round(self.reach.rate * 5) if self.reach else 0


@dataclass(frozen=True, slots=True)
class CohortRow:
    title: str
    n: int
    cells: tuple[CohortCell, ...]


@dataclass(frozen=True, slots=True)
class CohortsPage:
    """Shapes: `ways` are (key, chosen); each row has one cell for each of `milestones`; `subjects` are (of, chosen), none
    where there is no choice."""

    by: str
    of: Of
    subjects: tuple[tuple[Of, bool], ...]
    ways: tuple[tuple[str, bool], ...]
    milestones: tuple[str, ...]
    rows: tuple[CohortRow, ...]
    unknown: Unknown | None = None


def gather_cohorts(workspace: Workspace, by: str, of: str, now: datetime) -> CohortsPage:
    """`of`: persons or accounts; the usual ones for anything else. Raises Refused for a `by` that makes no cohorts."""
    folder = program.current(workspace.pk).folder
    whose, document = _subject(folder, of), folder.document
    called = titles(document)
    heads = tuple(called["milestone", key] for key in judged(folder, whose).milestones)
    ways, known = tuple((key, key == by) for key in KNOWN), subjects(folder)
    choice = tuple((each, each == whose) for each in known) if len(known) > 1 else ()
    try:
        reaches = _asked(workspace, by, whose, now)
    except Unavailable:
        return CohortsPage(by, whose, choice, ways, heads, (), not_now())
    return CohortsPage(by, whose, choice, ways, heads, tuple(_rows(by, reaches, document)))


def _subject(folder: Folder, of: str) -> Of:
    return next((each for each in subjects(folder) if each == of), usual(folder))


def cohorts_table(workspace: Workspace, by: str, of: str, now: datetime) -> Iterable[tuple[Any, ...]]:
    """(cohort, milestone, n, reached, share, low, high, median, p75) of each cell. Units: seconds. Raises as above, and
    Unavailable."""
    whose = _subject(program.current(workspace.pk).folder, of)
    for reach in _asked(workspace, by, whose, now):
        for cell in reach.cohorts:
            share = share_of(cell.rate)
            numbers = (share.rate, share.low, share.high) if share else ("", "", "")
            times = ("" if isinstance(each, Undefined) else each for each in (cell.median, cell.p75))
            yield (cell.cohort or "", reach.milestone, cell.rate.n, cell.rate.count, *numbers, *times)


def _asked(workspace: Workspace, by: str, of: Of, now: datetime) -> list[Reach]:
    return ask(stores.current().events, Milestones(**period(workspace, now, of=of), by=by)).milestones


def _rows(by: str, reaches: list[Reach], document: Document) -> Iterable[CohortRow]:
    """Cohorts that have anybody."""
    for cells in zip(*(reach.cohorts for reach in reaches), strict=True):
        if cells[0].rate.n:
            yield CohortRow(
                title=_title(by, cells[0].cohort, document),
                n=cells[0].rate.n,
                cells=tuple(CohortCell(share_of(cell.rate), _length(cell.median), _length(cell.p75)) for cell in cells),
            )


def _title(by: str, cohort: str | None, document: Document) -> str:
    if cohort is None:
        return _("not known")
    if by == WEEK:
        return date_format(date.fromisoformat(cohort), "SHORT_DATE_FORMAT")
    return every_title(document).get(("goal", cohort), cohort) if by == "goal" else cohort


def _length(seconds: float | Undefined) -> timedelta | None:
    return None if isinstance(seconds, Undefined) else timedelta(seconds=seconds)
