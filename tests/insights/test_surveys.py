"""What people answered, counted person by person."""

from collections import Counter
from datetime import timedelta
from statistics import fmean, median
from typing import Any

import pytest
from hypothesis import given, settings

from milepost.core import events
from milepost.core.conditions.compare import number
from milepost.core.insights.statistics import rate
from milepost.core.insights.surveys import NOBODY_ANSWERED, AnswersGiven, QuestionAnswers, SurveyAnswers
from milepost.core.values import Refused
from milepost.insights.ask import ask
from tests.conditions.worlds import BASE, fact
from tests.insights.story import DOCUMENT, People, Person, lives, people_of, periods
from tests.insights.tables import Facts

OPTIONS = {"trouble": ["cake", "time"], "friend": []}


@settings(max_examples=30, deadline=None)
@given(periods(), lives("surveys", 12))
def test_answers_are_what_counting_person_by_person_gives(period: dict[str, Any], people: People) -> None:
    asked = SurveyAnswers(survey="weekly", **period)
    answer = ask(Facts(people), asked)
    keys = [question.question for question in answer.questions]
    assert keys == ["trouble", "kilos", "friend", "why"]
    everybody = people_of(asked, people)
    last = {key: {one: found for one in everybody if (found := _last(one, key))} for key in keys}
    assert answer.n == len({one for found in last.values() for one in found})
    for question in answer.questions:
        _check(question, last[question.question])
    given_ = ask(Facts(people), AnswersGiven(survey="weekly", **period))
    told = {(key, one.uid): value for key, found in last.items() for one, (_, value) in found.items()}
    assert {(each.question, each.uid): each.answer for each in given_} == told
    assert [each.at for each in given_] == sorted((each.at for each in given_), reverse=True)


def _last(person: Person, question: str) -> tuple[Any, Any] | None:
    given_ = [
        one for one in person.did_inside(events.QUESTION_ANSWERED, question=question) if "answer" in one.properties
    ]
    return (
        (given_[-1], given_[-1].properties["answer"])
        if given_ and given_[-1].properties["answer"] is not None
        else None
    )


def _check(question: QuestionAnswers, last: dict[Person, tuple[Any, Any]]) -> None:
    assert question.n == len(last)
    values = [value for _, value in last.values()]
    if question.question in OPTIONS:
        counts = Counter(text for value in values for text in {_text(one) for one in _each(value)})
        known = {option.value: option.rate for option in question.options}
        assert known.keys() == counts.keys() | set(OPTIONS[question.question])
        assert known == {value: rate(counts[value], len(last), NOBODY_ANSWERED) for value in known}
    numbers = sorted(found for value in values if (found := number(value)) is not None)
    if question.kind in ("number", "nps") and numbers:
        summary = question.numbers
        assert summary is not None
        assert (summary.n, summary.low, summary.median, summary.high) == (
            len(numbers),
            numbers[0],
            median(numbers),
            numbers[-1],
        )
        assert summary.mean == pytest.approx(fmean(numbers))
        score = 100 * (sum(one >= 9 for one in numbers) - sum(one <= 6 for one in numbers)) / len(numbers)
        assert summary.score == (pytest.approx(score) if question.kind == "nps" else None)
    else:
        assert question.numbers is None
    if question.kind == "text":
        spoken = sorted(
            ((one.at, one.seq, who.uid, text) for who, (one, text) in last.items() if isinstance(text, str))
        )
        assert sorted((each.at, each.text) for each in question.texts) == sorted(
            (at, text) for at, _, _, text in spoken
        )
        assert [each.at for each in question.texts] == sorted((each.at for each in question.texts), reverse=True)


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_of_many_texts_the_latest_are_told() -> None:
    told = {"question": "why", "answer": "because"}
    people = {uid: [fact(events.QUESTION_ANSWERED, BASE + uid * timedelta(hours=1), 1, told)] for uid in range(1, 31)}
    period: dict[str, Any] = {"from_": BASE, "to": BASE + timedelta(days=9), "as_of": BASE + timedelta(days=9)}
    answer = ask(Facts(people), SurveyAnswers(workspace=1, document=DOCUMENT, survey="weekly", **period))
    assert [each.uid for each in answer.questions[3].texts] == list(range(30, 10, -1))
    with pytest.raises(Refused) as refused:
        SurveyAnswers(workspace=1, document=DOCUMENT, survey="empty", **period).plan()
    assert refused.value.code == "unknown_survey"
