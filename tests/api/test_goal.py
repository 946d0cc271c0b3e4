"""What somebody wants, how they measure it and what they hope for, as the API tells it; and whether it came true."""

from datetime import timedelta
from typing import Any

import pytest

from milepost.program.review import review
from milepost.workspace.models import Workspace
from tests.api.test_api import Api
from tests.api.test_api import api as api  # the fixture
from tests.delivery.world import release
from tests.world import PROGRAM, World

GOALS = """
goals:
  lose:
    ask: I want to lose weight
    milestones: [first-meal, jeans]
    measure: weight
    statement: {answer: words}
    expects: {answer: hope}
  fit: {ask: I want to get fit, milestones: [first-meal]}
measures:
  weight:
    unit: kg
    title: Weight
    better: down
    baseline: {answer: kilos}
    target: {answer: wanted}
    by: {answer: day}
milestones:
  jeans: {title: Jeans, kind: outcome, reached: {did: Jeans Fit}}
"""
INTAKE = """
content:
  intake:
    kind: survey
    title: What for?
    questions:
      - {key: goal, ask: What for?, kind: goal}
      - {key: words, ask: In your words?, kind: text}
      - {key: hope, ask: And then?, kind: text}
      - {key: kilos, ask: How much now?, kind: number, measure: weight}
      - {key: wanted, ask: How much then?, kind: number}
      - {key: day, ask: By when?, kind: date}
"""


@pytest.fixture
def program(world: World) -> None:
    before, milestones = GOALS.split("milestones:\n  jeans")
    text = PROGRAM.replace("\nmilestones:\n", f"{before}milestones:\n  jeans{milestones}", 1)
    document = review(text.replace("\ncontent:\n", INTAKE, 1)).document
    assert document is not None
    release(Workspace.objects.get(pk=world.workspace), document)


def says(world: World, **answers: Any) -> None:
    from milepost.core.delivery.answers import facts_of, question_of
    from milepost.runtime.programs import current_program

    document = current_program(world.workspace).document
    for key, value in answers.items():
        question = question_of(document, "intake", key)
        world.happens(
            *(world.fact(name, properties=told) for name, told in facts_of(document, "intake", question, value))
        )
        world.later(timedelta(minutes=1))


@pytest.mark.req("R15")
def test_the_record_of_a_goal_has_statement_measure_and_long_term_expectation(
    world: World, program: None, api: Api
) -> None:
    says(world, goal="lose", words="Fit in my jeans", hope="I dance again", kilos=82, wanted=74, day="2026-12-24")
    says(world, kilos=80.5)
    assert api.get("people/ann")[1]["goal"] == {
        "key": "lose",
        "ask": "I want to lose weight",
        "statement": "Fit in my jeans",
        "measure": {
            "key": "weight",
            "title": "Weight",
            "unit": "kg",
            "baseline": 80.5,
            "target": 74.0,
            "by": "2026-12-24",
            "last": 80.5,
        },
        "long_term_expectation": "I dance again",
    }


def test_what_they_have_not_said_is_null(world: World, program: None, api: Api) -> None:
    world.happens(world.fact("Opened"))
    assert api.get("people/ann")[1]["goal"] is None
    says(world, goal="lose")
    goal = api.get("people/ann")[1]["goal"]
    assert goal["statement"] is None is goal["long_term_expectation"]
    silent = {"baseline": None, "target": None, "by": None, "last": None}
    assert goal["measure"] == {"key": "weight", "title": "Weight", "unit": "kg", **silent}
    says(world, goal="fit")
    goal = api.get("people/ann")[1]["goal"]
    assert (goal["key"], goal["measure"]) == ("fit", None)


@pytest.mark.req("R22")
@pytest.mark.parametrize(
    ("reached", "days", "verdict"),
    [(False, 1, "unknown"), (False, 40, "not solved"), (True, 1, "solved")],
)
def test_a_plan_carries_the_problem_and_says_whether_it_is_solved(
    world: World, program: None, api: Api, reached: bool, days: int, verdict: str
) -> None:
    by = (world.clock.now() + timedelta(days=30)).date().isoformat()
    says(world, goal="lose", words="My knees hurt", kilos=82, wanted=74, day=by)
    if reached:
        world.happens(world.fact("Jeans Fit"))
    world.later(timedelta(days=days))
    plan = api.get("people/ann")[1]["plan"]
    assert (plan["problem"], plan["verdict"]) == ("My knees hurt", verdict)


def test_the_goal_is_what_the_openapi_document_says(world: World, program: None, api: Api) -> None:
    import jsonschema
    from django.test import Client

    says(world, goal="lose", words="Fit", kilos=82, wanted=74, day="2026-12-24")
    document = Client().get("/api/openapi.json").json()
    schemas = document["components"]["schemas"]
    assert {"statement", "measure", "long_term_expectation"} <= schemas["GoalRecord"]["properties"].keys()
    assert {"baseline", "target", "by", "last"} <= schemas["MeasureRecord"]["properties"].keys()
    goal = api.get("people/ann")[1]["goal"]
    jsonschema.validate(goal, {**schemas["GoalRecord"], "components": document["components"]})
