"""Funnels count as the naive twin does, and as the sentences of their definition say."""

from datetime import timedelta
from statistics import median
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.core.conditions.naive import Subject
from milepost.core.conditions.types import Condition, Did, Reached
from milepost.core.events import Fact
from milepost.core.insights.funnel import Dropped, Funnel, FunnelAnswer
from milepost.core.program.document import Document
from milepost.core.values import Refused, Undefined
from milepost.insights.ask import ask
from tests.conditions.worlds import BASE, EVENTS, INSTANTS, STEP, WINDOWS, conditions, document, fact, histories
from tests.insights.naive import levels
from tests.insights.tables import Facts

A, B, C = Did(name="A"), Did(name="B"), Did(name="C")
MILESTONES: dict[str, Condition] = {"m": Did(name="B", at_least=2)}
_STEPS: list[Condition] = [A, B, C, A, B, Reached(milestone="m")]
STEPS = st.sampled_from(_STEPS) | conditions(("m",))
PLAIN = st.lists(st.tuples(st.sampled_from(EVENTS), INSTANTS), max_size=12).map(
    lambda parts: [fact(name, at, seq) for seq, (name, at) in enumerate(parts, 1)]
)


@st.composite
def funnels(draw: st.DrawFn) -> Funnel:
    begins, ends = sorted((draw(INSTANTS), draw(INSTANTS)))
    return Funnel(
        workspace=1,
        document=document(MILESTONES, A),
        from_=begins,
        to=ends + STEP,
        as_of=max(begins, draw(INSTANTS)),
        steps=tuple(draw(st.lists(STEPS, min_size=2, max_size=4))),
        window=draw(st.sampled_from(WINDOWS)),
        anchor=draw(st.sampled_from(("any", "first"))),
    )


@settings(max_examples=60, deadline=None)
@given(funnels(), st.lists(PLAIN | histories(), min_size=1, max_size=4))
def test_a_funnel_counts_as_trying_every_way_does(funnel: Funnel, lives: list[list[Fact]]) -> None:
    people = dict(enumerate(lives, 1))
    came = {uid: levels(_known(facts, funnel), funnel) for uid, facts in people.items()}
    answer = ask(Facts(people), funnel)
    for place, step in enumerate(answer.steps):
        gaps = [level[1] for found in came.values() if (level := found[place]) is not None]
        assert step.n == len(gaps)
        if place and gaps:
            assert step.median_seconds == pytest.approx(median(gaps) / 1e6)
    after = len(funnel.steps) - 1
    stayed = [uid for uid, found in came.items() if found[after - 1] is not None and found[after] is None]
    assert ask(Facts(people), Dropped(funnel=funnel, after=after)) == stayed


def _known(facts: list[Fact], funnel: Funnel) -> Subject:
    return Subject([one for one in facts if one.at <= funnel.as_of], MILESTONES, A)


def _funnel(*steps: Condition, **options: Any) -> Funnel:
    period = {"from_": BASE, "to": BASE + timedelta(days=30), "as_of": BASE + timedelta(days=60)}
    return Funnel(
        **{
            "workspace": 1,
            "document": Document(name="Empty"),
            "steps": steps,
            "window": timedelta(days=1),
            **period,
            **options,
        }
    )


def _counts(answer: FunnelAnswer) -> list[int]:
    return [step.n for step in answer.steps]


def _ask(funnel: Funnel, *happened: tuple[str, timedelta]) -> FunnelAnswer:
    facts = [fact(name, BASE + after, seq) for seq, (name, after) in enumerate(happened, 1)]
    return ask(Facts({1: facts}), funnel)


HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_the_same_step_twice_needs_two_facts() -> None:
    assert _counts(_ask(_funnel(A, A), ("A", HOUR))) == [1, 0]
    assert _counts(_ask(_funnel(A, A), ("A", HOUR), ("A", HOUR))) == [1, 1]


def test_of_two_facts_at_one_time_the_log_says_which_was_first() -> None:
    assert _counts(_ask(_funnel(A, B), ("A", HOUR), ("B", HOUR))) == [1, 1]
    assert _counts(_ask(_funnel(A, B), ("B", HOUR), ("A", HOUR))) == [1, 0]


def test_exactly_a_window_later_is_too_late() -> None:
    assert _counts(_ask(_funnel(A, B), ("A", HOUR), ("B", HOUR + DAY - timedelta(microseconds=1)))) == [1, 1]
    assert _counts(_ask(_funnel(A, B), ("A", HOUR), ("B", HOUR + DAY))) == [1, 0]


def test_any_first_step_may_begin_the_way_unless_the_question_says_the_first() -> None:
    happened = (("A", HOUR), ("A", 3 * DAY), ("B", 3 * DAY + HOUR))
    assert _counts(_ask(_funnel(A, B), *happened)) == [1, 1]
    assert _counts(_ask(_funnel(A, B, anchor="first"), *happened)) == [1, 0]


def test_who_came_nowhere_has_no_time_between_steps() -> None:
    answer = _ask(_funnel(A, B), ("A", HOUR))
    assert answer.steps[1].median_seconds == Undefined("nobody came to here")
    assert answer.steps[1].of_first.value == 0.0
    empty = _ask(_funnel(A, B))
    assert isinstance(empty.steps[1].of_first.value, Undefined)
    assert [step.n for step in empty.steps] == [0, 0]


def test_a_funnel_says_what_it_counted() -> None:
    answer = _ask(_funnel(A, Did(name="B", where={})), ("A", HOUR))
    assert answer.definition == (
        "People who came through 'A', then 'B', each later than the one before, "
        "within 1d of any first step of the period."
    )
    assert answer.sql.startswith("with ")


def test_what_people_typed_never_becomes_sql() -> None:
    nasty = "'; drop table facts; --"
    funnel = _funnel(
        Did(name=nasty), Did(name='A"', distinct=nasty, since=f"milestone:{nasty}"), document=_nasty(nasty)
    )
    plan = funnel.plan()
    assert "drop" not in plan.sql
    assert _counts(_ask(funnel, ("A", HOUR))) == [0, 0]


def _nasty(key: str) -> Document:
    return document({key: Did(name=key)}, A)


@pytest.mark.parametrize(
    ("steps", "options", "code"),
    [
        ((A,), {}, "steps"),
        ((A,) * 21, {}, "steps"),
        ((A, B), {"window": timedelta(0)}, "window"),
        ((A, B), {"to": BASE - DAY}, "period"),
        ((A, B), {"tz": "Mars/Olympus"}, "tz"),
        ((A, B), {"tz": "../../etc/passwd"}, "tz"),
    ],
)
def test_a_funnel_that_makes_no_sense_is_refused(steps: tuple[Condition, ...], options: Any, code: str) -> None:
    with pytest.raises(Refused) as refused:
        _funnel(*steps, **options)
    assert refused.value.code == code


def test_a_milestone_that_the_program_does_not_have_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        _funnel(A, Reached(milestone="nowhere")).plan()
    assert refused.value.code == "unknown_milestone"


def test_twenty_steps_are_answered() -> None:
    answer = _ask(_funnel(*(A,) * 20), *((("A"), HOUR) for _ in range(20)))
    assert _counts(answer) == [1] * 20
