"""Who answers for whose fact it is, asked over HTTP with a workspace's own keys."""

from datetime import datetime, timedelta
from typing import Any

import jwt
import pytest
from django.db import transaction

from milepost.core.events import Fact, vouched
from milepost.ingest.app import Ingest
from milepost.ingest.vouching import StoredIdentities
from milepost.people.actions import place
from milepost.people.models import Person
from milepost.workspace import identity, keys
from milepost.workspace.actions import Bootstrap, bootstrap
from milepost.workspace.identity_actions import require_signed
from milepost.workspace.models import Key, Workspace

from .conftest import NOW, Door


@pytest.fixture
def start(transactional_db: None, door: Door) -> Bootstrap:
    keys.forget()
    identity.forget()
    start = bootstrap(NOW)
    door.front.app = Ingest(door.commit, lambda token: keys.find(token, Key.WRITE), door.clock, StoredIdentities())
    return start


class Sender:
    """Sends with the write key; what was stored is applied to the people."""

    def __init__(self, door: Door, start: Bootstrap) -> None:
        self.door, self.start, self._applied = door, start, 0

    def __call__(self, *calls: dict[str, Any], key: str = "", **envelope: Any) -> Any:
        return self.door.post("/v1/batch", {"batch": list(calls), **envelope}, key=key or self.start.write_key)

    def apply(self) -> list[Fact]:
        facts = self.door.facts()[self._applied :]
        self._applied += len(facts)
        with transaction.atomic():
            place(facts)
        return facts

    def token(self, user: str = "maria", expires: datetime = NOW + timedelta(minutes=5), **more: Any) -> str:
        return jwt.encode({"sub": user, "exp": int(expires.timestamp()), **more}, self.start.identity_secret, "HS256")

    def sign(self, user: str = "maria") -> str:
        return identity.sign(self.start.workspace_id, user)


@pytest.fixture
def send(door: Door, start: Bootstrap) -> Sender:
    return Sender(door, start)


def identify(user: str | None = "maria", device: str | None = None, **traits: Any) -> dict[str, Any]:
    return {"type": "identify", "userId": user, "anonymousId": device, "traits": traits}


def track(user: str | None = "maria", device: str | None = None) -> dict[str, Any]:
    return {"type": "track", "event": "Opened", "userId": user, "anonymousId": device}


def email(user: str = "maria") -> str:
    return Person.objects.get(user_id=user).email


def test_a_signature_or_a_token_beside_a_batch_vouches_for_its_own_user_and_nobody_else(send: Sender) -> None:
    for proof in (send.sign(), send.token()):
        assert send(track(), track("eve"), track(None, "device"), signature=proof).status_code == 200
        assert [vouched(fact) for fact in send.apply()] == [True, False, False]


def test_what_a_client_says_of_itself_vouches_for_nobody(send: Sender) -> None:
    for context in ({"milepost": {"signed": True}}, {"milepost": "signed"}):
        send({**track(), "context": context}, context=context)
    send(track(), signature="0" * 64)
    send(track(), signature=["a.b.c"])
    assert not any(vouched(fact) for fact in send.apply())


def test_a_single_call_is_signed_like_a_batch(door: Door, send: Sender) -> None:
    body = {"userId": "maria", "event": "Opened", "signature": send.sign()}
    assert door.post("/v1/track", body, key=send.start.write_key).status_code == 200
    assert [vouched(fact) for fact in send.apply()] == [True]


def test_a_token_that_is_refused_refuses_the_request_so_that_it_can_be_sent_again(door: Door, send: Sender) -> None:
    for proof, code in (
        (send.token(expires=NOW - timedelta(hours=1)), "token_expired"),
        (jwt.encode({"sub": "maria", "exp": 9e9}, "x" * 43, "HS256"), "token_signature"),
        ("not.a.token", "token_malformed"),
    ):
        answer = send(track(), signature=proof)
        assert (answer.status_code, answer.json()["code"]) == (401, code)
        single = door.post("/v1/track", {**track(), "signature": proof}, key=send.start.write_key)
        assert (single.status_code, single.json()["code"]) == (401, code)
    assert door.facts() == []


def test_the_server_with_the_secret_key_answers_for_everybody(door: Door, send: Sender) -> None:
    assert send(identify(email="m@x.org"), key=send.start.secret_key).status_code == 200
    assert [vouched(fact) for fact in send.apply()] == [True]


def test_a_page_that_has_the_secret_key_is_told_that_everybody_can_read_it(door: Door, send: Sender) -> None:
    answer = door.post(
        "/v1/batch", {"batch": [track()]}, key=send.start.secret_key, headers={"Origin": "https://x.org"}
    )
    assert (answer.status_code, answer.json()["code"]) == (401, "secret_key_in_a_page")
    assert door.facts() == []


def test_what_a_token_says_of_the_person_and_their_account_is_believed_over_the_page(send: Sender) -> None:
    proof = send.token(traits={"plan": "free"}, account={"id": "acme", "traits": {"seats": 3}})
    send({**identify(plan="enterprise", city="Sofia"), "messageId": "m1"}, signature=proof)
    send({**identify(plan="enterprise", city="Sofia"), "messageId": "m1"}, signature=proof)
    person, account, *again = send.apply()
    assert person.properties == {"plan": "free", "city": "Sofia"}
    assert (account.kind, account.group_id, account.properties) == ("group", "acme", {"seats": 3})
    assert vouched(account) and {fact.message_id for fact in again} <= {person.message_id, account.message_id}


