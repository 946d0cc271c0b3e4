"""What people tell of themselves: answers, wishes for their plan, questions. Durable before it is answered."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from milepost.client.answering import Answer, answered
from milepost.client.tokens import Session
from milepost.core import events
from milepost.core.conditions.types import Did
from milepost.core.help.conversation import conversation_number
from milepost.core.program.document import Document
from milepost.core.program.kinds.common import AnswerRef
from milepost.core.program.kinds.content import Article, Guide, Picture, Question, Step, Survey
from milepost.core.program.kinds.goal import Goal, Measure
from milepost.core.program.kinds.limits import Support
from milepost.core.program.kinds.milestone import Milestone
from milepost.core.values import Refused
from tests.client.conftest import NOW
from tests.client.stage import DEVICE, WORKSPACE, Stage

DOCUMENT = Document(
    name="Calorie counter",
    measures={
        "weight": Measure(
            unit="kg",
            better="down",
            baseline=AnswerRef(answer="start"),
            target=AnswerRef(answer="target"),
            by=AnswerRef(answer="by"),
        )
    },
    goals={"lose": Goal(ask="Lose", milestones=("meal",)), "fit": Goal(ask="Fit", milestones=("meal",))},
    milestones={"meal": Milestone(title="A meal", reached=Did(name="Meal Logged"))},
    articles={"cake": Article(title="Cake", body="No.")},
    content={
        "add-food": Guide(steps=(Step(title="Here"),), resource="adding-food"),
        "intake": Survey(
            title="Who are you?",
            questions=(
                Question(key="goal", ask="What for?", kind="goal"),
                Question(key="role", ask="Role?", options={"cook": "Cook", "eater": "Eater"}),
                Question(key="likes", ask="What?", kind="multi", options={"a": "A", "b": "B", "c": "C"}, at_most=2),
                Question(key="name", ask="Name?", kind="text", at_most=10),
                Question(key="start", ask="Now?", kind="number", at_least=30, at_most=300),
                Question(key="target", ask="Then?", kind="number"),
                Question(key="by", ask="When?", kind="date"),
                Question(key="kilos", ask="Today?", kind="number", measure="weight"),
                Question(key="happy", ask="Happy?", kind="stars"),
                Question(key="tell", ask="Recommend?", kind="nps"),
                Question(key="content", ask="Satisfied?", kind="csat"),
                Question(key="easy", ask="Easy?", kind="ces"),
                Question(key="city", ask="City?", kind="short text"),
                Question(key="order", ask="What first?", kind="ranking", options={"a": "A", "b": "B", "c": "C"}),
                Question(
                    key="look", ask="Which?", kind="picture", options={"a": "A"}, pictures={"a": Picture(image="/a")}
                ),
            ),
        ),
    },
)


@pytest.fixture(autouse=True)
def program(stage: Stage) -> None:
    stage.script.program = DOCUMENT
    stage.script.people["maria"] = 1


def answer(stage: Stage, question: str, value: Any, user: str | None = "maria", **more: Any) -> tuple[int, Any]:
    body = {"content": "intake", "question": question, "value": value, "messageId": f"m-{question}", **more}
    reply = stage.post("/client/answer", stage.open(user), body)
    return reply.status_code, reply.json()


def told(stage: Stage) -> list[tuple[str, dict[str, Any]]]:
    return [(fact.name, fact.properties) for fact in stage.facts()]


def test_an_answer_is_a_fact_about_the_session_s_person(stage: Stage) -> None:
    assert answer(stage, "role", "cook", piece=7) == (200, {"success": True})
    [fact] = stage.facts()
    assert (fact.name, fact.source, fact.user_id, fact.anonymous_id, fact.message_id) == (
        events.QUESTION_ANSWERED,
        "milepost",
        "maria",
        DEVICE,
        "m-role",
    )
    assert fact.properties == {"survey": "intake", "question": "role", "answer": "cook", "piece": 7}


def test_an_unsigned_session_answers_for_its_device_only(stage: Stage) -> None:
    answer(stage, "role", "cook", user=None, userId="maria")
    assert (stage.facts()[0].user_id, stage.facts()[0].anonymous_id) == (None, DEVICE)


def test_the_answer_to_what_they_want_states_their_goal(stage: Stage) -> None:
    answer(stage, "goal", "lose")
    assert [name for name, _ in told(stage)] == [events.QUESTION_ANSWERED, events.GOAL_STATED]
    assert told(stage)[1][1] == {"goal": "lose"}


@pytest.mark.parametrize(
    ("question", "value", "role"),
    [("start", 84.5, "baseline"), ("target", 75, "target"), ("by", "2026-12-24", "by"), ("kilos", 82, "value")],
)
def test_a_number_is_recorded_of_the_measure_that_asks_for_it(
    stage: Stage, question: str, value: Any, role: str
) -> None:
    answer(stage, question, value)
    (_, said), (name, recorded) = told(stage)
    assert (name, recorded) == (events.MEASURE_RECORDED, {"measure": "weight", "value": value, "as": role})
    assert said["answer"] == value and ("measure" in said) is (role == "value")


def test_the_same_answer_sent_again_is_one_answer(stage: Stage) -> None:
    for _ in range(3):
        assert answer(stage, "goal", "lose")[0] == 200
    assert len(stage.facts()) == 2


def test_an_answer_is_taken_back(stage: Stage) -> None:
    assert answer(stage, "goal", None)[0] == 200
    assert told(stage) == [(events.QUESTION_ANSWERED, {"survey": "intake", "question": "goal", "answer": None})]


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("goal", "win"),
        ("goal", 3),
        ("role", "boss"),
        ("role", ["cook"]),
        ("likes", "a"),
        ("likes", ["a", "z"]),
        ("likes", ["a", "a"]),
        ("likes", ["a", "b", "c"]),
        ("name", ""),
        ("name", "  "),
        ("name", "x" * 11),
        ("name", 5),
        ("start", 29),
        ("start", 301),
        ("start", "84"),
        ("start", True),
        ("start", 1e300),
        ("by", "24.12.2026"),
        ("by", "2026-02-30"),
        ("by", "2026-12-24T10:00:00Z"),
        ("happy", 0),
        ("happy", 6),
        ("happy", 4.5),
        ("tell", 11),
        ("tell", -1),
        ("content", 6),
        ("easy", 0),
        ("easy", 8),
        ("city", "x" * 201),
        ("order", ["a", "b"]),
        ("order", ["a", "b", "b"]),
        ("order", "a"),
        ("look", "z"),
    ],
)
def test_a_value_that_does_not_answer_the_question_is_refused_and_kept_nowhere(
    stage: Stage, question: str, value: Any
) -> None:
    status, problem = answer(stage, question, value)
    assert (status, problem["code"]) == (400, "unfit_answer") and problem["message"]
    assert stage.facts() == []


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("likes", ["a", "c"]),
        ("name", " Anna "),
        ("happy", 5),
        ("tell", 0),
        ("by", "2026-12-24"),
        ("start", 30),
        ("content", 1),
        ("easy", 7),
        ("city", "Varna"),
        ("order", ["c", "a", "b"]),
        ("look", "a"),
    ],
)
def test_a_value_that_answers_is_kept(stage: Stage, question: str, value: Any) -> None:
    assert answer(stage, question, value)[0] == 200
    assert told(stage)[0][1]["answer"] == (value.strip() if isinstance(value, str) else value)


@pytest.mark.parametrize("where", [{"question": "none"}, {"content": "none"}, {"content": "add-food"}])
def test_what_is_not_asked_is_not_answered(stage: Stage, where: dict[str, str]) -> None:
    body = {"content": "intake", "question": "role", "value": "cook", "messageId": "m", **where}
    reply = stage.post("/client/answer", stage.open("maria"), body)
    assert (reply.status_code, reply.json()["code"]) == (404, "no_such_question")


@pytest.mark.parametrize("path", ["answer", "plan", "ask"])
def test_what_cannot_be_read_is_refused_and_nobody_says_anything_without_a_token(stage: Stage, path: str) -> None:
    assert stage.post(f"/client/{path}", stage.open(), {"x": 1}).status_code == 400
    assert stage.post(f"/client/{path}", "none", {}).status_code == 401
    assert stage.facts() == []


def test_a_survey_seen_to_its_end_is_answered_once(stage: Stage) -> None:
    token = stage.open("maria")
    for _ in range(2):
        stage.report(token, "completed", content="intake")
    assert [name for name, _ in told(stage)] == [events.CONTENT_COMPLETED, events.SURVEY_ANSWERED]
    assert told(stage)[1][1] == {"survey": "intake"}
    stage.report(token, "completed", content="add-food", messageId="m2")
    assert len(stage.facts()) == 3


def test_facts_about_a_piece_say_what_it_teaches(stage: Stage) -> None:
    token = stage.open()
    stage.report(token, "shown")
    stage.report(token, "shown", content="cake", messageId="m2")
    stage.report(token, "shown", content="intake", messageId="m3")
    assert [told.get("resource") for _, told in told(stage)] == ["adding-food", "cake", None]


def test_what_was_done_and_what_became_of_an_offer_is_told(stage: Stage) -> None:
    token = stage.open("maria")
    stage.report(token, "acted", act="use_template")
    stage.report(token, "offer_accepted", offer="premium")
    stage.report(token, "invite_sent")
    acted, offer, invite = told(stage)
    assert (acted[0], acted[1]["action"]) == (events.CONTENT_ACTED, "use_template")
    assert (offer[0], offer[1]["offer"]) == (events.OFFER_ACCEPTED, "premium")
    assert (invite[0], invite[1]["code"]) == (events.INVITE_SENT, "code-of-maria")
    assert stage.report(token, "offer_shown").status_code == 400, "which offer?"


def wish(stage: Stage, **body: Any) -> tuple[int, Any]:
    reply = stage.post("/client/plan", stage.open("maria"), {"milestone": "meal", "messageId": "m1", **body})
    return reply.status_code, reply.json()


def test_a_milestone_is_skipped_or_given_a_date_of_one_s_own(stage: Stage) -> None:
    assert wish(stage, action="skip") == (200, {"success": True})
    assert wish(stage, action="date", on="2026-04-01", messageId="m2")[0] == 200
    assert wish(stage, action="date", messageId="m3")[0] == 200
    assert told(stage) == [
        (events.MILESTONE_SKIPPED, {"milestone": "meal"}),
        (events.DATE_SET, {"milestone": "meal", "on": "2026-04-01"}),
        (events.DATE_SET, {"milestone": "meal", "on": None}),
    ]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"action": "skip", "milestone": "none"}, 404),
        ({"action": "forget"}, 400),
        ({"action": "date", "on": "soon"}, 400),
        ({"action": "date", "on": "2026-02-01"}, 400),
    ],
)
def test_a_wish_that_cannot_be_is_refused(stage: Stage, body: dict[str, str], status: int) -> None:
    assert wish(stage, **body)[0] == status
    assert stage.facts() == []


def test_a_question_opens_the_same_conversation_however_often_it_is_sent(stage: Stage) -> None:
    token, body = stage.open("maria"), {"text": " How? ", "page": "/diary", "messageId": "m1"}
    replies = [stage.post("/client/ask", token, body).json() for _ in range(2)]
    number = conversation_number(WORKSPACE, "m1")
    assert replies == [{"success": True, "conversation": number}] * 2 and number < 2**53
    [fact] = stage.facts()
    assert (fact.name, fact.user_id) == (events.QUESTION_ASKED, "maria")
    assert fact.properties == {"conversation": number, "text": "How?", "page": "/diary"}


def test_nobody_asks_without_end(stage: Stage) -> None:
    token = stage.open()
    statuses = [
        stage.post("/client/ask", token, {"text": "Why?", "messageId": f"m{number}"}).status_code for number in range(6)
    ]
    assert statuses == [200] * 5 + [429]
    assert stage.post("/client/ask", stage.open("maria"), {"text": "Why?", "messageId": "x"}).status_code == 200
    stage.clock.advance(timedelta(minutes=1))
    assert stage.post("/client/ask", token, {"text": "Why?", "messageId": "m7"}).status_code == 200


@pytest.mark.parametrize("text", ["", "   ", "x" * 5001])
def test_a_question_is_some_words_and_no_book(stage: Stage, text: str) -> None:
    assert stage.post("/client/ask", stage.open(), {"text": text, "messageId": "m"}).status_code == 400
    assert stage.facts() == []


def test_a_community_is_joined_once_however_often_its_link_is_followed(stage: Stage) -> None:
    support = Support(name="Anna", email="anna@example.com", community="https://example.com/us")
    token = stage.open("maria")
    assert stage.post("/client/community", token, {"messageId": "m0"}).status_code == 404
    stage.script.program = replace(stage.script.program, support=support)
    for number in range(2):
        assert stage.post("/client/community", token, {"messageId": f"m{number}"}).status_code == 200
    assert stage.post("/client/community", token, {}).status_code == 400
    [fact] = stage.facts()
    assert (fact.user_id, fact.source, fact.properties) == ("maria", "milepost", {"url": "https://example.com/us"})


def test_an_article_that_is_read_is_told_once_an_hour(stage: Stage) -> None:
    headers = {"Authorization": f"Bearer {stage.open('maria')}"}
    for _ in range(2):
        page = stage.http.get("/client/help/articles/cake", headers=headers)
        assert (page.status_code, page.json()["title"]) == (200, "Cake")
    assert told(stage) == [(events.ARTICLE_OPENED, {"article": "cake", "resource": "cake"})]
    stage.clock.set(NOW + timedelta(hours=1))
    stage.http.get("/client/help/articles/cake", headers=headers)
    assert len(stage.facts()) == 2
    assert stage.http.get("/client/help/articles/none", headers=headers).status_code == 404


@pytest.mark.req("R83")
def test_what_is_looked_for_is_told_with_what_was_found(stage: Stage) -> None:
    headers = {"Authorization": f"Bearer {stage.open('maria')}"}
    for text in ("Cake", "Cake", "zebra", " "):
        found = stage.http.get("/client/help/search", params={"text": text}, headers=headers).json()["articles"]
        assert [each["key"] for each in found if text.strip()] == (["cake"] if text == "Cake" else [])
    assert told(stage) == [
        (events.HELP_SEARCHED, {"text": "Cake", "results": 1}),
        (events.HELP_SEARCHED, {"text": "zebra", "results": 0}),
    ]


def test_help_is_asked_for_in_the_browser_s_language(stage: Stage) -> None:
    headers = {"Authorization": f"Bearer {stage.open()}", "Accept-Language": "ru-RU,ru;q=0.9"}
    reply = stage.http.get("/client/help", headers=headers)
    assert reply.status_code == 200 and reply.json()["how"] == "ru-RU,ru;q=0.9"
    said = {"lang", "dir", "labels"}
    assert reply.json().keys() == {"contact", "how", "community", "next", "articles", "requests", "preferences"} | said


@pytest.mark.req("R78")
def test_what_interests_somebody_is_written_down_as_a_trait_and_taken_back_with_the_answer() -> None:
    topics = Question(key="topics", ask="What?", kind="interests", options={"jazz": "Jazz", "folk": "Folk"})
    asking = Document(name="Music", content={"pick": Survey(title="Pick", questions=(topics,))})
    session = Session(7, "device-1", "maria", datetime(2026, 12, 1, tzinfo=UTC))
    for value in (["jazz", "folk"], ["folk"], None):
        answer = Answer(content="pick", question="topics", message_id="m", value=value)
        told = answered(answer, asking, session, datetime(2026, 11, 1, tzinfo=UTC))
        assert [(each.kind, each.name) for each in told] == [("track", "Question Answered"), ("identify", "Identified")]
        assert told[1].properties == {"topics": value} and told[0].message_id != told[1].message_id
    with pytest.raises(Refused):
        wrong = Answer(content="pick", question="topics", message_id="m", value=["pop"])
        answered(wrong, asking, session, datetime(2026, 11, 1, tzinfo=UTC))
