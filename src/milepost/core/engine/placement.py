"""Placement tests: where somebody stands, by the points of their answers when the survey was finished."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from milepost.core import events
from milepost.core.events import NAME_OF_KIND, Fact
from milepost.core.program.kinds.content import Question, Survey

if TYPE_CHECKING:
    from milepost.core.engine.step import Work


def follow(work: Work, fact: Fact) -> None:
    """The level is told as a trait: whoever takes the test again is placed again."""
    key = fact.properties.get("survey")
    if fact.name != events.SURVEY_ANSWERED or fact.source != "milepost" or not isinstance(key, str):
        return
    survey = work.program.document.content.get(key)
    answers = {question: answer.value for question, answer in work.state.answers.items()}
    level = level_of(survey, answers) if isinstance(survey, Survey) else None
    if level is not None:
        work.desk.tell(NAME_OF_KIND["identify"], {key: level}, f"placed:{key}:{fact.message_id}", trait=True)


def level_of(survey: Survey, answers: dict[str, Any]) -> str | None:
    """The highest level that the points reach; None for a survey without levels, or below all of them."""
    points = sum(_points(question, answers.get(question.key)) for question in survey.questions)
    reached = [(least, level) for level, least in survey.levels.items() if least <= points]
    return max(reached, key=lambda pair: pair[0])[1] if reached else None


def _points(question: Question, answer: Any) -> int:
    given = answer if isinstance(answer, list) else [answer]
    return sum(question.points.get(str(each), 0) for each in given)
