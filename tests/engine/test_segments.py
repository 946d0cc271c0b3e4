"""Who is in a segment follows what they do, and each change is an event."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from milepost.core import events
from milepost.core.conditions.evaluate import END_OF_MOMENT, View, holds
from milepost.core.conditions.types import Condition, InSegment
from milepost.core.engine.effects import RecordFact
from milepost.core.engine.inputs import Given
from milepost.core.engine.merge import merge
from milepost.core.engine.step import rebuild, resettle
from milepost.core.events import Fact
from milepost.core.program.compile import Program
from tests.engine.test_laws import conditions, histories, run
from tests.engine.world import START, All, Not, Reached, Runner, did, fact, milestone, program

DAY = timedelta(days=1)


def changes(runner: Runner) -> list[tuple[str, str]]:
    return [
        (effect.name.removeprefix("Segment ").lower(), effect.about["segment"])
        for effect in runner.effects
        if isinstance(effect, RecordFact) and effect.name in (events.SEGMENT_ENTERED, events.SEGMENT_LEFT)
    ]


def segmented(number: int = 1, **segments: Condition) -> Program:
    return program(number, milestones={"one": milestone(did("A"))}, segments=segments)


def test_a_third_meal_makes_a_power_user_and_ten_silent_days_unmake_one() -> None:
    compiled = segmented(power=did("Meal Logged", at_least=3, within=10 * DAY))
    runner = Runner(compiled).give(*(fact("Meal Logged", i, seq=i) for i in (1, 2, 3)))
    assert runner.state.segments == ["power"] and changes(runner) == [("entered", "power")]

    runner.wait(START + 11 * DAY)
    assert runner.state.segments == [] and changes(runner) == [("entered", "power"), ("left", "power")]


def test_why_somebody_entered_is_kept() -> None:
    runner = Runner(segmented(eaters=did("Meal Logged"))).give(fact("Meal Logged", seq=1))
    (why,) = [decision for decision in runner.decisions if decision.kind == "segment"]

    assert (why.definition, why.outcome, why.reason["fact"]) == ("eaters", "entered", "m1")
    assert why.reason["condition"]["holds"] is True and "Meal Logged" in why.reason["text"]


def test_a_segment_of_those_who_have_not_done_something_has_newcomers_in_it() -> None:
    runner = Runner(segmented(idle=Not(of=did("Meal Logged")))).give(fact("Other", seq=1))
    assert changes(runner) == [("entered", "idle")]

    assert changes(runner.give(fact("Meal Logged", 1, seq=2))) == [("entered", "idle"), ("left", "idle")]


def test_a_milestone_brings_somebody_in_at_its_own_instant() -> None:
    runner = Runner(segmented(winners=Reached(milestone="one", within=DAY))).give(fact("A", seq=1))
    assert changes(runner) == [("entered", "winners")]

    assert changes(runner.wait(START + 2 * DAY))[1:] == [("left", "winners")]


def test_a_segment_inside_a_segment_turns_with_it() -> None:
    compiled = segmented(eaters=did("A"), both=All(of=(InSegment(segment="eaters"), did("B"))))
    runner = Runner(compiled).give(fact("B", seq=1), fact("A", 1, seq=2))

    assert changes(runner) == [("entered", "eaters"), ("entered", "both")]


def test_a_late_fact_counts_at_its_own_time_and_the_change_is_told_now() -> None:
    compiled = segmented(lately=did("A", within=DAY), ever=did("A"))
    runner = Runner(compiled).give(fact("B", 60 * 24 * 3, seq=1), fact("A", 0, seq=2, received=60 * 24 * 3))

    assert changes(runner) == [("entered", "ever")]


def test_the_past_is_told_silently() -> None:
    compiled = segmented(eaters=did("A"))
    runner = Runner(compiled).give(fact("A", seq=1, source="import"))

    assert runner.state.segments == ["eaters"] and changes(runner) == [] and runner.decisions == []


def test_another_release_or_a_merge_changes_membership_without_a_word() -> None:
    old, new = segmented(x=did("A", at_least=2)), segmented(2, x=did("A"), y=Not(of=did("A")))
    runner = Runner(old).give(fact("A", seq=1))
    carried = resettle(new, runner.state, Given(at=START + DAY, retroactive=True))
    assert carried.state.segments == ["x"] and carried.effects == ()

    both = merge(
        old, runner.state, Runner(old).give(fact("A", 5, seq=2)).state, Given(at=START + DAY, retroactive=True)
    )
    assert both.state.segments == ["x"] and both.effects == ()


def test_a_change_by_time_that_nobody_looked_at_for_days_is_not_told_as_news() -> None:
    runner = Runner(segmented(lately=did("A", within=DAY))).give(fact("A", seq=1))
    runner.give(fact("B", 60 * 24 * 9, seq=2))

    assert runner.state.segments == [] and changes(runner) == [("entered", "lately")]


@st.composite
def programs(draw: st.DrawFn) -> Program:
    milestones = {"one": milestone(draw(conditions())), "two": milestone(draw(conditions(("one",))))}
    segments = {key: draw(conditions(("one", "two"))) for key in ("s", "t")}
    return program(start=did("A"), milestones=milestones, segments=segments)


def expected(compiled: Program, runner: Runner) -> list[str]:
    """Who they are in by the conditions alone."""
    view = View(runner.state.memory, runner.state.reached, runner.state.start)
    end = (runner.state.last_at or START, END_OF_MOMENT)
    rules = [rule for rule in compiled.rules.values() if rule.kind == "segment"]
    return sorted(rule.key for rule in rules if holds(rule.condition, view, end))


@pytest.mark.req("R154")
@given(programs(), histories())
def test_membership_is_what_the_condition_says_whatever_the_history(compiled: Program, history: list[Fact]) -> None:
    runner = run(compiled, history)
    assert runner.state.segments == expected(compiled, runner)

    runner.wait(START + 2 * DAY)
    assert runner.state.segments == expected(compiled, runner)


@given(programs(), histories())
def test_the_events_of_a_segment_alternate_and_end_where_the_person_is(compiled: Program, history: list[Fact]) -> None:
    runner = run(compiled, history).wait(START + DAY)
    told: dict[str, list[str]] = {"s": [], "t": []}
    for how, key in changes(runner):
        told[key].append(how)

    for key, words in told.items():
        assert _alternates(words)
        assert (key in runner.state.segments) is (words[-1:] == ["entered"])


def _alternates(words: list[str]) -> bool:
    return words[::2] == ["entered"] * len(words[::2]) and words[1::2] == ["left"] * len(words[1::2])


@given(programs(), histories())
def test_a_replay_gives_the_same_membership(compiled: Program, history: list[Fact]) -> None:
    runner = run(compiled, history).wait(START + DAY)
    silent = Given(at=START + DAY, retroactive=True, known=True)
    replayed = rebuild(compiled, replace(runner.state, segments=[]), history, silent)

    assert replayed.state.segments == runner.state.segments and told_nothing(replayed.effects)


def told_nothing(effects: tuple[Any, ...]) -> bool:
    return not any(isinstance(effect, RecordFact) for effect in effects)
