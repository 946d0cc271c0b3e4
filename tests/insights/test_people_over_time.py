"""Retention, daily activity, engagement and adoption are what counting person by person gives."""

from collections import Counter
from datetime import date, datetime, timedelta
from statistics import mean, median
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from milepost.core import events
from milepost.core.conditions.types import Did
from milepost.core.events import Fact
from milepost.core.insights.active import MONTH, WEEK, Active
from milepost.core.insights.adoption import Adoption
from milepost.core.insights.engagement import NOT_DECLARED, Engagement
from milepost.core.insights.habit import NOT_ACTIVITY
from milepost.core.insights.question import Period
from milepost.core.insights.retention import Retention
from milepost.core.insights.statistics import rate
from milepost.core.insights.zones import Unit
from milepost.core.program.kinds.goal import Function
from milepost.core.values import Refused, Undefined
from milepost.insights.ask import ask
from tests.conditions.worlds import BASE, fact
from tests.insights.story import DOCUMENT, Person, people_of, starters_of
from tests.insights.tables import Facts

DAY = timedelta(days=1)
PROGRAM = replace(
    DOCUMENT,
    engagement={"Meal Logged": 2, "Searched": 0.5},
    functions={
        "diary": Function(milestones=("meal", "week")),
        "search": Function(milestones=(), used=Did(name="Searched")),
    },
)
#: Days apart, some of them at the edge of a day, a week, a month and of summer time in Sofia (2026-10-25).
MOMENTS = st.integers(0, 40).map(lambda n: datetime(2026, 10, 17, 21, tzinfo=BASE.tzinfo) + n * timedelta(hours=9))
NAMES = st.sampled_from(("Signed Up", "Signed Up", "Meal Logged", "Searched", "Paid", events.MESSAGE_SENT))
ACCOUNTS = st.sampled_from((None, "1", "2"))


@st.composite
def lives(draw: st.DrawFn) -> dict[int, list[Fact]]:
    people = draw(st.lists(st.lists(st.tuples(NAMES, MOMENTS, ACCOUNTS), max_size=10), min_size=1, max_size=5))
    return {
        uid: [replace(fact(name, at, seq), group_id=account) for seq, (name, at, account) in enumerate(parts, 1)]
        for uid, parts in enumerate(people, 1)
    }


@st.composite
def periods(draw: st.DrawFn) -> dict[str, Any]:
    begins, ends = sorted((draw(MOMENTS), draw(MOMENTS)))
    return {
        "workspace": 1,
        "document": PROGRAM,
        "from_": begins,
        "to": ends + DAY,
        "as_of": draw(st.sampled_from((ends, ends + 60 * DAY, ends + 60 * DAY))),
        "tz": draw(st.sampled_from(("UTC", "Europe/Sofia", "America/St_Johns"))),
    }


def _day(at: datetime, tz: str) -> date:
    return at.astimezone(ZoneInfo(tz)).date()


def _unit(day: date, unit: Unit) -> int:
    if unit == "month":
        return day.year * 12 + day.month
    return day.toordinal() if unit == "day" else (day - timedelta(days=day.weekday())).toordinal() // 7


def _acts(person: Person) -> list[Fact]:
    return [one for one in person.facts if one.name not in NOT_ACTIVITY]


@settings(max_examples=30, deadline=None)
@given(periods(), lives())
def test_days_weeks_and_months_of_activity_are_counted_in_the_zone_asked_in(
    period: dict[str, Any], people: dict[int, list[Fact]]
) -> None:
    asked = Active(**period)
    active = {one.uid: {_day(act.at, asked.tz) for act in _acts(one)} for one in people_of(asked, people)}
    answer = ask(Facts(people), asked)
    for row in answer.days:
        day = date.fromisoformat(row.day)
        for length, found in ((1, row.dau), (WEEK, row.wau), (MONTH, row.mau)):
            days = {day - n * DAY for n in range(length)}
            assert found == sum(bool(days & his) for his in active.values()), (row, length)
    inside = {date.fromisoformat(row.day) for row in answer.days}
    assert answer.n == sum(bool(inside & his) for his in active.values())


def test_stickiness_is_over_days_that_are_over() -> None:
    facts = {1: [fact("Meal Logged", BASE, 1), fact("Meal Logged", BASE + DAY, 2)], 2: [fact("Meal Logged", BASE, 1)]}
    answer = ask(Facts(facts), Active(**_period(to=BASE + 2 * DAY, as_of=BASE + 2 * DAY)))
    assert [(row.dau, row.mau, row.stickiness) for row in answer.days] == [(2, 2, 1.0), (1, 2, 0.5)]
    assert answer.stickiness == 0.75
    assert isinstance(ask(Facts({}), Active(**_period())).stickiness, Undefined)


