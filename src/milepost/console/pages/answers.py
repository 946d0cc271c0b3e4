"""What people answered to the surveys: how often each answer was given, the numbers, and their own words."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy

from milepost.console.pages.definitions_words import CHOICES
from milepost.console.pages.insights import Share, ever, share_of
from milepost.console.pages.words import in_our_language, shown, titles
from milepost.core.insights import surveys as core
from milepost.core.insights.satisfaction import LostTo, Satisfaction
from milepost.core.insights.statistics import rate
from milepost.core.insights.surveys import AnswersGiven, QuestionAnswers, SurveyAnswer, SurveyAnswers
from milepost.core.program.document import Document
from milepost.core.program.kinds.content import SCALES, Question, Survey
from milepost.core.values import Refused
from milepost.delivery.formats import WAYS
from milepost.insights.ask import ask
from milepost.log import stores
from milepost.people import queries as people
from milepost.program import queries as program
from milepost.workspace.models import Workspace

LATEST = 5
PAGE = 25
#: Kind of a question → what can be answered, the best first.
_SCALES = {kind: tuple(map(str, range(high, low - 1, -1))) for kind, (low, high) in SCALES.items()}


#: What a question for who leaves asks for.
LEFT_FOR: dict[str, Any] = {
    "reason": gettext_lazy("Reason"),
    "competitor": gettext_lazy("Lost to"),
    "obstacle": gettext_lazy("Last obstacle"),
}


@dataclass(frozen=True, slots=True)
class SurveyRow:
    """`n`: how many people answered at least one of its questions."""

    key: str
    title: str
    questions: int
    n: int
    rhythm: Any


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """Absent: `mean` and `score` None while nobody answered; `stage` and `owner` empty where the survey names none."""

    survey: str
    ask: str
    kind: str
    program: str
    stage: Any
    owner: str
    n: int
    mean: float | None
    good: Share | None
    score: float | None


@dataclass(frozen=True, slots=True)
class LostRow:
    """Absent: an empty `milestone`: they had reached none."""

    milestone: str
    what: Any
    answer: str
    n: int


@dataclass(frozen=True, slots=True)
class SurveysPage:
    rows: tuple[SurveyRow, ...]
    scores: tuple[ScoreRow, ...]
    lost: tuple[LostRow, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One answer, and the share of those who answered that gave it."""

    text: str
    share: Share


@dataclass(frozen=True, slots=True)
class Numbers:
    """Absent: `score` is None but for a question whether they would recommend (-100 to 100)."""

    median: float | int
    low: float | int
    high: float | int
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


def gather_surveys(workspace: Workspace, now: datetime) -> SurveysPage:
    """Raises Unavailable."""
    document = program.current(workspace.pk).document
    return SurveysPage(
        rows=tuple(
            SurveyRow(
                key=key,
                title=in_our_language(survey.title, document),
                questions=len(survey.questions),
                n=_answers(workspace, key, now).n,
                rhythm=survey.every,
            )
            for key, survey in _surveys(document).items()
        ),
        scores=_scores(workspace, document, now),
        lost=_lost(workspace, document, now),
    )


def _scores(workspace: Workspace, document: Document, now: datetime) -> tuple[ScoreRow, ...]:
    questions = _questions(document)
    return tuple(
        ScoreRow(
            survey=each.survey,
            ask=in_our_language(questions[each.question].ask, document),
            kind=each.kind,
            program=each.program,
            stage=CHOICES.get(each.stage, each.stage) if each.stage else "",
            owner=each.owner or "",
            n=each.n,
            mean=each.mean,
            good=share_of(each.good),
            score=each.score,
        )
        for each in ask(stores.current().events, Satisfaction(**ever(workspace, now))).scores
    )


def _lost(workspace: Workspace, document: Document, now: datetime) -> tuple[LostRow, ...]:
    if not any(survey.leaving for survey in _surveys(document).values()):
        return ()
    questions = _questions(document)
    called = titles(document)
    return tuple(
        LostRow(
            milestone=called.get(("milestone", each.milestone), each.milestone),
            what=LEFT_FOR[each.what],
            answer=answer_in_words(questions[each.question], each.answer, document),
            n=each.n,
        )
        for each in ask(stores.current().events, LostTo(**ever(workspace, now))).lost
    )


