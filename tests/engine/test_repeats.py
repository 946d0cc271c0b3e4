"""Milestones that are reached again, and praised again within limits."""

from datetime import time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core.conditions.types import Condition
from milepost.core.conditions.types import Test as Comparison
from milepost.core.engine.inputs import Given
from milepost.core.engine.merge import merge
from milepost.core.engine.step import rebuild
from milepost.core.events import Fact
from milepost.core.program.compile import Program
from milepost.core.program.kinds.common import Celebrate, Fatigue
from milepost.core.program.kinds.content import Celebration
from milepost.core.program.kinds.limits import Quiet
from tests.engine.test_laws import dids, fresh, histories, run
from tests.engine.world import START, Limit, Limits, Runner, did, fact, message, milestone, program

HOURS, DAY = 60, 24 * 60
Again = Literal["day", "week", "every time"]
IN_BUDGET = did("Day Completed", where={"in_budget": Comparison("is", value=True)})


def praised(
    repeats: Again, reached: Condition = IN_BUDGET, limits: Limits | None = None, cap: Fatigue | None = None
) -> Program:
    celebrate = Celebrate(content="yay", message="praise", not_more_than=cap)
    return program(
        limits=limits or Limits(),
        milestones={"in-budget": milestone(reached, repeats=repeats, celebrate=celebrate)},
        content={"yay": Celebration(title="Yay")},
        messages={"praise": message()},
    )


def day(number: int, seq: int, *, in_budget: bool = True, **more: float) -> Fact:
    return fact("Day Completed", number * DAY, seq=seq, properties={"in_budget": in_budget}, **more)


def test_every_day_within_the_budget_is_praised_once() -> None:
    runner = Runner(praised("day")).give(day(0, 1), day(1, 2), day(2, 3, in_budget=False), day(3, 4), day(3, 5))

    assert runner.state.repeated["in-budget"] == (3, START + timedelta(days=3))
    assert runner.sent() == ["yay", "praise"] * 3
    assert runner.outcomes("in-budget") == ["reached"] * 3
    assert [key.key for key in runner.effects if "praise" in key.key] == [
        "7:message:praise:in-budget",
        "7:message:praise:in-budget:2026-05-05",
        "7:message:praise:in-budget:2026-05-07",
    ]


def test_a_week_counts_once() -> None:
    runner = Runner(praised("week")).give(*(day(number, number + 1) for number in range(15)))

    assert runner.state.repeated["in-budget"] == (3, START + timedelta(days=14))


def test_every_time_is_each_fact_at_which_it_is_true() -> None:
    compiled = praised("every time", did("Day Completed", at_least=3))
    runner = Runner(compiled).give(*(fact("Day Completed", i, seq=i) for i in range(1, 6)))

    assert runner.state.repeated["in-budget"][0] == 3


def test_a_day_is_a_day_of_the_persons_own_zone() -> None:
    late_evening, after_midnight = 13 * HOURS, 16 * HOURS  # 22:00 and 01:00 UTC; 18:00 and 21:00 in New York
    facts = [fact("Day Completed", m, seq=s, properties={"in_budget": True}) for s, m in ((1, 13 * 60), (2, 16 * 60))]
    there = Runner(praised("day")).give(*facts, zone="America/New_York")
    here = Runner(praised("day")).give(*facts, zone="UTC")

    assert late_evening < after_midnight
    assert there.state.repeated["in-budget"][0] == 1 and here.state.repeated["in-budget"][0] == 2


def test_praise_keeps_to_the_limits_and_a_celebration_that_finds_none_left_is_left_out() -> None:
    limits = Limits(email=Limit(at_most=1, per="1d"), in_app=Limit(at_most=2, per="1d"))
    compiled = praised("every time", did("Day Completed"), limits)
    runner = Runner(compiled).give(*(fact("Day Completed", i, seq=i + 1) for i in range(5)))

    assert runner.state.repeated["in-budget"][0] == 5
    assert runner.sent() == ["yay", "praise", "yay"]
    assert runner.outcomes("yay").count("dropped") == 3 and runner.outcomes("praise").count("held") == 4


