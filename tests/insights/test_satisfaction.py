"""How satisfied people are, tied to program, stage and owner; and to whom those who leave are lost."""

from datetime import timedelta
from typing import Any

from milepost.core import events
from milepost.core.conditions.types import Did
from milepost.core.insights.satisfaction import LostTo, Satisfaction
from milepost.core.program.document import Document
from milepost.core.program.folder import Folder
from milepost.core.program.kinds.content import Leaving, Question, Survey
from milepost.core.program.kinds.milestone import Milestone
from milepost.insights.ask import ask
from tests.conditions.worlds import BASE, fact
from tests.insights.tables import Facts

DOCUMENT = Document(
    name="Crumb",
    milestones={key: Milestone(title=key, reached=Did(name=key.title())) for key in ("meal", "week", "month")},
    content={
        "weekly": Survey(
            title="Weekly",
            stage="habit",
            owner="success manager",
            questions=(Question(key="tell", ask="?", kind="nps"), Question(key="easy", ask="?", kind="ces")),
        ),
        "exit": Survey(
            title="Why?",
            leaving=Leaving(reason="why", competitor="whom"),
            questions=(Question(key="why", ask="?", kind="text"), Question(key="whom", ask="?", kind="short text")),
        ),
    },
)
PERIOD: dict[str, Any] = {
    "workspace": 1,
    "document": DOCUMENT,
    "from_": BASE,
    "to": BASE + timedelta(days=9),
    "as_of": BASE + timedelta(days=9),
}


def says(question: str, answer: Any, hour: int, seq: int) -> Any:
    about = {"survey": "weekly", "question": question, "answer": answer}
    return fact(events.QUESTION_ANSWERED, BASE + timedelta(hours=hour), seq, about)


def reaches(milestone: str, hour: int, seq: int) -> Any:
    return fact(milestone.title(), BASE + timedelta(hours=hour), seq)


def test_a_score_is_the_last_of_each_person_by_question_with_its_stage_and_owner() -> None:
    people = {
        1: [says("tell", 2, 1, 1), says("tell", 10, 2, 2)],
        2: [says("tell", 9, 1, 3), says("easy", 7, 2, 4)],
        3: [says("tell", 6, 1, 5), says("easy", 4, 2, 6)],
        4: [says("tell", 7, 1, 7)],
    }
    tell, easy = ask(Facts(people), Satisfaction(**PERIOD)).scores
    assert (tell.program, tell.survey, tell.stage, tell.owner) == ("Crumb", "weekly", "habit", "success manager")
    assert (tell.n, tell.mean, tell.good.count, tell.bad.count, tell.score) == (4, 8.0, 2, 1, 25.0)
    assert (easy.n, easy.good.value, easy.score) == (2, 0.5, None)


def test_what_nobody_has_answered_has_no_score() -> None:
    tell, _ = ask(Facts({}), Satisfaction(**PERIOD)).scores
    assert (tell.n, tell.mean, tell.score, tell.good.interval) == (0, None, None, None)


def test_those_who_leave_are_counted_by_the_milestone_they_reached_last() -> None:
    people = {
        1: [reaches("meal", 1, 1), reaches("week", 2, 2), says("whom", "Rival", 3, 3), reaches("month", 4, 4)],
        2: [says("whom", "Rival", 3, 5), says("why", "Too dear", 3, 6)],
        3: [says("whom", "Other", 3, 7), says("whom", None, 4, 8)],
    }
    answer = ask(Facts(people), LostTo(**PERIOD))
    assert answer.n == 2
    assert [(each.milestone, each.what, each.answer, each.n) for each in answer.lost] == [
        ("", "competitor", "Rival", 1),
        ("", "reason", "Too dear", 1),
        ("week", "competitor", "Rival", 1),
    ]


def test_a_score_names_the_program_that_it_stands_in() -> None:
    other = Survey(title="Support", questions=(Question(key="kind", ask="?", kind="csat"),))
    folder = Folder(documents=(DOCUMENT, Document(name="Staff", audience="employee", content={"support": other})))
    scores = ask(Facts({}), Satisfaction(**{**PERIOD, "document": folder.document})).scores
    assert [(each.question, each.program) for each in scores] == [
        ("tell", "Crumb"),
        ("easy", "Crumb"),
        ("kind", "Staff"),
    ]
