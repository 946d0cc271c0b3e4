"""Milestones by cohort are what counting person by person gives, whatever the cohorts are."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from milepost.core import events
from milepost.core.conditions.types import Did
from milepost.core.events import Fact
from milepost.core.insights.activation import NOBODY
from milepost.core.insights.cohorts import MOST, OTHER
from milepost.core.insights.milestones import Milestones
from milepost.core.insights.statistics import log_rank, rate, survival, time_until
from milepost.core.insights.time_to_value import TimeToValue
from milepost.core.program.document import Document
from milepost.core.program.kinds.milestone import Milestone
from milepost.core.values import Refused, Undefined
from milepost.insights.ask import ask
from tests.conditions.worlds import BASE, fact
from tests.insights.story import DOCUMENT, People, Person, lives, periods, starters_of
from tests.insights.tables import Facts

PERIOD: dict[str, Any] = {
    "workspace": 1,
    "document": DOCUMENT,
    "from_": BASE,
    "to": BASE + timedelta(days=9),
    "as_of": BASE + timedelta(days=9),
}


@settings(max_examples=30, deadline=None)
@given(periods(), lives("cohorts"), st.sampled_from(("plan", "goal", "source", "trait:plan", "role")))
def test_each_cohort_is_what_counting_its_people_gives(period: dict[str, Any], people: People, by: str) -> None:
    asked = Milestones(by=by, **period)
    started = starters_of(asked, people)
    answer = ask(Facts(people), asked)
    for reach in answer.milestones:
        assert reach.rate.n == len(started)
        cohorts = [cell.cohort for cell in reach.cohorts]
        assert set(cohorts) == {_cohort(one, by) for one in started} and len(set(cohorts)) == len(cohorts)
        for cell in reach.cohorts:
            waits = [_wait(one, reach.milestone) for one in started if _cohort(one, by) == cell.cohort]
            assert cell.rate == rate(sum(arrived for _, arrived, _ in waits), len(waits), NOBODY)
            for share, found in ((0.5, cell.median), (0.75, cell.p75)):
                expected = time_until(survival(waits), share).seconds
                assert isinstance(found, Undefined) if isinstance(expected, Undefined) else found == expected


def _wait(person: Person, milestone: str) -> tuple[float, int, int]:
    at, start = person.reached(milestone), person.start()
    assert start is not None
    seconds = max(timedelta(0), (at or person.asked.as_of) - start) // timedelta(seconds=1)
    return float(seconds), int(at is not None), int(at is None)


def _cohort(person: Person, by: str) -> str | None:
    if by == "goal":
        return _text(person.last(events.GOAL_STATED, "goal"))
    trait = _text(person.last("Identified", by.removeprefix("trait:")))
    return trait or _came_from(person.did("Page Viewed")) if by == "source" else trait


def _text(value: Any) -> str | None:
    return str(value) if value not in (None, "") else None


def _came_from(views: list[Fact]) -> str | None:
    for view in views:
        told = {key: str(view.properties.get(key, "")) for key in ("url", "search", "referrer")}
        for query in (told["search"].lstrip("?"), urlsplit(told["url"]).query):
            if campaign := parse_qs(query).get("utm_source"):
                return campaign[0]
        host = urlsplit(told["referrer"]).netloc.removeprefix("www.")
        if host and host != urlsplit(told["url"]).netloc:
            return host
    return None


@pytest.mark.req("R32")
def test_reach_time_and_n_of_each_milestone_for_each_cohort() -> None:
    """Three on the free plan, of whom two log a meal after 1 and 3 hours; one on pro, who never does."""
    hours = timedelta(hours=1)
    people = {uid: [fact("Signed Up", BASE, 1), fact("Identified", BASE, 2, {"plan": "free"})] for uid in (1, 2, 3)}
    people[1].append(fact("Meal Logged", BASE + hours, 3))
    people[2].append(fact("Meal Logged", BASE + 3 * hours, 3))
    people[4] = [fact("Signed Up", BASE, 1), fact("Identified", BASE, 2, {"plan": "pro"})]
    for by, cohorts in (("plan", ["free", "pro"]), ("week", ["2026-04-27", "2026-05-04"])):
        answer = ask(Facts(people), Milestones(by=by, **PERIOD))
        assert [cell.cohort for cell in answer.milestones[0].cohorts] == cohorts
    free, pro = ask(Facts(people), Milestones(by="plan", **PERIOD)).milestones[0].cohorts
    assert (free.rate.count, free.rate.n, free.median) == (2, 3, 3 * 3600)
    assert free.rate.interval is not None and free.rate.interval.low < 2 / 3 < free.rate.interval.high
    assert (pro.rate.value, pro.median) == (0.0, Undefined("not reached yet by enough people"))
    for by in ("source", "role", "goal"):
        [cell] = ask(Facts(people), Milestones(by=by, **PERIOD)).milestones[0].cohorts
        assert (cell.cohort, cell.rate.count, cell.rate.n) == (None, 2, 4)


def test_beyond_the_largest_cohorts_everybody_is_in_one() -> None:
    signed = [("Signed Up", {}), ("Identified", {"team": "big"})]
    people = {uid: [fact(name, BASE, seq, told) for seq, (name, told) in enumerate(signed, 1)] for uid in (1, 2)}
    for uid in range(3, MOST + 6):
        people[uid] = [fact("Signed Up", BASE, 1), fact("Identified", BASE, 2, {"team": f"t{uid:02}"})]
    cells = ask(Facts(people), Milestones(by="trait:team", **PERIOD)).milestones[0].cohorts
    assert len(cells) == MOST + 1
    assert {cell.cohort: cell.rate.n for cell in cells} | {"big": 2, OTHER: 4} == {
        cell.cohort: cell.rate.n for cell in cells
    }


@pytest.mark.parametrize("by", ["weekday", "trait:", ""])
def test_what_makes_no_cohorts_is_refused(by: str) -> None:
    with pytest.raises(Refused) as refused:
        Milestones(by=by, **PERIOD)
    assert refused.value.code == "by"


@settings(max_examples=30, deadline=None)
@given(periods(), lives("cohorts"), st.sampled_from(("plan", "week", "goal")), st.sampled_from((None, "week")))
def test_each_curve_is_that_of_its_people(
    period: dict[str, Any], people: People, by: str, milestone: str | None
) -> None:
    program = replace(DOCUMENT, milestones={**DOCUMENT.milestones, "meal": _first_value(DOCUMENT)})
    asked = TimeToValue(**{**period, "document": program}, by=by, milestone=milestone)
    started = starters_of(asked, people)
    answer = ask(Facts(people), asked)
    waits = [_wait(one, milestone or "meal") for one in started]
    assert (answer.n, answer.arrived) == (len(waits), sum(arrived for _, arrived, _ in waits))
    assert [(point.seconds, point.at_risk, point.arrived) for point in answer.curve] == [
        (point.seconds, point.at_risk, point.arrived) for point in survival(waits)
    ]
    mine: dict[str | None, list[tuple[float, int, int]]] = {}
    for one, wait in zip(started, waits, strict=True):
        start = one.start()
        assert start is not None
        cohort = _monday(start, asked.tz) if by == "week" else _cohort(one, by)
        mine.setdefault(cohort, []).append(wait)
    assert {group.cohort: group.n for group in answer.groups} == {key: len(waits) for key, waits in mine.items()}
    for group in answer.groups:
        expected = time_until(survival(mine[group.cohort]), 0.5)
        for found, other in ((group.median.seconds, expected.seconds), (group.median.high, expected.high)):
            assert isinstance(found, Undefined) if isinstance(other, Undefined) else found == other
    test = log_rank([mine[group.cohort] for group in answer.groups])
    assert answer.difference.degrees == test.degrees
    assert isinstance(test.p, Undefined) or answer.difference.p == pytest.approx(test.p)


def _first_value(document: Document) -> Milestone:
    return replace(document.milestones["meal"], first_value=True)


def _monday(at: datetime, tz: str) -> str:
    day = at.astimezone(ZoneInfo(tz)).date()
    return (day - timedelta(days=day.weekday())).isoformat()


@pytest.mark.req("R33")
def test_cohorts_are_ranked_by_outcomes_and_milestones_by_what_is_lost_before_them() -> None:
    """Of 40 on pro 20 come to an outcome, of 40 on free 4; the only one on gold does, which says little. Half of those who
    log a meal log a second one, and one of ten of those has the outcome without it."""
    outcome = Milestone(title="Slim", kind="outcome", reached=Did(name="Slim"))
    program = replace(DOCUMENT, milestones={**DOCUMENT.milestones, "slim": outcome})
    people: dict[int, list[Fact]] = {}
    for uid in range(81):
        plan, slim = ("gold", True) if uid == 80 else ("pro", uid % 2 == 0) if uid < 40 else ("free", uid % 10 == 0)
        told = ["Signed Up", "Meal Logged", *(["Meal Logged"] if uid % 2 else []), *(["Slim"] if slim else [])]
        people[uid] = [
            fact("Identified", BASE, 1, {"plan": plan}),
            *(fact(name, BASE, n) for n, name in enumerate(told, 2)),
        ]
    answer = ask(Facts(people), Milestones(by="plan", **{**PERIOD, "document": program}))
    assert [(each.cohort, each.rate.count, each.rate.n) for each in answer.ideal] == [
        ("pro", 20, 40),
        ("gold", 1, 1),
        ("free", 4, 40),
    ]
    assert [each.rate.few for each in answer.ideal] == [False, True, False]
    weak = {each.milestone: (each.after, each.drop.count, each.drop.n) for each in answer.weak}
    assert weak == {"slim": ("week", 40, 40), "week": ("meal", 41, 81), "meal": (None, 0, 81)}
    assert [each.milestone for each in answer.weak] == ["slim", "week", "meal"]
    assert all(each.drop.interval is not None for each in answer.weak)
    assert ask(Facts(people), Milestones(by="plan", **PERIOD)).ideal == []
