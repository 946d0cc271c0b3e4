"""Questions about everybody on the management API: each with n, interval, definition, SQL and the period."""

from typing import Any

import pytest

from milepost.insights.questions import QUESTIONS
from milepost.workspace.actions import bootstrap
from tests.api.test_api import Api
from tests.world import World

_MAY = {"from": "2026-05-01", "to": "2026-06-01"}


@pytest.fixture
def api(world: World) -> Api:
    return Api(bootstrap(world.clock.now()).secret_key)


def _life(world: World, person: str, *names: str) -> None:
    world.happens(*(world.fact(name, user=person) for name in names))


def test_every_question_answers_with_its_definition_and_its_period(world: World, api: Api) -> None:
    _life(world, "ann", "Signed Up", "Meal Logged")
    asked: dict[str, dict[str, Any]] = {"funnel": {"step": ["Signed Up", "Meal Logged"]}, "duration": {"length": "1d"}}
    for name in QUESTIONS:
        status, answer = api.get(f"insights/{name}", **asked.get(name, {}), tz="Europe/Sofia")
        assert status == 200, answer
        assert answer["definition"] and answer["sql"] and answer["tz"] == "Europe/Sofia"
        assert {"from", "to", "as_of"} <= answer.keys()


def test_a_step_may_be_any_condition(world: World, api: Api) -> None:
    _life(world, "ann", "Signed Up", "Meal Logged", "Meal Logged")
    _life(world, "bo", "Signed Up", "Meal Logged")
    steps = ["Signed Up", "milestone:first-meal", '{"did": "Meal Logged", "at_least": 2}']
    _, answer = api.get("insights/funnel", step=steps, window="1d", **_MAY)
    assert [step["n"] for step in answer["steps"]] == [2, 2, 1]
    assert answer["biggest_drop"]["after"] == 2 and answer["biggest_drop"]["lost"] == 1


def test_who_dropped_is_a_list_in_pages(world: World, api: Api) -> None:
    for person in ("ann", "bo", "cy"):
        _life(world, person, "Signed Up")
    asked: dict[str, Any] = {"step": ["Signed Up", "Meal Logged"], "after": 1, "limit": 2, **_MAY}
    _, first = api.get("insights/funnel/dropped", **asked)
    _, second = api.get("insights/funnel/dropped", **asked, cursor=first["next"])
    assert sorted(each["id"] for each in first["items"] + second["items"]) == ["ann", "bo", "cy"]
    assert len(first["items"]) == 2 and first["next"] and not second["next"]


@pytest.mark.parametrize(
    ("path", "parameters", "code"),
    [
        ("insights/funnel", {"step": ["Signed Up", '{"did": ']}, "condition"),
        ("insights/funnel", {"step": ["Signed Up", '{"dad": "x"}']}, "condition"),
        ("insights/funnel", {"step": ["Signed Up", "onboarded"]}, "onboarded"),
        ("insights/funnel", {"step": ["Signed Up", "segment:none"]}, "unknown_segment"),
        ("insights/funnel", {"step": ["Signed Up", "Paid"], "order": "loose"}, "order"),
        ("insights/paths", {"milestone": "none"}, "unknown_milestone"),
        ("insights/funnel/dropped", {"step": ["Signed Up", "Paid"], "after": 2}, "step"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_name(
    world: World, api: Api, path: str, parameters: dict[str, Any], code: str
) -> None:
    status, problem = api.get(path, **parameters)
    assert (status, problem["code"]) == (400, code)