def _period(**more: Any) -> dict[str, Any]:
    whole = {"from_": BASE, "to": BASE + 9 * DAY, "as_of": BASE + 9 * DAY, "tz": "UTC"}
    return {"workspace": 1, "document": PROGRAM, **whole, **more}


@settings(max_examples=60, deadline=None)
@given(
    periods(),
    lives(),
    st.sampled_from(("day", "week", "month")),
    st.booleans(),
    st.sampled_from(("persons", "accounts")),
    st.sampled_from(((None, None), (Did(name="Paid"), Did(name="Paid")))),
)
def test_retention_is_what_counting_one_by_one_gives(
    period: dict[str, Any], people: dict[int, list[Fact]], unit: Unit, bounded: bool, of: str, facts: Any
) -> None:
    begins, did = facts
    fields: Any = {**period, "unit": unit, "bounded": bounded, "of": of, "units": 3, "begins": begins, "did": did}
    asked = Retention(**fields)
    lives_ = _of_accounts(asked, people) if of == "accounts" else _of_persons(asked, people)
    began = {who: start for who, (start, _) in lives_.items() if start and asked.from_ <= start < asked.to}
    answer = ask(Facts(people), asked)
    assert answer.n == len(began)
    for row in answer.cohorts:
        cohort = _unit(date.fromisoformat(row.begins), unit)
        mine = [who for who, start in began.items() if _unit(_day(start, asked.tz), unit) == cohort]
        assert row.n == len(mine)
        for after, found in enumerate(row.rates):
            kept = 0
            for who in mine:
                units = {_unit(_day(at, asked.tz), unit) - cohort for at in lives_[who][1]}
                kept += after in units if bounded else any(each >= after for each in units)
            assert (found.count, found.n) == (kept, len(mine))
    for after, pooled in enumerate(answer.curve):
        cells = [row.rates[after] for row in answer.cohorts if after < len(row.rates)]
        assert (pooled.count, pooled.n) == (sum(each.count for each in cells), sum(each.n for each in cells))


Lives = dict[Any, tuple[datetime | None, list[datetime]]]


def _of_persons(asked: Retention, people: dict[int, list[Fact]]) -> Lives:
    found: Lives = {}
    for one in people_of(asked, people):
        start = one.start() if asked.begins is None else min((each.at for each in one.did("Paid")), default=None)
        acts = _acts(one) if asked.did is None else one.did("Paid")
        found[one.uid] = (start, [act.at for act in acts])
    return found


def _of_accounts(asked: Retention, people: dict[int, list[Fact]]) -> Lives:
    everybody = people_of(asked, people)
    found: Lives = {}
    for account in {each.group_id for one in everybody for each in one.facts} - {None}:
        own = [each for one in everybody for each in one.facts if each.group_id == account]
        members = [one for one in everybody if any(each.group_id == account for each in one.facts)]
        starts = [start for one in members if (start := one.start())]
        paid = [each.at for each in own if each.name == "Paid"]
        acts = [each.at for each in own if each.name not in NOT_ACTIVITY] if asked.did is None else paid
        found[account] = (min(starts if asked.begins is None else paid, default=None), acts)
    return found


@pytest.mark.req("R129")
def test_retention_by_account_and_person_bounded_and_not_by_use_and_by_payment() -> None:
    """Ada and Bo of account 1 and Cy of account 2 began in one week; Ada came back in the first week after it, Bo in the
    second; account 1 paid again in the second."""
    week = 7 * DAY
    told = {
        1: [("Signed Up", 0), ("Paid", 0), ("Meal Logged", 1)],
        2: [("Signed Up", 0), ("Meal Logged", 2), ("Paid", 2)],
        3: [("Signed Up", 0), ("Paid", 0)],
    }
    people = {
        uid: [
            replace(fact(name, BASE + after * week, seq), group_id="2" if uid == 3 else "1")
            for seq, (name, after) in enumerate(parts, 1)
        ]
        for uid, parts in told.items()
    }
    period = _period(to=BASE + week, as_of=BASE + 5 * week)
    by = {"units": 2, "did": None, "begins": None}
    paid = {"begins": Did(name="Paid"), "did": Did(name="Paid")}

    def curve(**question: Any) -> list[float | Undefined]:
        return [each.value for each in ask(Facts(people), Retention(**period, **{**by, **question})).curve]

    assert curve() == [1.0, 1 / 3, 1 / 3]
    assert curve(bounded=False) == [1.0, 2 / 3, 1 / 3]
    assert curve(of="accounts") == [1.0, 0.5, 0.5]
    assert curve(of="accounts", **paid) == [1.0, 0.0, 0.5]
    assert curve(**paid) == [1.0, 0.0, 0.0]


