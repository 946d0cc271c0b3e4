"""Segments: who exactly; how many they are, who they are, and who came and went lately."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from milepost.console.pages.accounts import AccountsPage, gather_accounts
from milepost.console.pages.conditions import in_words
from milepost.console.pages.insights import Unknown, not_now
from milepost.console.pages.people import Among, PeoplePage, page_of_people
from milepost.console.pages.words import condition_titles
from milepost.core import events
from milepost.core.program.risks import segments_of
from milepost.core.values import Refused, Unavailable
from milepost.insights.judged import subject_for
from milepost.insights.moves import moves
from milepost.log import stores
from milepost.people import queries as people
from milepost.program import queries as program
from milepost.runtime import audiences
from milepost.runtime import queries as runtime

LATELY = timedelta(days=30)
MOVES = 12


@dataclass(frozen=True, slots=True)
class SegmentRow:
    key: str
    definition: str
    size: int


@dataclass(frozen=True, slots=True)
class SegmentsPage:
    rows: tuple[SegmentRow, ...]


@dataclass(frozen=True, slots=True)
class MoveRow:
    uid: int
    who: str
    entered: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class SegmentPage:
    """Absent: `moves` is Unknown while the facts cannot be read; of `people` and `accounts` one is None: the segment has
    the others."""

    key: str
    definition: str
    size: int
    people: PeoplePage | None
    accounts: AccountsPage | None
    moves: tuple[MoveRow, ...] | Unknown


def gather_segments(workspace_id: int) -> SegmentsPage:
    document = program.current(workspace_id).document
    called, sizes = condition_titles(document), runtime.segment_sizes(workspace_id)
    return SegmentsPage(
        tuple(
            SegmentRow(key, in_words(condition, called), sizes.get(key, 0))
            for key, condition in segments_of(document).items()
        )
    )


def gather_segment(workspace_id: int, key: str, text: str, cursor: str, now: datetime) -> SegmentPage:
    """Raises Refused (404) for a segment that the program does not have."""
    folder = program.current(workspace_id).folder
    document = folder.document
    definition = segments_of(document).get(key)
    if definition is None:
        raise Refused("no_such_segment", "The program has no such segment.", status=404)
    of = subject_for(folder, key)
    among = Among("", {}, audiences.members(workspace_id, key), of=of)
    found = people.search(workspace_id, text)
    return SegmentPage(
        key=key,
        definition=in_words(definition, condition_titles(document)),
        size=runtime.segment_sizes(workspace_id).get(key, 0),
        people=page_of_people(workspace_id, found, text, cursor, among, f"/segments/{key}/")
        if of == "persons"
        else None,
        accounts=gather_accounts(workspace_id, text, among) if of == "accounts" else None,
        moves=_moves(workspace_id, key, now),
    )


def _moves(workspace_id: int, key: str, now: datetime) -> tuple[MoveRow, ...] | Unknown:
    try:
        found = moves(stores.current().events, workspace_id, key, since=now - LATELY, limit=MOVES)
    except Unavailable:
        return not_now()
    names = people.names(workspace_id, {each.uid for each in found})
    return tuple(
        MoveRow(each.uid, names.get(each.uid, ""), each.name == events.SEGMENT_ENTERED, each.at) for each in found
    )
