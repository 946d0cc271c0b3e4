"""What a call must say, and how what it says is read."""

from typing import Any

import pytest

from milepost.ingest.traits import with_both_spellings

from .conftest import Door


@pytest.mark.parametrize(
    ("kind", "call", "code"),
    [
        ("track", {"event": "A"}, "no_user_anon_id"),
        ("track", {"event": "A", "userId": "", "anonymousId": None}, "no_user_anon_id"),
        ("track", {"event": "A", "userId": "  "}, "no_user_anon_id"),
        ("identify", {"traits": {"a": 1}}, "no_user_anon_id"),
        ("track", {"userId": "ann"}, "no_event"),
        ("track", {"userId": "ann", "event": None}, "no_event"),
        ("track", {"userId": "ann", "event": " "}, "no_event"),
        ("track", {"userId": "ann", "event": "A" * 256}, "event_too_long"),
        ("group", {"userId": "ann"}, "no_group_id"),
        ("alias", {"userId": "ann"}, "no_previous_id"),
        ("alias", {"anonymousId": "a-1", "previousId": "b"}, "no_user_id"),
        ("track", {"userId": "a" * 256, "event": "A"}, "id_too_long"),
        ("track", {"userId": "ann", "event": "A", "messageId": "m" * 101}, "message_id_too_long"),
    ],
)
def test_a_call_that_lacks_something_is_told_what(door: Door, kind: str, call: dict[str, Any], code: str) -> None:
    assert door.refused(kind, **call) == code


@pytest.mark.parametrize(
    ("call", "path"),
    [
        ({"event": 5}, "$.event"),
        ({"event": {"name": "A"}}, "$.event"),
        ({"event": "A", "properties": "text"}, "$.properties"),
        ({"event": "A", "properties": [1]}, "$.properties"),
        ({"event": "A", "context": 3}, "$.context"),
        ({"event": "A", "userId": {"id": 1}}, "$.userId"),
        ({"event": "A", "userId": True}, "$.userId"),
        ({"event": "A", "anonymousId": ["x"]}, "$.anonymousId"),
        ({"event": "A", "messageId": {}}, "$.messageId"),
    ],
)
def test_a_wrong_type_is_named_with_its_place(door: Door, call: dict[str, Any], path: str) -> None:
    answer = door.post("/v1/track", {"userId": "ann", **call})
    [error] = answer.json()["errors"]
    assert (error["code"], error["path"]) == ("wrong_type", path)
    assert "Expected" in error["message"]
    assert door.facts() == []


def test_a_refused_call_says_why_at_the_top_too(door: Door) -> None:
    answer = door.post("/v1/track", {"event": "A"}).json()
    assert (answer["success"], answer["code"]) == (False, "no_user_anon_id")


@pytest.mark.parametrize(
    ("sent", "text"), [(42, "42"), (42.0, "42"), (1.5, "1.5"), (2**70, str(2**70)), ("042", "042")]
)
def test_a_number_is_an_id_like_its_text(door: Door, sent: Any, text: str) -> None:
    fact = door.send("group", userId=sent, anonymousId=sent, groupId=sent, messageId=sent)
    assert (fact.user_id, fact.anonymous_id, fact.group_id, fact.message_id) == (text, text, text, text)


def test_explicit_nulls_are_as_good_as_nothing(door: Door) -> None:
    names = ("properties", "context", "integrations", "traits", "timestamp", "sentAt", "messageId", "groupId", "name")
    fact = door.send("track", event="A", anonymousId="", **dict.fromkeys(names))
    assert (fact.properties, fact.context, fact.anonymous_id, fact.group_id) == ({}, {}, None, None)
    assert fact.message_id


def test_an_empty_array_is_an_empty_object_as_php_writes_it(door: Door) -> None:
    fact = door.send("track", event="A", properties=[], context=[], integrations=[])
    assert (fact.properties, fact.context) == ({}, {})


def test_a_message_id_of_a_hundred_characters_is_kept(door: Door) -> None:
    assert door.send("track", event="A", messageId="m" * 100).message_id == "m" * 100


def test_a_null_stays_in_traits_because_it_removes_one(door: Door) -> None:
    assert door.send("identify", traits={"plan": None}).properties == {"plan": None}


def test_the_traits_of_identify_may_stand_only_in_the_context(door: Door) -> None:
    assert door.send("identify", context={"traits": {"plan": "pro"}}).properties == {"plan": "pro"}
    both = door.send("identify", traits={"plan": "team"}, context={"traits": {"plan": "pro", "seats": 3}})
    assert both.properties == {"plan": "team", "seats": 3}


