"""The engine's answers equal those of the naive twin, on generated programs and histories."""

from datetime import datetime
from itertools import chain, pairwise, repeat
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from milepost.core.conditions.evaluate import END_OF_MOMENT, explain, first_true, holds, next_change
from milepost.core.conditions.naive import Subject
from milepost.core.conditions.types import Condition, Did
from milepost.core.events import Fact
from milepost.core.program.compile import compile_program
from milepost.core.values import BY_TIME_ALONE, Instant
from tests.conditions.worlds import (
    BASE,
    INSTANTS,
    TIMED,
    ZONES,
    conditions,
    document,
    histories,
    programs,
    view_of,
)
from tests.engine.world import Runner

Program = tuple[dict[str, Condition], Condition]


@settings(max_examples=200, deadline=None)
@given(programs(), histories(), st.randoms(), ZONES)
def test_facts_in_any_order_of_arrival_give_the_instants_that_the_whole_history_gives(
    program: Program, facts: list[Fact], chance: Any, zone: str
) -> None:
    milestones, start = program
    arrived = facts.copy()
    chance.shuffle(arrived)
    twin = Subject(facts, milestones, start, zone)
    view = view_of(arrived, milestones, start, zone)
    assert view.start == twin.start()
    assert {key: view.reached.get(key) for key in milestones} == {key: twin.reached(key) for key in milestones}


@settings(max_examples=200, deadline=None)
@given(programs(), st.data(), histories(), INSTANTS, st.sampled_from((BY_TIME_ALONE, 2, END_OF_MOMENT)), ZONES)
def test_a_condition_is_true_at_any_instant_as_the_twin_says(
    program: Program, data: st.DataObject, facts: list[Fact], at: datetime, number: int, zone: str
) -> None:
    milestones, start = program
    asked = data.draw(conditions(tuple(milestones)))
    twin = Subject(facts, milestones, start, zone)
    view = view_of(facts, {**milestones, "asked": asked}, start, zone)
    truth = twin.holds(asked, (at, number))
    assert holds(asked, view, (at, number)) is truth
    assert explain(asked, view, (at, number))["holds"] is truth


@settings(max_examples=200, deadline=None)
@given(programs(), st.data(), histories(), st.lists(ZONES, max_size=8))
def test_the_engine_latches_when_the_twin_says_whatever_comes_late(
    program: Program, data: st.DataObject, facts: list[Fact], zones: list[str]
) -> None:
    """Facts come in the order of their numbers; many are older than what came before them. Meanwhile people travel, and
    the days that count are those of where they are now. A segment holds whoever it is true of as of the last moment."""
    milestones, start = program
    asked = data.draw(conditions(tuple(milestones)))
    compiled = compile_program(replace(document(milestones, start), segments={"asked": asked}), digest="g", number=1)
    runner = Runner(compiled)
    for one, zone in zip(facts, chain(zones, repeat("")), strict=False):
        runner.give(one, zone=zone)
    last = max((fact.at for fact in facts), default=BASE)
    twin = Subject(facts, milestones, start, runner.state.zone or "UTC")
    reached = {key: instant for key in milestones if (instant := _by(twin.reached(key), last)) is not None}
    assert runner.state.reached == reached
    assert runner.state.start == _by(twin.start(), last)
    if facts:
        assert ("asked" in runner.state.segments) is twin.holds(asked, (last, END_OF_MOMENT))


def _by(instant: Instant | None, last: datetime) -> Instant | None:
    return instant if instant is not None and instant[0] <= last else None


@settings(max_examples=200, deadline=None)
@given(programs(), histories())
def test_a_milestone_is_not_true_at_any_moment_before_its_instant(program: Program, facts: list[Fact]) -> None:
    milestones, start = program
    view = view_of(facts, milestones, start)
    for key, condition in milestones.items():
        instant = first_true(condition, view, None)
        assert instant == view.reached.get(key)
        if instant is not None:
            assert holds(condition, view, instant)
            before = [at for at in Subject(facts, milestones, start).moments(condition) if at < instant]
            assert not any(holds(condition, view, at) for at in before)


@settings(max_examples=200, deadline=None)
@given(TIMED, histories(), INSTANTS, st.booleans())
def test_between_the_moments_to_look_again_nothing_changes(
    asked: Condition, facts: list[Fact], after: datetime, to: bool
) -> None:
    """Time alone turns a condition `to` true (or false) only at moments that `next_change` names."""
    known = [fact for fact in facts if fact.at <= after]
    twin, view = Subject(known, {}, Did(name="A")), view_of(known, {"asked": asked}, Did(name="A"))
    truth = holds(asked, view, (after, END_OF_MOMENT))
    moments = [at for at in twin.moments(asked) if at[0] > after]
    turns = {
        at[0] for before, at in pairwise([(after, END_OF_MOMENT), *moments]) if _turns(twin, asked, before, at, to)
    }
    named: list[datetime] = []
    while (found := next_change(asked, view, named[-1] if named else after, towards=to)) is not None:
        named.append(found)
    assert turns <= set(named)
    assert named == sorted(set(named))
    if turns and truth is not to:
        assert named[0] <= min(turns)


def _turns(twin: Subject, asked: Condition, before: Instant, at: Instant, to: bool) -> bool:
    return twin.holds(asked, before) is not to and twin.holds(asked, at) is to
