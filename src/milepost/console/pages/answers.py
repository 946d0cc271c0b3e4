"""What people answered to the surveys: how often each answer was given, the numbers, and their own words."""

from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.formats import date_format

from milepost.console.pages.insights import Share, share_of
from milepost.console.pages.words import in_our_language, shown
from milepost.core.insights.statistics import rate
from milepost.core.insights.survey_answers import AnswersCounted, AnswersGiven, Counted, Given
from milepost.core.program.document import Document
from milepost.core.program.kinds.content import Question, Survey
from milepost.core.values import Refused
from milepost.insights.ask import ask
from milepost.log import stores
from milepost.people import queries as people
from milepost.program import queries as program

LATEST = 5
PAGE = 25
_STARS = range(5, 0, -1)
_PROMOTER, _DETRACTOR = 9, 6


@dataclass(frozen=True, slots=True)
class SurveyRow:
    """`n`: how many people answered at least one of its questions."""

    key: str
    title: str
    questions: int
    n: int
    rhythm: Any


@dataclass(frozen=True, slots=True)
class SurveysPage:
    rows: tuple[SurveyRow, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One answer, and the share of those who answered that gave it."""

    text: str
    share: Share


@dataclass(frozen=True, slots=True)
class Numbers:
    """Absent: `score` is None but for a question whether they would recommend (-100 to 100)."""

    median: float | int
    low: float
    high: float
    unit: str
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Verbatim:
    uid: int
    who: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class QuestionCard:
    """Absent: `bars` are empty for texts and numbers of many values, `numbers` None for what is no number."""

    key: str
    ask: str
    kind: str
    n: int
    bars: tuple[Bar, ...]
    numbers: Numbers | None
    verbatims: tuple[Verbatim, ...]


@dataclass(frozen=True, slots=True)
class SurveyPage:
    key: str
    title: str
    n: int
    cards: tuple[QuestionCard, ...]


@dataclass(frozen=True, slots=True)
class VerbatimsPage:
    """Absent: `next` is None on the last page."""

    survey: str
    question: str
    ask: str
    rows: tuple[Verbatim, ...]
    next: int | None
    first_page: bool


def gather_surveys(workspace_id: int, now: datetime) -> SurveysPage:
    """Raises Unavailable."""
    document = program.current(workspace_id).document
    surveys = _surveys(document)
    keys = tuple(question.key for survey in surveys.values() for question in survey.questions)
    counted = _counted(workspace_id, keys, now, verbatim=keys) if keys else {}
    return SurveysPage(
        tuple(
            SurveyRow(
                key=key,
                title=in_our_language(survey.title, document),
                questions=len(survey.questions),
                n=max((counted[each.key].n for each in survey.questions if each.key in counted), default=0),
                rhythm=survey.every,
            )
            for key, survey in surveys.items()
        )
    )


def gather_survey(workspace_id: int, key: str, now: datetime) -> SurveyPage:
    """Raises Refused (404), Unavailable."""
    document = program.current(workspace_id).document
    survey = survey_of(document, key)
    texts = tuple(each.key for each in survey.questions if each.kind == "text")
    counted = _counted(workspace_id, tuple(each.key for each in survey.questions), now, verbatim=texts)
    return SurveyPage(
        key=key,
        title=in_our_language(survey.title, document),
        n=max((each.n for each in counted.values()), default=0),
        cards=tuple(_card(workspace_id, each, counted.get(each.key), document, now) for each in survey.questions),
    )


def gather_verbatims(workspace_id: int, survey: str, question: str, begin: int, now: datetime) -> VerbatimsPage:
    """Raises Refused (404), Unavailable."""
    document = program.current(workspace_id).document
    found = next((each for each in survey_of(document, survey).questions if each.key == question), None)
    if found is None:
        raise Refused("no_such_question", "The survey has no such question.", status=404)
    rows = _verbatims(workspace_id, found, document, now, limit=PAGE + 1, offset=begin)
    more = begin + PAGE if len(rows) > PAGE else None
    return VerbatimsPage(survey, question, in_our_language(found.ask, document), rows[:PAGE], more, begin == 0)


def rows_of_csv(workspace_id: int, key: str, now: datetime) -> list[tuple[str, str, str, str]]:
    """(person, question, answer, instant) of every last answer. Raises Refused (404), Unavailable."""
    survey = survey_of(program.current(workspace_id).document, key)
    questions = tuple(each.key for each in survey.questions)
    given = ask(stores.current().events, AnswersGiven(workspace=workspace_id, questions=questions, as_of=now))
    keys = people.keys(workspace_id, {each.uid for each in given})
    return [
        (keys.get(each.uid, str(each.uid)), each.question, shown(each.answer), each.at.isoformat()) for each in given
    ]


def survey_of(document: Document, key: str) -> Survey:
    survey = _surveys(document).get(key)
    if survey is None:
        raise Refused("no_such_survey", "The program has no such survey.", status=404)
    return survey


def answer_in_words(question: Question, answer: Any, document: Document) -> str:
    """An answer as the person saw it: the text of their choice, a day, a number."""
    if isinstance(answer, list):
        return ", ".join(answer_in_words(question, each, document) for each in answer)
    if question.kind == "goal" and answer in document.goals:
        return in_our_language(document.goals[answer].ask, document)
    if isinstance(answer, str) and answer in question.options:
        return in_our_language(question.options[answer], document)
    day = parse_date(answer) if question.kind == "date" and isinstance(answer, str) else None
    if isinstance(day, date):
        return date_format(day)
    if isinstance(answer, float) and answer.is_integer():
        return str(int(answer))
    return shown(answer)


def _surveys(document: Document) -> dict[str, Survey]:
    return {key: each for key, each in document.content.items() if isinstance(each, Survey)}


def _counted(
    workspace_id: int, questions: tuple[str, ...], now: datetime, *, verbatim: tuple[str, ...]
) -> dict[str, Counted]:
    asked = AnswersCounted(workspace=workspace_id, questions=questions, as_of=now, verbatim=verbatim)
    return ask(stores.current().events, asked)


def _card(
    workspace_id: int, question: Question, counted: Counted | None, document: Document, now: datetime
) -> QuestionCard:
    is_text = question.kind == "text"
    return QuestionCard(
        key=question.key,
        ask=in_our_language(question.ask, document),
        kind=question.kind,
        n=counted.n if counted else 0,
        bars=_bars(question, counted, document) if counted else (),
        numbers=_numbers(question, counted, document) if counted else None,
        verbatims=_verbatims(workspace_id, question, document, now, limit=LATEST) if is_text and counted else (),
    )


def _bars(question: Question, counted: Counted, document: Document) -> tuple[Bar, ...]:
    """In the order of the options; numbers of a scale from the best down."""
    given = {answer: n for answer, n in counted.values if isinstance(answer, str | int | float)}
    order: list[Any]
    if question.kind in ("choice", "multi"):
        order = [*question.options, *(answer for answer in given if answer not in question.options)]
    elif question.kind == "goal":
        order = [*document.goals, *(answer for answer in given if answer not in document.goals)]
    elif question.kind == "stars":
        order = list(_STARS)
    elif question.kind == "nps":
        order = list(range(10, -1, -1))
    else:
        return ()
    bars = ((answer, share_of(rate(given.get(answer, 0), counted.n, ""))) for answer in order)
    return tuple(Bar(answer_in_words(question, answer, document), share) for answer, share in bars if share)


def _numbers(question: Question, counted: Counted, document: Document) -> Numbers | None:
    if question.kind not in ("number", "stars", "nps"):
        return None
    values = sorted(
        value for value, n in counted.values for _ in range(n) if isinstance(value, int | float) and value is not True
    )
    if not values:
        return None
    unit = in_our_language(question.unit, document) if question.unit else ""
    middle = median(values)
    return Numbers(
        int(middle) if middle == int(middle) else middle,
        values[0],
        values[-1],
        unit,
        _score(values) if question.kind == "nps" else None,
    )


def _score(values: list[int | float]) -> float:
    """Those who would recommend less those who would not, in points of a hundred."""
    for_it = sum(value >= _PROMOTER for value in values)
    against = sum(value <= _DETRACTOR for value in values)
    return round(100 * (for_it - against) / len(values))


def _verbatims(
    workspace_id: int, question: Question, document: Document, now: datetime, *, limit: int, offset: int = 0
) -> tuple[Verbatim, ...]:
    asked = AnswersGiven(workspace=workspace_id, questions=(question.key,), as_of=now, limit=limit, offset=offset)
    given: list[Given] = ask(stores.current().events, asked)
    names = people.names(workspace_id, {each.uid for each in given})
    return tuple(
        Verbatim(each.uid, names.get(each.uid, ""), each.at, answer_in_words(question, each.answer, document))
        for each in given
    )
