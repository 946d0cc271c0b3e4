"""Activation, time to value and milestones by week are what counting person by person gives."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.core.conditions import types
from milepost.core.conditions.naive import Subject
from milepost.core.conditions.types import Condition, Did, Trait
from milepost.core.events import Fact
from milepost.core.insights.activation import NO_FIRST_VALUE, NOBODY, Activation
from milepost.core.insights.milestones import Milestones
from milepost.core.insights.statistics import rate, survival, time_until
from milepost.core.insights.time_to_value import TimeToValue
from milepost.core.program.document import Document
from milepost.core.program.kinds.milestone import Milestone
from milepost.core.values import Undefined
from milepost.insights.ask import ask, members
from milepost.log.duckdb_store import DuckDBEventStore
from milepost.log.eventstore import Row
from tests.conditions.worlds import BASE, INSTANTS, STEP, histories, programs
from tests.insights.tables import Facts

Program = tuple[dict[str, Condition], Condition]
ZONES = st.sampled_from(("UTC", "Europe/Sofia", "America/St_Johns"))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def _document(milestones: dict[str, Condition], start: Condition) -> Document:
    """The first milestone is that of first value."""
    definitions = {
        key: Milestone(title=key, reached=reached, first_value=place == 0)
        for place, (key, reached) in enumerate(milestones.items())
    }
    return Document(name="Generated", start=start, milestones=definitions)


@st.composite
def periods(draw: st.DrawFn) -> dict[str, Any]:
    begins, ends = sorted((draw(INSTANTS), draw(INSTANTS)))
    return {"workspace": 1, "from_": begins, "to": ends + STEP, "as_of": draw(INSTANTS), "tz": draw(ZONES)}


Person = tuple[datetime, dict[str, datetime | None]]


def _started(people: dict[int, list[Fact]], program: Program, period: dict[str, Any]) -> Iterator[Person]:
    """(start, milestone → when) of each person who started in the period, as known at `as_of`."""
    for facts in people.values():
        subject = Subject([one for one in facts if one.at <= period["as_of"]], *program)
        start = _by(subject.start(), period)
        if start is not None and period["from_"] <= start < period["to"]:
            yield start, {key: _by(subject.reached(key), period) for key in program[0]}


def _by(instant: Any, period: dict[str, Any]) -> datetime | None:
    return instant[0] if instant is not None and instant[0] <= period["as_of"] else None


def _monday(at: datetime, tz: str) -> datetime:
    local = at.astimezone(ZoneInfo(tz))
    day = (local - timedelta(days=local.weekday())).date()
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(tz)).astimezone(UTC)


def _local_monday(at: datetime, tz: str) -> str:
    return _monday(at, tz).astimezone(ZoneInfo(tz)).date().isoformat()


def _waits(people: list[Person], key: str, period: dict[str, Any]) -> list[tuple[float, int, int]]:
    found = []
    for start, reached in people:
        at = reached[key]
        seconds = max(timedelta(0), (at or period["as_of"]) - start) // timedelta(seconds=1)
        found.append((float(seconds), int(at is not None), int(at is None)))
    return found


@settings(max_examples=40, deadline=None)
@given(programs(), periods(), st.lists(histories(), min_size=1, max_size=5))
def test_cohorts_are_what_counting_person_by_person_gives(
    program: Program, period: dict[str, Any], lives: list[list[Fact]]
) -> None:
    people = dict(enumerate(lives, 1))
    started = list(_started(people, program, period))
    store, document = Facts(people), _document(*program)

    activation = ask(store, Activation(document=document, **period))
    assert activation.rate == rate(sum(reached["m0"] is not None for _, reached in started), len(started), NOBODY)
    for week in activation.weeks:
        cohort = [reached for start, reached in started if _monday(start, period["tz"]) == week.week]
        assert week.rate == rate(sum(reached["m0"] is not None for reached in cohort), len(cohort), NOBODY)
    assert sum(week.rate.n for week in activation.weeks) == len(started)

    value = ask(store, TimeToValue(document=document, **period))
    curve = survival(_waits(started, "m0", period))
    assert (value.n, value.arrived, value.curve) == (len(started), activation.rate.count, curve)
    assert value.before_start == sum(bool(reached["m0"] and reached["m0"] < start) for start, reached in started)
    if started:
        assert value.p75 == time_until(curve, 0.75)

    for reach in ask(store, Milestones(document=document, **period)).milestones:
        assert len(reach.cohorts) == len(activation.weeks)
        for cell in reach.cohorts:
            cohort_of_week = [one for one in started if _local_monday(one[0], period["tz"]) == cell.cohort]
            waits = _waits(cohort_of_week, reach.milestone, period)
            assert cell.rate == rate(sum(arrived for _, arrived, _ in waits), len(waits), NOBODY)
            for share, found in ((0.5, cell.median), (0.75, cell.p75)):
                expected = time_until(survival(waits), share).seconds
                assert isinstance(found, Undefined) if isinstance(expected, Undefined) else found == expected


def _row(seq: int, uid: int, event: str, at: datetime, properties: str = "{}") -> Row:
    return Row(seq=seq, ws=1, uid=uid, account=None, event=event, ts=at, received=at, properties=properties)


SIGNED, VALUE = Did(name="Signed Up"), Did(name="Meal Logged")
DOCUMENT = _document({"first-meal": VALUE}, SIGNED)
PERIOD: dict[str, Any] = {
    "workspace": 1,
    "document": DOCUMENT,
    "from_": BASE,
    "to": BASE + 7 * DAY,
    "as_of": BASE + 9 * DAY,
}


@pytest.fixture
def store() -> Iterator[DuckDBEventStore]:
    """Four sign up; 1 has a meal after an hour, 2 after three (as the anonymous 20), 3 and 4 have none."""
    opened = DuckDBEventStore(":memory:")
    opened.append(
        [
            *(_row(uid, uid, "Signed Up", BASE + uid * HOUR) for uid in (1, 2, 3, 4)),
            _row(5, 1, "Meal Logged", BASE + 2 * HOUR),
            _row(6, 20, "Meal Logged", BASE + 5 * HOUR),
            _row(7, 3, "Identified", BASE + 6 * HOUR, '{"plan": "trial"}'),
            _row(8, 4, "Meal Logged", BASE + 20 * DAY),
        ],
        position=8,
    )
    opened.merge(1, 20, 2)
    yield opened
    opened.close()


@pytest.mark.req("R126")
def test_activation_counts_who_signed_up_and_became_active_and_shows_its_formula(store: DuckDBEventStore) -> None:
    answer = ask(store, Activation(**PERIOD))
    assert (answer.rate.count, answer.rate.n, answer.rate.value) == (2, 4, 0.5)
    assert answer.definition == (
        "People whose program started (Signed Up) in the period, "
        "and of them the share that reached first-meal by the moment of asking."
    )


@pytest.mark.req("R126")
def test_a_fact_that_comes_late_changes_the_past_and_only_there(store: DuckDBEventStore) -> None:
    store.append([_row(9, 3, "Meal Logged", BASE + 8 * DAY)], position=9)
    assert ask(store, Activation(**PERIOD)).rate.count == 3
    before = {**PERIOD, "as_of": BASE + 7 * DAY}
    assert ask(store, Activation(**before)).rate.count == 2


@pytest.mark.req("R127")
def test_who_has_not_arrived_is_waiting_and_not_dropped(store: DuckDBEventStore) -> None:
    answer = ask(store, TimeToValue(**PERIOD))
    assert (answer.n, answer.arrived, answer.censored) == (4, 2, 2)
    assert answer.median.seconds == 3 * 3600
    assert answer.p75.seconds == Undefined("not reached yet by 75%")
    assert [(point.seconds, point.waiting) for point in answer.curve] == [(3600.0, 0.75), (3 * 3600.0, 0.5)]


def test_a_program_without_first_value_has_no_activation_rather_than_none(store: DuckDBEventStore) -> None:
    period = {**PERIOD, "document": Document(name="Empty")}
    assert ask(store, Activation(**period)).rate.value == Undefined(NO_FIRST_VALUE)
    assert ask(store, TimeToValue(**period)).median.seconds == Undefined(NO_FIRST_VALUE)
    assert ask(store, Milestones(**period)).milestones == []


def test_a_segment_holds_whom_its_condition_is_true_of(store: DuckDBEventStore) -> None:
    trial = Trait(name="plan", test=types.Test("is", "trial"))
    assert members(store, trial, DOCUMENT, workspace=1, as_of=BASE + DAY) == [3]
    assert members(store, trial, DOCUMENT, workspace=1, as_of=BASE) == []
    assert members(store, trial, DOCUMENT, workspace=2, as_of=BASE + DAY) == []


def test_weeks_begin_on_monday_midnight_where_the_question_is_asked() -> None:
    question = Activation(**{**PERIOD, "from_": datetime(2026, 3, 25, tzinfo=UTC), "tz": "Europe/Sofia"})
    weeks = question.weeks()
    assert weeks[0] == datetime(2026, 3, 22, 22, tzinfo=UTC)
    assert weeks[1] == datetime(2026, 3, 29, 21, tzinfo=UTC)  # summer time began
