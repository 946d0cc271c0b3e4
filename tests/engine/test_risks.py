"""Who is about to leave: seen, put to the team, and whether they recovered is kept."""

from datetime import timedelta
from typing import Any

import pytest

from milepost.core import events
from milepost.core.conditions.types import InSegment
from milepost.core.engine.effects import OpenTask, RecordFact, SendMessage
from milepost.core.program.compile import Program
from milepost.core.program.kinds.goal import Goal
from milepost.core.program.kinds.risk import Decline, Risk, Silent
from milepost.core.program.risks import SILENT_LEAVERS
from tests.engine.world import START, Runner, did, fact, message, milestone, program

DAY = timedelta(days=1)
MINUTES = 24 * 60


def diary(**more: Any) -> Program:
    return program(
        goals={"lose": Goal(ask="Lose weight", milestones=("first-meal", "week"))},
        milestones={
            "first-meal": milestone(did("Meal Logged"), first_value=True),
            "week": milestone(did("Week Done")),
        },
        facts={"App Opened": {}},
        messages={"come-back": message()},
        **more,
    )


def told(runner: Runner, name: str) -> list[dict[str, Any]]:
    return [each.about for each in runner.effects if isinstance(each, RecordFact) and each.name == name]


def tasks(runner: Runner) -> list[OpenTask]:
    return [each for each in runner.effects if isinstance(each, OpenTask)]


@pytest.mark.req("R45")
def test_a_newcomer_who_vanishes_is_listed_and_written_to_once_and_is_off_the_list_when_they_come_back() -> None:
    compiled = diary(
        silent=Silent(after=7 * DAY, message="come-back", task="Call them"),
        segments={"gone": InSegment(segment=SILENT_LEAVERS)},
    )
    runner = Runner(compiled).give(fact("Signed Up", seq=1), fact("App Opened", MINUTES, seq=2)).wait(START + 7.5 * DAY)
    assert list(runner.state.segments) == []  # seen on the second day
    runner.wait(START + 9 * DAY)
    assert list(runner.state.segments) == ["gone", SILENT_LEAVERS]
    runner.give(fact("App Opened", 10 * MINUTES, seq=3))
    assert list(runner.state.segments) == []
    runner.wait(START + 30 * DAY)
    assert list(runner.state.segments) == ["gone", SILENT_LEAVERS]
    assert [each.message for each in runner.effects if isinstance(each, SendMessage)] == ["come-back"]
    assert [(each.title, each.about) for each in tasks(runner)] == [("Call them", f"segment:{SILENT_LEAVERS}")]


@pytest.mark.parametrize("name", ["Meal Logged", "Page Viewed"])
def test_who_got_something_out_of_it_or_is_still_here_is_no_silent_leaver(name: str) -> None:
    visits = [fact(name, day * MINUTES, seq=2 + day) for day in range(1, 10)][: 1 if name == "Meal Logged" else None]
    runner = Runner(diary(silent=Silent())).give(fact("Signed Up", seq=1), *visits).wait(START + 12 * DAY)
    assert list(runner.state.segments) == []


@pytest.mark.req("R43")
def test_who_stands_still_is_put_to_the_owner_and_it_is_kept_that_they_recovered() -> None:
    compiled = diary(risk={"stalled": Risk(stall=14 * DAY, task="Ask what is in the way", message="come-back")})
    wants = fact(events.GOAL_STATED, 1, seq=2, properties={"goal": "lose"})
    runner = Runner(compiled).give(fact("Signed Up", seq=1), wants, fact("Meal Logged", MINUTES, seq=3))
    runner.wait(START + 14 * DAY)
    assert tasks(runner) == []
    runner.wait(START + 16 * DAY)
    [task] = tasks(runner)
    assert (task.title, task.about) == ("Ask what is in the way", "risk:stalled")
    assert told(runner, events.RISK_RAISED) == [{"risk": "stalled"}] and runner.sent()[-1] == "come-back"
    assert runner.state.risks["stalled"].ended_at is None
    runner.give(fact("Week Done", 20 * MINUTES, seq=4))
    assert told(runner, events.RISK_ENDED) == [{"risk": "stalled", "recovered": True, "days": 5}]
    assert runner.state.risks["stalled"].ended_at == START + 20 * DAY
    runner.wait(START + 90 * DAY)
    assert len(tasks(runner)) == 1  # their plan is done: nothing is left to stand still in


@pytest.mark.req("R43")
def test_who_comes_less_is_seen_and_each_time_is_one_of_its_own() -> None:
    compiled = diary(risk={"fading": Risk(decline=Decline(of="App Opened", days=3, silent_for=7 * DAY))})
    first = [fact("App Opened", day * MINUTES, seq=2 + day) for day in range(3)]
    runner = Runner(compiled).give(fact("Signed Up", seq=1), *first).wait(START + 12 * DAY)
    assert [each.about for each in tasks(runner)] == ["risk:fading"]
    runner.wait(START + 60 * DAY)
    assert runner.state.risks["fading"].ended_at is None  # forgetting is no recovery
    again = [fact("App Opened", (61 + day) * MINUTES, seq=10 + day) for day in range(3)]
    runner.give(*again).wait(START + 80 * DAY)
    assert [each["recovered"] for each in told(runner, events.RISK_ENDED)] == [True]
    assert len(tasks(runner)) == 2 and runner.state.risks["fading"].number == 2


def test_a_risk_of_ones_own_ends_when_it_no_longer_holds_and_a_release_asks_nobody_about_the_past() -> None:
    compiled = diary(risk={"angry": Risk(when=did("Refund Asked", within=30 * DAY))})
    runner = Runner(compiled).give(fact("Signed Up", seq=1), fact("Refund Asked", 5, seq=2))
    assert [each.title for each in tasks(runner)] == ["See to them before they leave"]
    runner.wait(START + 31 * DAY)
    assert told(runner, events.RISK_ENDED) == [{"risk": "angry", "recovered": True, "days": 30}]
