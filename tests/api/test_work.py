"""What the API does for people: it answers, vouches and completes, as a member would."""

from typing import Any

import pytest
from django.test import Client

from milepost.core import events
from milepost.core.help.conversation import conversation_number
from milepost.delivery.models import Piece
from milepost.log import stores
from milepost.success.models import Task
from milepost.workspace.actions import bootstrap
from milepost.workspace.models import AuditEntry, Workspace
from tests.delivery.world import release
from tests.success_app.conftest import DOCUMENT
from tests.world import World


class Api:
    def __init__(self, key: str) -> None:
        self.client, self.headers = Client(), {"authorization": f"Bearer {key}"}

    def get(self, path: str, **parameters: Any) -> tuple[int, dict[str, Any]]:
        answer = self.client.get(f"/api/v1/{path}", parameters, headers=self.headers)
        return answer.status_code, answer.json()

    def post(self, path: str, body: Any = None) -> tuple[int, dict[str, Any]]:
        answer = self.client.post(f"/api/v1/{path}", body or {}, content_type="application/json", headers=self.headers)
        return answer.status_code, answer.json()


@pytest.fixture
def api(world: World) -> Api:
    release(Workspace.objects.get(pk=world.workspace), DOCUMENT)
    return Api(bootstrap(world.clock.now()).secret_key)


def test_a_person_comes_with_goal_plan_answers_and_what_stands_in_the_way(world: World, api: Api) -> None:
    told = {"survey": "intake", "question": "goal", "answer": "lose"}
    world.happens(
        world.fact(events.QUESTION_ANSWERED, properties=told),
        world.fact(events.GOAL_STATED, properties={"goal": "lose"}),
        *(world.fact("Food Searched") for _ in range(3)),
    )
    _, person = api.get("people/ann")
    assert person["goal"]["key"] == "lose" and [post["key"] for post in person["plan"]["posts"]] == ["meal", "jeans"]
    assert person["plan"]["next"]["key"] == "meal" == person["next"]["milestone"]
    assert person["answers"]["goal"]["value"] == "lose" and person["segments"] == ["searchers"]
    [obstacle] = person["obstacles"]
    assert (obstacle["milestone"], obstacle["obstacle"], obstacle["resolved_at"]) == ("meal", "lost", None)


@pytest.mark.req("R72")
def test_at_any_moment_there_is_one_next_thing_with_its_reason_until_nothing_is_left(world: World, api: Api) -> None:
    world.happens(world.fact("Opened", "org/ann"))
    path = "people/org/ann/next"
    assert api.get(path)[1]["next"]["start"] == "intake"
    world.happens(world.fact(events.GOAL_STATED, "org/ann", properties={"goal": "lose"}))
    step = api.get(path)[1]["next"]
    assert (step["title"], step["start"], step["url"]) == ("Log a meal", "add-food", "/diary") and step["reason"]
    world.happens(world.fact("Meal Logged", "org/ann"))
    assert api.get(path)[1]["next"]["milestone"] == "jeans"
    assert api.post("people/org/ann/milestones/jeans/attest", {"by": "Boris"})[0] == 200
    world.loop.catch_up()
    assert api.get(path)[1] == {"next": None}
    assert api.get("people/nobody/next")[0] == 404


def test_somebody_vouches_only_for_what_may_be_attested(world: World, api: Api) -> None:
    world.happens(world.fact("Opened"))
    assert api.post("people/ann/milestones/meal/attest", {"by": "Boris"})[1]["code"] == "not_attestable"
    assert api.post("people/ann/milestones/none/attest", {"by": "Boris"})[0] == 404
    assert api.post("people/ann/milestones/jeans/attest", {})[1]["code"] == "invalid_body"
    assert api.post("people/ann/milestones/jeans/attest", {"by": "Boris", "note": "I saw it."})[0] == 200
    world.loop.catch_up()
    jeans = api.get("people/ann")[1]["milestones"][1]
    assert jeans["reached_at"] and AuditEntry.objects.filter(action="milestone.attest").count() == 1


def test_a_question_is_read_and_answered(world: World, api: Api) -> None:
    asked = world.fact(events.QUESTION_ASKED, properties={"text": "How?", "page": "/x"}, source="milepost")
    world.happens(asked)
    number = conversation_number(world.workspace, asked.message_id)
    assert [line["number"] for line in api.get("conversations", status="open")[1]["items"]] == [number]
    assert api.post(f"conversations/{number}/reply", {"text": "Like this.", "name": "Bot"}) == (200, {"success": True})
    world.loop.catch_up()
    _, conversation = api.get(f"conversations/{number}")
    assert (conversation["person"], conversation["status"]) == ("ann", "answered")
    assert [(post["text"], post["name"]) for post in conversation["posts"]] == [("How?", ""), ("Like this.", "Bot")]
    assert b"Bot has answered you" in bytes(Piece.objects.get(content="@reply").body)
    assert api.post(f"conversations/{number}/reply", {"text": "  "})[1]["code"] == "empty"
    assert api.get("conversations/1")[0] == api.post("conversations/x/reply", {"text": "a"})[0] == 404
    assert api.get("conversations", status="lost")[1]["code"] == "status"


