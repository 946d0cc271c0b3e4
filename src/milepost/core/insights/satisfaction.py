# ruff: noqa: S608 - every name in this SQL is generated here, every value is a parameter
"""How satisfied people are, by what was asked, its stage and who answers for it; and to whom those who leave are lost.

Of each person the last answer to each question in the period counts. A score is good or bad as `FEELS` says: of
`nps` it is the good less the bad, of the others the share of the good.
"""

from msgspec import Struct

from milepost.core.insights.compare_sql import number_sql
from milepost.core.insights.plan import Plan
from milepost.core.insights.question import Answer, Period, Rows, frame
from milepost.core.insights.statistics import Rate, rate
from milepost.core.insights.surveys import NOBODY_ANSWERED, latest
from milepost.core.program.folder import stands_in
from milepost.core.program.kinds.common import Stage
from milepost.core.program.kinds.content import FEELS, Question, Survey


class Score(Struct, frozen=True, kw_only=True):
    """`score` is of nps alone (-100 to 100). Absent: `mean` and `score` None while nobody has answered; `stage` and `owner`
    where the survey names none."""

    program: str
    survey: str
    question: str
    kind: str
    stage: Stage | None
    owner: str | None
    n: int
    mean: float | None
    good: Rate
    bad: Rate
    score: float | None


class SatisfactionAnswer(Answer, frozen=True, kw_only=True):
    scores: list[Score]


class Satisfaction(Period, frozen=True, kw_only=True):
    """Scores given in [from, to)."""

    def plan(self) -> Plan:
        text = self.text()
        asked = [question for _, _, question in self._asked()]
        given = latest(self, text, [question.key for question in asked])
        numbers = text.table(f"select question, {number_sql('a')} as x from ({given})")
        ends = ((question.key, *FEELS[question.kind]) for question in asked)
        bounds = " union all ".join(
            [
                "select '' as question, 0 as low, 0 as high where false",
                *(f"select {text.parameters.add(key)}, {low}, {high}" for key, low, high in ends),
            ]
        )
        return text.plan(
            "select question, count(*), avg(x), count(*) filter (x >= high), count(*) filter (x <= low) "
            f"from {numbers} join ({bounds}) using (question) where x is not null group by question order by 1"
        )

    def answer(self, plan: Plan, rows: Rows) -> SatisfactionAnswer:
        found = {key: (n, mean, good, bad) for key, n, mean, good, bad in rows}
        scores = [
            self._score(key, survey, question, found.get(question.key)) for key, survey, question in self._asked()
        ]
        return SatisfactionAnswer(scores=scores, **frame(self, plan, self.definition()))

    def _score(self, key: str, survey: Survey, question: Question, found: tuple[int, float, int, int] | None) -> Score:
        n, mean, good, bad = found or (0, None, 0, 0)
        return Score(
            program=stands_in(self.document, key),
            survey=key,
            question=question.key,
            kind=question.kind,
            stage=survey.stage,
            owner=survey.owner,
            n=n,
            mean=mean,
            good=rate(good, n, NOBODY_ANSWERED),
            bad=rate(bad, n, NOBODY_ANSWERED),
            score=100 * (good - bad) / n if question.kind == "nps" and n else None,
        )

    def _asked(self) -> list[tuple[str, Survey, Question]]:
        surveys = ((key, each) for key, each in self.document.content.items() if isinstance(each, Survey))
        return [(key, each, question) for key, each in surveys for question in each.questions if question.kind in FEELS]

    def definition(self) -> str:
        return (
            "Scores given in the period, of each person the last one to each question. Good: stars and satisfaction of 4 "
            "and 5, ease of 6 and 7, recommendation of 9 and 10; bad: up to 2, 3 and 6. The score of recommendation is the "
            "share of the good less that of the bad."
        )


class Lost(Struct, frozen=True, kw_only=True):
    """So many people gave this answer whose last milestone was this one. `what` is reason, competitor or obstacle. Absent:
    `milestone` is empty for who reached none."""

    milestone: str
    question: str
    what: str
    answer: str
    n: int


class LostToAnswer(Answer, frozen=True, kw_only=True):
    """`n` people said why they leave."""

    n: int
    lost: list[Lost]


class LostTo(Period, frozen=True, kw_only=True):
    """Reasons for leaving that were given in [from, to)."""

    def plan(self) -> Plan:
        text = self.text()
        asked = self._asked()
        given = text.table(latest(self, text, list(asked)))
        reached = [
            f"select uid, ts, seq, {text.parameters.add(key)} as key from {text.reached(key)}"
            for key in self.document.milestones
        ]
        none = "select null as uid, null as ts, null as seq, null as key where false"
        before = (
            f"select g.question, g.uid, arg_max(r.key, (r.ts, r.seq)) as milestone from {given} g "
            f"join ({' union all '.join([none, *reached])}) r on r.uid = g.uid and r.ts <= g.ts group by g.question, g.uid"
        )
        each = "unnest(case when json_type(a) = 'ARRAY' then json_extract(a, '$[*]') else [a] end)"
        said = f"select question, uid, json_extract_string({each}, '$') as v from {given}"
        return text.plan(
            f"select coalesce(b.milestone, ''), s.question, s.v, count(distinct s.uid) from ({said}) s "
            f"left join ({before}) b using (question, uid) group by 1, 2, 3 "
            f"union all select '', '', '', count(distinct uid) from {given} order by 4 desc, 1, 2, 3"
        )

    def answer(self, plan: Plan, rows: Rows) -> LostToAnswer:
        asked = self._asked()
        lost = [
            Lost(milestone=milestone, question=question, what=asked[question], answer=answer, n=n)
            for milestone, question, answer, n in rows
            if question
        ]
        n = next((row[3] for row in rows if not row[1]), 0)
        return LostToAnswer(n=n, lost=lost, **frame(self, plan, self.definition()))

    def _asked(self) -> dict[str, str]:
        """Question → what it asks for."""
        surveys = (each for each in self.document.content.values() if isinstance(each, Survey))
        leaving = [each.leaving for each in surveys if each.leaving is not None]
        named = [(getattr(each, what), what) for each in leaving for what in ("reason", "competitor", "obstacle")]
        return {question: what for question, what in named if question}

    def definition(self) -> str:
        return (
            "What people answered to the questions for who leaves, in the period, by the milestone that each of them had "
            "reached last before."
        )
