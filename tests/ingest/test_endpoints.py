import base64
from typing import Any

import pytest

from milepost.ingest.routes import ENDPOINTS

from .conftest import KEY, Door

CALLS: dict[str, dict[str, Any]] = {
    "track": {"event": "Meal Logged", "properties": {"kcal": 450}},
    "identify": {"traits": {"plan": "pro"}},
    "page": {"name": "Home", "category": "Docs", "properties": {"url": "https://x.example/"}},
    "screen": {"name": "Diary", "properties": {"tab": 2}},
    "group": {"groupId": "acme", "traits": {"seats": 5}},
    "alias": {"previousId": "anon-1"},
}
NAMES = {"track": "t", "identify": "i", "page": "p", "screen": "s", "group": "g", "alias": "a"}


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("kind", CALLS)
def test_each_call_arrives_at_its_long_and_its_short_name(door: Door, kind: str, slash: str) -> None:
    for name in (kind, NAMES[kind]):
        answer = door.post(f"/v1/{name}{slash}", {"userId": "ann", **CALLS[kind]})
        assert (answer.status_code, answer.json()) == (200, {"success": True})
    assert [fact.kind for fact in door.facts()] == [kind, kind]


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/batch/", "/v1/b", "/v1/b/", "/v1/import", "/v1/import/"])
def test_a_batch_of_every_kind_arrives_in_order(door: Door, path: str) -> None:
    batch = [{"type": kind, "userId": "ann", **call} for kind, call in CALLS.items()]
    assert door.post(path, {"batch": batch}).status_code == 200
    assert [fact.kind for fact in door.facts()] == list(CALLS)
    assert {fact.source for fact in door.facts()} == {"live"}
    assert {fact.workspace for fact in door.facts()} == {7}


def test_what_a_call_says_stands_in_its_fact(door: Door) -> None:
    facts = {kind: door.send(kind, **call) for kind, call in CALLS.items()}
    assert [fact.name for fact in facts.values()] == [
        "Meal Logged", "Identified", "Page Viewed", "Screen Viewed", "Grouped", "Aliased",
    ]  # fmt: skip
    assert facts["track"].properties == {"kcal": 450}
    assert facts["identify"].properties == {"plan": "pro"}
    assert facts["page"].properties == {"url": "https://x.example/", "name": "Home", "category": "Docs"}
    assert facts["screen"].properties == {"tab": 2, "name": "Diary"}
    assert (facts["group"].group_id, facts["group"].properties) == ("acme", {"seats": 5})
    assert (facts["alias"].previous_id, facts["alias"].user_id) == ("anon-1", "ann")


def basic(text: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(text.encode()).decode()}


@pytest.mark.parametrize(
    ("headers", "query", "body"),
    [
        (basic(f"{KEY}:"), "", {}),
        (basic(KEY), "", {}),
        ({"authorization": basic(f"{KEY}:")["authorization"].rstrip("=").replace("Basic", "basic")}, "", {}),
        ({"authorization": f"Bearer {KEY}"}, "", {}),
        ({"authorization": "Bearer an-oauth-token"}, "", {"writeKey": KEY}),
        ({}, "", {"writeKey": KEY}),
        ({}, f"?writeKey={KEY}", {}),
        (basic("wrong:"), "", {"writeKey": KEY}),
    ],
    ids=["basic", "no colon", "no padding", "bearer", "bearer and body", "body", "query", "stale header"],
)
@pytest.mark.parametrize("path", ["/v1/track", "/v1/batch"])
def test_the_key_may_come_in_every_way_that_clients_bring_it(
    door: Door, path: str, headers: dict[str, str], query: str, body: dict[str, str]
) -> None:
    call = {"type": "track", "event": "A", "userId": "ann"}
    document = {"batch": [call], **body} if path == "/v1/batch" else {**call, **body}
    assert door.post(path + query, document, key=None, headers=headers).status_code == 200
    assert [fact.name for fact in door.facts()] == ["A"]


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, {}),
        ({}, {"writeKey": "mpw_revoked"}),
        ({}, {"writeKey": 5}),
        ({}, {"writeKey": None}),
        (basic("mpw_revoked:"), {}),
        ({"authorization": "Basic %%%"}, {}),
        ({"authorization": "Bearer"}, {}),
        ({"authorization": "Digest x"}, {}),
    ],
)
@pytest.mark.parametrize("path", ["/v1/track", "/v1/batch"])
def test_without_a_known_key_nothing_is_stored(
    door: Door, path: str, headers: dict[str, str], body: dict[str, Any]
) -> None:
    call = {"type": "track", "event": "A", "userId": "ann"}
    answer = door.post(path, {"batch": [call], **call, **body}, key=None, headers=headers)
    assert answer.status_code == 401
    assert answer.json()["code"] == "unknown_write_key"
    assert "milepost keys" in answer.json()["message"]
    assert door.facts() == []


