"""Generated programs and histories: few names and round times, so that ties, edges and repeats are common."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from hypothesis import strategies as st
from msgspec import UNSET

from milepost.core.conditions.evaluate import Memory, View, atoms_of, first_true, observe, remember
from milepost.core.conditions.types import (
    START,
    All,
    Any_,
    Compared,
    Condition,
    Did,
    Last,
    Not,
    Reached,
    Sequence_,
    Series,
    Test,
    Trait,
)
from milepost.core.events import ACCOUNT_TRAITS_CHANGED, GOAL_STATED, NAME_OF_KIND, Fact, FactKind
from milepost.core.program.document import Document
from milepost.core.program.kinds.milestone import Milestone
from milepost.core.values import Instant

BASE = datetime(2026, 5, 1, tzinfo=UTC)
STEP = timedelta(hours=6)
EVENTS = ("A", "B", "C")
WINDOWS = (STEP, 2 * STEP, 4 * STEP, 9 * STEP)
VALUES = ("lunch", "Lunch", "", "1", 1, 1.0, 2.5, -0.0, True, False, None, ["lunch", 1], {"lunch": 1}, 2**60, "ключ")
DATES = ("2026-05-01", "2026-05-02T06:00:00Z", "2026-05-03 12:00+02:00", "2026-02-30", "soon", "2026-05-04T00:00")
RELATIVE = ("1d ago", "12h ago", "in 1d", "in 6h")


INSTANTS = st.integers(0, 20).map(lambda n: BASE + n * STEP)
VALUE = st.sampled_from(VALUES)
TESTS = st.one_of(
    st.builds(Test, st.sampled_from(("is", "is_not", "gt", "gte", "lt", "lte", "contains")), VALUE),
    st.builds(Test, st.just("in"), st.lists(VALUE, max_size=3)),
    st.builds(Test, st.just("exists"), st.booleans()),
    st.builds(Test, st.sampled_from(("before", "after")), st.sampled_from(DATES + RELATIVE)),
)
TRAITS = st.builds(Trait, name=st.sampled_from(("meal", "on", "account.meal", "account.on")), test=TESTS)
#: Where people are: behind and before UTC, by less than an hour, and a day ahead.
ZONES = st.sampled_from(("UTC", "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati"))
WITHIN = st.sampled_from((None, *WINDOWS))
#: What a series is given: mostly numbers, some of them equal, and what takes an answer back or is no number.
NUMBERS = st.sampled_from((1, 2, 2.0, 3, 3, -0.0, None, "3", True, [2], 2**70))
SERIES = st.builds(
    Series,
    event=st.sampled_from(EVENTS),
    property=st.sampled_from(("n", "n", "on", "meal")),
    where=st.dictionaries(st.just("meal"), st.sampled_from((Test("is", "lunch"), Test("is_not", 1))), max_size=1),
)
LASTS = st.builds(Last, of=SERIES, test=TESTS | st.builds(Test, st.sampled_from(("is", "gt", "contains")), NUMBERS))
COMPARED = st.builds(
    Compared,
    of=SERIES,
    op=st.sampled_from(("lt", "lte", "gt", "gte", "is")),
    to=st.sampled_from(("previous", "first", "2026-05-03")) | SERIES,
)
BOUNDS: st.SearchStrategy[dict[str, int]] = st.one_of(
    st.just({}),
    *(st.builds(lambda n, name=name: {name: n}, st.integers(0, 3)) for name in ("at_least", "at_most", "exactly")),
)
PROPERTIES = st.fixed_dictionaries(
    {},
    optional={
        "meal": VALUE,
        "on": VALUE | st.sampled_from((*DATES, "2026-05-02T09:30:00.250Z")),
        "a/b~c": VALUE,
        "n": NUMBERS,
        "goal": st.sampled_from(("fit", None)),
        "account.meal": st.just("lunch"),
    },
)


def _sinces(milestones: tuple[str, ...], *, start: bool) -> st.SearchStrategy[str | None]:
    anchors = (*(f"milestone:{key}" for key in milestones), *(("start",) if start else ()))
    return st.sampled_from((None, None, "2026-05-02", "goal", *anchors))


def dids(milestones: tuple[str, ...], *, start: bool) -> st.SearchStrategy[Did]:
    return st.builds(
        lambda bound, **rest: Did(**bound, **rest),
        BOUNDS,
        name=st.sampled_from((*EVENTS, GOAL_STATED)),
        distinct=st.sampled_from((None, None, "day", "meal")),
        within=WITHIN,
        since=_sinces(milestones, start=start),
        where=st.dictionaries(st.sampled_from(("meal", "on", "a/b~c")), TESTS, max_size=1),
    )


_STEPS = st.builds(Did, name=st.sampled_from(("A", "A", "B", "C"))) | st.builds(
    Did, name=st.sampled_from(EVENTS), where=st.dictionaries(st.just("meal"), TESTS, max_size=1)
)
SEQUENCES = st.builds(Sequence_, steps=st.lists(_STEPS, min_size=2, max_size=4).map(tuple), within=WITHIN)

_CROSSED = st.builds(Test, st.sampled_from(("before", "after")), st.sampled_from(RELATIVE))

#: Conditions that time alone can turn.
TIMED: st.SearchStrategy[Condition] = st.recursive(
    st.builds(
        lambda bound, **rest: Did(**bound, **rest),
        BOUNDS,
        name=st.sampled_from(EVENTS),
        distinct=st.sampled_from((None, "meal", "day")),
        within=st.sampled_from(WINDOWS),
    )
    | SEQUENCES
    | st.builds(Trait, name=st.just("on"), test=_CROSSED)
    | st.builds(Last, of=st.builds(Series, event=st.sampled_from(EVENTS), property=st.just("on")), test=_CROSSED),
    lambda inner: st.one_of(
        st.builds(All, of=st.tuples(inner, inner)),
        st.builds(Any_, of=st.tuples(inner, inner)),
        st.builds(Not, of=inner),
    ),
    max_leaves=3,
)


@cache
def conditions(milestones: tuple[str, ...] = (), *, start: bool = True) -> st.SearchStrategy[Condition]:
    leaves: st.SearchStrategy[Condition] = dids(milestones, start=start) | SEQUENCES | TRAITS | LASTS | COMPARED
    if known := (*milestones, *((START,) if start else ())):
        since = _sinces(milestones, start=start)
        leaves |= st.builds(Reached, milestone=st.sampled_from(known), within=WITHIN, since=since)
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(All, of=st.lists(inner, max_size=3).map(tuple)),
            st.builds(Any_, of=st.lists(inner, max_size=3).map(tuple)),
            st.builds(Not, of=inner),
        ),
        max_leaves=4,
    )


@st.composite
def programs(draw: st.DrawFn) -> tuple[dict[str, Condition], Condition]:
    """Milestones, each of which may ask for those before it, and a start."""
    keys = ("m0", "m1", "m2")[: draw(st.integers(1, 3))]
    milestones = {key: draw(conditions(keys[:place])) for place, key in enumerate(keys)}
    return milestones, draw(conditions(start=False))


def histories(most: int = 8) -> st.SearchStrategy[list[Fact]]:
    """Facts in the order of their numbers, which is not the order of their times."""
    names = (*EVENTS, *EVENTS, *EVENTS, "Identified", "Identified", "Identified", "Grouped", GOAL_STATED, GOAL_STATED)
    happened = st.tuples(st.sampled_from((*names, ACCOUNT_TRAITS_CHANGED)), INSTANTS, PROPERTIES)
    return st.lists(happened, max_size=most).map(
        lambda parts: [fact(name, at, seq, given) for seq, (name, at, given) in enumerate(parts, 1)]
    )


_KINDS: dict[str, FactKind] = {name: kind for kind, name in NAME_OF_KIND.items()}


def fact(name: str, at: datetime, seq: int, properties: dict[str, Any] | None = None) -> Fact:
    return Fact(
        workspace=1,
        kind=_KINDS.get(name, "track"),
        name=name,
        at=at,
        received_at=at,
        message_id=f"m{seq}",
        seq=seq,
        user_id="ada",
        properties=properties or {},
    )


def view_of(facts: list[Fact], milestones: Mapping[str, Condition], start: Condition, zone: str = "UTC") -> View:
    """What is known after these facts, remembered in this order; a later milestone may ask for an earlier one."""
    atoms = {atom.id: atom for condition in (start, *milestones.values()) for atom in atoms_of(condition)}
    memory: Memory = {key: [] for key in atoms}
    for one in facts:
        for key, atom in atoms.items():
            value = observe(atom, one)
            if value is not UNSET:
                memory[key] = remember(memory[key], (one.at, one.seq, value))
    started, reached = first_true(start, View(memory, {}, zone=zone), None), dict[str, Instant]()
    for key, condition in milestones.items():
        instant = first_true(condition, View(memory, reached, started, zone), None)
        if instant is not None:
            reached[key] = instant
    return View(memory, reached, started, zone)


def document(milestones: Mapping[str, Condition], start: Condition) -> Document:
    definitions = {key: Milestone(title=key, reached=reached) for key, reached in milestones.items()}
    return Document(name="Generated", start=start, milestones=definitions)
