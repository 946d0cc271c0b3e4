"""The map counts what going through the people one by one gives."""

from datetime import datetime, timedelta
from statistics import median
from typing import Any

from hypothesis import given, settings

from milepost.core import events
from milepost.core.insights.journey_map import NOBODY_BEFORE, NOBODY_HELPED, NOBODY_ON_IT, JourneyMap, Path, Stuck
from milepost.core.insights.statistics import rate
from milepost.core.values import Undefined
from milepost.insights.ask import ask
from tests.conditions.worlds import BASE, fact
from tests.insights.story import DOCUMENT, People, Person, lives, periods, starters_of
from tests.insights.tables import Facts

HELPS = {
    "guide:guide": (events.CONTENT_SHOWN, {"content": "guide"}),
    "message:hello": (events.MESSAGE_SENT, {"message": "hello"}),
}


@settings(max_examples=30, deadline=None)
@given(periods(), lives("map", 14))
def test_the_map_is_what_counting_person_by_person_gives(period: dict[str, Any], people: People) -> None:
    asked = JourneyMap(**period)
    started = starters_of(asked, people)
    answer = ask(Facts(people), asked)
    assert answer.n == len(started)
    assert [path.goal for path in answer.paths] == [None, "fit", "slim"]
    for path in answer.paths:
        _check_path(path, [one for one in started if path.goal in (None, one.last(events.GOAL_STATED, "goal"))])
    assert [(one.milestone, one.obstacle) for one in answer.obstacles] == [("meal", "lost"), ("week", "busy")]
    for stuck in answer.obstacles:
        _check_obstacle(stuck, started, HELPS if stuck.obstacle == "lost" else {})
    fit = [one for one in started if one.last(events.GOAL_STATED, "goal") == "fit"]
    for stuck in ask(Facts(people), JourneyMap(goal="fit", **period)).obstacles:
        _check_obstacle(stuck, fit, HELPS if stuck.obstacle == "lost" else {})


def _check_path(path: Path, own: list[Person]) -> None:
    known = DOCUMENT.goals[path.goal].milestones if path.goal else ("meal", "week")
    assert [stop.milestone for stop in path.stops] == [key for key in known if key in DOCUMENT.milestones]
    assert path.n == len(own)
    before: list[datetime | None] = [one.start() for one in own]
    for stop in path.stops:
        reached = [one.reached(stop.milestone) for one in own]
        gaps = [max(0.0, (b - a).total_seconds()) for a, b in zip(before, reached, strict=True) if a and b]
        came = sum(at is not None for at in before)
        assert stop.reached == rate(sum(at is not None for at in reached), len(own), NOBODY_ON_IT)
        assert stop.drop == rate(came - len(gaps), came, NOBODY_BEFORE)
        assert stop.median_seconds == median(gaps) if gaps else isinstance(stop.median_seconds, Undefined)
        before = reached


def _check_obstacle(stuck: Stuck, started: list[Person], helps: dict[str, Any]) -> None:
    about = {"milestone": stuck.milestone, "obstacle": stuck.obstacle}
    detected = {one: found[0].at for one in started if (found := one.did(events.OBSTACLE_DETECTED, **about))}
    resolved = {
        one: [each for each in one.did(events.OBSTACLE_RESOLVED, **about) if each.at >= at]
        for one, at in detected.items()
    }
    got = {
        name: [one for one, at in detected.items() if any(each.at >= at for each in one.did(event, **told))]
        for name, (event, told) in helps.items()
    }
    by_help = {one for one in detected if any(each.properties.get("helped") is True for each in resolved[one])}
    helped = by_help.union(*got.values())
    assert (stuck.detected, stuck.helped) == (len(detected), len(helped))
    assert stuck.resolved == sum(bool(found) for found in resolved.values())
    assert stuck.unblocked == rate(len(by_help), len(helped), NOBODY_HELPED)
    assert [each.help for each in stuck.helps] == list(helps)
    for each in stuck.helps:
        freed = [one for one in got[each.help] if any(_freed(done.properties, each.help) for done in resolved[one])]
        assert each.unblocked == rate(len(freed), len(got[each.help]), NOBODY_HELPED)


def _freed(told: dict[str, Any], help_: str) -> bool:
    return told.get("helped") is True and told.get("help", help_) == help_


def test_the_unblock_rate_is_who_reached_the_milestone_after_help() -> None:
    """Three are stuck: one is helped and comes on, one is helped and does not, one comes on without help."""
    hour, about = timedelta(hours=1), {"milestone": "meal", "obstacle": "lost"}
    stuck = [("Signed Up", {}), (events.OBSTACLE_DETECTED, about)]
    people = {
        uid: [fact(name, BASE + seq * hour, seq, told) for seq, (name, told) in enumerate(stuck)] for uid in (1, 2, 3)
    }
    for uid in (1, 2):
        people[uid].append(fact(events.CONTENT_SHOWN, BASE + 2 * hour, 3, {"content": "guide"}))
    done = {**about, "helped": True, "help": "guide:guide"}
    people[1].append(fact(events.OBSTACLE_RESOLVED, BASE + 3 * hour, 4, done))
    people[3].append(fact(events.OBSTACLE_RESOLVED, BASE + 3 * hour, 4, {**about, "helped": False}))
    week: dict[str, Any] = {"from_": BASE, "to": BASE + 99 * hour, "as_of": BASE + 99 * hour}
    lost, busy = ask(Facts(people), JourneyMap(workspace=1, document=DOCUMENT, **week)).obstacles
    assert (lost.detected, lost.helped, lost.resolved) == (3, 2, 2)
    assert (lost.unblocked.count, lost.unblocked.n, lost.unblocked.value) == (1, 2, 0.5)
    assert [(each.help, each.unblocked.count, each.unblocked.n) for each in lost.helps] == [
        ("guide:guide", 1, 2),
        ("message:hello", 0, 0),
    ]
    assert busy.unblocked.value == Undefined(NOBODY_HELPED)
