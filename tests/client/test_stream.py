"""What a stream brings, to whom, and what becomes of it."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.client.stage import DEVICE, OTHER_DEVICE, Events, Stage, piece

SENT = {
    "id": 9,
    "content": "add-food",
    "status": "waiting",
    "version": 1,
    "step": 0,
    "body": {"kind": "guide", "content": "add-food"},
}
HELD = 5.0  # seconds until a test gives up


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + HELD
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.005)


def caught_up(events: Events) -> list[int]:
    """Reads the first event; the ids of all that is open."""
    name, ids = events.next()
    assert name == "open"
    return list(ids)


def test_a_stream_begins_with_what_is_open(stage: Stage) -> None:
    stage.script.people["maria"] = 1
    stage.script.of_person[1] = [piece(3, "add-food", step=1, steps=[]), piece(5, "confetti")]
    with stage.stream(stage.open("maria")) as events:
        assert caught_up(events) == [3, 5]
        name, first = events.next()
        body = {"kind": "guide", "content": "add-food", "steps": []}
        assert (name, first) == (
            "piece",
            {"id": 3, "content": "add-food", "status": "waiting", "step": 1, "version": 1, "body": body},
        )
        assert events.next()[1]["id"] == 5


def test_a_new_piece_is_pushed_at_once(stage: Stage) -> None:
    stage.script.people["maria"] = 1
    with stage.stream(stage.open("maria")) as events:
        assert caught_up(events) == []
        stage.script.of_person[1] = [piece(9)]
        stage.publish(uids=(1,))
        assert events.next() == ("piece", SENT)


def test_a_piece_that_was_closed_elsewhere_is_taken_away(stage: Stage) -> None:
    stage.script.people["maria"] = 1
    stage.script.of_person[1] = [piece(3)]
    with stage.stream(stage.open("maria")) as events:
        caught_up(events)
        events.next()
        stage.script.of_person[1] = []
        stage.publish(uids=(1,))
        assert events.next() == ("retract", {"id": 3})


def test_a_piece_that_was_drawn_again_is_sent_again(stage: Stage) -> None:
    stage.script.people["maria"] = 1
    stage.script.of_person[1] = [piece(3)]
    with stage.stream(stage.open("maria")) as events:
        caught_up(events)
        events.next()
        stage.script.of_person[1] = [piece(3, version=2, title="Ticked")]
        stage.publish(uids=(1,))
        name, again = events.next()
        assert (name, again["id"], again["version"], again["body"]["title"]) == ("piece", 3, 2, "Ticked")


def test_a_step_that_was_made_on_another_device_is_told(stage: Stage) -> None:
    stage.script.people["maria"] = 1
    stage.script.of_person[1] = [piece(3)]
    with stage.stream(stage.open("maria")) as events:
        caught_up(events)
        events.next()
        stage.script.of_person[1] = [piece(3, status="shown", step=1)]
        stage.publish(uids=(1,))
        name, told = events.next()
        assert (name, told["status"], told["step"]) == ("piece", "shown", 1)


def test_a_stream_that_was_cut_resumes_after_what_it_saw(stage: Stage) -> None:
    stage.script.people["maria"] = 1
    stage.script.of_person[1] = [piece(3), piece(5), piece(8)]
    with stage.stream(stage.open("maria"), **{"Last-Event-ID": "3"}) as events:
        assert caught_up(events) == [3, 5, 8]
        assert [events.next()[1]["id"], events.next()[1]["id"]] == [5, 8]


@pytest.mark.parametrize("change", [{"version": 2}, {"status": "shown"}, {"step": 1}, {"status": "snoozed"}])
def test_what_changed_while_a_stream_was_cut_is_told_though_it_is_older(stage: Stage, change: dict[str, Any]) -> None:
    stage.script.people["maria"] = 1
    stage.script.of_person[1] = [piece(3, **change), piece(5), piece(8)]
    with stage.stream(stage.open("maria"), **{"Last-Event-ID": "5"}) as events:
        assert caught_up(events) == [3, 5, 8]
        first, second = events.next()[1], events.next()[1]
        assert (first["id"], second["id"]) == (3, 8) and change.items() <= first.items()


def test_an_unsigned_stream_carries_only_what_is_of_this_device(stage: Stage) -> None:
    stage.script.people["maria"] = 1
    stage.script.of_person[1] = [piece(3)]
    stage.script.of_device = {DEVICE: [piece(4)], OTHER_DEVICE: [piece(5)]}
    with stage.stream(stage.open()) as events:
        assert caught_up(events) == [4]
        events.next()
        stage.script.of_device[DEVICE] = [piece(4), piece(6)]
        stage.publish(uids=(1,), devices=(DEVICE, OTHER_DEVICE))
        assert events.next()[1]["id"] == 6


def test_news_of_others_wakes_nobody(stage: Stage) -> None:
    stage.script.people["maria"] = 1
    with stage.stream(stage.open("maria")) as events:
        caught_up(events)
        looks = stage.script.looks
        stage.publish(uids=(2,), devices=(DEVICE,))
        stage.publish(uids=(1,))
        until(lambda: stage.script.looks > looks)
        time.sleep(0.05)
        assert stage.script.looks == looks + 1


def test_somebody_who_is_not_known_yet_is_told_once_they_are(stage: Stage) -> None:
    with stage.stream(stage.open("maria")) as events:
        assert caught_up(events) == []
        stage.script.people["maria"] = 1
        stage.script.of_person[1] = [piece(3)]
        stage.publish(uids=(1,))
        assert events.next()[0] == "piece"


def test_after_a_gap_in_the_news_every_stream_looks_again(stage: Stage) -> None:
    stage.script.people["maria"] = 1
    with stage.stream(stage.open("maria")) as events:
        caught_up(events)
        stage.script.of_person[1] = [piece(3)]
        stage.link.publish("connected", None)
        assert events.next()[0] == "piece"


def test_a_quiet_stream_beats_and_looks_now_and_then(staged: Callable[..., Stage]) -> None:
    stage = staged(beat=0.05)
    stage.script.people["maria"] = 1
    with stage.stream(stage.open("maria")) as events:
        caught_up(events)
        assert [events.next() for _ in range(3)] == [("", None)] * 3
        stage.script.of_person[1] = [piece(3)]  # nobody says so: a snooze ended
        assert "piece" in [events.next()[0] for _ in range(10)]


def test_a_browser_that_left_is_forgotten(stage: Stage) -> None:
    with stage.stream(stage.open()) as events:
        caught_up(events)
        assert len(stage.client.hub) == 1
    until(lambda: len(stage.client.hub) == 0)
    assert stage.client.hub._rooms == {}


def test_more_streams_than_can_be_served_are_sent_away_politely(staged: Callable[..., Stage]) -> None:
    stage = staged(limit=2)
    token = stage.open()
    with stage.stream(token) as first, stage.stream(token) as second:
        caught_up(first)
        caught_up(second)
        third = stage.http.get("/client/stream", headers={"Authorization": f"Bearer {token}"})
        assert (third.status_code, third.json()["code"]) == (429, "too_many_streams")
        assert int(third.headers["retry-after"]) > 0
    until(lambda: len(stage.client.hub) == 0)
    with stage.stream(token) as fourth:
        caught_up(fourth)


def test_without_a_token_there_is_no_stream(stage: Stage) -> None:
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Basic eA=="}):
        answer = stage.http.get("/client/stream", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "bad_token")


def test_a_server_that_stops_ends_its_streams(stage: Stage) -> None:
    with stage.stream(stage.open()) as events:
        caught_up(events)
        stage.end_streams()
        with pytest.raises(EOFError):
            events.next()
