"""Which questions of a survey are still to be asked of somebody: where their answers lead, less what they have answered."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from milepost.core.conditions.compare import passes
from milepost.core.conditions.types import Test
from milepost.core.engine.state import Metered, State
from milepost.core.program.kinds.content import OF_MEASURE, Question, Survey

#: Begins the occurrence of a question that is asked by itself; the rest is its key, `#`, and how often it was.
QUESTION = "question:"


def nothing_left(survey: Survey, state: State, at: datetime) -> bool:
    """Whether they have answered all of it, wherever that was."""
    answers = {key: answer.value for key, answer in state.answers.items() if answer.value is not None}
    if any(question.key not in answers and not question.if_ for question in survey.questions):
        return False
    asked = (each for each in survey.questions if is_asked(survey, each, answers, state.measures, at))
    return all(question.key in answers for question in asked)


def is_asked(
    survey: Survey, question: Question, answers: Mapping[str, Any], known: Mapping[str, Metered], at: datetime
) -> bool:
    """Whether the earlier answers lead to this question. A number may be held against what was known of its measure."""
    measures = {each.key: each.measure for each in survey.questions}
    for name, test in question.if_.items():
        if test.value in OF_MEASURE:
            before = _of_measure(known.get(measures.get(name) or "", Metered()), test.value)
            test = Test(test.op, before)
        if name not in answers or not passes(test, answers[name], at):
            return False
    return True


def _of_measure(metered: Metered, role: str) -> float | None:
    found = (metered.values[-1] if metered.values else metered.baseline) if role == "last" else getattr(metered, role)
    return None if found is None else found.value


def question_of(occurrence: str) -> str:
    """The one question that is asked on this occasion; "" where it is the whole survey."""
    return occurrence.removeprefix(QUESTION).rpartition("#")[0] if occurrence.startswith(QUESTION) else ""
