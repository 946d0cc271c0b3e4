"""When a condition changes: the next moment to look again, and the first instant at which it is true."""

from bisect import bisect_left
from collections.abc import Iterator
from datetime import datetime

from milepost.core.conditions.compare import moment, relative, shifted
from milepost.core.conditions.holds import END_OF_MOMENT, asked, lasts_of, least, span_of
from milepost.core.conditions.memory import View, atoms_of, leaves
from milepost.core.conditions.types import (
    All,
    Any_,
    Compared,
    Condition,
    Did,
    Last,
    Leaf,
    Not,
    Reached,
    Sequence_,
    Trait,
)
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
        if (edge := _edge(leaf, view, after)) is not None
    )
    return min(moments, default=None)


def turned_by_time(condition: Condition) -> tuple[Leaf, ...]:
    """The leaves through which the passing of time alone can make it true; for none of them nobody need be woken."""
    signed = _signed(condition, positive=True)
    return tuple(leaf for leaf, positive in signed if _moves(leaf) and _can_turn(leaf, to=positive))


def untimed(condition: Condition) -> Condition:
    """What must hold already for the passing of time alone to make it true: the parts of an `all` that time cannot turn.
    While it is false nobody need be woken; a fact, or a milestone, that makes it true asks again."""
    parts = condition.of if isinstance(condition, All) else ()
    return All(of=tuple(part for part in parts if not turned_by_time(part)))


def moving(condition: Condition) -> tuple[Leaf, ...]:
    """The leaves that the passing of time alone can change, one way or the other."""
    return tuple(leaf for leaf in leaves(condition) if _moves(leaf))


def positives(condition: Condition) -> tuple[Leaf, ...]:
    """The leaves that help to make it true: those under an even number of `not`."""
    return tuple(leaf for leaf, positive in _signed(condition, positive=True) if positive)


def next_edge(leaves_: tuple[Leaf, ...], view: View, after: datetime) -> datetime | None:
    """The earliest moment after this one at which time alone changes one of these leaves; None: never."""
    found = None
    for leaf in leaves_:
        edge = _edge(leaf, view, after)
        if edge is not None and (found is None or edge < found):
            found = edge
    return found


def _moves(leaf: Leaf) -> bool:
    """Whether the leaf looks at the moment that it is asked at."""
    if isinstance(leaf, Trait | Last):
        return leaf.test.op in ("before", "after")
    return not isinstance(leaf, Compared | Sequence_) and leaf.within is not None


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


def _edge(leaf: Leaf, view: View, after: datetime) -> datetime | None:
    """The earliest moment after this one at which time alone may change the leaf."""
    if isinstance(leaf, Did):
        return _window_edge(leaf, view, after)
    if isinstance(leaf, Trait | Last):
        return min((edge for edge in _value_edges(leaf, view) if edge > after), default=None)
    instant = view.instant_of(leaf.milestone) if isinstance(leaf, Reached) else None
    if instant is None or not isinstance(leaf, Reached) or leaf.within is None:
        return None
    edge = shifted(instant[0], leaf.within)
    return edge if edge > after else None


def _window_edge(did: Did, view: View, after: datetime) -> datetime | None:
    """When as many have left the window as change the answer; nobody need be woken for each that leaves. Where some are
    later than the moment asked about it is when the next one leaves."""
    entries = view.memory.get(did.atom) if did.within is not None else None
    if not entries or did.within is None:
        return None
    if did.since is None and did.distinct is None and entries[-1][0] <= after and (need := least(did)):
        edge = shifted(entries[-need][0], did.within) if need <= len(entries) else after
        return edge if edge > after else None
    low, high = span_of(did, entries, view, (after, END_OF_MOMENT))
    if high < len(entries):
        low = max(low, bisect_left(entries, (shifted(after, -did.within), END_OF_MOMENT)))
        return shifted(entries[low][0], did.within)
    lasts = lasts_of(did, entries[low:high], view.zone)
    edges = (shifted(lasts[-bound], did.within) for bound in _bounds(did) if 0 < bound <= len(lasts))
    return min(edges, default=None)


def _bounds(did: Did) -> tuple[int, ...]:
    """Counts from which one less changes the answer."""
    if did.at_most is not None:
        return (did.at_most + 1,)
    if did.exactly is not None:
        return (did.exactly, did.exactly + 1)
    return (1 if did.at_least is None else did.at_least,)


def _value_edges(leaf: Trait | Last, view: View) -> Iterator[datetime]:
    """When each value that it ever had crosses a bound that moves with time, after it was written."""
    by = relative(leaf.test.value) if leaf.test.op in ("before", "after") else None
    if by is None:
        return
    atom = leaf.atom if isinstance(leaf, Trait) else leaf.of.atom
    for written, _, value in view.memory.get(atom, ()):
        date = moment(value)
        if date is not None and (edge := shifted(date, -by)) > written:
            yield edge


def first_true(condition: Condition, view: View, since: Instant | None) -> Instant | None:
    """The first instant at which something changes that the condition reads and it is true; None: never.

    Instants before `since` are left out: who knows that nothing changed before it need not ask again.
    The answer may lie in the future: when time alone will make it true if nothing else happens.
    """
    is_true = asked(condition)
    for at in sorted(_candidates(condition, view, since)):
        if is_true(view, at):
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
    elif isinstance(leaf, Did | Reached) and leaf.within is not None:
        yield from ((shifted(at, leaf.within), BY_TIME_ALONE) for at, _ in happened)


def _happened(leaf: Leaf, view: View) -> list[Instant]:
    """The facts, and the milestone, that the leaf looks at."""
    instant = view.instant_of(leaf.milestone) if isinstance(leaf, Reached) else None
    facts = [entry[:2] for atom in atoms_of(leaf) for entry in view.memory.get(atom.id, ())]
    return facts if instant is None else [instant, *facts]
