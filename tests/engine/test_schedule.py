"""The slots of a cadence on somebody's wall clock."""

import json
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core.engine.schedule import day_begins, next_slot, on_the_clock, wait_ends
from milepost.core.program.kinds.journey import Day, Every, Pause

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Chatham", "Australia/Lord_Howe", "UTC")
RHYTHMS: tuple[Every, ...] = ("daily", "twice a week", "weekly", "every two weeks", 3)
CASES = json.loads((Path(__file__).parents[2] / "spec/cases/schedules.json").read_bytes())["cases"]


def slots(every: Every, zone: str, after: datetime, count: int, at: time = time(10)) -> list[datetime]:
    found = [next_slot(every, at, zone, after, first=True)]
    while len(found) < count:
        found.append(next_slot(every, at, zone, found[-1], first=False))
    return found


def local(moments: list[datetime], zone: str) -> list[str]:
    return [moment.astimezone(ZoneInfo(zone)).strftime("%a %d %b %H:%M") for moment in moments]


def test_tips_come_on_tuesday_and_friday_at_ten_where_somebody_lives() -> None:
    monday = datetime(2026, 5, 4, 9, tzinfo=UTC)

    assert local(slots("twice a week", "Europe/Berlin", monday, 4), "Europe/Berlin") == [
        "Tue 05 May 10:00",
        "Fri 08 May 10:00",
        "Tue 12 May 10:00",
        "Fri 15 May 10:00",
    ]


def test_a_fortnight_leaves_every_other_tuesday_out() -> None:
    monday = datetime(2026, 5, 4, 9, tzinfo=UTC)

    assert local(slots("every two weeks", "America/New_York", monday, 3), "America/New_York") == [
        "Tue 05 May 10:00",
        "Tue 19 May 10:00",
        "Tue 02 Jun 10:00",
    ]


def test_a_slot_stays_at_its_hour_over_both_changes_of_the_clock() -> None:
    for zone, change in (
        ("Europe/Berlin", date(2026, 3, 29)),
        ("Europe/Berlin", date(2026, 10, 25)),
        ("America/New_York", date(2026, 3, 8)),
        ("America/New_York", date(2026, 11, 1)),
    ):
        before = datetime.combine(change - timedelta(days=2), time(), tzinfo=UTC)
        for every in RHYTHMS:
            times = {moment.astimezone(ZoneInfo(zone)).time() for moment in slots(every, zone, before, 5)}
            assert times == {time(10)}, (zone, every)


def test_an_hour_that_is_skipped_or_comes_twice_has_one_slot() -> None:
    spring = slots("daily", "Europe/Berlin", datetime(2026, 3, 28, tzinfo=UTC), 3, at=time(2, 30))
    autumn = slots("daily", "Europe/Berlin", datetime(2026, 10, 24, tzinfo=UTC), 3, at=time(2, 30))

    assert local(spring, "Europe/Berlin") == ["Sat 28 Mar 02:30", "Sun 29 Mar 03:00", "Mon 30 Mar 02:30"]
    assert local(autumn, "Europe/Berlin") == ["Sat 24 Oct 02:30", "Sun 25 Oct 02:30", "Mon 26 Oct 02:30"]


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),
    st.sampled_from(ZONES),
    st.sampled_from(RHYTHMS),
    st.times(),
)
def test_slots_are_as_many_days_apart_as_the_rhythm_says_in_every_zone(
    start: datetime, zone: str, every: Every, at: time
) -> None:
    found = slots(every, zone, start, 6, at)
    days = [moment.astimezone(ZoneInfo(zone)).date() for moment in found]
    apart: set[int] = {"daily": {1}, "twice a week": {3, 4}, "weekly": {7}, "every two weeks": {14}, 3: {3}}[every]

    assert start < found[0]
    assert {(later - earlier).days for earlier, later in pairwise(days)} <= apart


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31)),
    st.sampled_from((*ZONES, "Africa/Casablanca", "Asia/Gaza")),
)
def test_a_time_of_day_is_the_first_moment_that_the_clock_shows_it_or_a_later_one(
    local_time: datetime, zone: str
) -> None:
    wanted = local_time.replace(microsecond=0)
    found = on_the_clock(wanted.date(), wanted.time(), zone)
    shown, before = (at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for at in (found, found - timedelta(seconds=1)))

    assert shown >= wanted and before < wanted, "before it the clock had not come to it"


def answered(case: dict[str, Any]) -> datetime | None:
    given_ = case["given"]
    at = None if "after" not in given_ else datetime.fromisoformat(given_["after"])
    match case["what"]:
        case "slot":
            assert at is not None
            clock = time.fromisoformat(given_["at"])
            return next_slot(given_["every"], clock, given_["zone"], at, first=given_["first"])
        case "wait":
            assert at is not None
            return wait_ends(msgspec.convert(given_["wait"], Pause), at, given_["zone"], given_.get("value"))
    return day_begins(msgspec.convert({"kind": "day", **given_["day"]}, Day), given_.get("value"), given_["zone"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_cases_that_every_implementation_answers_alike(case: dict[str, Any]) -> None:
    expected = None if case["expected"] is None else datetime.fromisoformat(case["expected"])

    assert answered(case) == expected
