"""What the API says of the program: its milestones and obstacles, with what became of them."""

from datetime import timedelta

import pytest
from django.test import Client
from msgspec.structs import replace

from milepost.core import events
from milepost.core.conditions.types import Did
from milepost.core.program.kinds.chart import Chart, ChartStep, Onward
from milepost.core.program.kinds.common import AnswerRef
from milepost.core.program.kinds.goal import Function, Goal, Measure
from milepost.core.program.kinds.milestone import Help, Milestone, Obstacle, Task
from milepost.workspace.actions import bootstrap
from milepost.workspace.models import Workspace
from tests.api.test_work import Api
from tests.delivery.world import release
from tests.success_app.conftest import DOCUMENT as SMALL
from tests.world import World

DOCUMENT = replace(
    SMALL,
    goals={
        "lose": replace(SMALL.goals["lose"], measure="weight"),
        "cook": Goal(ask="Cook", milestones=("meal",)),
    },
    measures={
        "weight": Measure(
            unit="kg",
            better="down",
            baseline=AnswerRef(answer="now"),
            target=AnswerRef(answer="wanted"),
            by=AnswerRef(answer="day"),
        )
    },
    milestones={
        "meal": replace(
            SMALL.milestones["meal"],
            told={"en": "Write down what you eat", "ru": "Запишите, что едите"},
            target=timedelta(days=1),
            stage="quick win",
            tasks=(Task(title="Choose a dish"), Task(title="Add their diet", owner="team")),
            obstacles={
                **SMALL.milestones["meal"].obstacles,
                "alone": Obstacle(stuck=Did(name="Sighed"), accepted="Some like it so."),
                "new": Obstacle(stuck=Did(name="Lost"), locus="outside"),
                "tired": Obstacle(stuck=Did(name="Yawned"), lacks="motivation", help=(Help(guide="add-food"),)),
            },
        ),
        "jeans": replace(SMALL.milestones["jeans"], needs=("meal",)),
        "friend": Milestone(title="A friend", reached=Did(name="Invited")),
    },
)


@pytest.fixture
def api(world: World) -> Api:
    release(Workspace.objects.get(pk=world.workspace), DOCUMENT)
    return Api(bootstrap(world.clock.now()).secret_key)


def wants(world: World) -> None:
    world.happens(world.fact(events.GOAL_STATED, properties={"goal": "lose"}, source="milepost"))


@pytest.mark.req("R23")
def test_the_map_of_milestones_is_in_order_with_a_wording_for_the_team_and_one_for_customers(
    world: World, api: Api
) -> None:
    _, answer = api.get("program/milestones")
    meal, jeans, friend = answer["milestones"]
    assert [each["key"] for each in (meal, jeans, friend)] == ["meal", "jeans", "friend"]
    assert answer["goals"] == {"lose": ["meal", "jeans"], "cook": ["meal"]}
    assert meal["title"]["en"] == "Log a meal" and meal["told"]["en"] == "Write down what you eat"
    assert jeans["told"] == jeans["title"] == "Jeans" and (jeans["kind"], jeans["needs"]) == ("outcome", ["meal"])
    assert (meal["goals"], meal["target"], friend["goals"]) == (["lose", "cook"], 86400.0, [])
    wants(world)
    person = api.get("people/ann")[1]
    assert person["plan"]["posts"][0]["title"]["en"] == "Write down what you eat" == person["next"]["title"]
    assert person["milestones"][0]["title"]["en"] == "Log a meal", "the team reads its own words"


@pytest.mark.req("R35")
def test_a_plan_is_stages_of_milestones_of_tasks_with_dates_dependencies_and_owners_on_both_sides(
    world: World, api: Api
) -> None:
    wants(world)
    meal, jeans = api.get("people/ann")[1]["plan"]["posts"]
    assert (meal["stage"], meal["due_on"], meal["first_on"]) == ("quick win", "2026-05-05", "2026-05-05")
    assert [(task["title"], task["owner"], task["done"]) for task in meal["tasks"]] == [
        ("Choose a dish", "person", False),
        ("Add their diet", "team", False),
    ]
    assert jeans["needs"] == ["meal"]


@pytest.mark.req("R39")
def test_the_ledger_of_obstacles_says_how_each_is_seen_what_answers_it_and_how_that_goes(
    world: World, api: Api
) -> None:
    for user in ("ann", "ben"):
        world.happens(*(world.fact("Food Searched", user) for _ in range(3)))
    world.later(timedelta(minutes=1))
    world.happens(world.fact("Meal Logged", "ben"))
    lines = {line["obstacle"]: line for line in api.get("program/obstacles")[1]["items"]}
    lost = lines["lost"]
    assert (lost["milestone"], lost["status"], lost["help"]) == ("meal", "answered", [{"ask_support": True}])
    assert "Food Searched" in lost["stuck"] and "3" in lost["stuck"]
    assert lost["people"] == {"ever": 2, "now": 1, "helped": 2, "unblocked": 1}
    assert (lines["alone"]["status"], lines["alone"]["accepted"]) == ("accepted", "Some like it so.")
    assert (lines["new"]["status"], lines["new"]["locus"], lines["tired"]["lacks"]) == (
        "unanswered",
        "outside",
        "motivation",
    )
    obstacles = {each["obstacle"]: each for each in api.get("insights/map")[1]["obstacles"]}
    assert obstacles.keys() == lines.keys(), "the unblock rate of a period, with its interval, is asked of the map"


def test_what_the_program_covers_how_it_does_and_what_does_not_fit_are_asked_by_machines_too(
    world: World, api: Api
) -> None:
    world.happens(world.fact("Food Searched", "ann"), world.fact("Never Planned", "ann"))
    status, covered = api.get("program/coverage")
    assert status == 200
    assert {line["stage"] for line in covered["coverage"]["stages"]} >= {"quick win", "habit", "expansion"}
    assert covered["default"]["people"] >= covered["default"]["by_default"]
    audited = api.get("program/audit")[1]
    assert 0 < audited["score"] < 100
    gains = [fix["gain"] for fix in audited["fixes"]]
    assert gains == sorted(gains, reverse=True)
    tracked = api.get("program/tracking")[1]
    assert "Never Planned" in tracked["proposed"]
    assert "Never Planned" in [event["name"] for event in tracked["seen"]]


def test_a_chart_is_asked_for_with_its_gaps_and_as_a_file(world: World, api: Api) -> None:
    steps = {
        "begin": ChartStep(did="Signed Up", next=(Onward(to="meal"),)),
        "meal": ChartStep(reached="meal", functions=("diary",)),
    }
    drawn = replace(
        DOCUMENT, functions={"diary": Function(milestones=())}, charts={"first": Chart(title="First", steps=steps)}
    )
    release(Workspace.objects.get(pk=world.workspace), drawn)
    [chart] = api.get("program/charts")[1]["items"]
    assert (chart["key"], list(chart["chart"]["steps"])) == ("first", ["begin", "meal"])
    assert chart["functions"] == [{"chart": "first", "step": "meal", "function": "diary", "explained_by": []}]
    for ending, begins in (("svg", b"<svg"), ("png", b"\x89PNG"), ("mmd", b"---\ntitle")):
        answer = Client().get(f"/api/v1/program/charts/first.{ending}", headers=api.headers)
        assert answer.status_code == 200 and answer.content.startswith(begins)
    assert Client().get("/api/v1/program/charts/first.svg").status_code == 401
    assert api.get("program/charts/first.gif")[0] == 404