def test_a_task_is_done(world: World, api: Api) -> None:
    world.happens(*(world.fact("Food Searched") for _ in range(3)))
    [task] = api.get("tasks")[1]["items"]
    assert task["about"] == "obstacle:meal/lost" and task["reason"]
    status, done = api.post(f"tasks/{task['id']}/complete", {"outcome": "Called."})
    assert (status, done["outcome"], done["done_by"]) == (200, "Called.", "api") and done["done_at"]
    assert api.get("tasks")[1]["items"] == [] and len(api.get("tasks", status="done")[1]["items"]) == 1
    assert api.post(f"tasks/{Task.objects.get().pk + 1}/complete")[0] == 404


def test_a_get_changes_nothing_and_a_post_reads_nothing(world: World, api: Api) -> None:
    assert api.get("tasks/1/complete")[0] == api.get("conversations/1/reply")[0] == api.post("tasks")[0] == 405


def test_the_public_key_does_nothing_here(world: World, api: Api) -> None:
    assert Api(bootstrap(world.clock.now()).write_key).post("tasks/1/complete")[0] == 401


def test_writes_say_in_the_openapi_document_what_they_take(api: Api) -> None:
    document = api.client.get("/api/openapi.json").json()
    attest = document["paths"]["/people/{id}/milestones/{key}/attest"]["post"]
    assert [each["name"] for each in attest["parameters"]] == ["id", "key"]
    reference = attest["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    assert document["components"]["schemas"][reference.rsplit("/", 1)[1]]["required"] == ["by"]


def test_a_back_end_draws_what_somebody_may_be_shown_and_tells_what_they_did(world: World, api: Api) -> None:
    world.happens(world.fact("Opened", "org/ann"))
    begin = {"content": "add-food", "action": "started", "messageId": "m0"}
    assert api.post("people/org/ann/progress", begin) == (200, {"success": True})
    world.loop.catch_up()
    [piece] = api.get("people/org/ann/pieces")[1]["items"]
    assert piece["body"]["steps"][0]["title"] == "Here" and (piece["step"], piece["status"]) == (0, "waiting")
    did = {"piece": piece["id"], "content": piece["content"], "messageId": "m1"}
    for _ in range(2):
        assert api.post("people/org/ann/progress", {**did, "action": "completed"}) == (200, {"success": True})
    world.loop.catch_up()
    assert piece["id"] not in [each["id"] for each in api.get("people/org/ann/pieces")[1]["items"]]
    kept = [fact.name for fact in stores.current().log.read(0, 100)]
    assert kept.count(events.CONTENT_COMPLETED) == 1
    assert api.post("people/org/ann/progress", {**did, "action": "danced"})[1]["code"] == "invalid_body"
    assert api.post("people/org/ann/progress", {**did, "action": "offer_shown"})[1]["code"] == "invalid_report"
    assert api.get("people/nobody/pieces")[0] == 404


def test_what_somebody_answers_to_a_server_is_their_answer_once(world: World, api: Api) -> None:
    world.happens(world.fact("Opened"))
    body = {"content": "intake", "question": "goal", "value": "lose", "messageId": "m1"}
    for _ in range(2):
        assert api.post("people/ann/answers", body) == (200, {"success": True})
    world.loop.catch_up()
    _, person = api.get("people/ann")
    assert (person["goal"]["key"], person["answers"]["goal"]["value"]) == ("lose", "lose")
    assert [fact.name for fact in stores.current().log.read(0, 100) if fact.source == "milepost"] == [
        events.QUESTION_ANSWERED,
        events.GOAL_STATED,
    ]
    assert api.post("people/ann/answers", {**body, "value": "fly", "messageId": "m2"})[0] == 400
    assert api.post("people/ann/answers", {**body, "question": "none", "messageId": "m3"})[0] == 404
    assert api.post("people/nobody/answers", body)[0] == 404
    assert api.post("people/ann/answers", {**body, "value": None, "messageId": "m4"})[0] == 200
    world.loop.catch_up()
    assert "goal" not in api.get("people/ann")[1]["answers"]
