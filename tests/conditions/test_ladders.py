"""Onboarded, the stages of the lifecycle, and tiers: defined by the program, the same in the engine and in SQL."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from milepost.core import events
from milepost.core.conditions.types import START as START_OF_PROGRAM
from milepost.core.conditions.types import All, Any_, InLifecycle, InSegment, InTier, Measured, Reached
from milepost.core.conditions.types import Test as Compare
from milepost.core.engine.effects import RecordFact
from milepost.core.engine.inputs import Given
from milepost.core.engine.step import rebuild
from milepost.core.events import Fact
from milepost.core.insights.conditions_sql import segment_sql
from milepost.core.program.compile import Program, compile_program
from milepost.core.program.document import Document
from milepost.core.program.expand import expand, lifecycle_of, rungs_of, tiers_of
from milepost.core.program.kinds.lifecycle import Lifecycle, Tiers
from milepost.core.values import Refused
from tests.conditions.named import DOCUMENT, histories
from tests.engine.world import START, Runner, did, fact, milestone, program
from tests.insights.tables import Facts

DAY = timedelta(days=1)
MEAL = Reached(milestone="first-meal")
THRICE = All(of=(MEAL, did("Meal Logged", distinct="day", at_least=3)))


def eaters(number: int = 1, **parts: Any) -> Program:
    milestones = {"first-meal": milestone(did("Meal Logged"), first_value=True)}
    return program(number, **{"milestones": milestones, **parts})


def life(days: int) -> list[Fact]:
    """Somebody who signs up and logs a meal a day."""
    meals = [fact("Meal Logged", 60 * 24 * day + 1, seq=2 + day) for day in range(days)]
    return [fact("Signed Up", seq=1), *meals]


def stands(runner: Runner) -> list[str]:
    return [key for key in runner.state.segments if ":" in key]


@pytest.mark.req("R30")
def test_who_is_onboarded_is_told_anew_of_everybody_when_the_definition_changes() -> None:
    """A boolean expression over milestones and what was counted; that a tour is none of it, `check` says."""
    first, second = eaters(onboarded=MEAL), eaters(2, onboarded=THRICE)
    runners = {days: Runner(first).give(*life(days)) for days in (0, 2, 5)}
    assert {days: stands(runner) for days, runner in runners.items()} == {
        0: ["lifecycle:new"],
        2: ["lifecycle:activated"],
        5: ["lifecycle:activated"],
    }
    assert onboarded(first.document, at_day=1) == [2, 5]

    later = Given(at=START + 9 * DAY, retroactive=True)
    told = {days: rebuild(second, runner.state, runner.seen, later) for days, runner in runners.items()}
    assert {days: outcome.state.segments for days, outcome in told.items()} == {
        0: ["lifecycle:new"],
        2: ["lifecycle:new"],
        5: ["lifecycle:activated"],
    }
    assert not any(outcome.effects for outcome in told.values()), "nobody is told anything about the past"
    assert onboarded(second.document, at_day=9) == [5]
    assert onboarded(second.document, at_day=1) == [], "two meals were no onboarding a week ago either"
    assert first.document != second.document and first.digest != second.digest


def onboarded(document: Document, *, at_day: int) -> list[int]:
    """Who was, by the SQL of insights, as of that day's end; people are called after the days that they logged."""
    people = Facts({days: life(days) for days in (0, 2, 5)})
    assert document.onboarded is not None
    plan = segment_sql(document.onboarded, document, ws=1, as_of=START + (at_day + 0.9) * DAY)
    return [uid for (uid,) in people.run(plan)]


def test_a_measure_may_say_who_is_onboarded() -> None:
    lighter = Measured(measure="weight", test=Compare("lt", 70))
    kernel = expand(InLifecycle(stage="activated"), replace(DOCUMENT, onboarded=lighter, lifecycle=Lifecycle()))
    assert isinstance(kernel, All) and kernel.of[0] == expand(lighter, DOCUMENT)


def test_a_tier_follows_what_people_do_and_each_change_is_an_event() -> None:
    runner = Runner(eaters(tiers=Tiers(power=did("Meal Logged", distinct="day", at_least=4, within=7 * DAY))))
    runner.give(*life(4))
    assert stands(runner) == ["tier:power"]
    runner.wait(START + 20 * DAY)
    assert stands(runner) == ["tier:casual"]
    entered = [
        effect.about["segment"]
        for effect in runner.effects
        if isinstance(effect, RecordFact) and effect.name == events.SEGMENT_ENTERED
    ]
    assert entered == ["tier:casual", "tier:regular", "tier:power", "tier:regular", "tier:casual"]


def test_without_a_word_about_them_there_are_sensible_stages_and_tiers() -> None:
    milestones = {
        "first-meal": milestone(did("Meal Logged"), first_value=True),
        "week": milestone(did("Week Done"), stage="habit"),
        "premium": milestone(did("Premium Bought"), stage="expansion"),
    }
    document = program(milestones=milestones).document
    assert lifecycle_of(document) == {
        "new": Reached(milestone=START_OF_PROGRAM),
        "activated": Any_(of=(MEAL,)),
        "regular": Any_(of=(Reached(milestone="week"),)),
        "advanced": Any_(of=(Reached(milestone="premium"),)),
    }
    meals = did("Meal Logged", distinct="day", within=7 * DAY)
    assert tiers_of(document) == {
        "casual": Reached(milestone=START_OF_PROGRAM),
        "regular": Any_(of=(replace(meals, at_least=2),)),
        "power": Any_(of=(replace(meals, at_least=5),)),
    }
    assert rungs_of(document) == {}, "they cost nothing until the program defines them"


@pytest.mark.parametrize(
    "changes",
    [
        {"lifecycle": Lifecycle(regular=InLifecycle(stage="activated"))},
        {"tiers": Tiers(power=InSegment(segment="often")), "segments": {"often": InTier(tier="regular")}},
        {"onboarded": InLifecycle(stage="new")},
    ],
)
def test_a_rung_that_asks_for_itself_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="asks for itself"):
        eaters(**changes)


@settings(max_examples=15, deadline=None)
@given(histories())
def test_everybody_who_has_started_stands_on_one_rung_of_each_ladder_in_the_engine_as_in_sql(facts: list[Fact]) -> None:
    runner = Runner(compile_program(DOCUMENT, digest="generated", number=1)).give(*facts)
    found = stands(runner)
    expected = {"lifecycle", "tier"} if runner.state.start is not None else set()
    assert expected <= {key.partition(":")[0] for key in found}
    assert len({key.partition(":")[0] for key in found}) == len(found)
    if runner.state.last_at is not None:
        people, now = Facts({1: facts}), runner.state.last_at
        plans = {key: segment_sql(rung, DOCUMENT, ws=1, as_of=now) for key, rung in rungs_of(DOCUMENT).items()}
        assert found == sorted(key for key, plan in plans.items() if people.run(plan))