@pytest.mark.parametrize("path", [*ENDPOINTS, "/v1/nowhere", "/v1/projects/x/settings", "/sourceConfig/"])
def test_a_preflight_is_answered_everywhere_and_echoes_what_was_asked(door: Door, path: str) -> None:
    asked = "authorization,content-type,x-retry-count,anonymousid,sentat,rsa-batch"
    answer = door.http.options(
        path,
        headers={
            "origin": "https://app.example",
            "access-control-request-method": "POST",
            "access-control-request-headers": asked,
        },
    )
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "https://app.example"
    assert answer.headers["access-control-allow-headers"] == asked
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert answer.headers["access-control-allow-credentials"] == "true"


def test_asked_headers_are_echoed_to_whoever_asks(door: Door) -> None:
    answer = door.http.options("/v1/t", headers={"access-control-request-headers": "x-retry-count"})
    assert answer.headers["access-control-allow-headers"] == "x-retry-count"
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("key", [KEY, "wrong"])
def test_a_page_may_read_every_answer_also_a_refusal(door: Door, key: str) -> None:
    call = {"event": "A", "userId": "ann"}
    answer = door.post("/v1/t", call, key=key, headers={"origin": "https://app.example"})
    assert answer.headers["access-control-allow-origin"] == "https://app.example"
    assert door.post("/v1/t", call, key=key).headers["access-control-allow-origin"] == "*"


def test_send_beacon_brings_text_and_the_key_in_the_query(door: Door) -> None:
    answer = door.http.post(
        f"/v1/b?writeKey={KEY}",
        content=b'{"batch":[{"type":"page","anonymousId":"a-1"}]}',
        headers={"content-type": "text/plain;charset=UTF-8", "origin": "https://app.example"},
    )
    assert answer.status_code == 200
    assert door.facts()[0].anonymous_id == "a-1"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/track", 405),
        ("PUT", "/v1/batch", 405),
        ("POST", "/v1/nowhere", 404),
        ("GET", "/v1/", 404),
        ("GET", "/v1/projects/wrong/settings", 404),
        ("GET", "/sourceConfig/", 401),
    ],
)
def test_every_refusal_is_json_with_code_and_message(door: Door, method: str, path: str, status: int) -> None:
    answer = door.http.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["code"] and answer.json()["message"]


def test_the_settings_of_a_project_send_the_browser_back_here_and_load_nothing_else(door: Door) -> None:
    settings = door.http.get(f"/v1/projects/{KEY}/settings").json()
    assert settings["integrations"]["Segment.io"]["apiKey"] == KEY
    assert settings["integrations"]["Segment.io"]["apiHost"] == f"127.0.0.1:{door.port}/v1"
    assert settings["integrations"]["Segment.io"]["protocol"] == "http"
    assert (settings["remotePlugins"], settings["metrics"]) == ([], {"sampleRate": 0})


@pytest.mark.parametrize("path", ["/sourceConfig/", "/sourceConfig", "/sourceConfig/?p=web&v=3.0.0"])
def test_the_configuration_of_a_source_names_no_destinations(door: Door, path: str) -> None:
    source = door.http.get(path, auth=(KEY, "")).json()["source"]
    assert source["enabled"] is True and source["destinations"] == [] and source["id"]
    assert source["config"]["statsCollection"]["metrics"]["enabled"] is False
