"""When a condition changes: the next moment to look again, and the first instant at which it is true."""

from bisect import bisect_left
from collections.abc import Iterator
from datetime import datetime

from milepost.core.conditions.compare import moment, relative, shifted
from milepost.core.conditions.holds import END_OF_MOMENT, holds
from milepost.core.conditions.memory import View, leaves, series_of
from milepost.core.conditions.types import All, Any_, Compared, Condition, Did, Last, Leaf, Not, Reached, Trait
from milepost.core.values import BY_TIME_ALONE, Instant


def next_change(condition: Condition, view: View, after: datetime, *, towards: bool | None = None) -> datetime | None:
    """The earliest moment after this one at which the truth may change because time passed; None when none does.

    `towards` True looks only for what can make it true: who waits for that need not wake when a window runs out that
    can only make it false.
    """
    moments = (
        edge
        for leaf, positive in _signed(condition, positive=True)
        if towards is None or _can_turn(leaf, to=towards is positive)
        for edge in _edges(leaf, view, after)
    )
    return min(moments, default=None)


def turned_by_time(condition: Condition) -> tuple[Leaf, ...]:
    """The leaves through which the passing of time alone can make it true; for none of them nobody need be woken."""
    signed = _signed(condition, positive=True)
    return tuple(leaf for leaf, positive in signed if _moves(leaf) and _can_turn(leaf, to=positive))


def moving(condition: Condition) -> tuple[Leaf, ...]:
    """The leaves that the passing of time alone can change, one way or the other."""
    return tuple(leaf for leaf in leaves(condition) if _moves(leaf))


def positives(condition: Condition) -> tuple[Leaf, ...]:
    """The leaves that help to make it true: those under an even number of `not`."""
    return tuple(leaf for leaf, positive in _signed(condition, positive=True) if positive)


def next_edge(leaves_: tuple[Leaf, ...], view: View, after: datetime) -> datetime | None:
    """The earliest moment after this one at which time alone changes one of these leaves; None: never."""
    edges = [edge for leaf in leaves_ for edge in _edges(leaf, view, after)]
    return min(edges) if edges else None


def _moves(leaf: Leaf) -> bool:
    """Whether the leaf looks at the moment that it is asked at."""
    if isinstance(leaf, Trait | Last):
        return leaf.test.op in ("before", "after")
    return not isinstance(leaf, Compared) and leaf.within is not None


def _signed(condition: Condition, *, positive: bool) -> Iterator[tuple[Leaf, bool]]:
    """The leaves, each with whether it stands under an even number of `not`. Raises TypeError as `leaves` does."""
    if isinstance(condition, All | Any_):
        for part in condition.of:
            yield from _signed(part, positive=positive)
    elif isinstance(condition, Not):
        yield from _signed(condition.of, positive=not positive)
    else:
        yield from ((leaf, positive) for leaf in leaves(condition))


def _can_turn(leaf: Leaf, *, to: bool) -> bool:
    """Whether time alone can turn this leaf true (or false)."""
    if isinstance(leaf, Did):
        return leaf.exactly is not None or to is (leaf.at_most is not None)
    if isinstance(leaf, Trait | Last):
        return to is (leaf.test.op == "before")
    return not to


def _edges(leaf: Leaf, view: View, after: datetime) -> Iterator[datetime]:
    """Moments after this one at which time alone changes the leaf; at least the earliest of them."""
    if isinstance(leaf, Trait | Last):
        yield from (edge for edge in _value_edges(leaf, view) if edge > after)
    elif isinstance(leaf, Compared):
        return
    elif isinstance(leaf, Reached):
        instant = view.instant_of(leaf.milestone)
        if instant is not None and leaf.within is not None and shifted(instant[0], leaf.within) > after:
            yield shifted(instant[0], leaf.within)
    elif leaf.within is not None and (entries := view.memory.get(leaf.atom)):
        place = bisect_left(entries, (shifted(after, -leaf.within), END_OF_MOMENT))
        if place < len(entries):
            yield shifted(entries[place][0], leaf.within)


def _value_edges(leaf: Trait | Last, view: View) -> Iterator[datetime]:
    """When each value that it ever had crosses a bound that moves with time, after it was written."""
    by = relative(leaf.test.value) if leaf.test.op in ("before", "after") else None
    if by is None:
        return
    for written, _, value in view.memory.get(_atoms(leaf)[0], ()):
        date = moment(value)
        if date is not None and (edge := shifted(date, -by)) > written:
            yield edge


def first_true(condition: Condition, view: View, since: Instant | None) -> Instant | None:
    """The first instant at which something changes that the condition reads and it is true; None: never.

    Instants before `since` are left out: who knows that nothing changed before it need not ask again.
    The answer may lie in the future: when time alone will make it true if nothing else happens.
    """
    for at in sorted(_candidates(condition, view, since)):
        if holds(condition, view, at):
            return at
    return None


def _candidates(condition: Condition, view: View, since: Instant | None) -> set[Instant]:
    found: set[Instant] = set()
    for leaf in leaves(condition):
        found.update(_instants(leaf, view))
    return found if since is None else {at for at in found if at >= since}


def _instants(leaf: Leaf, view: View) -> Iterator[Instant]:
    """Every instant at which the leaf can change."""
    happened = _happened(leaf, view)
    yield from happened
    if isinstance(leaf, Trait | Last):
        yield from ((at, BY_TIME_ALONE) for at in _value_edges(leaf, view))
    elif not isinstance(leaf, Compared) and leaf.within is not None:
        yield from ((shifted(at, leaf.within), BY_TIME_ALONE) for at, _ in happened)


def _happened(leaf: Leaf, view: View) -> list[Instant]:
    """The facts, and the milestone, that the leaf looks at."""
    if isinstance(leaf, Reached):
        instant = view.instant_of(leaf.milestone)
        return [] if instant is None else [instant]
    return [entry[:2] for atom in _atoms(leaf) for entry in view.memory.get(atom, ())]


def _atoms(leaf: Did | Trait | Last | Compared) -> tuple[str, ...]:
    return tuple(series.atom for series in series_of(leaf)) if isinstance(leaf, Last | Compared) else (leaf.atom,)
