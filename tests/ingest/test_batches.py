import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from milepost.log.commit import GroupCommit
from milepost.log.sqlite import SQLiteLog

from .conftest import KEY, Door


def track(**call: Any) -> dict[str, Any]:
    return {"type": "track", "userId": "ann", "event": "A", **call}


def sized(length: int, **call: Any) -> dict[str, Any]:
    """An event of this many bytes of JSON, as httpx writes it."""
    event = track(**call, properties={"x": ""})
    event["properties"]["x"] = "x" * (length - len(httpx.Request("POST", "http://x", json=event).content))
    return event


def test_what_the_batch_says_holds_for_each_event_and_the_event_wins(door: Door) -> None:
    door.post(
        "/v1/batch",
        {
            "context": {"library": {"name": "lib"}, "locale": "en"},
            "integrations": {"All": True, "Mail": False},
            "batch": [track(), track(context={"locale": "bg"}, integrations={"Mail": True})],
        },
    )
    first, second = (fact.context for fact in door.facts())
    assert first == {"library": {"name": "lib"}, "locale": "en", "integrations": {"All": True, "Mail": False}}
    assert second == {"library": {"name": "lib"}, "locale": "bg", "integrations": {"All": True, "Mail": True}}


def test_one_events_mark_does_not_reach_the_others(door: Door) -> None:
    batch = [track(timestamp="2100-01-01"), track(context={"direct": True}), track()]
    door.post("/v1/batch", {"batch": batch, "context": {"locale": "en"}})
    assert [sorted(fact.context) for fact in door.facts()] == [
        ["locale", "milepost"], ["direct", "ip", "locale"], ["locale"],
    ]  # fmt: skip


def test_good_events_are_kept_and_each_bad_one_is_told_why(door: Door) -> None:
    batch = [
        track(event="First"),
        {"type": "track", "event": "Nobody"},
        track(event=5),
        "text",
        {"type": "dance", "userId": "ann"},
        {"userId": "ann", "event": "No type"},
        track(messageId="m" * 101),
        sized(40_000),
        track(event="Last"),
    ]
    answer = door.post("/v1/batch", {"batch": batch})
    assert answer.status_code == 200
    told = answer.json()
    assert (told["success"], told["accepted"]) == (False, 2)
    assert [(error["index"], error["code"]) for error in told["errors"]] == [
        (1, "no_user_anon_id"),
        (2, "wrong_type"),
        (3, "not_an_object"),
        (4, "unknown_type"),
        (5, "unknown_type"),
        (6, "message_id_too_long"),
        (7, "event_too_large"),
    ]
    assert [fact.name for fact in door.facts()] == ["First", "Last"]


def test_a_text_that_is_not_utf8_costs_only_its_own_event(door: Door) -> None:
    body = b'{"batch":[{"type":"track","userId":"ann","event":"\xff"},{"type":"track","userId":"ann","event":"Good"}]}'
    answer = door.post("/v1/batch", content=body)
    assert (answer.status_code, answer.json()["errors"][0]["index"]) == (200, 0)
    assert [fact.name for fact in door.facts()] == ["Good"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "invalid_json"),
        (b"{", "invalid_json"),
        (b'{"batch":[{]}', "invalid_json"),
        (b"a=b&c=d", "invalid_json"),
        (b"\xff\xfe\x00", "invalid_json"),
        (b'{"batch":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "invalid_json"),
        (b'{"batch":[NaN]}', "invalid_json"),
        (b"[]", "not_an_object"),
        (b"[" * 100_000, "not_an_object"),
        (b"null", "not_an_object"),
        (b'"text"', "not_an_object"),
        (b"{}", "no_batch"),
        (b'{"batch":null}', "no_batch"),
        (b'{"batch":{}}', "wrong_type"),
        (b'{"batch":[],"context":"x"}', "wrong_type"),
    ],
)
def test_what_is_no_batch_is_refused_with_400(door: Door, body: bytes, code: str) -> None:
    answer = door.post("/v1/batch", content=body)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert answer.json()["message"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"5", b'{"event":"\xff","userId":"a"}', b"[" * 100_000])
def test_what_is_no_call_is_refused_with_400(door: Door, body: bytes) -> None:
    answer = door.post("/v1/track", content=body)
    assert answer.status_code == 400 and answer.json()["code"] in ("invalid_json", "not_an_object", "event_too_large")


def test_an_empty_batch_is_fine(door: Door) -> None:
    assert door.post("/v1/batch", {"batch": []}).json() == {"success": True}


def test_limits_take_what_clients_send_at_the_edge(door: Door) -> None:
    """Clients count 32 KiB an event, and 512,000 bytes of events before the envelope."""
    assert door.post("/v1/track", sized(32 * 1024)).status_code == 200
    full = [sized(32_000) for _ in range(16)]
    assert door.post("/v1/batch", {"batch": full, "sentAt": "2026-03-01T12:00:00Z"}).json() == {"success": True}
    many = [{"type": "track", "userId": "u", "event": "E"}] * 2_500
    assert door.post("/v1/batch", {"batch": many}).json() == {"success": True}
    assert len(door.facts()) == 1 + 16 + 2_500


def test_what_is_over_the_limits_is_refused_as_a_whole(door: Door) -> None:
    many = [{"type": "track", "userId": "u", "event": "E"}] * 2_501
    assert door.post("/v1/batch", {"batch": many}).json()["code"] == "too_many_events"
    assert door.post("/v1/batch", {"batch": [sized(32_000) for _ in range(17)]}).json()["code"] == "payload_too_large"
    answer = door.post("/v1/track", sized(40_000))
    assert (answer.status_code, answer.json()["code"]) == (400, "event_too_large")
    assert door.facts() == []


def test_a_message_is_stored_once_within_a_batch_and_across_requests(door: Door) -> None:
    batch = [track(messageId="m-1"), track(messageId="m-1", event="Changed"), track(messageId="m-2")]
    for _ in range(2):
        assert door.post("/v1/batch", {"batch": batch}).json() == {"success": True}
    assert door.post("/v1/track", track(messageId="m-2")).json() == {"success": True}
    assert [(fact.message_id, fact.name) for fact in door.facts()] == [("m-1", "A"), ("m-2", "A")]


def test_without_a_message_id_each_event_gets_its_own(door: Door) -> None:
    door.post("/v1/batch", {"batch": [track(), track(messageId=""), track(messageId=None)]})
    assert len({fact.message_id for fact in door.facts()}) == 3


def test_the_same_message_from_twenty_requests_at_once_is_stored_once(door: Door, tmp_path: Path) -> None:
    log = SQLiteLog(tmp_path / "log.sqlite")
    commit = GroupCommit(log, most_waiting=100_000)
    door.serve(commit)

    async def storm() -> list[int]:
        limits = httpx.Limits(max_connections=20)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{door.port}", limits=limits) as client:
            call = track(messageId="the-one", writeKey=KEY)
            answers = await asyncio.gather(*(client.post("/v1/track", json=call) for _ in range(20)))
        return [answer.status_code for answer in answers]

    assert asyncio.run(storm()) == [200] * 20
    assert [fact.message_id for fact in log.read(0, 100)] == ["the-one"]
    commit.close()
    log.close()
