"""An app without a stream asks now and then, and misses nothing; a browser that can have none waits for news."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.client.stage import DEVICE, Stage, piece
from tests.client.test_stream import until


def asked(stage: Stage, token: str, since: str = "", wait: object = "") -> tuple[list[int], list[int], str]:
    """What is open, what was brought, and what to ask with next."""
    answer = stage.get(f"/client/pieces?since={since}&wait={wait}", token)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    return found["open"], [each["id"] for each in found["pieces"]], found["since"]


def test_what_was_brought_once_is_not_brought_again_until_it_changes(stage: Stage) -> None:
    stage.script.of_device[DEVICE] = [piece(1), piece(2)]
    token = stage.open()
    opened, brought, since = asked(stage, token)
    assert (opened, brought) == ([1, 2], [1, 2])
    assert asked(stage, token, since)[:2] == ([1, 2], [])
    stage.script.of_device[DEVICE] = [piece(1, step=1, status="shown"), piece(2, version=2), piece(3)]
    assert asked(stage, token, since)[:2] == ([1, 2, 3], [1, 2, 3])


def test_what_is_over_is_missing_among_what_is_open(stage: Stage) -> None:
    stage.script.of_device[DEVICE] = [piece(1), piece(2)]
    token = stage.open()
    since = asked(stage, token)[2]
    stage.script.of_device[DEVICE] = [piece(2)]
    assert asked(stage, token, since)[:2] == ([2], [])
    assert asked(stage, token)[:2] == ([2], [2]), "whoever has lost what they knew begins anew"


def test_a_piece_is_told_as_the_stream_tells_it(stage: Stage) -> None:
    stage.script.of_device[DEVICE] = [piece(1, title="Add a food")]
    token = stage.open()
    with stage.stream(token) as events:
        assert events.next() == ("open", [1])
        streamed = events.next()[1]
    assert stage.get("/client/pieces", token).json()["pieces"] == [streamed]


@pytest.mark.parametrize("since", ["x", "AAAA", "%00", "gQE", "9" * 400])
def test_a_since_that_was_never_given_is_refused(stage: Stage, since: str) -> None:
    answer = stage.get(f"/client/pieces?since={since}", stage.open())
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_since")


def test_without_a_session_nothing_is_told(stage: Stage) -> None:
    for path in ("/client/pieces", "/client/plan"):
        answer = stage.get(path, "none")
        assert (answer.status_code, answer.json()["code"]) == (401, "bad_token")


@pytest.fixture(scope="module")
def aside() -> Iterator[ThreadPoolExecutor]:
    """Where a request waits while the test goes on."""
    with ThreadPoolExecutor(1) as pool:
        yield pool


@pytest.mark.parametrize("now", [[piece(3), piece(9)], [piece(3, version=2)], [piece(3, step=1)], []])
def test_who_is_ready_to_wait_is_answered_once_something_changes(
    stage: Stage, aside: ThreadPoolExecutor, now: list[Any]
) -> None:
    stage.script.of_device[DEVICE] = [piece(3)]
    token = stage.open()
    held = asked(stage, token)[2]
    waiting = aside.submit(asked, stage, token, held, wait=15)
    until(lambda: stage.script.looks == 2)
    assert not waiting.done()
    stage.script.of_device[DEVICE] = now
    stage.publish(devices=(DEVICE,))
    assert waiting.result(timeout=5)[0] == [each.id for each in now]


def test_what_changed_between_two_requests_is_not_waited_for(stage: Stage) -> None:
    token = stage.open()
    held = asked(stage, token)[2]
    stage.script.of_device[DEVICE] = [piece(9)]
    assert asked(stage, token, held, wait=15)[:2] == ([9], [9])


@pytest.mark.parametrize("wait", [0.05, -1, "nan", "soon", ""])
def test_without_news_the_answer_says_so_after_a_while(stage: Stage, wait: object) -> None:
    token = stage.open()
    held = asked(stage, token)[2]
    assert asked(stage, token, held, wait=wait) == ([], [], held)
    assert len(stage.client.hub) == 0


def test_a_server_that_stops_lets_nobody_wait(stage: Stage, aside: ThreadPoolExecutor) -> None:
    token = stage.open()
    held = asked(stage, token)[2]
    waiting = aside.submit(asked, stage, token, held, wait=15)
    until(lambda: len(stage.client.hub) == 1)
    stage.end_streams()
    assert waiting.result(timeout=5) == ([], [], held)


def test_requests_that_wait_count_among_the_streams(staged: Callable[..., Stage]) -> None:
    stage = staged(limit=1)
    token = stage.open()
    with stage.stream(token) as events:
        events.next()
        answer = stage.http.get("/client/pieces", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_streams")
