# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""What people answered to a survey: counts by option, numbers in short, and their own words.

Of each person the last answer to each question in the period counts; one that was taken back (null) is none. An answer
of several choices counts once for each of them; an order of them counts for what was put first.
"""

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from milepost.core import events
from milepost.core.insights.compare_sql import number_sql, property_sql, property_text_sql
from milepost.core.insights.conditions_sql import PLACE, Text
from milepost.core.insights.plan import Plan, instant
from milepost.core.insights.question import Answer, Period, Rows, frame, inside
from milepost.core.insights.statistics import Rate, rate
from milepost.core.program.kinds.content import SCALES, Question, Survey
from milepost.core.values import Refused

NOBODY_ANSWERED = "nobody answered"
LATEST = 20
_COUNTED = ("choice", "multi", "interests", "goal", "motive", "learning", "picture", "ranking", *SCALES)
_NUMBERS = ("number", *SCALES)
_PROMOTERS, _DETRACTORS = 9, 6


class Chosen(Struct, frozen=True, kw_only=True):
    """A value (as text) and the share of those who answered that gave it."""

    value: str
    rate: Rate


class Numbers(Struct, frozen=True, kw_only=True):
    """Of those whose answer is a number. Absent: `score` (promoters less detractors, -100 to 100) but for nps."""

    n: int
    mean: float
    low: float
    p25: float
    median: float
    p75: float
    high: float
    score: float | None = None


class Words(Struct, frozen=True, kw_only=True):
    uid: int
    at: datetime
    text: str


class QuestionAnswers(Struct, frozen=True, kw_only=True):
    """`n` people answered. Absent: `options` are empty for texts, dates and free numbers, where every answer may differ;
    `numbers` None where no answer is one; `texts` (the latest) empty but for texts and dates."""

    question: str
    kind: str
    n: int
    options: list[Chosen]
    numbers: Numbers | None
    texts: list[Words]


class SurveyAnswer(Answer, frozen=True, kw_only=True):
    """`n` people answered at least one question."""

    survey: str
    n: int
    questions: list[QuestionAnswers]


class Given(Struct, frozen=True, kw_only=True):
    """One person's last answer to one question."""

    question: str
    uid: int
    at: datetime
    answer: Any


class _OfSurvey(Period, frozen=True, kw_only=True):
    """Answers given in [from, to). Raises Refused for a survey that the program does not have."""

    survey: str

    def questions(self) -> tuple[Question, ...]:
        survey = self.document.content.get(self.survey)
        if not isinstance(survey, Survey):
            raise Refused(
                "unknown_survey", f"There is no survey '{self.survey}'.", mend="Name one that the program has."
            )
        return survey.questions


def latest(period: Period, text: Text, questions: list[str]) -> str:
    """A select of `(question, uid, ts, seq, a)`: each person's last answer to each question in the period."""
    question = property_text_sql("question", text.parameters)
    facts = (
        f"select f.uid, f.ts, f.seq, {question} as question, {property_sql('answer', text.parameters)} as a "
        f"from facts f where {text.named(events.QUESTION_ANSWERED)}"
    )
    asked = f"list_contains({text.parameters.add(questions)}::varchar[], question)"
    last = (
        f"select question, uid, max(ts) as ts, arg_max(seq, {PLACE}) as seq, arg_max(a, {PLACE}) as a from ({facts}) "
        f"where a is not null and {inside(period, text)} and {asked} group by question, uid"
    )
    return f"select * from ({last}) where json_type(a) <> 'NULL'"


class AnswersGiven(_OfSurvey, frozen=True, kw_only=True):
    """Who answered what, latest first. Absent: without `question` to all of them; without `limit` all of them; `offset`
    passes over the first."""

    question: str | None = None
    limit: int | None = None
    offset: int = 0

    def plan(self) -> Plan:
        text = self.text()
        asked = [each.key for each in self.questions() if self.question in (None, each.key)]
        add = text.parameters.add
        part = "" if self.limit is None else f" limit {add(self.limit)} offset {add(self.offset)}"
        return text.plan(
            f"select question, uid, ts, a::varchar from ({latest(self, text, asked)}) order by ts desc, question, uid{part}"
        )

    def answer(self, plan: Plan, rows: Rows) -> list[Given]:
        return [
            Given(question=question, uid=uid, at=instant(ts), answer=msgspec.json.decode(answer))
            for question, uid, ts, answer in rows
        ]


