"""An app without a stream asks now and then, and misses nothing."""

import pytest

from tests.client.stage import DEVICE, Stage, piece


def asked(stage: Stage, token: str, since: str = "") -> tuple[list[int], list[int], str]:
    """What is open, what was brought, and what to ask with next."""
    answer = stage.get(f"/client/pieces?since={since}", token)
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
