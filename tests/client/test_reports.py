"""What browsers report becomes facts, and nothing else does."""

from datetime import timedelta

import msgspec
import pytest

from milepost.core import events
from milepost.core.delivery.report import FACT_OF_ACTION
from milepost.core.program.document import EMPTY
from milepost.core.program.kinds.content import Course, Formats, Guide, Lesson, QuizQuestion, Step
from tests.client.conftest import NOW
from tests.client.stage import DEVICE, WORKSPACE, Stage


def test_a_report_is_a_fact_of_milepost_about_the_session_s_person(stage: Stage) -> None:
    answer = stage.report(stage.open("maria"), "step", step=1)
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    [fact] = stage.facts()
    assert (fact.workspace, fact.name, fact.source) == (WORKSPACE, events.CONTENT_STEP_SEEN, "milepost")
    assert (fact.user_id, fact.anonymous_id, fact.at) == ("maria", DEVICE, NOW)
    assert fact.properties == {"piece": 1, "content": "add-food", "step": 1}


@pytest.mark.req("R100")
def test_what_is_there_in_several_ways_is_told_with_the_way_in_which_it_was_shown(stage: Stage) -> None:
    guide = Guide(steps=(Step(title="Here"),), formats=Formats(video="https://example.com/film"))
    other = Guide(steps=(Step(title="There"),))
    stage.script.program = msgspec.structs.replace(EMPTY, content={"add-food": guide, "plain": other})
    stage.script.served_as = {1: "video"}
    for action in ("shown", "step", "completed"):
        stage.report(stage.open("maria"), action, messageId=action)
    stage.report(stage.open("maria"), "shown", content="plain", messageId="plain")
    assert [fact.properties.get("format") for fact in stage.facts()] == ["video", None, "video", None]


def test_an_unsigned_session_reports_for_its_device_only(stage: Stage) -> None:
    stage.report(stage.open(), "shown", userId="maria")
    [fact] = stage.facts()
    assert (fact.user_id, fact.anonymous_id) == (None, DEVICE)


@pytest.mark.parametrize(("action", "name"), FACT_OF_ACTION.items())
def test_each_action_has_its_fact(stage: Stage, action: str, name: str) -> None:
    assert stage.report(stage.open(), action, offer="premium", page="goal").status_code == 200
    assert [fact.name for fact in stage.facts()] == [name]


def test_the_same_report_twice_is_one_fact_and_both_are_answered(stage: Stage) -> None:
    token = stage.open()
    assert [stage.report(token, "shown").status_code for _ in range(3)] == [200] * 3
    assert len(stage.facts()) == 1


def test_a_snooze_says_until_when(stage: Stage) -> None:
    stage.report(stage.open(), "snoozed")
    assert stage.facts()[0].properties["until"] == (NOW + timedelta(days=1)).isoformat()


def test_somebody_may_ask_for_a_guide(stage: Stage) -> None:
    body = {"content": "add-food", "action": "started", "messageId": "m1"}
    assert stage.post("/client/progress", stage.open("maria"), body).status_code == 200
    [fact] = stage.facts()
    assert (fact.name, fact.properties) == (events.CONTENT_STARTED, {"content": "add-food"})


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"content": "a", "action": "hacked", "messageId": "m"},
        {"content": "", "action": "shown", "messageId": "m"},
        {"content": "a" * 101, "action": "shown", "messageId": "m"},
        {"content": "a", "action": "shown"},
        {"content": "a", "action": "step", "messageId": "m", "step": -1},
        {"content": "a", "action": "step", "messageId": "m", "piece": "1"},
    ],
)
def test_what_is_no_report_is_refused_and_stored_nowhere(stage: Stage, body: object) -> None:
    answer = stage.post("/client/progress", stage.open(), body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_report")
    assert stage.facts() == []


def test_without_a_token_nothing_is_reported(stage: Stage) -> None:
    assert stage.report("none", "shown").status_code == 401
    assert stage.facts() == []


def test_a_log_that_takes_nothing_is_said_and_may_be_tried_again(stage: Stage) -> None:
    token = stage.open()
    stage.commit.close()
    answer = stage.report(token, "shown")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    ("page", "answers", "passed"),
    [
        ("lesson-1", ["b"], True), ("lesson-1", ["a"], False), ("lesson-1", [], False), ("lesson-1", ["b", "b"], False),
        ("lesson-2", [], True), ("lesson-3", [], False), ("x", [], False),
    ],
)  # fmt: skip
def test_the_answers_of_a_quiz_are_checked_by_the_server(
    stage: Stage, page: str, answers: list[str], passed: bool
) -> None:
    quiz = QuizQuestion(ask="How many?", options={"a": "One", "b": "Two"}, right="b")
    course = Course(
        title="Basics", lessons=(Lesson(title="Read", body="Eat.", quiz=(quiz,)), Lesson(title="Do", body="Do."))
    )
    stage.script.program = msgspec.structs.replace(EMPTY, content={"basics": course})
    stage.script.people["maria"] = 1
    told = {"content": "basics", "page": page, "answers": answers, "passed": True}
    assert stage.report(stage.open("maria"), "lesson_finished", **told).status_code == 200
    [fact] = stage.facts()
    assert (fact.name, fact.user_id, fact.properties["passed"]) == ("Lesson Finished", "maria", passed)
    assert "answers" not in fact.properties
