"""How much of an atom's past has to be remembered so that every condition of a program can still be answered.

Counting from the beginning needs the first facts, up to the highest number asked for; a sliding window needs the facts
inside the longest window. What is neither may be forgotten, and a fact older than that is looked up in the log. The values
of a trait and of a series are all kept: which one was the last, the one before or the first at the time of a fact that
comes late, and whether a latch was true in between, is asked of every one of them. A sequence that has happened stays so:
what came after it says nothing more, what came up to it is kept.
"""

from collections.abc import Iterable
from datetime import timedelta

from msgspec import Struct

from milepost.core.conditions.evaluate import Atom, atoms_of, leaves
from milepost.core.conditions.types import Condition, Did, Sequence_


class Retention(Struct, frozen=True):
    """`first`: how many of the earliest facts (None: all, since an anchor other than the beginning is counted from);
    `window`: the longest look-back, None where no window asks; `sequences`: those of which the facts are steps."""

    first: int | None
    window: timedelta | None
    sequences: tuple[Sequence_, ...] = ()

    def __or__(self, other: "Retention") -> "Retention":
        first = None if self.first is None or other.first is None else max(self.first, other.first)
        windows = [window for window in (self.window, other.window) if window is not None]
        return Retention(first, max(windows, default=None), self.sequences + other.sequences)


def retentions(conditions: Iterable[Condition]) -> dict[str, Retention]:
    """What each atom of these conditions must keep."""
    kept: dict[str, Retention] = {}
    for condition in conditions:
        for leaf in leaves(condition):
            for atom in atoms_of(leaf):
                needed = _needed(leaf, atom)
                kept[atom.id] = kept[atom.id] | needed if atom.id in kept else needed
    return kept


def _needed(leaf: Condition, atom: Atom) -> Retention:
    if isinstance(leaf, Sequence_):
        return Retention(0, leaf.within, (leaf,))
    if isinstance(leaf, Did) and leaf.within is not None and leaf.since is None:
        return Retention(0, leaf.within)
    if not isinstance(leaf, Did) or leaf.since is not None or leaf.distinct is not None:
        return Retention(None, None)
    return Retention(max(leaf.at_least or 1, (leaf.at_most or 0) + 1, (leaf.exactly or 0) + 1), None)
