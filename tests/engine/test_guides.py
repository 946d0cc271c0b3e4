"""What an open guide asks of the engine: which of its steps are there, and whether a milestone has been reached."""

from typing import Any

import pytest

from milepost.core.conditions.types import Did
from milepost.core.engine.effects import RefreshContent, ShowContent
from milepost.core.program.kinds.content import Advance, Guide, Step
from tests.engine.world import Runner, did, fact, milestone, program

STEPS = (
    Step(title="One"),
    Step(title="For teams", key="team", if_=Did(name="Team Joined")),
    Step(title="Log it", advance=Advance(on="milestone", milestone="first-meal")),
)


@pytest.fixture
def runner() -> Runner:
    tour = Guide(steps=STEPS, when=did("Signed Up"))
    parts: dict[str, Any] = {"milestones": {"first-meal": milestone(did("Meal Logged"))}, "content": {"tour": tour}}
    return Runner(program(**parts)).give(fact("Signed Up", seq=1))


def refreshed(runner: Runner) -> list[tuple[str, ...]]:
    return [effect.contents for effect in runner.effects if isinstance(effect, RefreshContent)]


def test_a_step_is_left_out_for_whom_its_condition_does_not_hold(runner: Runner) -> None:
    [shown] = [effect for effect in runner.effects if isinstance(effect, ShowContent)]
    assert shown.known["steps"] == {"left_out": {"tour": ["team"]}}


def test_an_open_guide_is_drawn_again_when_what_its_steps_ask_has_changed(runner: Runner) -> None:
    assert refreshed(runner) == []
    assert refreshed(runner.give(fact("Team Joined", 1, seq=2))) == [("tour",)]
    assert refreshed(runner.give(fact("Meal Logged", 2, seq=3))) == [("tour",), ("tour",)]


def test_a_guide_that_somebody_is_done_with_is_left_alone(runner: Runner) -> None:
    runner.give(fact("Content Completed", 1, seq=2, source="milepost", properties={"content": "tour"}))
    assert refreshed(runner.give(fact("Meal Logged", 2, seq=3))) == []


def test_what_is_open_is_said_again_in_the_language_that_somebody_changes_to(runner: Runner) -> None:
    def speaks(language: str, minutes: float, seq: int) -> Runner:
        return runner.give(fact("Identified", minutes, seq=seq, kind="identify", properties={"locale": language}))

    assert refreshed(speaks("bg", 1, 2)) == [("tour",)]
    assert refreshed(speaks("bg", 2, 3)) == [("tour",)]
    assert refreshed(speaks("pl", 3, 4)) == [("tour",), ("tour",)]
    assert refreshed(speaks("ru", 1.5, 5)) == [("tour",), ("tour",)], "an older fact that comes late says nothing"