@pytest.mark.req("R111")
def test_what_comes_again_and_again_has_a_cap_of_its_own_beside_the_limits() -> None:
    cap = Fatigue(at_most=2, per=timedelta(days=7))
    runner = Runner(praised("day", cap=cap)).give(*(day(number, number + 1) for number in range(9)))

    assert runner.state.repeated["in-budget"][0] == 9
    assert runner.sent() == ["yay", "praise"] * 4  # on two days of each week
    assert runner.outcomes("yay") == ["shown"] * 2 + ["dropped"] * 5 + ["shown"] * 2
    assert "2 per 7d is enough" in next(d.reason["text"] for d in runner.decisions if d.outcome == "dropped")


def test_praise_that_waits_for_the_morning_counts_towards_its_cap() -> None:
    night = Limits(email=Limit(quiet=Quiet(time(8), time(20))))
    cap = Fatigue(at_most=2, per=timedelta(days=1))
    compiled = praised("every time", did("Day Completed"), night, cap)
    runner = Runner(compiled).give(*(fact("Day Completed", i, seq=i + 1) for i in range(5)))

    assert runner.outcomes("praise") == ["held"] * 2 + ["dropped"] * 3


def test_a_late_day_is_counted_where_it_belongs_and_praised_only_while_it_is_news() -> None:
    runner = Runner(praised("day")).give(day(0, 1), day(5, 2))
    runner.give(day(2, 3, received=5 * DAY))
    assert runner.state.repeated["in-budget"] == (3, START + timedelta(days=5))
    assert runner.sent() == ["yay", "praise"] * 2

    runner.give(fact("Day Completed", 4.5 * DAY, seq=4, received=5 * DAY, properties={"in_budget": True}))
    assert runner.state.repeated["in-budget"][0] == 4 and runner.sent()[4:] == ["praise"]


def test_the_past_is_counted_and_not_praised() -> None:
    imported = [
        Fact(**{**{f: getattr(day(n, n + 1), f) for f in Fact.__struct_fields__}, "source": "import"}) for n in (0, 1)
    ]
    runner = Runner(praised("day")).give(*imported)

    assert runner.state.repeated["in-budget"][0] == 2 and runner.sent() == [] and runner.decisions == []
    assert runner.give(day(2, 3)).sent() == ["yay", "praise"]


def test_a_count_stays_right_when_most_of_what_was_counted_has_been_forgotten() -> None:
    runner = Runner(praised("day"))
    for number in range(1, 300):
        runner.give(day(number, number))
    assert runner.state.repeated["in-budget"][0] == 299 and runner.state.trimmed

    runner.give(fact("Day Completed", 0, seq=300, received=300 * DAY, properties={"in_budget": True}))
    assert runner.state.repeated["in-budget"][0] == 300


REPEATS: st.SearchStrategy[Again] = st.sampled_from(("day", "week", "every time"))


@given(dids(), REPEATS, histories())
def test_the_count_is_the_same_in_whatever_order_facts_arrive(
    reached: Condition, repeats: Again, history: list[Fact]
) -> None:
    compiled = praised(repeats, reached)
    end = max(each.received_at for each in history)
    lived = run(compiled, history).wait(end)
    replay = rebuild(compiled, fresh(compiled), history, Given(at=end, retroactive=True, known=True))

    assert lived.state.repeated == Runner(compiled, replay.state).wait(end).state.repeated


@given(dids(), REPEATS, histories())
def test_no_day_and_no_week_is_praised_twice(reached: Condition, repeats: Again, history: list[Fact]) -> None:
    runner = run(praised(repeats, reached), history + history)
    keys = [effect.key for effect in runner.effects]

    assert len(keys) == len(set(keys))
    if "in-budget" in runner.state.repeated:
        assert runner.sent().count("yay") <= runner.state.repeated["in-budget"][0]


@given(dids(), REPEATS, histories(late=False), histories(first_seq=20, late=False))
def test_a_merge_counts_what_both_have_done(
    reached: Condition, repeats: Again, one: list[Fact], two: list[Fact]
) -> None:
    compiled = praised(repeats, reached)
    end = max(each.received_at for each in one + two)
    silent = Given(at=end, retroactive=True, known=True)
    merged = merge(compiled, run(compiled, one).state, run(compiled, two).state, silent)
    replay = rebuild(compiled, fresh(compiled), one + two, silent)

    assert merged.state.repeated == replay.state.repeated


def test_the_world_of_these_tests_begins_on_a_monday() -> None:
    assert START.astimezone(ZoneInfo("UTC")).weekday() == 0
