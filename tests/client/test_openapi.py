"""What the description of this edge says is what it answers."""

from datetime import timedelta
from typing import Any

import jsonschema
import msgspec
import pytest

from milepost.client.openapi import OPERATIONS, document
from milepost.core.program.document import EMPTY
from milepost.core.program.kinds.content import Article, Question, Survey
from milepost.core.program.kinds.limits import Support
from milepost.core.program.kinds.milestone import Milestone
from milepost.delivery.tokens import DeepLink, seal
from tests.client.conftest import NOW
from tests.client.stage import DEVICE, KEY, WORKSPACE, Stage, piece

SURVEY = Survey(title="Who?", questions=(Question(key="who", ask="Who?", kind="text"),))
PROGRAM = msgspec.structs.replace(
    EMPTY,
    content={"who": SURVEY},
    articles={"cake": Article(title="Cake", body="Eat.")},
    milestones={"meal": Milestone(title="A meal")},
    support=Support(name="Anna", email="anna@example.com", community="https://example.com/us"),
)
SENT: dict[str, dict[str, Any]] = {
    "/client/open": {"writeKey": KEY, "anonymousId": DEVICE},
    "/client/progress": {"content": "add-food", "action": "shown", "messageId": "m1", "piece": 1},
    "/client/answer": {"content": "who", "question": "who", "value": "Ann", "messageId": "m2"},
    "/client/plan": {"milestone": "meal", "action": "skip", "messageId": "m3"},
    "/client/ask": {"text": "How?", "messageId": "m4"},
    "/client/community": {"messageId": "m5"},
    "/client/feedback": {"text": "Good", "mood": 3, "messageId": "m6"},
    "/client/link": {"token": seal(DeepLink(WORKSPACE, 1, "d1", "add-food", NOW + timedelta(days=1)))},
}


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_an_answer_is_what_its_description_says(stage: Stage, method: str, path: str) -> None:
    stage.script.program = PROGRAM
    stage.script.of_device[DEVICE] = [piece(1, kind="hint", **HINT)]
    described: dict[str, Any] = stage.http.get("/client/openapi.json").json()
    token, address = stage.open(), path.format(key="cake")
    body = SENT[path] if method == "post" else None
    headers = {"Authorization": f"Bearer {token}"}
    answer = stage.http.request(method.upper(), address, json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    operation = described["paths"][path][method]
    for schema, instance in ((operation["responses"]["200"], answer.json()), (operation.get("requestBody"), body)):
        if schema:
            known = schema["content"]["application/json"]["schema"]
            jsonschema.validate(instance, {**known, "components": described["components"]})


HINT = {
    "key": "k",
    "title": "Here",
    "body_html": "",
    "steps": [],
    "page": {},
    "modal": False,
    "standing": True,
    "confetti": False,
    "button": "",
    "contact": None,
    "serves": None,
    "lang": "en",
    "dir": "ltr",
    "labels": {},
    "on": ["#a"],
    "inline": False,
}


def test_a_refusal_is_what_the_description_says(stage: Stage) -> None:
    answer = stage.get("/client/pieces", "none")
    jsonschema.validate(answer.json(), document()["components"]["schemas"]["Problem"])


def test_each_operation_has_a_name_of_its_own_and_says_what_it_does() -> None:
    operations = [each for path in document()["paths"].values() for each in path.values()]
    assert len({each["operationId"] for each in operations}) == len(operations) == len(OPERATIONS)
    assert all(each["summary"].endswith(".") for each in operations)


#: What no app asks for: a stream is no JSON, and this description describes itself last.
BESIDES = {("get", "/client/stream"), ("get", "/client/openapi.json")}


def test_everything_that_an_app_may_ask_is_described(stage: Stage) -> None:
    served = {(method.lower(), path) for method, path in stage.client._routes}
    assert served - BESIDES == {each for each in OPERATIONS if "{" not in each[1]}
