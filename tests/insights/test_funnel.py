"""Funnels count as the naive twin does, and as the sentences of their definition say."""

from datetime import timedelta
from statistics import median
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.core.conditions.naive import Subject
from milepost.core.conditions.types import Any_, Condition, Did, Reached
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
A_OR_B = Any_(of=(A, B))
_STEPS: list[Condition] = [A, B, C, A, B, A_OR_B, Reached(milestone="m")]
STEPS = st.sampled_from(_STEPS) | conditions(("m",))
PLAIN = st.lists(st.tuples(st.sampled_from(EVENTS), INSTANTS), max_size=12).map(
    lambda parts: [fact(name, at, seq) for seq, (name, at) in enumerate(parts, 1)]
)


@st.composite
def funnels(draw: st.DrawFn) -> Funnel:
    begins, ends = sorted((draw(INSTANTS), draw(INSTANTS)))
    order = draw(st.sampled_from(("strict", "strict", "any")))
    repeats = order == "strict"
    steps = draw(st.lists(STEPS, min_size=2, max_size=4, unique_by=None if repeats else repr))
    return Funnel(
        workspace=1,
        document=document(MILESTONES, A),
        from_=begins,
        to=ends + STEP,
        as_of=max(begins, draw(INSTANTS)),
        steps=tuple(steps),
        window=draw(st.sampled_from(WINDOWS)),
        anchor=draw(st.sampled_from(("any", "first"))),
        order=order,
        ties=draw(st.sampled_from(("number", "number", "apart"))),
        among=draw(st.sampled_from((None, None, Did(name="C"), Reached(milestone="m")))),
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
    assert (
        ask(Facts(people), Dropped(funnel=funnel, after=after, limit=1, beyond=1))
        == [one for one in stayed if one > 1][:1]
    )


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


def test_in_any_order_every_step_follows_the_first_and_no_other() -> None:
    happened = (("A", HOUR), ("C", 2 * HOUR), ("B", 3 * HOUR))
    assert _counts(_ask(_funnel(A, B, C), *happened)) == [1, 1, 0]
    answer = _ask(_funnel(A, B, C, order="any"), *happened)
    assert _counts(answer) == [1, 1, 1]
    assert [step.median_seconds for step in answer.steps[1:]] == [2 * 3600, 3600]
    assert "all later than the first, in any order" in answer.definition
    assert _counts(_ask(_funnel(A, B, C, order="any"), ("B", 0 * HOUR), *happened[:2])) == [1, 0, 0]


def test_facts_of_the_same_time_may_be_in_no_order() -> None:
    at_once = (("A", HOUR), ("B", HOUR))
    assert _counts(_ask(_funnel(A, B), *at_once)) == [1, 1]
    assert _counts(_ask(_funnel(A, B, ties="apart"), *at_once)) == [1, 0]


@pytest.mark.req("R134")
def test_conversion_between_any_pair_of_facts_in_any_window() -> None:
    """Of two who read the price, one paid after three days, and one 400 days later."""
    people = {
        1: [fact("Price Read", BASE, 1), fact("Paid", BASE + 3 * DAY, 2)],
        2: [fact("Price Read", BASE, 1), fact("Paid", BASE + 400 * DAY, 2)],
        3: [fact("Paid", BASE, 1), fact("Price Read", BASE + 60 * DAY, 2)],
    }
    for window, converted in ((3, 0), (4, 1), (401, 2)):
        question = _funnel(
            Did(name="Price Read"), Did(name="Paid"), window=window * DAY, as_of=BASE + 500 * DAY, to=BASE + 30 * DAY
        )
        answer = ask(Facts(people), question)
        assert (answer.steps[1].n, answer.steps[1].of_first.n) == (converted, 2)
        assert answer.steps[1].of_first.interval is not None


@pytest.mark.req("R140")
def test_where_the_onboarded_drop_off_most_people_and_the_largest_share() -> None:
    """Of 10 onboarded, 6 come to B, 2 to C and 1 to D; somebody who is not onboarded came everywhere."""
    far = {uid: 1 if uid > 6 else 2 if uid > 2 else 3 if uid > 1 else 4 for uid in range(1, 11)}
    people = {
        uid: [
            fact("Onboarded", BASE, 1),
            *(fact(name, BASE + n * HOUR, n + 2) for n, name in enumerate("ABCD"[:steps], 1)),
        ]
        for uid, steps in far.items()
    }
    people[11] = [fact(name, BASE + n * HOUR, n + 1) for n, name in enumerate("ABCD")]
    answer = ask(Facts(people), _funnel(A, B, C, Did(name="D"), among=Did(name="Onboarded")))
    assert _counts(answer) == [10, 6, 2, 1]
    assert answer.biggest_drop is not None and answer.steepest_drop is not None
    assert (answer.biggest_drop.after, answer.biggest_drop.lost) == (1, 4)
    assert (answer.steepest_drop.after, answer.steepest_drop.rate.value) == (2, 4 / 6)
    assert _ask(_funnel(A, B), ("A", HOUR), ("B", 2 * HOUR)).biggest_drop is None


def test_a_funnel_is_split_by_trait_or_by_a_property_of_the_first_step() -> None:
    people = {
        uid: [
            fact("Identified", BASE, 1, {"plan": plan} if plan else {}),
            fact("A", BASE + HOUR, 2, {"page": page}),
            fact("A", BASE + 2 * HOUR, 3, {"page": "later"}),
            *([fact("B", BASE + 3 * HOUR, 4)] if uid % 2 else []),
        ]
        for uid, (plan, page) in enumerate((("pro", "x"), ("pro", "x"), (None, "y")), 1)
    }
    either = _funnel(A_OR_B, B, by="property:page")
    assert {split.cohort: split.steps[0].count for split in ask(Facts(people), either).splits} == {"x": 2, "y": 1}
    for by, expected in (
        ("plan", {"pro": [2, 1], None: [1, 1]}),
        ("property:page", {"x": [2, 1], "y": [1, 1]}),
        ("property:none", {None: [3, 2]}),
    ):
        answer = ask(Facts(people), _funnel(A, B, by=by))
        assert {split.cohort: [step.count for step in split.steps] for split in answer.splits} == expected
        assert _counts(answer) == [3, 2]


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
        ((A, A), {"order": "any"}, "steps"),
        ((A, B), {"by": "week"}, "by"),
        ((Reached(milestone="m"), B), {"by": "property:page"}, "by"),
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
