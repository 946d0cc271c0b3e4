"""Habits: the days of one person, and of everybody the same."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.core.insights.habit import NOBODY, NOT_ACTIVITY, Habit, Habits, habit
from milepost.core.insights.statistics import rate
from milepost.core.values import Refused
from milepost.insights.ask import ask
from tests.conditions.worlds import BASE
from tests.insights.story import DOCUMENT, People, Person, lives, periods, starters_of
from tests.insights.tables import Facts

TODAY = date(2026, 5, 20)


def _days(*back: int) -> list[date]:
    return [TODAY - timedelta(days=each) for each in back]


@pytest.mark.parametrize(
    ("back", "active", "streak"),
    [
        ((), 0, 0),
        ((0,), 1, 1),
        ((1,), 1, 1),
        ((2,), 1, 1),  # yesterday was missed, today is not over
        ((3,), 1, 0),
        ((0, 1, 2), 3, 3),
        ((0, 2, 4, 6), 4, 4),  # a day's grace each time
        ((0, 1, 4, 5), 4, 2),
        ((6, 7, 8), 1, 0),
        ((0, 0, -1), 1, 1),  # tomorrow is not yet
    ],
)
def test_a_streak_outlives_one_day_without_activity(back: tuple[int, ...], active: int, streak: int) -> None:
    assert habit(_days(*back), TODAY, 7) == Habit(active=active, of=7, streak=streak)


@pytest.mark.req("R161")
@settings(max_examples=30, deadline=None)
@given(periods(), lives("habit", 14), st.integers(1, 7), st.data())
def test_habits_are_those_of_each_person(period: dict[str, Any], people: People, of: int, data: st.DataObject) -> None:
    asked = Habits(of=of, at_least=data.draw(st.integers(0, of)), **period)
    found = [_habit(one, asked) for one in starters_of(asked, people)]
    answer = ask(Facts(people), asked)
    assert answer.rate == rate(sum(one.active >= asked.at_least for one in found), len(found), NOBODY)
    assert answer.active_days == [sum(one.active == n for one in found) for n in range(of + 1)]
    assert answer.streaks == [sum(one.streak == n for one in found) for n in range(of + 1)]


def _habit(person: Person, asked: Habits) -> Habit:
    zone = ZoneInfo(asked.tz)
    today = asked.as_of.astimezone(zone).date()
    days = {one.at.astimezone(zone).date() for one in person.facts if one.name not in NOT_ACTIVITY}
    return habit([day for day in days if (today - day).days < asked.of], today, asked.of)


@pytest.mark.parametrize("days", [{"of": 0}, {"of": 91}, {"of": 7, "at_least": 8}, {"at_least": -1}])
def test_a_habit_of_no_days_is_refused(days: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        Habits(workspace=1, document=DOCUMENT, from_=BASE, to=BASE, as_of=BASE, **days)