def _questions(document: Document) -> dict[str, Question]:
    return {question.key: question for survey in _surveys(document).values() for question in survey.questions}


def gather_survey(workspace: Workspace, key: str, now: datetime) -> SurveyPage:
    """Raises Refused (404), Unavailable."""
    document = program.current(workspace.pk).document
    survey = survey_of(document, key)
    found = _answers(workspace, key, now)
    names = people.names(workspace.pk, {each.uid for one in found.questions for each in one.texts[:LATEST]})
    return SurveyPage(
        key=key,
        title=in_our_language(survey.title, document),
        n=found.n,
        cards=tuple(
            _card(question, answers, document, names)
            for question, answers in zip(survey.questions, found.questions, strict=True)
        ),
    )


def gather_verbatims(workspace: Workspace, survey: str, question: str, begin: int, now: datetime) -> VerbatimsPage:
    """Raises Refused (404), Unavailable."""
    document = program.current(workspace.pk).document
    found = next((each for each in survey_of(document, survey).questions if each.key == question), None)
    if found is None:
        raise Refused("no_such_question", "The survey has no such question.", status=404)
    asked = AnswersGiven(**ever(workspace, now), survey=survey, question=question, limit=PAGE + 1, offset=begin)
    given = ask(stores.current().events, asked)
    names = people.names(workspace.pk, {each.uid for each in given})
    rows = tuple(
        Verbatim(each.uid, names.get(each.uid, ""), each.at, answer_in_words(found, each.answer, document))
        for each in given
    )
    more = begin + PAGE if len(rows) > PAGE else None
    return VerbatimsPage(survey, question, in_our_language(found.ask, document), rows[:PAGE], more, begin == 0)


def rows_of_csv(workspace: Workspace, key: str, now: datetime) -> list[tuple[str, str, str, str]]:
    """(person, question, answer, instant) of every last answer. Raises Refused (404), Unavailable."""
    survey_of(program.current(workspace.pk).document, key)
    asked = AnswersGiven(**ever(workspace, now), survey=key)
    given = ask(stores.current().events, asked)
    keys = people.keys(workspace.pk, {each.uid for each in given})
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
    if question.kind == "motive" and answer in document.motives:
        return in_our_language(document.motives[answer].title, document)
    if question.kind == "learning" and not question.options and answer in WAYS:
        return str(WAYS[answer])
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


def _answers(workspace: Workspace, survey: str, now: datetime) -> SurveyAnswer:
    return ask(stores.current().events, SurveyAnswers(**ever(workspace, now), survey=survey))


def _card(question: Question, found: QuestionAnswers, document: Document, names: dict[int, str]) -> QuestionCard:
    texts = found.texts[:LATEST] if question.kind in ("text", "short text") else []
    return QuestionCard(
        key=question.key,
        ask=in_our_language(question.ask, document),
        kind=question.kind,
        n=found.n,
        bars=_bars(question, found, document) if found.n else (),
        numbers=_numbers(question, found.numbers, document) if found.numbers else None,
        verbatims=tuple(Verbatim(each.uid, names.get(each.uid, ""), each.at, each.text) for each in texts),
    )


def _bars(question: Question, found: QuestionAnswers, document: Document) -> tuple[Bar, ...]:
    """In the order of the options; numbers of a scale from the best down."""
    given = {each.value: each.rate for each in found.options}
    order = _SCALES.get(question.kind, _defined(question, document))
    values = dict.fromkeys((*order, *given))
    bars = ((value, share_of(given.get(value) or rate(0, found.n, ""))) for value in values)
    return tuple(Bar(answer_in_words(question, value, document), share) for value, share in bars if share)


def _defined(question: Question, document: Document) -> tuple[str, ...]:
    """The options that are definitions of the program."""
    if question.kind == "goal":
        return tuple(document.goals)
    return tuple(document.motives) if question.kind == "motive" else ()


def _numbers(question: Question, found: core.Numbers, document: Document) -> Numbers:
    return Numbers(
        median=_whole(found.median),
        low=_whole(found.low),
        high=_whole(found.high),
        unit=in_our_language(question.unit, document) if question.unit else "",
        score=None if found.score is None else round(found.score),
    )


def _whole(value: float) -> float | int:
    return int(value) if value.is_integer() else value
