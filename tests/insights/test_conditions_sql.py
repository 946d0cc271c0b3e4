"""The SQL of a condition answers as the naive twin does, for everybody at once."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from milepost.core.conditions import types
from milepost.core.conditions.compare import passes
from milepost.core.conditions.evaluate import END_OF_MOMENT
from milepost.core.conditions.naive import Subject
from milepost.core.conditions.types import Condition, Did
from milepost.core.engine.inputs import Given
from milepost.core.engine.state import State
from milepost.core.engine.step import rebuild
from milepost.core.events import Fact
from milepost.core.insights.compare_sql import passes_sql, property_sql
from milepost.core.insights.conditions_sql import first_true_sql, segment_sql
from milepost.core.insights.plan import Parameters, instant
from milepost.core.program.compile import compile_program
from milepost.core.program.document import Document
from milepost.log.duckdb_store import DuckDBEventStore
from milepost.log.eventstore import Row
from tests.conditions.worlds import (
    BASE,
    DATES,
    INSTANTS,
    RELATIVE,
    TESTS,
    VALUES,
    ZONES,
    conditions,
    document,
    fact,
    histories,
    programs,
)
from tests.insights.tables import Facts

Program = tuple[dict[str, Condition], Condition]
PEOPLE = st.lists(histories(), min_size=1, max_size=3)
WHERE = st.dictionaries(st.integers(1, 3), ZONES, max_size=3)


def _numbered(histories: list[list[Fact]]) -> dict[int, list[Fact]]:
    return dict(enumerate(histories, 1))


@settings(max_examples=60, deadline=None)
@given(programs(), st.data(), PEOPLE, INSTANTS, WHERE)
def test_a_segment_as_of_a_moment_is_who_the_twin_says(
    program: Program, data: st.DataObject, histories: list[list[Fact]], at: datetime, zones: dict[int, str]
) -> None:
    milestones, start = program
    asked = data.draw(conditions(tuple(milestones)))
    people = _numbered(histories)
    found = Facts(people, zones).run(segment_sql(asked, _in_nepal(document(milestones, start)), ws=1, as_of=at))
    known = {uid: [one for one in facts if one.at <= at] for uid, facts in people.items()}
    twins = {uid: Subject(facts, *program, _zone(uid, zones)) for uid, facts in known.items() if facts}
    assert [uid for (uid,) in found] == [uid for uid, twin in twins.items() if twin.holds(asked, (at, END_OF_MOMENT))]


def _in_nepal(program: Document) -> Document:
    """Where they are of whom it is not known."""
    return replace(program, timezone="Asia/Kathmandu")


def _zone(uid: int, zones: dict[int, str]) -> str:
    return zones.get(uid, "Asia/Kathmandu")


@settings(max_examples=100, deadline=None)
@given(programs(), PEOPLE, INSTANTS, WHERE)
def test_milestones_are_reached_at_the_instants_that_the_twin_says(
    program: Program, histories: list[list[Fact]], at: datetime, zones: dict[int, str]
) -> None:
    milestones, start = program
    people = _numbered(histories)
    asked = first_true_sql(_in_nepal(document(milestones, start)), list(milestones), ws=1, as_of=at)
    rows = Facts(people, zones).run(asked)
    found = {(key, uid): (instant(ts), seq) for key, uid, ts, seq in rows}
    assert len(found) == len(rows)
    twins = {uid: Subject(facts, *program, _zone(uid, zones)) for uid, facts in people.items()}
    reached = {(key, uid): twin.reached(key) for uid, twin in twins.items() for key in milestones}
    assert found == {one: when for one, when in reached.items() if when is not None and when[0] <= at}


CHANGES = st.datetimes(datetime(2026, 3, 27), datetime(2026, 3, 31)) | st.datetimes(
    datetime(2026, 10, 23), datetime(2026, 10, 27)
)


@settings(max_examples=30, deadline=None)
@given(st.lists(CHANGES, min_size=1, max_size=6), st.sampled_from(("Europe/Berlin", "Africa/Cairo", "Asia/Gaza")))
def test_a_day_over_a_change_of_the_clock_is_the_day_there_in_sql_too(moments: list[datetime], zone: str) -> None:
    facts = [fact("A", at.replace(tzinfo=UTC), number) for number, at in enumerate(moments, 1)]
    days = {one.at.astimezone(ZoneInfo(zone)).date() for one in facts}
    at, counted = max(one.at for one in facts), Did(name="A", distinct="day", exactly=len(days))
    program = document({}, Did(name="A"))
    assert Facts({1: facts}, {1: zone}).run(segment_sql(counted, program, ws=1, as_of=at)) == [(1,)]


@settings(max_examples=15, deadline=None)
@given(programs(), st.data(), histories(), histories(), ZONES)
def test_two_who_turn_out_to_be_one_are_asked_as_one_and_who_is_erased_is_in_no_answer(
    program: Program, data: st.DataObject, before: list[Fact], after: list[Fact], zone: str
) -> None:
    """In the real store, and in the engine, which defines the one as the replay of both."""
    milestones, start = program
    asked = data.draw(conditions(tuple(milestones)))
    later = [replace(one, seq=one.seq + len(before), message_id=f"l{one.seq}") for one in after]
    both, document_ = [*before, *later], replace(document(milestones, start), segments={"asked": asked})
    store = DuckDBEventStore(":memory:", threads=1)
    gone = [replace(one, seq=one.seq + 100) for one in before]
    people = [(2, one) for one in before] + [(1, one) for one in later] + [(3, one) for one in gone]
    store.append([_row(uid, one, zone) for uid, one in people], 1000)
    store.merge(1, 2, 1)
    store.erase(1, 3)

    at = max((one.at for one in both), default=BASE)
    twin = Subject(both, milestones, start, zone)
    plan = segment_sql(asked, document_, ws=1, as_of=at)
    members = [uid for (uid,) in store.query(plan.sql, plan.parameters)]
    assert members == [1] * bool(both and twin.holds(asked, (at, END_OF_MOMENT)))
    plan = first_true_sql(document_, list(milestones), ws=1, as_of=at)
    firsts = {key: (instant(ts), seq) for key, _, ts, seq in store.query(plan.sql, plan.parameters)}
    compiled = compile_program(document_, digest="generated", number=1)
    given = Given(at=at, zone=zone, retroactive=True)
    state = rebuild(compiled, State(workspace=1, uid=1), both, given).state
    assert firsts == state.reached == {key: when for key in milestones if (when := twin.reached(key)) and when[0] <= at}
    assert ("asked" in state.segments) is bool(members) or not both
    store.close()


def _row(uid: int, one: Fact, zone: str) -> Row:
    told = msgspec.json.encode(one.properties).decode()
    return Row(
        seq=one.seq, ws=1, uid=uid, account=None, event=one.name, ts=one.at, received=one.at, properties=told, zone=zone
    )


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