def test_nobody_unsigned_changes_the_address_of_who_has_ever_been_signed_for(send: Sender) -> None:
    send(identify(email="maria@x.org"), signature=send.sign())
    send.apply()
    answer = send(identify(email="eve@x.org", phone="1", city="Sofia")).json()
    assert [warning["code"] for warning in answer["warnings"]] == ["unsigned_address"] and answer["success"]
    [fact] = send.apply()
    assert fact.properties == {"city": "Sofia"} and email() == "maria@x.org"
    send(identify(email="new@x.org"), signature=send.sign())
    send.apply()
    assert email() == "new@x.org"


def test_no_device_is_a_way_around_it(send: Sender) -> None:
    """Neither one that says afterwards that it is hers, nor one that has said so and goes on without a name, nor an
    alias, before or after she was signed for, in one request or in several."""
    send(track(device="before"))
    send(identify(email="maria@x.org"), signature=send.sign())
    send.apply()
    alias = {"type": "alias", "userId": "maria", "previousId": "d3"}
    send(identify(None, "before", email="eve@x.org"))
    send(identify(None, "d1", email="eve@x.org"), identify("maria", "d1"))
    send(identify("maria", "d2"), identify(None, "d2", email="eve@x.org"))
    send(identify(None, "d3", email="eve@x.org"), alias, identify(None, "d3", email="eve@x.org"))
    send.apply()
    send(identify(None, "d2", email="eve@x.org"), identify(None, "d3", email="eve@x.org"))
    send.apply()
    assert email() == "maria@x.org"


def test_who_was_never_signed_for_is_as_open_as_ever(send: Sender) -> None:
    send(identify(email="a@x.org"))
    send(identify(email="b@x.org"))
    send.apply()
    assert email() == "b@x.org"


def test_where_signed_identities_are_required_only_the_nameless_are_unsigned(door: Door, send: Sender) -> None:
    send(identify(None, "known", plan="free"), track(device="known"))
    send.apply()
    require_signed(Workspace.objects.get(), required=True, now=NOW, actor="me")
    identity.forget()
    calls = (
        identify(plan="pro"), track(), {"type": "page", "userId": "maria"},
        {"type": "group", "userId": "m", "groupId": "g"},
        {"type": "alias", "userId": "maria", "previousId": "d"}, identify(None, "known", plan="pro"),
    )  # fmt: skip
    answer = send(*calls, track(None, "known"), identify(None, "new", plan="pro"))
    assert [(error["index"], error["code"]) for error in answer.json()["errors"]] == [(n, "unsigned") for n in range(6)]
    assert answer.json()["accepted"] == 2
    assert send(*calls[:2], signature=send.token()).json() == {"success": True}
    assert send(*calls[:2], key=send.start.secret_key).json() == {"success": True}
    single = door.post("/v1/identify", identify(plan="pro"), key=send.start.write_key)
    assert [error["code"] for error in single.json()["errors"]] == ["unsigned"]


def group(**more: Any) -> dict[str, Any]:
    return {"type": "group", "anonymousId": "d", "groupId": "acme", "traits": {"plan": "pro"}, **more}


def test_where_signed_identities_are_required_accounts_are_believed_from_a_token_and_the_server_alone(
    send: Sender,
) -> None:
    require_signed(Workspace.objects.get(), required=True, now=NOW, actor="me")
    identity.forget()
    of_maria, left = {"userId": "maria"}, {"type": "track", "userId": "maria", "event": "Account Removed User"}
    calls = (group(), group(**of_maria), {**left, "properties": {"group_id": "acme"}}, {**left, "groupId": "acme"})
    for proof in (send.sign(), send.token(), send.token(account={"id": "other"})):
        errors = send(*calls, signature=proof).json()["errors"]
        assert [(error["index"], error["code"]) for error in errors] == [(n, "unsigned_account") for n in range(4)]
    hidden = {**left, "groupId": "other", "properties": {"group_id": "acme"}}
    assert not send(hidden, signature=send.token(account={"id": "other"})).json()["success"]
    theirs = send.token(account={"id": "acme", "traits": {"seats": 3}})
    assert send(group(**of_maria), identify(), signature=theirs).json() == {"success": True}
    assert send(*calls, key=send.start.secret_key).json() == {"success": True}
    assert {fact.group_id for fact in send.apply() if fact.kind == "group"} == {"acme"}


def test_an_act_that_names_an_account_nobody_vouches_for_is_the_person_s_alone(send: Sender) -> None:
    require_signed(Workspace.objects.get(), required=True, now=NOW, actor="me")
    identity.forget()
    act = {**track(), "context": {"groupId": "acme"}}
    answer = send(act, {**track(device="d", user=None), "groupId": "acme"}, signature=send.sign()).json()
    assert [warning["code"] for warning in answer["warnings"]] == ["unsigned_account"] * 2 and answer["success"]
    send(act, signature=send.token(account={"id": "acme"}))
    facts = send.apply()
    assert [fact.group_id for fact in facts] == [None, None, "acme"]
    assert [fact.context.get("groupId") for fact in facts] == [None, None, "acme"]
