"""What is remembered of a subject's facts, so that conditions can be answered without them."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from datetime import datetime
from math import inf
from typing import Any

import msgspec
from msgspec import UNSET, Struct

from milepost.core.conditions.compare import number, passes, scalar
from milepost.core.conditions.types import (
    START,
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
    Series,
    Test,
    Trait,
)
from milepost.core.events import ACCOUNT_TRAITS_CHANGED, GOAL_STATED, NAME_OF_KIND, Fact
from milepost.core.values import Instant

Entry = tuple[datetime, int, Any]
Memory = dict[str, list[Entry]]

IDENTIFIED = NAME_OF_KIND["identify"]
ACCOUNT = "account."  # before the name of a trait of their account
#: What goes before the names of the traits that facts of these names set.
TRAITS_OF: dict[str, str] = {
    IDENTIFIED: "",
    NAME_OF_KIND["group"]: ACCOUNT,
    ACCOUNT_TRAITS_CHANGED: ACCOUNT,
}
#: The goals that they state, which `since: goal` counts from.
GOALS = Series(event=GOAL_STATED, property="goal")

_MILESTONE = "milestone:"
_BITS = 2**63


class Atom(Struct, frozen=True, kw_only=True):
    """Something to remember of facts. Absent: one of `event` and `trait` is None; `property` is that of a series."""

    id: str
    event: str | None = None
    trait: str | None = None
    property: str | None = None
    where: dict[str, Test] = {}
    distinct: str | None = None


class View(Struct, frozen=True, gc=False):
    """What is known of a subject. `zone` is where they are now: the days that count are the days there.

    Absent: a milestone that is not in `reached` was not reached; `start` likewise."""

    memory: Memory
    reached: Mapping[str, Instant]
    start: Instant | None = None
    zone: str = "UTC"

    def instant_of(self, milestone: str) -> Instant | None:
        """When the milestone was reached, or with `START` when the program started; None: not yet."""
        return self.start if milestone == START else self.reached.get(milestone)


def leaves(condition: Condition) -> Iterator[Leaf]:
    """The operators without operators inside, in the order in which they were written. Raises TypeError for a named
    operator: what is executed is expanded first."""
    if isinstance(condition, All | Any_):
        for part in condition.of:
            yield from leaves(part)
    elif isinstance(condition, Not):
        yield from leaves(condition.of)
    elif isinstance(condition, Leaf):
        yield condition
    else:
        raise TypeError(f"{type(condition).__name__} was not expanded.")


def atoms_of(condition: Condition) -> tuple[Atom, ...]:
    """What must be remembered to answer this condition, each once."""
    found: dict[str, Atom] = {}
    for leaf in leaves(condition):
        for did in (leaf,) if isinstance(leaf, Did) else leaf.steps if isinstance(leaf, Sequence_) else ():
            found[did.atom] = Atom(id=did.atom, event=did.name, where=did.where, distinct=did.distinct)
        if isinstance(leaf, Trait):
            found[leaf.atom] = Atom(id=leaf.atom, trait=leaf.name)
        elif isinstance(leaf, Last | Compared):
            found.update((series.atom, _series(series)) for series in series_of(leaf))
        elif since_of(leaf) == "goal":
            found[GOALS.atom] = _series(GOALS)
    return tuple(found.values())


def series_of(leaf: Last | Compared) -> tuple[Series, ...]:
    """The series that it looks at."""
    if isinstance(leaf, Compared) and isinstance(leaf.to, Series):
        return (leaf.of, leaf.to)
    return (leaf.of,)


def _series(series: Series) -> Atom:
    return Atom(id=series.atom, event=series.event, where=series.where, property=series.property)


def since_of(leaf: Leaf) -> str | None:
    """Since when the leaf counts."""
    return leaf.since if isinstance(leaf, Did | Reached) else None


def milestone_since(leaf: Leaf) -> str | None:
    """The key in `since: milestone:KEY`."""
    since = since_of(leaf)
    return since[len(_MILESTONE) :] if since and since.startswith(_MILESTONE) else None


def milestones_of(condition: Condition) -> frozenset[str]:
    """The milestones whose instants this condition asks for; the start is none."""
    return frozenset(key for leaf in leaves(condition) for key in _milestones(leaf) if key != START)


def uses_start(condition: Condition) -> bool:
    """Whether the answer depends on when the program started."""
    return any(START in _milestones(leaf) for leaf in leaves(condition))


def _milestones(leaf: Leaf) -> Iterator[str]:
    if isinstance(leaf, Reached):
        yield leaf.milestone
    if since_of(leaf) == "start":
        yield START
    elif (milestone := milestone_since(leaf)) is not None:
        yield milestone


def observe(atom: Atom, fact: Fact) -> Any:
    """What to remember of this fact for this atom: the trait's value (None: removed), the distinct value, or True.

    UNSET when the fact does not concern the atom.
    """
    if atom.trait is not None:
        return _told(atom.trait, fact)
    if fact.name != atom.event:
        return UNSET
    for name, test in atom.where.items():
        if not passes(test, fact.properties.get(name), fact.at):
            return UNSET
    if atom.property is not None:
        return kept(fact.properties.get(atom.property, UNSET))
    return True if atom.distinct is None else _distinct_value(atom.distinct, fact)


def _told(trait: str, fact: Fact) -> Any:
    """What the fact says that the trait is; UNSET when it says nothing of it."""
    before = TRAITS_OF.get(fact.name)
    if before is None or trait.startswith(ACCOUNT) is not (before == ACCOUNT):
        return UNSET
    return kept(fact.properties.get(trait[len(before) :], UNSET))


def kept(value: Any) -> Any:
    """The value as it can be written down: whole numbers of more than 64 bits become the doubles that they compare as."""
    if isinstance(value, int) and not -_BITS <= value < _BITS:
        found = number(value)
        return inf if found is None else found  # too large to compare, yet it is there
    if isinstance(value, list):
        return [kept(part) for part in value]
    return {key: kept(part) for key, part in value.items()} if isinstance(value, dict) else value


def _distinct_value(distinct: str, fact: Fact) -> Any:
    """A value that equals another exactly when both count as one; UNSET for what is no text, number or boolean.

    A text is kept in quotes, so that no text equals a boolean, which is kept as the word. Which day it was is told by the
    fact's time, and by where they are when it is asked.
    """
    if distinct == "day":
        return True
    value = scalar(fact.properties.get(distinct))
    if value is None:
        return UNSET
    return value if isinstance(value, float) else msgspec.json.encode(value).decode()


def remember(entries: list[Entry], entry: Entry) -> list[Entry]:
    """A new list with this entry in its place; one that is known already (same time and number) changes nothing."""
    if not entries or entries[-1][:2] < entry[:2]:
        return [*entries, entry]
    place = bisect_left(entries, entry[:2])
    if entries[place][:2] == entry[:2]:
        return entries
    return [*entries[:place], entry, *entries[place:]]
