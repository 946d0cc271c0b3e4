"""The engine's answers equal those of the naive twin, on generated programs and histories."""

from datetime import datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.core.conditions.evaluate import END_OF_MOMENT, Memory, View, explain, first_true, holds, next_change
from milepost.core.conditions.naive import Subject
from milepost.core.conditions.types import Condition
from milepost.core.events import Fact
from milepost.core.values import BY_TIME_ALONE, Instant
from tests.conditions.worlds import INSTANTS, conditions, histories, memory_of, programs, view_of

Program = tuple[dict[str, Condition], Condition]


@settings(max_examples=300, deadline=None)
@given(programs(), histories(), st.randoms())
def test_facts_in_any_order_of_arrival_give_the_instants_that_the_whole_history_gives(
    program: Program, facts: list[Fact], chance: Any
) -> None:
    milestones, start = program
    arrived = facts.copy()
    chance.shuffle(arrived)
    twin = Subject(facts, milestones, start)
    view = view_of(arrived, milestones, start)
    assert view.start == twin.start()
    assert {key: view.reached.get(key) for key in milestones} == {key: twin.reached(key) for key in milestones}


@settings(max_examples=300, deadline=None)
@given(programs(), st.data(), histories(), INSTANTS, st.sampled_from((BY_TIME_ALONE, 2, END_OF_MOMENT)))
def test_a_condition_is_true_at_any_instant_as_the_twin_says(
    program: Program, data: st.DataObject, facts: list[Fact], at: datetime, number: int
) -> None:
    milestones, start = program
    asked = data.draw(conditions(tuple(milestones)))
    twin = Subject(facts, milestones, start)
    view = view_of(facts, {**milestones, "asked": asked}, start)
    truth = twin.holds(asked, (at, number))
    assert holds(asked, view, (at, number)) is truth
    assert explain(asked, view, (at, number))["holds"] is truth


@settings(max_examples=300, deadline=None)
@given(programs(), histories())
def test_an_engine_that_only_wakes_when_it_is_told_to_misses_no_milestone(program: Program, facts: list[Fact]) -> None:
    milestones, start = program
    twin = Subject(facts, milestones, start)
    walked = _walk(sorted(facts, key=lambda fact: (fact.at, fact.seq)), milestones, start)
    last = max((fact.at for fact in facts), default=None)
    for key in milestones:
        expected = twin.reached(key)
        in_time = expected if expected is not None and last is not None and expected[0] <= last else None
        assert walked.get(key) == in_time


def _walk(facts: list[Fact], milestones: dict[str, Condition], start: Condition) -> dict[str, Instant]:
    """Facts in order of time; between two of them only the moments that `next_change` names."""
    every = {"start": start, **milestones}
    known: dict[str, Instant] = {}
    memory: Memory = {}
    for place, fact in enumerate(facts):
        now = _next(every, known, memory, facts[place - 1].at) if place else None
        while now is not None and now <= fact.at:
            _latch(every, known, memory, (now, BY_TIME_ALONE))
            now = _next(every, known, memory, now)
        memory = memory_of(facts[: place + 1], every.values())
        _latch(every, known, memory, (fact.at, fact.seq))
    return known


def _next(every: dict[str, Condition], known: dict[str, Instant], memory: Memory, now: datetime) -> datetime | None:
    view = View(memory, known, known.get("start"))
    moments = [next_change(c, view, now, towards=True) for key, c in every.items() if key not in known]
    return min((at for at in moments if at is not None), default=None)


def _latch(every: dict[str, Condition], known: dict[str, Instant], memory: Memory, at: Instant) -> None:
    for key, condition in every.items():
        if key not in known and holds(condition, View(memory, known, known.get("start")), at):
            known[key] = at


@settings(max_examples=300, deadline=None)
@given(programs(), histories())
def test_a_milestone_is_not_true_at_any_moment_before_its_instant(program: Program, facts: list[Fact]) -> None:
    milestones, start = program
    view = view_of(facts, milestones, start)
    first = min(((fact.at, fact.seq) for fact in facts), default=None)
    for key, condition in milestones.items():
        instant = first_true(condition, view, first)
        assert instant == view.reached.get(key)
        if instant is not None:
            assert holds(condition, view, instant)
            before = [(fact.at, fact.seq) for fact in facts if (fact.at, fact.seq) < instant]
            assert not any(holds(condition, view, at) for at in before)
