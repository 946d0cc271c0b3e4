"""Who gets a session, and what its token is worth."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from milepost.client.hub import Hub
from milepost.client.polling import Poll
from milepost.client.tokens import LIFETIME, Session, seal, unseal
from milepost.core.values import Refused
from tests.client.stage import DEVICE, KEY, Script, Stage, piece

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = b"s" * 32
MARIA = Session(7, DEVICE, "maria", NOW + LIFETIME)


def refused(token: str, key: bytes = SECRET, now: datetime = NOW) -> str:
    with pytest.raises(Refused) as caught:
        unseal(token, key, now)
    assert caught.value.status == 401
    return caught.value.code


def test_a_token_says_whose_it_is() -> None:
    assert unseal(seal(MARIA, SECRET), SECRET, NOW) == MARIA


def test_a_token_with_one_letter_changed_is_not_ours() -> None:
    token = seal(MARIA, SECRET)
    for place in range(len(token)):
        other = "A" if token[place] != "A" else "B"
        changed = token[:place] + other + token[place + 1 :]
        if changed.rstrip("=")[:-1] != token[:-1]:  # the last letter holds bits that mean nothing
            assert refused(changed) == "bad_token"


def test_a_token_of_another_installation_is_not_ours() -> None:
    assert refused(seal(MARIA, b"o" * 32)) == "bad_token"


@pytest.mark.parametrize("token", ["", "x", "!!!", "é", "A" * 5000, "null"])
def test_what_is_no_token_is_refused(token: str) -> None:
    assert refused(token) == "bad_token"


def test_a_token_is_over_after_a_day() -> None:
    token = seal(MARIA, SECRET)
    assert unseal(token, SECRET, NOW + timedelta(hours=23, minutes=59))
    assert refused(token, now=NOW + timedelta(hours=24)) == "expired_token"


def test_a_device_gets_an_unsigned_session_and_a_signed_user_a_signed_one(stage: Stage) -> None:
    stage.open()
    stage.open(user="maria")


def test_a_user_id_without_a_signature_is_only_a_device(stage: Stage) -> None:
    body = {"writeKey": KEY, "anonymousId": DEVICE, "userId": "maria"}
    answer = stage.http.post("/client/open", json=body)
    assert (answer.status_code, answer.json()["signed"]) == (200, False)


def test_a_wrong_signature_is_refused_and_never_taken_for_unsigned(stage: Stage) -> None:
    body = {"writeKey": KEY, "anonymousId": DEVICE, "userId": "maria", "signature": "signed:eve"}
    answer = stage.http.post("/client/open", json=body)
    assert (answer.status_code, answer.json()["code"]) == (401, "bad_signature")
    assert "token" not in answer.json()


def test_an_unknown_key_opens_nothing(stage: Stage) -> None:
    answer = stage.http.post("/client/open", json={"writeKey": "mpw_other", "anonymousId": DEVICE})
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_key")


@pytest.mark.parametrize("device", ["maria", "", DEVICE.upper(), f"{DEVICE}x", f"{DEVICE}\n", 7, None])
def test_only_an_anonymous_id_of_the_fixed_form_is_one(stage: Stage, device: object) -> None:
    answer = stage.http.post("/client/open", json={"writeKey": KEY, "anonymousId": device})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


def test_a_browser_may_ask_from_any_page_without_cookies(stage: Stage) -> None:
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Headers": "authorization"}
    preflight = stage.http.options("/client/stream", headers=asked)
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "authorization" in preflight.headers["access-control-allow-headers"]
    answer = stage.http.post("/client/open", content=b"{", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 400 and answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers


def test_a_body_that_is_too_long_is_refused(stage: Stage) -> None:
    answer = stage.http.post("/client/open", content=b" " * 20_000)
    assert (answer.status_code, answer.json()["code"]) == (400, "too_large")


def test_other_addresses_are_not_there(stage: Stage) -> None:
    assert stage.http.get("/client/open").status_code == 404
    assert stage.http.get("/client/other").status_code == 404


def test_a_session_ends_with_the_key_that_it_was_signed_with(stage: Stage) -> None:
    stage.script.people["maria"], stage.script.of_person[1] = 1, [piece(1)]
    signed, unsigned = stage.open("maria"), stage.open()
    held = stage.get("/client/pieces", signed).json()["since"]
    with stage.stream(signed) as events:
        assert [events.next()[0] for _ in range(2)] == ["open", "piece"]
        stage.script.revoked.add(1)
        answers = [stage.get(f"/client/pieces?since={held}&wait=9", signed), stage.report(signed, "shown")]
        assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(401, "revoked_key")] * 2
        stage.script.of_person[1] = [piece(1), piece(2)]
        stage.publish(uids=(1,))
        with pytest.raises(EOFError):
            events.next()
    assert stage.get("/client/pieces", unsigned).status_code == 200


def test_one_workspace_leaves_room_for_the_streams_of_others() -> None:
    hub = Hub(100)
    held = [Poll(Session(workspace, DEVICE, None, NOW), Script(), hub) for workspace in [1] * 100]
    for poll in held[:80]:
        hub.join(poll)
    with pytest.raises(Refused, match="No more streams") as refused:
        hub.join(held[80])
    assert refused.value.status == 429
    of_another = Poll(Session(2, DEVICE, None, NOW), Script(), hub)
    hub.join(of_another)
    for poll in held[:80]:
        hub.leave(poll)
        hub.leave(poll)
    for poll in held[:79]:
        hub.join(poll)
    assert len(hub) == 80


def test_a_page_of_another_site_may_read_when_to_come_again(staged: Callable[..., Stage]) -> None:
    stage = staged(limit=0)
    answer = stage.get("/client/stream", stage.open())
    assert answer.status_code == 429 and answer.headers["retry-after"] == "5"
    assert answer.headers["access-control-expose-headers"] == "retry-after"