class SurveyAnswers(_OfSurvey, frozen=True, kw_only=True):
    def plan(self) -> Plan:
        text = self.text()
        kinds = {question.key: question.kind for question in self.questions()}
        given_last = text.table(latest(self, text, list(kinds)))
        counted, spoken = (
            text.parameters.add([key for key, kind in kinds.items() if (kind in _COUNTED) is counts])
            for counts in (True, False)
        )
        ranked = text.parameters.add([key for key, kind in kinds.items() if kind == "ranking"])
        given = f"case when list_contains({ranked}::varchar[], question) then [json_extract(a, '$[0]')]"
        each = f"unnest({given} when json_type(a) = 'ARRAY' then json_extract(a, '$[*]') else [a] end)"
        given = (
            f"select question, uid, {each} as v from {given_last} where list_contains({counted}::varchar[], question)"
        )
        most = text.parameters.add(LATEST)
        own_words = (
            f"from {given_last} where list_contains({spoken}::varchar[], question) and json_type(a) = 'VARCHAR' "
            f"qualify row_number() over (partition by question order by ts desc, seq desc) <= {most}"
        )
        parts = [
            _row("'n'", "question", "count(*)", tail=f"from {given_last} group by question"),
            _row("'people'", "''", "count(distinct uid)", tail=f"from {given_last}"),
            _row("'option'", "question", "count(distinct uid)", value=_TEXT, tail=f"from ({given}) group by 2, 4"),
            _row(
                "'number'",
                "question",
                "count(*)",
                numbers=_SUMMARY,
                tail=f"from ({_numeric(given_last)}) group by question",
            ),
            _row("'text'", "question", "uid", value="json_extract_string(a, '$')", at="ts", tail=own_words),
        ]
        return text.plan(" union all ".join(parts) + " order by 1, 2, 5 desc, 3 desc, 4")

    def answer(self, plan: Plan, rows: Rows) -> SurveyAnswer:
        people = next((row[2] for row in rows if row[0] == "people"), 0)
        questions = [_question(one, [row for row in rows if row[1] == one.key]) for one in self.questions()]
        framed = frame(self, plan, self.definition())
        return SurveyAnswer(survey=self.survey, n=people, questions=questions, **framed)

    def definition(self) -> str:
        return (
            f"Answers to the questions of '{self.survey}' that were given in the period; of each person the last one to "
            "each question, unless they took it back. Shares are of the people who answered the question."
        )


_TEXT = "json_extract_string(v, '$')"
_QUARTERS = ", ".join(f"quantile_cont(x, {share})" for share in (0.25, 0.5, 0.75))
_SCORE = f"100.0 * (count(*) filter (x >= {_PROMOTERS}) - count(*) filter (x <= {_DETRACTORS})) / count(*)"
_SUMMARY = f"[avg(x), min(x), {_QUARTERS}, max(x), {_SCORE}]"


def _row(*columns: str, value: str = "null", at: str = "null", numbers: str = "null", tail: str) -> str:
    """A select of `(what, question, n or uid, value, ts, numbers)`."""
    return f"select {', '.join(columns)}, {value}::varchar, {at}::timestamp, {numbers}::double[] {tail}"


def _numeric(latest: str) -> str:
    return f"select * from (select question, {number_sql('a')} as x from {latest}) where x is not null"


def _question(question: Question, rows: Rows) -> QuestionAnswers:
    n = next((row[2] for row in rows if row[0] == "n"), 0)
    counts = {row[3]: row[2] for row in rows if row[0] == "option" and row[3] is not None}
    known = [*question.options, *(value for value in counts if value not in question.options)]
    numbers = next(((row[2], row[5]) for row in rows if row[0] == "number"), None)
    return QuestionAnswers(
        question=question.key,
        kind=question.kind,
        n=n,
        options=[Chosen(value=value, rate=rate(counts.get(value, 0), n, NOBODY_ANSWERED)) for value in known],
        numbers=_numbers(question, *numbers) if numbers and question.kind in _NUMBERS else None,
        texts=[Words(uid=row[2], at=instant(row[4]), text=row[3]) for row in rows if row[0] == "text"],
    )


def _numbers(question: Question, n: int, values: list[float]) -> Numbers:
    """Shapes: `values` as `_SUMMARY` gives them."""
    mean, low, p25, median, p75, high, score = values
    nps = score if question.kind == "nps" else None
    return Numbers(n=n, mean=mean, low=low, p25=p25, median=median, p75=p75, high=high, score=nps)
