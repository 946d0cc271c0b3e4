"""Which column says what."""

import pytest

from milepost.core.values import Refused
from milepost.ingest.importing.columns import Columns, choose, parse


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("case:concept:name,concept:name,time:timestamp,org:resource", "case:concept:name,concept:name,time:timestamp"),
        ("userId,event,timestamp,anonymousId,messageId", "userId,event,timestamp,anonymousId,messageId"),
        ("distinct_id,event,time,$insert_id", "distinct_id,event,time,$insert_id"),
        ("User ID,Event Name,Created At", "User ID,Event Name,Created At"),
        ("received_at,original_timestamp,sent_at,user_id,activity", "user_id,activity,original_timestamp"),
    ],
)
def test_names_in_use_are_understood(header: str, expected: str) -> None:
    found = choose(header.split(","), {}, constant_event=False)
    assert sorted(found.taken().values()) == sorted(expected.split(","))


def test_what_the_caller_says_goes_before_what_is_guessed() -> None:
    header = ["user_id", "buyer", "event", "ts", "paid"]
    found = choose(header, parse(["person=buyer", "time=paid"]), constant_event=False)
    assert found == Columns(person="buyer", event="event", time="paid")


def test_a_constant_event_leaves_the_event_column_a_property() -> None:
    assert choose(["user_id", "event", "ts"], {}, constant_event=True).event is None


def test_an_anonymous_id_is_person_enough() -> None:
    assert choose(["anonymous_id", "event", "ts"], {}, constant_event=False).person is None


def test_an_id_that_may_not_be_unique_is_not_taken_for_a_message_id() -> None:
    """Rows would be lost silently."""
    assert choose(["user_id", "event", "ts", "id", "event_id"], {}, constant_event=False).message_id is None


@pytest.mark.parametrize(
    ("header", "pairs", "said"),
    [
        ("name,event,ts", [], "No column says the person. Add --map person=COLUMN. Columns: name, event, ts."),
        ("user_id,ts", [], "No column says the event. Add --map event=COLUMN, or --event NAME for all rows."),
        ("user_id,event", [], "No column says the time."),
        ("user_id,event,ts", ["time=when"], "There is no column 'when' (for time). Columns: user_id, event, ts."),
        (
            "user_id,event,ts",
            ["when=ts"],
            "'when=ts' does not say which column is what. Write ROLE=COLUMN; roles: person",
        ),
        ("user_id,event,ts", ["time"], "'time' does not say"),
        ("user_id,event,ts", ["time="], "'time=' does not say"),
    ],
)
def test_what_is_missing_is_said_with_what_is_there(header: str, pairs: list[str], said: str) -> None:
    with pytest.raises(Refused) as refused:
        choose(header.split(","), parse(pairs), constant_event=False)
    assert said in str(refused.value)
