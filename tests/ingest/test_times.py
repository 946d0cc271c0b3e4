from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.ingest.skew import corrected, parsed

from .conftest import NOW, Door

MARCH = datetime(2026, 2, 1, 8, 30, tzinfo=UTC)
instants = st.datetimes(datetime(2000, 1, 1), datetime(2025, 12, 31), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("sent", "at"),
    [
        ("2026-02-01T08:30:00Z", MARCH),
        ("2026-02-01T08:30:00.000Z", MARCH),
        ("2026-02-01T08:30:00+00:00", MARCH),
        ("2026-02-01T10:30:00+02:00", MARCH),
        ("2026-02-01T08:30:00.123456+00:00", MARCH + timedelta(microseconds=123456)),
        ("2026-02-01T08:30:00.123456789Z", MARCH + timedelta(microseconds=123456)),
        ("2026-02-01 08:30:00", MARCH),
        (" 2026-02-01T08:30:00 ", MARCH),
        ("2026-02-01", MARCH.replace(hour=0, minute=0)),
        ("20260201", MARCH.replace(hour=0, minute=0)),
        (1769934600, MARCH),
        (1769934600.5, MARCH + timedelta(seconds=0.5)),
        (1769934600000, MARCH),
        (1769934600000000, MARCH),
        (1769934600000000000, MARCH),
        ("1769934600", MARCH),
        ("1769934600000", MARCH),
    ],
)
def test_a_time_is_read_however_clients_write_it(sent: Any, at: datetime) -> None:
    assert parsed(sent) == at


@pytest.mark.parametrize(
    "sent", ["yesterday", "", "2026-13-01", {}, [], True, 10**400, "0001-01-01T00:00:00+23:00", "9" * 300, "²" * 12]
)
def test_what_is_no_time_is_taken_for_none(sent: Any) -> None:
    assert parsed(sent) is None


@given(
    happened=instants,
    waited=st.timedeltas(timedelta(0), timedelta(days=30)),
    error=st.timedeltas(timedelta(days=-9999), timedelta(days=9999)),
)
def test_a_wrong_client_clock_cancels_out(happened: datetime, waited: timedelta, error: timedelta) -> None:
    received = happened + waited
    moment = corrected((happened + error).isoformat(), received + error, received)
    assert moment == (happened, None)


@given(given=instants, received=instants, sent=st.none() | instants)
def test_nothing_happens_after_it_arrived(given: datetime, received: datetime, sent: datetime | None) -> None:
    assert corrected(given.isoformat(), sent, received).at <= received


@pytest.mark.parametrize(
    ("given", "sent", "doubt"),
    [
        ("2100-01-01T00:00:00Z", None, "future"),
        ("9999-12-31T23:59:59Z", None, "future"),
        ("2026-03-01T13:00:00Z", None, "future"),
        ("2026-03-01T12:00:00.4Z", None, None),
        ("1970-01-01T00:00:00Z", None, "unset"),
        (0, None, "unset"),
        (1769934, None, "unset"),
        ("0001-01-01T00:00:00Z", None, "unset"),
        ("9999-12-31T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC), "unreadable"),
        ("not a time", None, "unreadable"),
    ],
)
def test_a_time_that_cannot_be_becomes_the_arrivals(given: Any, sent: datetime | None, doubt: str | None) -> None:
    assert corrected(given, sent, NOW) == (NOW, doubt)


def test_a_server_may_tell_of_the_past(door: Door) -> None:
    fact = door.send("track", event="A", timestamp="2019-05-01T00:00:00Z")
    assert (fact.at, fact.received_at) == (datetime(2019, 5, 1, tzinfo=UTC), NOW)


def test_the_original_timestamp_counts_where_there_is_one(door: Door) -> None:
    an_hour_fast = {"originalTimestamp": "2026-03-01T12:50:00Z", "sentAt": "2026-03-01T13:00:00Z"}
    assert door.send("track", event="A", **an_hour_fast).at == NOW - timedelta(minutes=10)
    assert door.send("track", event="A", timestamp="2020-01-01", **an_hour_fast).at == NOW - timedelta(minutes=10)


def test_sent_at_may_stand_in_the_batch_in_the_event_or_nowhere(door: Door) -> None:
    call = {"type": "track", "userId": "ann", "event": "A", "timestamp": "2026-03-01T11:00:00Z"}
    batch = [call, {**call, "sentAt": "2026-03-01T11:30:00Z"}, {**call, "sentAt": None}]
    door.post("/v1/batch", {"batch": batch, "sentAt": "2026-03-01T11:10:00Z"})
    door.post("/v1/batch", {"batch": [call]})
    door.post("/v1/batch", {"batch": [call], "sentAt": "whenever"})
    minutes_ago = [(NOW - fact.at) // timedelta(minutes=1) for fact in door.facts()]
    assert minutes_ago == [10, 30, 10, 60, 60]


def test_a_python_client_with_a_zone_and_microseconds_is_understood(door: Door) -> None:
    local = datetime(2026, 3, 1, 13, 0, 0, 250_000, tzinfo=timezone(timedelta(hours=2)))
    fact = door.send("track", event="A", timestamp=local.isoformat())
    assert fact.at == datetime(2026, 3, 1, 11, 0, 0, 250_000, tzinfo=UTC)


def test_a_doubtful_time_is_stored_as_arrival_marked_and_told(door: Door) -> None:
    answer = door.post("/v1/track", {"userId": "ann", "event": "A", "timestamp": "2100-01-01T00:00:00Z"})
    assert answer.status_code == 200 and answer.json()["success"] is True
    [warning] = answer.json()["warnings"]
    assert warning["index"] == 0 and "future" in warning["message"]
    [fact] = door.facts()
    assert fact.at == NOW
    assert fact.context["milepost"] == {"clock": "future", "timestamp": "2100-01-01T00:00:00Z"}
