"""A survey as the browser asks it: with what is known already, and its branches told in numbers."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from msgspec.structs import replace

from milepost.core.conditions.types import Test
from milepost.core.delivery.piece import RECALL, PieceOption, PieceQuestion, PieceTest
from milepost.core.engine.hosts import HANDED_OVER
from milepost.core.program.kinds.common import Text
from milepost.core.program.kinds.content import OF_MEASURE, Question, Survey
from milepost.delivery.channels.in_app.text import line
from milepost.delivery.formats import WAYS
from milepost.delivery.rendering import Occasion

_NEVER = PieceTest(op="in", value=[])
#: Kinds that look like another.
_DRAWN = {"motive": "choice", "learning": "choice", "interests": "multi"}
#: What stands at the ends of a scale where the program says nothing of its own.
_ENDS = {
    "nps": (_("Not at all likely"), _("Extremely likely")),
    "csat": (_("Very dissatisfied"), _("Very satisfied")),
    "ces": (_("Strongly disagree"), _("Strongly agree")),
}


def questions(survey: Survey, occasion: Occasion) -> tuple[PieceQuestion, ...]:
    """A check-in, and what is asked at a hand-off, is asked anew each time; any other survey recalls what was answered
    before, wherever that was. Where one is asked by itself, the way to it has been judged."""
    anew = survey.every or f":{HANDED_OVER}" in occasion.effect.key
    known = {} if anew else occasion.effect.known.get("answers", {})
    own, only = _recalling(survey, occasion), getattr(occasion.effect, "question", "")
    asked = (replace(each, if_={}) for each in survey.questions if each.key == only) if only else survey.questions
    return tuple(_question(question, known.get(question.key), own) for question in asked)


def recalled(text: Text | None, survey: Survey, occasion: Occasion) -> str:
    """A line that may recall what was answered in this survey."""
    return line(text, _recalling(survey, occasion))


def _recalling(survey: Survey, occasion: Occasion) -> Occasion:
    """The occasion as its texts see it: what is answered in this survey is filled in by the browser."""
    marks = {question.key: RECALL.format(question.key) for question in survey.questions}
    answers = {**occasion.effect.known.get("answers", {}), **marks}
    return replace(occasion, effect=replace(occasion.effect, known={**occasion.effect.known, "answers": answers}))


def options(question: Question, occasion: Occasion) -> dict[str, Any]:
    """Value → text. A question for the goal, or for the motive, offers the program's where it names none of its own, one
    for the way to learn all that there are."""
    if question.kind == "goal" and not question.options:
        return {key: goal.ask for key, goal in occasion.document.goals.items()}
    if question.kind == "motive" and not question.options:
        return {key: motive.title for key, motive in occasion.document.motives.items()}
    if question.kind == "learning" and not question.options:
        return {name: str(words) for name, words in WAYS.items()}
    return question.options


def _question(question: Question, answer: Any, occasion: Occasion) -> PieceQuestion:
    least, most = _ENDS.get(question.kind, ("", ""))
    return PieceQuestion(
        key=question.key,
        ask=line(question.ask, occasion),
        kind=_kind(question),
        options=tuple(_option(question, value, text, occasion) for value, text in options(question, occasion).items()),
        hint=line(question.hint, occasion),
        unit=line(question.unit, occasion),
        at_least=question.at_least,
        at_most=question.at_most,
        optional=question.optional,
        together=question.together,
        least=line(question.least, occasion) or str(least),
        most=line(question.most, occasion) or str(most),
        if_={earlier: _test(test, earlier, question, occasion) for earlier, test in question.if_.items()},
        answer=answer,
    )


def _kind(question: Question) -> str:
    if question.kind == "interests" and question.pictures:
        return "pictures"
    return _DRAWN.get(question.kind, question.kind)


def _option(question: Question, value: str, text: Text, occasion: Occasion) -> PieceOption:
    picture = question.pictures.get(value)
    if picture is None:
        return PieceOption(value=value, text=line(text, occasion))
    return PieceOption(value=value, text=line(text, occasion), image=picture.image, alt=line(picture.alt, occasion))


def _test(test: Test, earlier: str, question: Question, occasion: Occasion) -> PieceTest:
    """`last`, `baseline` and `target` become the number; while that is not known, the test is false."""
    measure = _measure_of(earlier, occasion) or question.measure
    if measure is None or test.value not in OF_MEASURE:
        return PieceTest(op=test.op, value=test.value)
    number = occasion.effect.known.get("measure", {}).get(measure, {}).get(test.value)
    return _NEVER if number is None else PieceTest(op=test.op, value=number)


def _measure_of(question: str, occasion: Occasion) -> str | None:
    """The measure whose value this question asks for."""
    surveys = (content for content in occasion.document.content.values() if isinstance(content, Survey))
    return next((each.measure for survey in surveys for each in survey.questions if each.key == question), None)