def test_a_week_that_is_not_over_is_in_no_share() -> None:
    people = {1: [fact("Signed Up", BASE, 1), fact("Meal Logged", BASE + 7 * DAY, 2)]}
    answer = ask(Facts(people), Retention(**_period(to=BASE + DAY, as_of=BASE + 8 * DAY)))
    assert [len(row.rates) for row in answer.cohorts] == [1]
    assert isinstance(answer.curve[1].value, Undefined)


@pytest.mark.parametrize("fields", [{"units": 0}, {"units": 61}, {"unit": "day", "from_": datetime(2020, 1, 1)}])
def test_retention_that_makes_no_sense_is_refused(fields: Any) -> None:
    with pytest.raises(Refused):
        Retention(**_period(**fields))


@settings(max_examples=30, deadline=None)
@given(periods(), lives(), st.sampled_from((1, 5, 30)))
@pytest.mark.req("R128")
def test_engagement_is_weight_times_count_of_what_the_program_declares(
    period: dict[str, Any], people: dict[int, list[Fact]], days: int
) -> None:
    asked = Engagement(**period, days=days)
    weights = PROGRAM.engagement
    points, times = [], Counter[str]()
    for one in starters_of(asked, people):
        recent = [
            each.name for each in one.facts if asked.as_of - each.at < timedelta(days=days) and each.name in weights
        ]
        points.append(sum(weights[name] for name in recent))
        times.update(recent)
    answer = ask(Facts(people), asked)
    assert answer.everybody.n == len(points) == sum(each.n for each in answer.cohorts)
    assert {each.event: each.times for each in answer.events} == {name: times[name] for name in weights}
    if points:
        assert answer.everybody.mean == pytest.approx(mean(points))
        assert answer.everybody.median == pytest.approx(median(points))
        assert answer.everybody.engaged == rate(sum(each > 0 for each in points), len(points), "")


def test_another_declaration_is_another_version() -> None:
    first, same = (ask(Facts({}), Engagement(**_period())).version for _ in range(2))
    heavier = replace(PROGRAM, engagement={"Meal Logged": 3})
    assert first == same != ask(Facts({}), Engagement(**_period(document=heavier))).version
    nothing = replace(PROGRAM, engagement={})
    people = {1: [fact("Signed Up", BASE, 1)]}
    assert ask(Facts(people), Engagement(**_period(document=nothing))).everybody.mean == Undefined(NOT_DECLARED)


@settings(max_examples=30, deadline=None)
@given(periods(), lives(), st.sampled_from((1, 2)), st.sampled_from((3, 30)), st.sampled_from(("persons", "accounts")))
@pytest.mark.req("R132")
def test_adoption_is_the_share_that_used_a_function_so_often(
    period: dict[str, Any], people: dict[int, list[Fact]], times: int, days: int, of: Any
) -> None:
    asked = Adoption(**period, times=times, days=days, of=of)
    started = starters_of(asked, people)
    if of == "persons":
        subjects: set[Any] = {one.uid for one in started}
    else:
        subjects = {each.group_id for one in started for each in one.facts} - {None}
    answer = ask(Facts(people), asked)
    assert answer.n == len(subjects)
    for found, name in zip(answer.functions, ("Meal Logged", "Searched"), strict=True):
        uses = Counter(_users(asked, people, name, of))
        assert found.adopted == rate(
            sum(uses[who] >= times for who in subjects), len(subjects), _why(found.adopted.value)
        )
        assert found.any_use.count == sum(uses[who] > 0 for who in subjects)


def _users(asked: Period, people: dict[int, list[Fact]], name: str, of: str) -> list[Any]:
    days = getattr(asked, "days", 0)
    return [
        one.uid if of == "persons" else each.group_id
        for one in people_of(asked, people)
        for each in one.did(name)
        if asked.as_of - each.at < timedelta(days=days)
    ]


def _why(value: float | Undefined) -> str:
    return value.reason if isinstance(value, Undefined) else ""
