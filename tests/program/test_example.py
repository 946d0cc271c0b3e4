"""The example program, run through the engine: one product's story as its newcomers live it."""

from datetime import timedelta
from functools import lru_cache
from pathlib import Path

import pytest

from milepost.core.engine.effects import ShowContent
from milepost.core.program.codec import digest_of
from milepost.core.program.compile import Program, compile_program
from milepost.demo.calories.foods import BY_NAME, MEALS
from milepost.program.templates import variables
from tests.engine.world import START, Runner, fact
from tests.program.documents import document_of

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "examples/calorie-counter/milepost.yaml").read_text(encoding="utf-8")
DOCUMENT = document_of(TEXT)
HOUR, DAY = 60, 24 * 60


@lru_cache
def program() -> Program:
    return compile_program(DOCUMENT, digest=digest_of(DOCUMENT), number=1)


class Newcomer(Runner):
    """Somebody who signs up; what they do is told by minutes since then."""

    def __init__(self, plan: str = "free") -> None:
        super().__init__(program())
        self._facts = 0
        self.does("Identified", 0, kind="identify", plan=plan, email="ann@example.com")
        self.does("Signed Up", 0, plan=plan)
        self.does("App Opened", 0.1)

    def does(self, name: str, minutes: float, kind: str = "track", **properties: object) -> "Newcomer":
        self.wait(START + timedelta(minutes=minutes))
        self._facts += 1
        self.give(fact(name, minutes, seq=self._facts, kind=kind, properties=properties))
        return self

    def wants(self, goal: str, minutes: float = 1) -> "Newcomer":
        self.does("Question Answered", minutes, survey="intake", question="goal", answer=goal)
        self.does("Goal Stated", minutes, goal=goal)
        return self.does("Survey Answered", minutes, survey="intake")

    def until(self, minutes: float) -> "Newcomer":
        self.wait(START + timedelta(minutes=minutes))
        return self

    def lives(self, days: int) -> "Newcomer":
        for day in range(days):
            self.does("App Opened", day * DAY + 5).does(
                "Meal Logged", day * DAY + 6, meal="lunch", food="Apple", calories=95
            )
            self.does("Day Completed", day * DAY + 10 * HOUR, calories=1500, in_budget=True)
        return self


def test_the_sample_days_are_meals_that_the_product_has() -> None:
    template = DOCUMENT.templates["sample-day"]
    for data in (template.data, *template.by_goal.values()):
        assert data["meals"]
        assert all(meal["food"] in BY_NAME and meal["meal"] in MEALS for meal in data["meals"])
    assert set(template.by_goal) == set(DOCUMENT.goals)


def test_the_goal_is_asked_first_and_the_plan_is_the_answer_to_it() -> None:
    maria = Newcomer()
    assert maria.sent() == ["intake", "empty-diary", "kcal", "welcome"]
    assert maria.wants("lose-weight").sent()[4] == "start"
    assert maria.state.plan is not None and maria.state.plan.goal == "lose-weight"


def test_two_who_want_something_else_get_different_plans() -> None:
    plans = [Newcomer().wants(goal).state.plan for goal in ("lose-weight", "get-fit", "eat-healthier")]
    assert len({tuple(plan.first) for plan in plans if plan is not None}) == 3


def test_three_searches_without_a_meal_bring_one_help_and_bring_it_once() -> None:
    maria = Newcomer().wants("lose-weight")
    for number in range(6):
        maria.does("Food Searched", 5 + number / 10, query="qwerty", results=0)
    assert maria.until(2 * HOUR).sent().count("find-any-food") == 1


def test_who_stays_away_for_a_day_gets_one_nudge() -> None:
    assert Newcomer().until(20 * DAY).sent() == ["intake", "empty-diary", "kcal", "welcome", "two-minutes-is-enough"]


def test_who_has_logged_a_meal_gets_no_nudge() -> None:
    maria = Newcomer().wants("get-fit").does("Meal Logged", 5, meal="lunch", food="Apple", calories=95)
    assert "two-minutes-is-enough" not in maria.until(3 * DAY).sent()
    assert "plain-howto" not in maria.sent()


