"""Persons and accounts in the answers of the management API, in a workspace that has programs for both."""

from datetime import timedelta
from typing import Any

import pytest

from milepost.workspace.actions import bootstrap
from tests.api.test_api import Api
from tests.programs.documents import COMMON, CUSTOMER
from tests.programs.gym import Gym
from tests.world import World

_MAY = {"from": "2026-05-01", "to": "2026-06-01"}


@pytest.fixture
def gym(world: World) -> Gym:
    """A gym of three that has paid and added its trainers together, and a club of one that has only paid."""
    found = Gym(world)
    found.joins("zoe", "club", role="buyer", plan="free")
    found.joins("bea", role="buyer", plan="pro")
    for user in ("bea", "zoe"):
        found.does("Subscription Started", user)
    for user in ("tom", "ann", "tom"):
        found.does("Trainer Added", user)
    for user in ("tom", "ann"):
        found.does("Signed Up", user)
    found.does("Meal Logged", "ann")
    return found


@pytest.fixture
def api(gym: Gym) -> Api:
    return Api(bootstrap(gym.world.clock.now()).secret_key)


def _asked(api: Api, path: str, **parameters: Any) -> dict[str, Any]:
    status, answer = api.get(f"insights/{path}", **_MAY, **parameters)
    assert status == 200, answer
    return answer


@pytest.mark.req("R32")
def test_milestones_are_counted_by_those_who_reach_them(api: Api) -> None:
    persons, accounts = _asked(api, "milestones", by="plan"), _asked(api, "milestones", by="plan", of="accounts")
    assert (persons["counted"], accounts["counted"]) == ("persons", "accounts")
    assert "trainers" not in {each["milestone"] for each in persons["milestones"]}
    counted = {each["milestone"]: (each["rate"]["count"], each["rate"]["n"]) for each in accounts["milestones"]}
    assert counted == {"trainers": (1, 2), "paid-up": (1, 2)}
    assert {each["cohort"] for each in accounts["milestones"][0]["cohorts"]} == {"pro", "free"}


def test_who_is_counted_follows_from_what_is_named(api: Api) -> None:
    waited = _asked(api, "time-to-value", milestone="trainers")
    assert (waited["counted"], waited["n"], waited["arrived"]) == ("accounts", 2, 1)
    asked = {"step": ["Subscription Started", "milestone:trainers"]}
    funnel = _asked(api, "funnel", **asked)
    assert (funnel["counted"], [step["n"] for step in funnel["steps"]]) == ("accounts", [2, 1])
    left = _asked(api, "funnel/dropped", **asked)["items"]
    assert [each["id"] for each in left] == ["club"]
    assert _asked(api, "funnel", step=["Signed Up", "milestone:first-meal"])["counted"] == "persons"
    assert _asked(api, "paths", milestone="trainers")["n"] == 1


@pytest.mark.req("R129")
@pytest.mark.req("R134")
def test_what_is_plainly_done_is_counted_of_either(api: Api) -> None:
    steps = ["Subscription Started", "Trainer Added"]
    persons, accounts = _asked(api, "funnel", step=steps), _asked(api, "funnel", step=steps, of="accounts")
    assert [step["n"] for step in persons["steps"]] == [2, 0], "who pays adds no trainers"
    assert [step["n"] for step in accounts["steps"]] == [2, 1]
    assert (_asked(api, "active")["n"], _asked(api, "active", of="accounts")["n"]) == (4, 2)
    kept = _asked(api, "retention", of="accounts", unit="day")
    assert (kept["counted"], kept["n"]) == ("accounts", 2), "they began when they paid"


def test_one_question_counts_one_kind_of_subject(api: Api) -> None:
    asked: list[tuple[str, dict[str, Any]]] = [
        ("funnel", {"step": ["milestone:first-meal", "milestone:trainers"]}),
        ("funnel", {"step": ["Signed Up", '{"all": [{"reached": "trainers"}]}'], "of": "persons"}),
        ("time-to-value", {"milestone": "trainers", "of": "persons"}),
        ("milestones", {"of": "companies"}),
    ]
    for path, parameters in asked:
        status, answer = api.get(f"insights/{path}", **parameters)
        assert (status, answer["code"]) == (400, "of"), answer


def test_a_workspace_of_customers_alone_counts_accounts_without_being_told(gym: Gym, api: Api) -> None:
    gym.release(gym.world, f"{COMMON}---\n{CUSTOMER}")
    gym.world.later(timedelta(hours=1))
    for path in ("milestones", "activation", "lifecycle", "map", "retention", "habit"):
        answer = _asked(api, path)
        assert answer["counted"] == "accounts" and answer["definition"].startswith("Accounts whose program started")
    assert _asked(api, "map")["n"] == 2
    assert _asked(api, "searches")["counted"] == "persons", "an account sees no page"


def test_accounts_that_no_program_is_for_are_known_by_their_people(world: World) -> None:
    api = Api(bootstrap(world.clock.now()).secret_key)
    world.happens(world.fact("Grouped", "ann", kind="group", group_id="acme"), world.fact("Signed Up", "ann"))
    assert _asked(api, "retention", of="accounts")["n"] == 1
    assert _asked(api, "active", of="accounts")["n"] == 1
    status, answer = api.get("insights/activation", of="accounts")
    assert (status, answer["code"]) == (400, "of") and "for: customer" in answer["mend"]