@pytest.mark.parametrize(
    ("sent", "filled"),
    [
        (
            {"firstName": "Ann", "lastName": "Lee"},
            {"firstName": "Ann", "lastName": "Lee", "first_name": "Ann", "last_name": "Lee", "name": "Ann Lee"},
        ),
        (
            {"first_name": "Ann", "last_name": "Lee", "name": "Dr. Lee"},
            {"firstName": "Ann", "lastName": "Lee", "first_name": "Ann", "last_name": "Lee", "name": "Dr. Lee"},
        ),
        ({"createdAt": "2026"}, {"createdAt": "2026", "created_at": "2026"}),
        ({"first_name": "Ann"}, {"first_name": "Ann", "firstName": "Ann"}),
        ({"firstName": "Ann", "first_name": "Anna"}, {"firstName": "Ann", "first_name": "Anna"}),
        ({"firstName": 5, "lastName": None}, {"firstName": 5, "lastName": None, "first_name": 5, "last_name": None}),
        ({"company": {"employee_count": 9}}, {"company": {"employee_count": 9, "employeeCount": 9}}),
        ({"company": "Acme"}, {"company": "Acme"}),
        ({"favouriteMeal": "soup"}, {"favouriteMeal": "soup"}),
    ],
)
def test_reserved_traits_are_found_under_both_spellings(sent: dict[str, Any], filled: dict[str, Any]) -> None:
    assert with_both_spellings(sent) == filled


def test_an_ordinary_call_belongs_to_the_account_of_its_context(door: Door) -> None:
    assert door.send("track", event="A", context={"groupId": "acme"}).group_id == "acme"
    assert door.send("track", event="A", context={"groupId": 5}).group_id == "5"
    assert door.send("track", event="A", context={"groupId": {"odd": True}}).group_id is None
    assert door.send("group", groupId="own", context={"groupId": "acme"}).group_id == "own"


def test_the_context_is_kept_with_consent_and_integrations(door: Door) -> None:
    context = {"consent": {"categoryPreferences": {"Marketing": False}}, "locale": "bg", "active": False}
    fact = door.send("track", event="A", context=context, integrations={"All": False})
    assert fact.context == {**context, "integrations": {"All": False}}


def test_the_address_is_the_connections_only_where_the_client_asks_for_it(door: Door) -> None:
    assert door.send("track", event="A", context={"direct": True}).context["ip"] == "127.0.0.1"
    assert "ip" not in door.send("track", event="A").context
    assert door.send("track", event="A", context={"ip": "10.0.0.1"}).context["ip"] == "10.0.0.1"


def test_an_event_of_mileposts_own_name_from_outside_is_not_mileposts(door: Door) -> None:
    fact = door.send("track", event="Milestone Reached", source="milepost", context={"milepost": {"clock": "future"}})
    assert (fact.source, fact.context) == ("live", {})


def test_unknown_fields_are_left_out(door: Door) -> None:
    fact = door.send("track", event="A", workspace=99, seq=12, _metadata={"x": 1})
    assert (fact.workspace, fact.properties, fact.context) == (7, {}, {})


def test_nul_is_taken_out_of_texts_and_names_and_the_event_is_kept(door: Door) -> None:
    fact = door.send("track", event="Sign\x00ed Up", properties={"a\x00": ["x\x00y", {"z": "\x00"}], "n": 5})
    assert (fact.name, fact.properties) == ("Signed Up", {"a": ["xy", {"z": ""}], "n": 5})
    assert door.refused("track", userId="\x00", event="A") == "no_user_anon_id"


@pytest.mark.parametrize("text", ["\u202egnp.exe", "مرحبا \u200f", "ไทย", "👩‍👩‍👧", "a\\u0000b", "\ufeffx"])
def test_every_other_character_arrives_as_it_was_sent(door: Door, text: str) -> None:
    assert door.send("track", event=text, properties={text: text}).properties == {text: text}


def test_half_an_emoji_does_not_cost_the_event(door: Door) -> None:
    answer = door.post("/v1/track", content=rb'{"userId":"ann","event":"A","properties":{"text":"cut \ud83d"}}')
    assert answer.status_code == 200
    assert door.facts()[0].properties == {"text": "cut ?"}


def test_a_deep_event_is_refused_and_a_deepish_one_is_kept(door: Door) -> None:
    def nested(levels: int) -> Any:
        return {"in": nested(levels - 1)} if levels else 1

    assert door.send("track", event="A", properties=nested(48)).properties == nested(48)
    answer = door.post("/v1/track", {"userId": "ann", "event": "A", "properties": nested(60)})
    assert (answer.status_code, answer.json()["code"]) == (400, "too_deep")