def test_the_offer_comes_inside_a_celebration_and_once() -> None:
    maria = Newcomer().wants("lose-weight").lives(8)
    offered = [
        effect.content for effect in maria.effects if isinstance(effect, ShowContent) and effect.offer == "premium"
    ]
    assert offered == ["three-days-confetti"]


def test_days_within_the_budget_are_praised_each_and_the_last_step_is_a_friend() -> None:
    sent = Newcomer().wants("lose-weight").lives(8).until(8 * DAY).sent()
    assert sent.count("small-praise") >= 3
    assert sent.index("week-confetti") < sent.index("invite-a-friend")


def test_less_weight_is_praised_and_the_same_weight_is_not() -> None:
    def weighs(kilos: float) -> list[str]:
        maria = (
            Newcomer()
            .wants("lose-weight")
            .does("Measure Recorded", 2, measure="weight", value=80, **{"as": "baseline"})
        )
        maria.does("Measure Recorded", 3, measure="weight", value=80, **{"as": "value"}).until(7 * DAY + HOUR)
        maria.does("Measure Recorded", 7 * DAY + 2 * HOUR, measure="weight", value=kilos, **{"as": "value"})
        return maria.until(7 * DAY + 3 * HOUR).sent()

    assert "weigh-in-praise" in weighs(79)
    assert "weigh-in-praise" not in weighs(80)


@pytest.mark.req("R151")
def test_one_whole_life_of_goal_plan_weekly_check_praise_premium_friends_and_community() -> None:
    maria = Newcomer().wants("lose-weight")
    weighs = {"measure": "weight"}
    maria.does("Measure Recorded", 2, value=80, **weighs, **{"as": "baseline"})
    assert maria.state.plan is not None
    assert maria.state.plan.first["first-meal"].isoformat() == "2026-05-05"
    maria.lives(8)
    assert {"first-meal-confetti", "first-day-confetti", "small-praise", "week-confetti"} <= set(maria.sent())
    assert maria.sent().count("small-praise") <= 4
    assert [effect.content for effect in maria.effects if isinstance(effect, ShowContent) and effect.offer] == [
        "three-days-confetti"
    ]
    assert "weekly-weigh-in" in maria.sent() and "invite-a-friend" in maria.sent()
    later = 8 * DAY + 2 * HOUR
    maria.does("Measure Recorded", later, value=78.5, **weighs)
    assert "weigh-in-praise" in maria.sent()
    maria.does("Subscription Started", later + 1, plan="premium", revenue=49).does("Invite Sent", later + 2)
    assert {"week-streak", "invited-friend"} <= maria.state.reached.keys()
    stuck = {"survey": "weekly-weigh-in", "question": "trouble", "answer": "temptation"}
    maria.does("Question Answered", later + 3, **stuck)
    assert maria.state.stuck["back-in-my-jeans/cake-at-work"].help, "an article, or an introduction to the community"
    maria.does("Question Answered", later + 4, survey="weekly-weigh-in", question="jeans", answer="yes-again")
    assert "back-in-my-jeans" in maria.state.reached and "success" in maria.sent()


def test_the_jeans_are_an_outcome_with_what_they_said_as_evidence() -> None:
    maria = Newcomer().wants("lose-weight").lives(8)
    maria.does("Question Answered", 9 * DAY, survey="weekly-weigh-in", question="jeans", answer="yes-again")
    assert "back-in-my-jeans" in maria.state.reached
    assert {"success", "you-did-it"} <= set(maria.until(10 * DAY).sent())
    assert DOCUMENT.milestones["back-in-my-jeans"].kind == "outcome"


def test_templates_know_every_question_and_measure() -> None:
    known = variables(DOCUMENT)
    assert {"goal", "in-my-words", "target-date"} <= known["answers"].keys()
    assert known["measure"].keys() == DOCUMENT.measures.keys()
