"""The SQL of a condition answers as the naive twin does, for everybody at once."""

from datetime import datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.core.conditions import types
from milepost.core.conditions.compare import passes
from milepost.core.conditions.evaluate import END_OF_MOMENT
from milepost.core.conditions.naive import Subject
from milepost.core.conditions.types import Condition
from milepost.core.events import Fact
from milepost.core.insights.compare_sql import passes_sql, property_sql
from milepost.core.insights.conditions_sql import first_true_sql, segment_sql
from milepost.core.insights.plan import Parameters, instant
from tests.conditions.worlds import (
    BASE,
    DATES,
    INSTANTS,
    RELATIVE,
    TESTS,
    VALUES,
    conditions,
    document,
    fact,
    histories,
    programs,
)
from tests.insights.tables import Facts

Program = tuple[dict[str, Condition], Condition]
PEOPLE = st.lists(histories(), min_size=1, max_size=3)


def _numbered(histories: list[list[Fact]]) -> dict[int, list[Fact]]:
    return dict(enumerate(histories, 1))


@settings(max_examples=60, deadline=None)
@given(programs(), st.data(), PEOPLE, INSTANTS)
def test_a_segment_as_of_a_moment_is_who_the_twin_says(
    program: Program, data: st.DataObject, histories: list[list[Fact]], at: datetime
) -> None:
    milestones, start = program
    asked = data.draw(conditions(tuple(milestones)))
    people = _numbered(histories)
    found = Facts(people).run(segment_sql(asked, document(milestones, start), ws=1, as_of=at))
    assert [uid for (uid,) in found] == [uid for uid, facts in people.items() if _member(asked, facts, program, at)]


def _member(asked: Condition, facts: list[Fact], program: Program, at: datetime) -> bool:
    known = [one for one in facts if one.at <= at]
    return bool(known) and Subject(known, *program).holds(asked, (at, END_OF_MOMENT))


@settings(max_examples=100, deadline=None)
@given(programs(), PEOPLE, INSTANTS)
def test_milestones_are_reached_at_the_instants_that_the_twin_says(
    program: Program, histories: list[list[Fact]], at: datetime
) -> None:
    milestones, start = program
    people = _numbered(histories)
    rows = Facts(people).run(first_true_sql(document(milestones, start), list(milestones), ws=1, as_of=at))
    found = {(key, uid): (instant(ts), seq) for key, uid, ts, seq in rows}
    assert len(found) == len(rows)
    assert found == _expected(people, program, at)


def _expected(people: dict[int, list[Fact]], program: Program, at: datetime) -> dict[Any, Any]:
    reached = {(key, uid): Subject(facts, *program).reached(key) for uid, facts in people.items() for key in program[0]}
    return {one: when for one, when in reached.items() if when is not None and when[0] <= at}


@settings(max_examples=150, deadline=None)
@given(
    TESTS,
    st.sampled_from((*VALUES, *DATES)) | st.text() | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
)
def test_a_value_compares_in_sql_as_in_python(test: types.Test, value: Any) -> None:
    assert _all_compared(test, [value]) == [passes(test, value, BASE)]


DATED = st.datetimes(datetime(1000, 1, 1), datetime(2999, 12, 31))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(("before", "after")), st.sampled_from((*RELATIVE, "2026-05-01")), DATED)
def test_dates_compare_in_sql_as_in_python(op: Any, asked: str, value: datetime) -> None:
    texts = [value.isoformat(), value.isoformat() + "Z", value.isoformat(sep=" ") + "+13:30", str(value.date())]
    test = types.Test(op, asked)
    assert _all_compared(test, texts) == [passes(test, text, BASE) for text in texts]


def _all_compared(test: types.Test, values: list[Any]) -> list[bool]:
    parameters = Parameters()
    compared = passes_sql(test, property_sql("m", parameters), parameters.add(BASE), parameters)
    facts = [fact("A", BASE, number, {"m": value}) for number, value in enumerate(values)]
    plan = parameters.plan(f"select {compared} from facts f order by f.seq")
    return [bool(answer) for (answer,) in Facts({1: facts}).run(plan)]
