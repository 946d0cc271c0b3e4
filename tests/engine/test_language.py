"""Sequences, days where people are and traits of their account, in the life of a person."""

from datetime import timedelta

import pytest

from milepost.core.conditions.naive import Subject
from milepost.core.conditions.types import Condition, Not, Sequence_, Trait
from milepost.core.conditions.types import Test as Compare
from milepost.core.engine.inputs import Given
from milepost.core.engine.step import rebuild, step
from milepost.core.events import ACCOUNT_TRAITS_CHANGED
from tests.engine.world import START, Runner, did, fact, milestone, program

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def cart(within: timedelta | None) -> Sequence_:
    return Sequence_(steps=(did("Cart Opened"), did("Paid")), within=within)


@pytest.mark.parametrize("within", [HOUR, None])
def test_a_long_life_keeps_little_of_a_sequence_and_forgets_nothing_that_counts(within: timedelta | None) -> None:
    asked = cart(within)
    compiled = program(milestones={"buyer": milestone(asked)}, segments={"buyers": asked, "others": Not(of=asked)})
    opened = [fact("Cart Opened", 200 * n, seq=n) for n in range(1, 400)]
    paid = [fact("Paid", 200 * 300 + 59, seq=400), *(fact("Paid", 200 * n + 61, seq=n) for n in range(401, 800))]
    runner = Runner(compiled).give(*opened[:300], paid[0], *paid[1:])
    assert runner.state.segments == ["buyers"]
    assert runner.state.reached["buyer"] == (paid[0].at, 400)
    most = 64 + 300 if within is None else 3 * 64
    assert max(len(entries) for entries in runner.state.memory.values()) < most + 64
    again = rebuild(compiled, runner.state, runner.seen, Given(at=START + 99 * DAY, retroactive=True)).state
    assert (again.segments, again.reached) == (runner.state.segments, runner.state.reached)


def test_a_late_step_completes_a_sequence_at_the_time_of_its_last_one() -> None:
    runner = Runner(program(milestones={"buyer": milestone(cart(HOUR))}))
    runner.give(fact("Paid", 30, seq=1), fact("Other", 500, seq=2), fact("Cart Opened", 0, seq=3, received=501))
    assert runner.state.reached["buyer"] == (START + HOUR / 2, 1)


STREAK = did("Meal Logged", at_least=3, distinct="day", within=7 * DAY)


def test_who_moves_counts_the_days_of_the_place_where_they_are_now() -> None:
    mornings = [fact("Meal Logged", 0, seq=1), fact("Meal Logged", 1440, seq=2)]
    night = fact("Meal Logged", 1440 + 60 * 14, seq=9)  # 23:00 on the second day in UTC
    compiled = program(milestones={"streak": milestone(STREAK)}, segments={"streak": STREAK})
    at_home = Runner(compiled).give(*mornings, night)
    assert "streak" not in at_home.state.reached
    at_home.give(fact("Page Viewed", 3000, seq=10), zone="Europe/Berlin")
    assert at_home.state.reached["streak"] == (night.at, 9), "where it was the third day already"
    assert at_home.state.segments == ["streak"]
    back = at_home.give(fact("Page Viewed", 3001, seq=11), zone="America/New_York")
    assert "streak" not in back.state.reached and back.state.segments == []


def test_who_moves_after_much_was_forgotten_is_counted_anew_from_the_log() -> None:
    hourly = [fact("Meal Logged", 60 * n, seq=n + 1) for n in range(24 * 20)]
    compiled = program(milestones={"busy": milestone(did("Meal Logged", at_least=9, distinct="day", within=8 * DAY))})
    runner = Runner(compiled).give(*hourly)
    assert runner.state.trimmed
    moved = Given(at=START + 21 * DAY, fact=fact("Page Viewed", 60 * 24 * 20, seq=999), zone="Asia/Kathmandu")
    assert step(compiled, runner.state, moved).needs_history
    told = rebuild(compiled, runner.state, [*hourly, moved.fact] if moved.fact else [], moved).state
    twin = Subject(hourly, {"busy": compiled.rules["milestone", "busy"].condition}, did("Signed Up"), "Asia/Kathmandu")
    assert told.reached["busy"] == twin.reached("busy")


def test_what_others_change_of_their_account_reaches_each_member() -> None:
    plan = Trait(name="account.plan", test=Compare("is", "pro"))
    asked: dict[str, Condition] = {"payers": plan, "free": Trait(name="plan", test=Compare("is", "pro"))}
    runner = Runner(program(segments=asked))
    runner.give(fact("Grouped", 0, seq=1, kind="group", properties={"plan": "trial"}))
    assert runner.state.segments == []
    runner.give(fact(ACCOUNT_TRAITS_CHANGED, 1, seq=2, source="milepost", properties={"plan": "pro"}))
    assert runner.state.segments == ["payers"]
