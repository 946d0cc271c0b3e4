"""Keeps a state small: what no condition can ask for any more is forgotten, and when that was is remembered."""

from bisect import bisect_left
from datetime import timedelta

from milepost.core.conditions.evaluate import Entry
from milepost.core.conditions.holds import completed
from milepost.core.conditions.retention import Retention
from milepost.core.engine.state import State
from milepost.core.events import Fact
from milepost.core.program.compile import Program

#: Thinned in one go when this many more than needed have gathered, so that the cost per fact stays flat.
SLACK = 64
#: Facts inside a window are kept this much longer, for those that arrive late.
_GRACE = timedelta(days=1)


def thin(program: Program, state: State, atom: str, entries: list[Entry]) -> list[Entry]:
    """The entries that are still needed, oldest first."""
    if len(entries) <= SLACK:
        return entries
    retention = program.retention[atom]
    first = _first(retention, state, entries)
    if first is None:
        return entries
    newest = entries[-1][0]
    start = len(entries) - 1  # the last one is kept for explanations
    if retention.window is not None:
        horizon = newest - retention.window - _GRACE
        start = next(i for i, entry in enumerate(entries) if entry[0] >= horizon)
    if start - first <= SLACK:
        return entries
    return _cut(state, atom, entries, first, start)


def _first(retention: Retention, state: State, entries: list[Entry]) -> int | None:
    """How many of the earliest entries are kept; None: all."""
    first = retention.first
    for sequence in retention.sequences:
        done = completed(sequence, state.memory)
        if first is None or (done is None and sequence.within is None):
            return None
        if done is not None:
            first = max(first, bisect_left(entries, (done[0], done[1] + 1)))
    return first


def _cut(state: State, atom: str, entries: list[Entry], start: int, end: int) -> list[Entry]:
    """Forgets entries[start:end]."""
    forgotten = entries[end - 1][0]
    state.trimmed = {**state.trimmed, atom: max(state.trimmed.get(atom, forgotten), forgotten)}
    return entries[:start] + entries[end:]


def forgot(program: Program, state: State, fact: Fact) -> bool:
    """Whether this fact came so late that an answer at its time would need what has been forgotten.

    Everything that it can change lies at its own time or after it; a window there looks back by its own length.
    """
    if not state.trimmed or state.last_at is None or fact.at >= state.last_at:
        return False
    return any(
        window is not None and fact.at - window <= gap
        for atom, gap in state.trimmed.items()
        if (window := program.retention[atom].window if atom in program.retention else None)
    )


def forgot_days(program: Program, state: State, zone: str) -> bool:
    """Whether another time zone makes other days of facts some of which have been forgotten."""
    if not state.trimmed or not zone or zone == state.zone:
        return False
    return any(program.atoms[atom].distinct == "day" for atom in state.trimmed if atom in program.atoms)


def complete(program: Program, state: State) -> bool:
    """Whether every first instant can be computed again from the memory alone."""
    return all(atom in program.retention and program.retention[atom].window is None for atom in state.trimmed)
