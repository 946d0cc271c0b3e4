"""The management API: who may ask, what is answered, and how it says no."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from milepost.api.routes import ENDPOINTS
from milepost.workspace.actions import bootstrap
from tests.world import PROGRAM, World

_SURVEY = "{kind: survey, title: Role, questions: [{key: what, ask: What?, options: {admin: A, user: U}}]}"
SURVEYED = PROGRAM.replace("\ncontent:\n", f"\ncontent:\n  role: {_SURVEY}\n")


class Api:
    def __init__(self, key: str) -> None:
        self.client, self.key = Client(), key

    def get(self, path: str, **parameters: Any) -> tuple[int, dict[str, Any]]:
        headers = {"authorization": f"Bearer {self.key}"}
        answer = self.client.get(f"/api/v1/{path}", parameters, headers=headers)
        return answer.status_code, answer.json()


@pytest.fixture
def api(world: World) -> Api:
    return Api(bootstrap(world.clock.now()).secret_key)


def test_a_person_with_traits_milestones_and_reasons(world: World, api: Api) -> None:
    world.happens(
        world.fact("Identified", kind="identify", properties={"email": "ann@example.com", "name": "Ann"}),
        world.fact("Signed Up"),
        world.fact("Meal Logged"),
    )
    status, person = api.get("people/ann")

    assert status == 200 and person["traits"]["name"] == "Ann" and person["user_id"] == "ann"
    first, three = person["milestones"]
    assert first["reached_at"] == "2026-05-04T09:00:00Z" and first["evidence"]["name"] == "Meal Logged"
    assert three["reached_at"] is None and "1 of 3" in three["reason"]["text"]
    assert {(d["definition"], d["outcome"]) for d in person["decisions"]} == {
        ("add-food", "shown"),
        ("welcome", "sent"),
        ("first-meal", "reached"),
        ("hooray", "shown"),
    }


def test_an_anonymous_visitor_is_found_by_their_device(world: World, api: Api) -> None:
    world.happens(world.fact("Opened", user=None, anonymous_id="device-1"))

    assert api.get("people/device-1")[1]["user_id"] is None


def test_an_id_with_a_slash_is_an_id(world: World, api: Api) -> None:
    world.happens(world.fact("Opened", user="org/ann"))

    assert api.get("people/org/ann")[1]["id"] == "org/ann"


@pytest.mark.parametrize("key", ["", "mps_wrong", "Bearer"])
def test_without_the_secret_key_nothing_is_said(world: World, key: str) -> None:
    status, problem = Api(key).get("people/ann")

    assert status == 401 and problem["code"] == "unauthorized" and "mend" in problem


def test_the_write_key_is_public_and_opens_nothing(world: World) -> None:
    assert Api(bootstrap(world.clock.now()).write_key).get("people")[0] == 401


def test_a_revoked_key_opens_nothing(world: World, api: Api) -> None:
    from milepost.workspace import actions, keys
    from milepost.workspace.models import Key, Workspace

    workspace = Workspace.objects.get()
    other = actions.create_key(workspace, "secret", world.clock.now(), actor="test")
    old = Key.objects.filter(kind="secret").order_by("id")[0]
    actions.revoke_key(workspace, old.pk, world.clock.now(), actor="test")
    keys.forget()

    assert api.get("people")[0] == 401 and Api(other).get("people")[0] == 200


def test_people_are_listed_page_by_page_latest_first(world: World, api: Api) -> None:
    for number in range(5):
        world.happens(world.fact("Opened", user=f"u{number}"))
        world.later(timedelta(minutes=1))
    _, first = api.get("people", limit=3)
    _, second = api.get("people", limit=3, cursor=first["next"])

    assert [p["id"] for p in first["items"]] == ["u4", "u3", "u2"]
    assert [p["id"] for p in second["items"]] == ["u1", "u0"] and second["next"] == ""


def test_an_account_with_its_members_and_roles(world: World, api: Api) -> None:
    joins: dict[str, Any] = {"kind": "group", "group_id": "acme", "properties": {"name": "Acme", "role": "buyer"}}
    world.happens(world.fact("Grouped", **joins))
    status, account = api.get("accounts/acme")

    assert status == 200 and account["name"] == "Acme"
    assert [(m["person"], m["role"]) for m in account["members"]] == [("ann", "buyer")]
    assert api.get("accounts/nobody")[0] == 404


def test_the_program_in_force(world: World, api: Api) -> None:
    _, program = api.get("program")

    assert program["number"] == 1 and set(program["document"]["milestones"]) == {"first-meal", "three-meals"}


@pytest.mark.req("R126", "R127")
def test_activation_and_time_to_value_count_who_is_still_on_the_way(world: World, api: Api) -> None:
    world.happens(*(world.fact("Signed Up", user=f"u{number}") for number in range(4)))
    world.later(timedelta(hours=2))
    world.happens(world.fact("Meal Logged", user="u0"))
    world.later(timedelta(days=1))
    period = {"from": "2026-05-01", "to": "2026-05-06"}

    _, activation = api.get("insights/activation", **period)
    assert activation["rate"]["count"] == 1 and activation["rate"]["n"] == 4
    assert activation["rate"]["interval"]["low"] < 0.25 < activation["rate"]["interval"]["high"]
    assert "first-meal" in activation["definition"] and "$p" in activation["sql"]
    _, wait = api.get("insights/time-to-value", **period)
    assert wait["n"] == 4 and wait["censored"] == 3 and "undefined" in wait["median"]["seconds"]
    _, before = api.get("insights/activation", as_of="2026-05-04T10:00:00Z", **period)
    assert before["rate"]["count"] == 0 and before["rate"]["n"] == 4


def test_each_insight_says_its_n_its_definition_and_its_sql(world: World, api: Api) -> None:
    world.release(SURVEYED)
    told = {"survey": "role", "question": "what", "answer": "admin"}
    world.happens(
        world.fact("Identified", kind="identify", properties={"plan": "free"}),
        world.fact("Signed Up"),
        world.fact("Meal Logged"),
        world.fact("Question Answered", properties=told),
    )
    world.later(timedelta(minutes=1))
    period = {"from": "2026-05-01", "to": "2026-06-01"}
    asked = {"by": "plan", "survey": "role", "of": "2", "at_least": "1"}
    wanted = {"milestones": ["by"], "map": [], "answers": ["survey"], "messages": [], "offers": [], "samples": []}
    found = {
        path: api.get(f"insights/{path}", **period, **{name: asked[name] for name in names})[1]
        for path, names in {**wanted, "habit": ["of", "at_least"]}.items()
    }

    assert all(answer["definition"] and "$p" in answer["sql"] and answer["tz"] == "UTC" for answer in found.values())
    [cell] = found["milestones"]["milestones"][0]["cohorts"]
    assert (cell["cohort"], cell["rate"]["count"], cell["rate"]["n"]) == ("free", 1, 1)
    assert found["map"]["paths"][0]["stops"][0]["reached"]["value"] == 1.0
    assert found["answers"]["questions"][0]["options"][0] == {
        "value": "admin",
        "rate": {
            "count": 1,
            "n": 1,
            "value": 1.0,
            "interval": pytest.approx({"low": 0.2065, "high": 1.0}, abs=1e-4),
            "few": True,
        },
    }
    [welcome] = found["messages"]["messages"]
    assert welcome["message"] == "welcome" and found["offers"]["offers"] == found["samples"]["templates"] == []
    assert found["habit"]["rate"]["count"] == 1 and found["habit"]["active_days"] == [0, 1, 0]


def test_a_funnel_of_facts_and_milestones(world: World, api: Api) -> None:
    world.happens(*(world.fact("Signed Up", user=f"u{number}") for number in range(3)))
    world.later(timedelta(minutes=1))
    world.happens(world.fact("Meal Logged", user="u0"), world.fact("Meal Logged", user="u1"))
    _, funnel = api.get(
        "insights/funnel", step=["Signed Up", "milestone:first-meal"], **{"from": "2026-05-01", "to": "2026-06-01"}
    )

    assert [step["n"] for step in funnel["steps"]] == [3, 2]


@pytest.mark.parametrize(
    ("path", "parameters", "code"),
    [
        ("insights/funnel", {"step": ["A"]}, "steps"),
        ("insights/funnel", {"step": ["A", "B"], "window": "soon"}, "duration"),
        ("insights/funnel", {"step": ["A", "B"], "anchor": "last"}, "anchor"),
        ("insights/activation", {"from": "yesterday"}, "from"),
        ("insights/milestones", {"by": "mood"}, "by"),
        ("insights/answers", {"survey": "nowhere"}, "unknown_survey"),
        ("insights/habit", {"of": "many"}, "of"),
        ("insights/habit", {"of": "3", "at_least": "4"}, "at_least"),
        ("insights/activation", {"from": "2026-06-01", "to": "2026-05-01"}, "period"),
        ("insights/activation", {"tz": "Mars/Olympus"}, "tz"),
        ("people", {"limit": "many"}, "limit"),
        ("people", {"cursor": "x"}, "cursor"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_its_name(
    api: Api, path: str, parameters: dict[str, Any], code: str
) -> None:
    status, problem = api.get(path, **parameters)

    assert status == 400 and problem["code"] == code and problem["detail"]


def test_an_address_that_is_none_says_where_to_look(api: Api) -> None:
    status, problem = api.get("nothing")

    assert status == 404 and "openapi.json" in problem["mend"]


def test_answers_are_what_the_openapi_document_says(world: World, api: Api) -> None:
    import jsonschema

    world.release(SURVEYED)
    world.happens(world.fact("Signed Up"), world.fact("Meal Logged"))
    document = Client().get("/api/openapi.json").json()
    asked = {
        "/people/{id}": "people/ann",
        "/people/{id}/next": "people/ann/next",
        "/people/{id}/pieces": "people/ann/pieces",
        "/insights/funnel": "insights/funnel?step=A&step=B",
        "/insights/funnel/dropped": "insights/funnel/dropped?step=A&step=B",
        "/insights/answers": "insights/answers?survey=role",
    }
    assert document["openapi"] == "3.1.0" and len(document["paths"]) == len(ENDPOINTS)
    for path, methods in document["paths"].items():
        if "get" not in methods or path in ("/accounts/{id}", "/conversations/{number}"):
            continue
        content = methods["get"]["responses"]["200"]["content"]
        if path == "/program/charts/{key}.{format}":
            assert content.keys() == {"image/svg+xml", "image/png", "text/plain; charset=utf-8"}
            continue
        schema = content["application/json"]["schema"]
        status, answer = api.get(asked.get(path, path.removeprefix("/")))
        assert status == 200, (path, answer)
        jsonschema.validate(answer, {**schema, "components": document["components"]})
