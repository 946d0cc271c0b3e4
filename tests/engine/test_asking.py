"""What has been answered, in whatever survey, by mail or over the API, is not asked again."""

from typing import Any

from milepost.core import events
from milepost.core.conditions.types import Did
from milepost.core.conditions.types import Test as Compare
from milepost.core.program.compile import Program
from milepost.core.program.kinds.content import Question, Survey
from tests.engine.world import Runner, fact, program

ROLE = Question(key="role", ask="Role?", options={"cook": "Cook", "eater": "Eater"})
TOOLS = Question(key="tools", ask="Tools?", kind="text", if_={"role": Compare("is", "cook")})


def world(**more: Any) -> Program:
    intake = Survey(title="You", questions=(ROLE,), when=Did(name="Signed Up"))
    later = Survey(title="Later", questions=(ROLE, TOOLS), when=Did(name="Meal Logged"), **more)
    return program(content={"intake": intake, "later": later})


def answers(question: str, value: str, minutes: float, *, seq: int) -> Any:
    told = {"survey": "elsewhere", "question": question, "answer": value}
    return fact(events.QUESTION_ANSWERED, minutes, seq=seq, properties=told)


def shown(*history: Any) -> list[str]:
    run = Runner(world()).give(fact("Signed Up", seq=1), *history, fact("Meal Logged", 9, seq=9))
    return run.sent()


def test_a_survey_of_which_all_was_answered_is_not_shown() -> None:
    assert shown() == ["intake", "later"]
    assert shown(answers("role", "eater", 1, seq=2)) == ["intake"]


def test_a_survey_whose_answers_lead_to_another_question_is_shown() -> None:
    assert shown(answers("role", "cook", 1, seq=2)) == ["intake", "later"]
    assert shown(answers("role", "cook", 1, seq=2), answers("tools", "A knife", 2, seq=3)) == ["intake"]


def test_what_was_taken_back_is_asked() -> None:
    taken_back = fact(events.QUESTION_ANSWERED, 2, seq=3, properties={"question": "role", "answer": None})
    assert shown(answers("role", "eater", 1, seq=2), taken_back) == ["intake", "later"]
