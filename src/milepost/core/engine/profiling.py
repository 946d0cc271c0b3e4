"""Questions that registration leaves out: a survey with `one_at_a_time`, asked later of people who are here.

1. Its moment is the beginning of a session, and within one the moment at which a question's own `when` turns true.
2. Between two questions of a survey lies at least `one_at_a_time`.
3. What is known is not asked: an answer, wherever it was given, or a trait of the question's key.
4. First comes what was never asked, in the survey's order. What was passed over comes again after four times that long.
5. Who asks never to see it again is left alone with all of it.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from milepost.core.conditions.evaluate import END_OF_MOMENT
from milepost.core.engine.asking import QUESTION, is_asked
from milepost.core.engine.attention import SESSION_IDLE
from milepost.core.engine.state import Profiled
from milepost.core.events import Fact
from milepost.core.program.compile import Rule
from milepost.core.program.kinds.content import Question, Survey
from milepost.core.values import Instant

if TYPE_CHECKING:
    from milepost.core.engine.step import Work

_AGAIN = 4


def follow(work: Work, fact: Fact) -> None:
    """Somebody has come."""
    session = work.state.session
    if fact.source == "live" and session is not None and session[0] == work.given.at:
        for survey in work.program.profiling:
            _ask(work, survey, (fact.at, fact.seq))


def turn(work: Work, rule: Rule, instant: Instant) -> None:
    """Something has changed by which a question is for them, while they may be here."""
    session = work.state.session
    if session is not None and work.given.at - session[1] <= SESSION_IDLE and rule.is_true(work.view, instant):
        _ask(work, rule.key.rpartition("/")[0], instant)


def carry_over(work: Work) -> None:
    """After a release, a merge or a replay: what was asked stays asked."""
    renamed = {work.program.renamed(key): profiled for key, profiled in work.state.profiled.items()}
    work.state.profiled = {key: profiled for key, profiled in renamed.items() if key in work.program.profiling}


def _ask(work: Work, survey: str, instant: Instant) -> None:
    definition, before = work.program.profiling[survey], work.state.profiled.get(survey, Profiled())
    gap = definition.one_at_a_time
    if gap is None or (before.at is not None and work.given.at - before.at < gap):
        return
    asked_again = work.given.at - _AGAIN * gap
    question = _next(work, survey, definition, before, asked_again)
    if question is None:
        return
    number = before.asked.get(question.key, (0, work.given.at))[0] + 1
    why = {"text": f"They are here, and it is not known yet: {question.key}."}
    occurrence = f"{QUESTION}{question.key}#{number}"
    fate = work.desk.propose("content", survey, instant, milestone=None, why=why, occurrence=occurrence)
    if fate in ("shown", "held"):
        asked = {**before.asked, question.key: (number, work.given.at)}
        work.state.profiled = {**work.state.profiled, survey: Profiled(at=work.given.at, asked=asked)}


def _next(work: Work, key: str, survey: Survey, before: Profiled, asked_again: datetime) -> Question | None:
    """The question that is open and was asked least often."""
    asked = before.asked
    ready = (each for each in survey.questions if each.key not in asked or asked[each.key][1] <= asked_again)
    open_ = [each for each in ready if _is_open(work, key, survey, each)]
    return min(open_, key=lambda each: asked.get(each.key, (0,))[0], default=None)


def _is_open(work: Work, key: str, survey: Survey, question: Question) -> bool:
    state, now = work.state, work.state.last_at or work.given.at
    answers = {name: answer.value for name, answer in state.answers.items() if answer.value is not None}
    if question.key in answers or not is_asked(survey, question, answers, state.measures, now):
        return False
    return work.program.rules["question", f"{key}/{question.key}"].is_true(work.view, (now, END_OF_MOMENT))
