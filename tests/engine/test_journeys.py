"""Runs from stop to stop, and cadences."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from milepost.core import events
from milepost.core.conditions.types import Condition, ContentWas, Trait
from milepost.core.conditions.types import Test as Comparison
from milepost.core.engine.effects import OpenTask as TaskOpened
from milepost.core.engine.effects import RecordFact, SendMessage
from milepost.core.engine.inputs import Given
from milepost.core.engine.merge import merge
from milepost.core.engine.step import resettle
from milepost.core.events import Fact
from milepost.core.program.compile import Program
from milepost.core.program.kinds.content import Article, Guide, Step
from milepost.core.program.kinds.journey import (
    Branch,
    Cadence,
    Journey,
    JourneyStep,
    OpenTask,
    Pause,
    ReEntry,
    Rhythm,
    Send,
    Show,
    Wait,
)
from milepost.core.program.kinds.limits import Limit, Limits, Quiet
from tests.engine.world import START, All, Not, Reached, Runner, did, fact, message, milestone, program

DAY = timedelta(days=1)
MINUTES = 24 * 60


def send(key: str) -> Send:
    return Send(send=key)


def pause(**how: Any) -> Wait:
    return Wait(wait=Pause(**how))


def first_day(**more: Any) -> Journey:
    """The journey of this file: a nudge for whoever has not logged a meal after a day, by what became of the guide."""
    return Journey(
        **{
            "starts": did("Signed Up"),
            "ends": Reached(milestone="first-meal"),
            "steps": (
                send("welcome"),
                pause(until=Reached(milestone="first-meal"), at_most=DAY),
                Branch(
                    if_=ContentWas(content="add-food", was="dismissed"),
                    then=(send("plain-howto"),),
                    else_=(send("one-tap-meal"), Show(show="find-any-food")),
                ),
            ),
            **more,
        }
    )


def world(
    number: int = 1, *, limits: Limits | None = None, moved: dict[str, str] | None = None, **journeys: Any
) -> Program:
    return program(
        number,
        limits=limits or Limits(),
        milestones={"first-meal": milestone(did("Meal Logged"))},
        content={"add-food": Guide(steps=(Step(title="Here"),))},
        articles={"find-any-food": Article(title="Find any food", body="…")},
        messages={key: message() for key in ("welcome", "plain-howto", "one-tap-meal", "other")},
        journeys=journeys or {"first-day": first_day()},
        moved=moved or {},
    )


def told(runner: Runner) -> list[str]:
    """Keys of what was sent and shown."""
    return [
        str(getattr(e, "message", None) or getattr(e, "content", "")) for e in runner.effects if hasattr(e, "milestone")
    ]


def journey_facts(runner: Runner) -> list[tuple[str, Any]]:
    names = (events.JOURNEY_STARTED, events.JOURNEY_ENDED)
    return [
        (effect.name.removeprefix("Journey "), effect.about.get("how", effect.about["run"]))
        for effect in runner.effects
        if isinstance(effect, RecordFact) and effect.name in names
    ]


def test_a_run_sends_waits_and_goes_the_way_that_fits() -> None:
    runner = Runner(world()).give(fact("Signed Up", seq=1))
    assert told(runner) == ["welcome"] and runner.state.wake_at() == START + DAY

    runner.wait(START + DAY)
    assert told(runner) == ["welcome", "one-tap-meal", "find-any-food"] and runner.state.runs == {}
    assert journey_facts(runner) == [("Started", 1), ("Ended", "finished")]


def test_a_branch_is_decided_at_the_moment_of_arrival() -> None:
    dismissed = fact(events.CONTENT_DISMISSED, 5, seq=2, source="milepost", properties={"content": "add-food"})

    assert told(Runner(world()).give(fact("Signed Up", seq=1), dismissed).wait(START + DAY)) == [
        "welcome",
        "plain-howto",
    ]


def test_whoever_logs_a_meal_gets_no_nudge() -> None:
    runner = Runner(world()).give(fact("Signed Up", seq=1), fact("Meal Logged", 30, seq=2)).wait(START + 9 * DAY)

    assert told(runner) == ["welcome"] and journey_facts(runner)[1] == ("Ended", "goal")
    assert runner.outcomes("first-day") == ["started", "ended"]


def test_a_journey_whose_goal_is_met_already_does_not_begin() -> None:
    runner = Runner(world()).give(fact("Meal Logged", seq=1), fact("Signed Up", 1, seq=2))

    assert told(runner) == [] and runner.state.runs == {} and runner.outcomes("first-day") == ["dropped"]


def test_the_goal_that_comes_with_the_start_itself_counts() -> None:
    compiled = world(trial=first_day(starts=did("Meal Logged")))

    assert told(Runner(compiled).give(fact("Meal Logged", seq=1))) == []


def test_a_nudge_that_waited_for_the_morning_does_not_come_after_its_goal() -> None:
    night = Limits(email=Limit(quiet=Quiet(START.time().replace(hour=8), START.time().replace(hour=12))))
    compiled = world(limits=night, nudge=first_day(steps=(pause(for_=timedelta(hours=1)), send("other"))))
    runner = Runner(compiled).give(fact("Signed Up", seq=1)).wait(START + timedelta(hours=1))
    assert told(runner) == [] and len(runner.state.held) == 1 and runner.state.runs == {}

    silent = Runner(compiled, runner.state).wait(START + DAY)
    acted = Runner(compiled, runner.state).give(fact("Meal Logged", 100, seq=2)).wait(START + DAY)
    assert told(silent) == ["other"] and told(acted) == [] and acted.state.held == []


@pytest.mark.parametrize(
    ("zone", "noon"),
    [
        ("Europe/Berlin", datetime(2026, 3, 28, 11, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 10, 24, 10, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 3, 7, 17, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 10, 31, 16, tzinfo=UTC)),
    ],
)
def test_a_day_of_silence_is_24_hours_also_when_the_clock_changes_and_its_nudge_comes_once(
    zone: str, noon: datetime
) -> None:
    silent = All(of=(did("App Opened"), Not(of=did("App Opened", within=DAY)), Not(of=did("Meal Logged"))))
    compiled = world(silence=Journey(starts=silent, steps=(send("other"),), ends=did("Meal Logged")))
    opened = fact("App Opened", (noon - START) / timedelta(minutes=1), seq=1)
    runner = Runner(compiled).give(opened, zone=zone)

    assert runner.state.wake_at() == noon + DAY
    assert told(runner.wait(noon + 5 * DAY)) == ["other"]
    eater = Runner(compiled).give(opened, fact("Meal Logged", (noon - START) / timedelta(minutes=1), seq=2), zone=zone)
    assert told(eater.wait(noon + 5 * DAY)) == []


def test_a_task_is_opened_for_the_team_once() -> None:
    compiled = world(call=first_day(steps=(OpenTask(task={"en": "Call them", "ru": "Позвонить"}), send("other"))))
    runner = Runner(compiled).give(fact("Signed Up", seq=1), fact("Signed Up", 2, seq=2))
    (task,) = [effect for effect in runner.effects if isinstance(effect, TaskOpened)]

    assert (task.title, task.about) == ("Call them", "journey:call") and told(runner) == ["other"]


def test_later_steps_speak_of_the_fact_that_began_the_run() -> None:
    started = fact("Signed Up", seq=1, properties={"plan": "pro", "nested": {"much": 1}})
    runner = Runner(world()).give(started).wait(START + DAY)
    sent = [effect for effect in runner.effects if isinstance(effect, SendMessage)]

    assert [(effect.event, effect.properties) for effect in sent] == [("Signed Up", {"plan": "pro"})] * 2
    assert [effect.key for effect in sent] == [
        "7:message:welcome:journey:first-day:1:0",
        "7:message:one-tap-meal:journey:first-day:1:2/else/0",
    ]


def shop(re_entry: Any) -> Program:
    starts: Condition = did("Cart Left")
    return world(cart=Journey(starts=starts, steps=(send("other"), pause(for_=timedelta(hours=1))), re_entry=re_entry))


def carts(*minutes: float, orders: str = "") -> list[Fact]:
    names = orders or "-" * len(minutes)
    return [fact("Cart Left", m, seq=i + 1, properties={"order": names[i]}) for i, m in enumerate(minutes)]


def through(compiled: Program, facts: list[Fact]) -> int:
    """How often they went through, time passing between the facts."""
    runner = Runner(compiled)
    for each in facts:
        runner.wait(each.at).give(each)
    return told(runner.wait(START + 100 * DAY)).count("other")


def test_re_entry_follows_its_rule() -> None:
    assert through(shop("once"), carts(0, 200, 400)) == 1
    assert through(shop("every time"), carts(0, 30, 200, 400)) == 3, "one run at a time"
    assert through(shop(ReEntry(once_per="order")), carts(0, 200, 400, orders="aba")) == 2
    assert through(shop(ReEntry(after=2 * DAY)), carts(0, 200, 2 * MINUTES, 3 * MINUTES)) == 2


def test_every_time_is_not_every_fact_that_happens_to_find_it_true() -> None:
    starts = All(of=(did("Signed Up"), Trait(name="plan", test=Comparison("is", "pro"))))
    compiled = world(pro=Journey(starts=starts, steps=(send("other"),), re_entry="every time"))
    who: dict[str, Any] = {"kind": "identify", "properties": {"plan": "pro"}}
    runner = Runner(compiled).give(
        fact("Signed Up", seq=1), fact("Identified", 1, seq=2, **who), fact("Identified", 2, seq=3, **who)
    )

    assert told(runner) == ["other"]


def test_a_journey_that_time_starts_begins_again_when_it_turns_true_again() -> None:
    silent = did("App Opened", at_most=0, within=DAY)
    compiled = world(back=Journey(starts=silent, steps=(send("other"),), re_entry="every time"))
    runner = Runner(compiled).give(fact("App Opened", seq=1)).wait(START + 3 * DAY)
    runner.give(fact("App Opened", 4 * MINUTES, seq=2)).wait(START + 9 * DAY)

    assert told(runner) == ["other", "other"]


def test_the_past_and_what_lies_a_day_back_begin_nothing() -> None:
    imported = Runner(world()).give(fact("Signed Up", seq=1, source="import")).wait(START + 9 * DAY)
    late = Runner(world()).give(fact("Signed Up", seq=1, received=25 * 60)).wait(START + 9 * DAY)

    assert told(imported) == told(late) == [] and imported.state.rounds == late.state.rounds == {}


def test_a_late_goal_ends_the_run_now() -> None:
    runner = Runner(world()).give(fact("Signed Up", seq=1), fact("Other", 300, seq=2))
    runner.give(fact("Meal Logged", 100, seq=3, received=400)).wait(START + 9 * DAY)

    assert told(runner) == ["welcome"] and journey_facts(runner)[1] == ("Ended", "goal")


def test_after_a_late_fact_a_wait_counts_from_now() -> None:
    compiled = world(j=Journey(starts=did("Signed Up"), steps=(pause(until=did("A")), pause(for_=DAY), send("other"))))
    runner = Runner(compiled).give(fact("Signed Up", seq=1), fact("Other", 100, seq=2))
    runner.give(fact("A", 50, seq=3, received=3 * MINUTES))

    assert runner.state.wake_at() == START + 4 * DAY


def test_a_run_goes_on_in_another_release_under_the_new_name() -> None:
    run = Runner(world()).give(fact("Signed Up", seq=1))
    renamed = world(2, day_one=first_day(), moved={"first-day": "day_one"})
    carried = resettle(renamed, run.state, Given(at=START + timedelta(hours=1), retroactive=True))
    assert carried.effects == () and set(carried.state.runs) == {"day_one"}

    runner = Runner(renamed, carried.state).wait(START + 2 * DAY)
    assert told(runner) == ["one-tap-meal", "find-any-food"] and runner.state.rounds["day_one"][0] == 1
    assert next(effect.key for effect in runner.effects) == "7:message:one-tap-meal:journey:first-day:1:2/else/0"


def test_a_run_whose_place_is_gone_ends_with_a_reason() -> None:
    run = Runner(world()).give(fact("Signed Up", seq=1))
    gone: dict[str, Any] = {"first-day": first_day(steps=(send("welcome"),))}
    shorter = world(2, **gone)
    carried = resettle(shorter, run.state, Given(at=START + timedelta(hours=1), retroactive=True))
    (why,) = carried.decisions

    assert carried.state.runs == {} and (why.outcome, why.reason["how"]) == ("ended", "dropped")
    assert "place in it (1)" in why.reason["text"]
    assert told(Runner(shorter, carried.state).give(fact("Signed Up", 90, seq=2)).wait(START + 3 * DAY)) == []


def test_what_a_run_waits_for_may_be_true_already_in_the_new_release() -> None:
    run = Runner(world()).give(fact("Signed Up", seq=1))
    steps: tuple[JourneyStep, ...] = (send("welcome"), pause(until=did("Signed Up"), at_most=DAY), send("other"))
    longer: dict[str, Any] = {"first-day": first_day(steps=steps)}
    changed = world(2, **longer)
    carried = resettle(changed, run.state, Given(at=START + timedelta(hours=1), retroactive=True))

    assert carried.effects == ()
    assert told(Runner(changed, carried.state).wait(START + timedelta(hours=2))) == ["other"]


def test_of_two_runs_the_further_one_goes_on_after_a_merge() -> None:
    compiled = world(
        j=Journey(
            starts=did("Signed Up"), steps=(send("welcome"), pause(until=did("A")), pause(for_=DAY), send("other"))
        )
    )
    one = Runner(compiled).give(fact("Signed Up", seq=1))
    two = Runner(compiled).give(fact("Signed Up", 1, seq=2), fact("A", 2, seq=3))
    for halves in ((one, two), (two, one)):
        merged = merge(
            compiled, halves[0].state, halves[1].state, Given(at=START + timedelta(hours=1), retroactive=True)
        )
        assert merged.effects == () and merged.state.runs["j"].place == "2"
        assert told(Runner(compiled, merged.state).wait(START + 3 * DAY)) == ["other"]


def test_no_run_takes_a_hundred_steps_without_a_pause() -> None:
    compiled = world(burst=Journey(starts=did("Signed Up"), steps=tuple(OpenTask(task="x") for _ in range(150))))
    runner = Runner(compiled).give(fact("Signed Up", seq=1))

    assert len([e for e in runner.effects if isinstance(e, TaskOpened)]) == 100
    assert journey_facts(runner) == [("Started", 1), ("Ended", "dropped")]


# --- cadences ---------------------------------------------------------------------------------------------------------


def tips(every: Any = "twice a week", **more: Any) -> Program:
    return program(
        milestones={"first-meal": milestone(did("Meal Logged")), "streak": milestone(did("Streak"))},
        articles={"find-any-food": Article(title="Find any food", body="…"), "salt": Article(title="Salt", body="…")},
        **{
            "messages": {
                "tip-1": message(resource="scan"),
                "tip-2": message(resource="find-any-food"),
                "tip-3": message(serves="streak"),
            },
            "cadences": {
                "tips": Cadence(
                    starts=Reached(milestone="first-meal"),
                    every=every,
                    series=("tip-1", "tip-2", "tip-3"),
                    stops=Reached(milestone="streak"),
                )
            },
            **more,
        },
    )


def times(runner: Runner) -> list[str]:
    return [f"{e.at:%a %d %H:%M} {e.message}" for e in runner.effects if isinstance(e, SendMessage)]


def test_tips_come_twice_a_week_at_ten_where_they_live() -> None:
    runner = Runner(tips()).give(fact("Meal Logged", seq=1), zone="America/New_York").wait(START + 30 * DAY)

    assert times(runner) == ["Tue 05 14:00 tip-1", "Fri 08 14:00 tip-2", "Tue 12 14:00 tip-3"]
    assert journey_facts(runner) == [("Started", 1), ("Ended", "finished")]


def test_a_tip_that_was_seen_in_another_channel_is_passed_over_and_the_next_takes_its_slot() -> None:
    opened = fact(events.ARTICLE_OPENED, 60, seq=2, source="milepost", properties={"article": "find-any-food"})
    runner = Runner(tips()).give(fact("Meal Logged", seq=1), opened, zone="UTC").wait(START + 30 * DAY)

    assert times(runner) == ["Tue 05 10:00 tip-1", "Fri 08 10:00 tip-3"]
    assert runner.outcomes("tip-2") == ["dropped"]


def test_tips_end_with_their_goal() -> None:
    runner = Runner(tips()).give(fact("Meal Logged", seq=1), zone="UTC").wait(START + 2 * DAY)
    runner.give(fact("Streak", 2 * MINUTES, seq=2)).wait(START + 30 * DAY)

    assert times(runner) == ["Tue 05 10:00 tip-1"] and journey_facts(runner)[1] == ("Ended", "goal")


@pytest.mark.req("R86")
@pytest.mark.parametrize(
    ("every", "zone", "expected"),
    [
        ("daily", "America/New_York", ["Mon 04 12:00 tip-1", "Tue 05 12:00 tip-2", "Wed 06 12:00 tip-3"]),
        ("twice a week", "Europe/Berlin", ["Tue 05 06:00 tip-1", "Fri 08 06:00 tip-2", "Tue 12 06:00 tip-3"]),
        ("weekly", "Asia/Tokyo", ["Mon 04 23:00 tip-1", "Mon 11 23:00 tip-2", "Mon 18 23:00 tip-3"]),
        ("every two weeks", "UTC", ["Tue 05 08:00 tip-1", "Tue 19 08:00 tip-2", "Tue 02 08:00 tip-3"]),
    ],
)
def test_each_rhythm_keeps_the_hours_of_the_persons_zone_and_waits_for_the_end_of_its_night(
    every: Rhythm, zone: str, expected: list[str]
) -> None:
    night = Limits(email=Limit(quiet=Quiet(time(21), time(8))))
    cadence = Cadence(starts=did("A"), every=every, series=("tip-1", "tip-2", "tip-3"), at="06:30")
    runner = Runner(tips(cadences={"tips": cadence}, limits=night)).give(fact("A", seq=1), zone=zone)

    assert times(runner.wait(START + 60 * DAY)) == expected


SEEN = {
    "the article itself": fact(
        events.ARTICLE_OPENED, 60, seq=2, source="milepost", properties={"article": "find-any-food"}
    ),
    "the article as a piece": fact(
        events.CONTENT_SHOWN, 60, seq=2, source="milepost", properties={"content": "find-any-food"}
    ),
    "a guide": fact(events.CONTENT_COMPLETED, 60, seq=2, source="milepost", properties={"content": "show-me"}),
    "another mail": fact(events.EMAIL_OPENED, 60, seq=2, source="milepost", properties={"message": "same-again"}),
    "a link": fact(events.EMAIL_CLICKED, 60, seq=2, source="milepost", properties={"message": "same-again"}),
}


@pytest.mark.req("R87")
@pytest.mark.parametrize("channel", SEEN)
def test_a_resource_that_was_opened_in_any_channel_is_never_sent(channel: str) -> None:
    old = tips().document
    compiled = tips(
        messages={**old.messages, "same-again": message(resource="find-any-food")},
        content={"show-me": Guide(steps=(Step(title="Here"),), resource="find-any-food")},
        cadences={"tips": replace(old.cadences["tips"], series=("find-any-food", "tip-2", "salt", "tip-1"))},
    )
    runner = Runner(compiled).give(fact("Meal Logged", seq=1), SEEN[channel], zone="UTC").wait(START + 30 * DAY)

    assert told(runner) == ["salt", "tip-1"]


def test_an_article_may_stand_in_a_series() -> None:
    cadence = Cadence(starts=did("A"), every="daily", series=("salt", "tip-1"), at="07:30")
    runner = Runner(tips(cadences={"daily": cadence})).give(fact("A", seq=1), zone="UTC").wait(START + 9 * DAY)

    assert told(runner) == ["salt", "tip-1"] and times(runner) == ["Wed 06 07:30 tip-1"]


def test_a_new_tip_in_front_sends_none_of_the_others_again() -> None:
    run = Runner(tips()).give(fact("Meal Logged", seq=1), zone="UTC").wait(START + 2 * DAY)
    series = ("tip-2", "tip-1", "tip-3")
    old = run.program.document
    newer = program(
        2,
        **{f: getattr(old, f) for f in ("milestones", "messages", "articles")},
        cadences={"tips": replace(old.cadences["tips"], series=series)},
    )
    carried = resettle(newer, run.state, Given(at=START + 2 * DAY, retroactive=True))

    assert times(Runner(newer, carried.state).wait(START + 30 * DAY)) == ["Fri 08 10:00 tip-2", "Tue 12 10:00 tip-3"]
