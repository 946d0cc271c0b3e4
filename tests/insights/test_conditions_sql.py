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
    fact,
    histories,
    programs,
)
from tests.insights.tables import Facts, document

Program = tuple[dict[str, Condition], Condition]
PEOPLE = st.lists(histories(), min_size=1, max_size=3)


def _numbered(histories: list[list[Fact]]) -> dict[int, list[Fact]]:
    return dict(enumerate(histories, 1))


@settings(max_examples=150, deadline=None)
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


@settings(max_examples=250, deadline=None)
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


@settings(max_examples=300, deadline=None)
@given(
    TESTS,
    st.sampled_from((*VALUES, *DATES)) | st.text() | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
)
def test_a_value_compares_in_sql_as_in_python(test: types.Test, value: Any) -> None:
    assert _compared(test, value) is passes(test, value, BASE)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(("before", "after")),
    st.sampled_from(RELATIVE),
    st.datetimes(datetime(1000, 1, 1), datetime(2999, 12, 31)),
)
def test_dates_compare_in_sql_as_in_python(op: Any, asked: str, value: datetime) -> None:
    for text in (value.isoformat(), value.isoformat() + "Z", value.isoformat(sep=" ") + "+13:30", str(value.date())):
        assert _compared(types.Test(op, asked), text) is passes(types.Test(op, asked), text, BASE)
        assert _compared(types.Test(op, "2026-05-01"), text) is passes(types.Test(op, "2026-05-01"), text, BASE)


def _compared(test: types.Test, value: Any) -> bool:
    parameters = Parameters()
    sql = f"select {passes_sql(test, property_sql('m', parameters), parameters.add(BASE), parameters)} from facts f"
    [(answer,)] = Facts({1: [fact("A", BASE, 1, {"m": value})]}).run(parameters.plan(sql))
    return bool(answer)
