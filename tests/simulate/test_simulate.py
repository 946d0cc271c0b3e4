"""Made-up people live with small programs, and what came of it is said truly."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.core.conditions.types import All, Condition, DaysSince, Not
from milepost.core.conditions.types import Test as Comparison
from milepost.core.engine.findings import FirstValue, FirstWin, Report, simulate
from milepost.core.program.compile import Program, compile_program
from milepost.core.program.document import Document
from milepost.core.program.kinds.content import Guide, Question, Step, Survey
from milepost.core.program.kinds.journey import Journey, Pause, Send, Wait
from milepost.core.program.kinds.limits import Limit, Limits
from milepost.core.program.kinds.message import Message
from milepost.core.program.kinds.milestone import Evidence, Help, Milestone, Obstacle
from milepost.core.review.rehearsal import win_comes_late
from milepost.core.review.rule import Review
from milepost.core.values import Undefined
from milepost.program.review import review
from tests.engine.test_laws import programs
from tests.engine.world import did

EXAMPLE = Path(__file__).parents[2] / "examples" / "calorie-counter" / "milepost.yaml"
DAY = timedelta(days=1)


def letter(**more: Any) -> Message:
    return Message(**{"channel": "email", "purpose": "care", "subject": "S", "body": "B", **more})


def first_meal(**more: Any) -> Milestone:
    return Milestone(**{"title": "First meal", "reached": did("Meal Logged"), "first_value": True, **more})


def world(**parts: Any) -> Program:
    return compile_program(
        Document(**{"name": "World", "milestones": {"first-meal": first_meal()}, **parts}), digest="d", number=1
    )


def stayed(report: Report) -> dict[str, int]:
    return {found.what: found.people for found in report.dead_ends}


def names(report: Report, kind: str) -> list[str]:
    return [person.name for person in report.people if person.kind == kind]


def test_the_shortest_path_to_first_value_is_what_its_condition_asks_for() -> None:
    for meals in (1, 3):
        reached = did("Meal Logged", at_least=meals)
        found = simulate(world(milestones={"first-meal": first_meal(reached=reached)})).first_value
        assert isinstance(found, FirstValue)
        assert (found.actions, found.in_first_visit) == (1 + meals, True), "sign-up is an action too"


def test_a_first_value_that_takes_days_does_not_fit_the_first_visit() -> None:
    reached = did("Meal Logged", at_least=3, distinct="day")
    found = simulate(world(milestones={"first-meal": first_meal(reached=reached)})).first_value

    assert isinstance(found, FirstValue) and not found.in_first_visit and found.minutes > 2 * 24 * 60 - 300


@pytest.mark.req("R37")
def test_a_program_without_a_win_in_the_first_visit_is_told_so_with_the_shortest_path() -> None:
    def late(**more: Any) -> list[str]:
        milestone = first_meal(reached=did("Meal Logged", at_least=3, distinct="day"))
        document = Document(name="World", milestones={"first-meal": milestone, **more})
        return [found.message for found in win_comes_late(Review(document=document, lines={}))]

    [told] = late()
    assert "'first-meal' takes 4 actions and 2." in told
    assert late(look=Milestone(title="Look", reached=did("Looked"))) == []
    win = simulate(world()).first_win
    assert isinstance(win, FirstWin) and (win.milestone, win.actions) == ("first-meal", 2)


def test_without_a_first_value_its_path_is_undefined() -> None:
    report = simulate(world(milestones={"one": Milestone(title="One", reached=did("A"))}))

    assert isinstance(report.first_value, Undefined) and "first_value" in report.first_value.reason


def test_a_milestone_that_nobody_can_be_asked_about_is_a_dead_end() -> None:
    from milepost.core.conditions.types import Answered

    jeans = Evidence(self_report=Answered(survey="weekly", answers={"jeans": Comparison("is", "fit")}))
    question = Question(key="jeans", ask="And the jeans?", options={"fit": "They fit", "not": "Not yet"})
    milestones = {"first-meal": first_meal(), "jeans": Milestone(title="Jeans", evidence=jeans)}
    never = Survey(title="How was it?", questions=(question,))
    asked = Survey(title="How was it?", questions=(question,), when=did("Meal Logged"))

    assert stayed(simulate(world(milestones=milestones, content={"weekly": never}))).keys() == {"milestone:jeans"}
    assert stayed(simulate(world(milestones=milestones, content={"weekly": asked}))) == {}


def stuck(condition: Condition, *help_: Help, **more: Any) -> dict[str, Milestone]:
    return {"first-meal": first_meal(obstacles={"o": Obstacle(stuck=condition, help=help_, **more)})}


SEARCHING = All(of=(did("Food Searched", at_least=3, within=timedelta(hours=1)), Not(of=did("Meal Logged"))))


def test_somebody_gets_stuck_and_goes_on_when_help_comes() -> None:
    guide = Guide(steps=(Step(title="Here"),))
    report = simulate(world(milestones=stuck(SEARCHING, Help(guide="g")), content={"g": guide}))
    (person,) = [person for person in report.people if person.kind == "stuck"]

    assert (person.helped, person.first_value_day) == (1, 0) and person.name not in report.never_helped
    assert stayed(report) == {} and "obstacle:first-meal/o" not in report.unused


def test_whoever_is_stuck_without_help_is_named() -> None:
    report = simulate(world(milestones=stuck(SEARCHING)))
    (person,) = names(report, "stuck")

    assert person in report.never_helped and stayed(report) == {"obstacle:first-meal/o": 1}
    accepted = simulate(world(milestones=stuck(SEARCHING, accepted="So be it")))
    assert "obstacle:first-meal/o" not in stayed(accepted)


def test_an_obstacle_that_nobody_can_meet_is_found() -> None:
    impossible = All(of=(did("Meal Logged"), Not(of=did("Meal Logged"))))

    assert "obstacle:first-meal/o" in simulate(world(milestones=stuck(impossible))).unused


def test_who_stays_silent_is_never_helped_unless_something_is_sent_to_them() -> None:
    alone = simulate(world())
    nudge = letter(when=All(of=(DaysSince(since="start", gte=2), Not(of=did("Meal Logged")))))
    written_to = simulate(world(messages={"nudge": nudge}))

    assert set(names(alone, "silent")) <= set(alone.never_helped)
    assert written_to.never_helped == ()


def test_a_wait_that_may_never_end_is_a_dead_end() -> None:
    steps = (Wait(wait=Pause(until=did("Never"))), Send(send="m"))
    journeys = {"j": Journey(starts=did("Signed Up"), steps=steps)}
    report = simulate(world(journeys=journeys, messages={"m": letter()}))

    assert stayed(report) == {"journey:j/0": len(report.people)} and report.unused == ("message:m",)


def test_the_load_is_counted_by_channel_person_and_week() -> None:
    messages = {key: letter(when=did("Signed Up"), purpose="service") for key in ("a", "b", "c")}
    report = simulate(world(messages=messages), days=14)
    load = {each.channel: each for each in report.load}

    assert (load["email"].most, load["email"].week, load["email"].mean) == (3, 1, 1.5)
    assert load["all"].most == 3


def test_what_a_limit_held_back_or_left_out_is_reported_with_its_reason() -> None:
    messages = {key: letter(when=did("Signed Up")) for key in ("a", "b")}
    report = simulate(world(messages=messages, limits=Limits(email=Limit(at_most=1, per="5h"))))
    (found,) = report.suppressed

    assert (found.key, found.outcome, found.times) == ("b", "held", len(report.people))
    assert found.reason == "Held until …: 1 per 5h have been used up."


def test_the_number_of_people_may_be_chosen() -> None:
    compiled = world()

    assert len(simulate(compiled, people=2).people) == 2
    assert len(simulate(compiled, people=9).people) == 9


@settings(max_examples=15)
@given(programs(), st.integers(0, 3))
def test_the_same_seed_gives_the_same_report_whatever_the_program(compiled: Program, seed: int) -> None:
    one, two = (simulate(compiled, days=8, seed=seed) for _ in range(2))

    assert one == two


def test_another_seed_gives_other_lives() -> None:
    compiled = world(milestones={"first-meal": first_meal(reached=did("Meal Logged", at_least=9, distinct="day"))})
    days = {
        tuple(person.first_value_day for person in simulate(compiled, days=60, seed=seed).people) for seed in range(4)
    }

    assert len(days) > 1


@pytest.fixture(scope="module")
def example() -> Report:
    document = review(EXAMPLE.read_bytes()).document
    assert document is not None
    return simulate(compile_program(document, digest="d", number=1))


def test_the_example_brings_everybody_who_comes_to_their_first_value_in_the_first_visit(example: Report) -> None:
    assert isinstance(example.first_value, FirstValue)
    assert example.first_value.in_first_visit and example.first_value.actions <= 15
    assert all(person.first_value_day is not None for person in example.people if person.kind in ("eager", "casual"))


def test_every_goal_of_the_example_can_be_reached(example: Report) -> None:
    assert not [found for found in example.dead_ends if found.what.startswith("milestone:")]


def test_the_limits_of_the_example_hold(example: Report) -> None:
    load = {each.channel: each.most for each in example.load}

    assert load["email"] <= 4 + 1, "four a week, and the welcome"
