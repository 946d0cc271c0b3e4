"""How far somebody is: plan, next step, where they are stuck, which segments they are in; and the lists of all."""

import json
from datetime import timedelta
from typing import Any

import pytest

from milepost.core import events
from milepost.delivery.models import Piece
from milepost.people.queries import uid_of_any
from milepost.runtime import queries
from milepost.runtime.models import SegmentMember, StuckNow
from milepost.runtime.snapshot import next_action, snapshot
from tests.world import World


def uid(world: World, user: str = "ann") -> int:
    found = uid_of_any(world.workspace, user)
    assert found is not None
    return found


def wants(world: World, goal: str = "lose", **more: Any) -> None:
    world.happens(world.fact(events.GOAL_STATED, properties={"goal": goal}, source="milepost", **more))


def searches(world: World, user: str = "ann", times: int = 3) -> None:
    world.happens(*(world.fact("Food Searched", user) for _ in range(times)))


def test_the_next_thing_is_to_say_what_one_wants_and_then_the_plan_s_next_post(world: World) -> None:
    world.happens(world.fact("Opened"))
    first = next_action(world.workspace, uid(world))
    assert first is not None and (first.start, first.milestone, first.title) == ("intake", "", "What for?")
    assert first.reason
    wants(world)
    then = next_action(world.workspace, uid(world))
    assert then is not None
    assert (then.milestone, then.title, then.start, then.url) == ("meal", "Log a meal", "add-food", "/diary")
    assert "Lose weight" in then.reason
    world.happens(world.fact("Meal Logged"))
    last = next_action(world.workspace, uid(world))
    assert last is not None and (last.milestone, last.start, last.url) == ("jeans", None, None)
    attested = {"milestone": "jeans", "by": "Boris"}
    world.happens(world.fact(events.MILESTONE_ATTESTED, properties=attested, source="milepost"))
    assert next_action(world.workspace, uid(world)) is None


def test_the_next_thing_is_said_in_the_person_s_language(world: World) -> None:
    world.happens(world.fact("Identified", kind="identify", properties={"locale": "ru-RU"}))
    wants(world)
    action = next_action(world.workspace, uid(world))
    assert action is not None and action.title == "Запишите еду" and "Похудеть" in action.reason


def test_a_plan_ticks_as_it_is_lived(world: World) -> None:
    world.happens(world.fact("Opened"))
    assert snapshot(world.workspace, uid(world)).plan is None and snapshot(world.workspace, uid(world)).goal is None
    wants(world)
    world.happens(world.fact("Meal Logged"))
    plan = snapshot(world.workspace, uid(world)).plan
    assert plan is not None and (plan.goal, plan.reached, plan.total) == ("lose", 1, 2)
    goal = snapshot(world.workspace, uid(world)).goal
    assert goal is not None and goal.key == "lose"


def checklist(world: World, content: str) -> tuple[int, dict[str, Any]]:
    piece = Piece.objects.get(content=content, status="waiting")
    return piece.version, json.loads(bytes(piece.body))


@pytest.mark.parametrize("content", ["your-plan", "two-things"])
def test_an_open_checklist_follows_what_is_reached(world: World, content: str) -> None:
    world.happens(world.fact("Signed Up"))
    wants(world)
    version, before = checklist(world, content)
    assert [item["done"] for item in before["items"]] == [False, False]
    world.happens(world.fact("Meal Logged"))
    later, after = checklist(world, content)
    assert {item["key"]: item["done"] for item in after["items"]} == {"meal": True, "jeans": False}
    assert later > version and after["progress"] == 0.5 and after["next"] == "jeans"


def test_answers_are_what_was_said_last(world: World) -> None:
    for value in ("cook", "eater"):
        told = {"survey": "intake", "question": "goal", "answer": value}
        world.happens(world.fact(events.QUESTION_ANSWERED, properties=told))
    assert snapshot(world.workspace, uid(world)).answers["goal"].value == "eater"
    taken_back = {"survey": "intake", "question": "goal", "answer": None}
    world.happens(world.fact(events.QUESTION_ANSWERED, properties=taken_back))
    assert snapshot(world.workspace, uid(world)).answers == {}


def test_everybody_who_is_stuck_is_found_at_once_and_no_longer_when_they_are_not(world: World) -> None:
    searches(world)
    searches(world, "ben")
    searches(world, "cat", times=2)
    assert {row.uid for row in queries.stuck_now(world.workspace)} == {uid(world), uid(world, "ben")}
    world.later(timedelta(minutes=1))
    world.happens(world.fact("Meal Logged"))
    [still] = queries.stuck_now(world.workspace, milestone="meal")
    assert (still.uid, still.milestone, still.obstacle) == (uid(world, "ben"), "meal", "lost")
    count = queries.stuck_counts(world.workspace)["meal", "lost"]
    assert (count.ever, count.now) == (2, 1) and count.helped == 2 and count.unblocked == 1
    assert snapshot(world.workspace, uid(world)).obstacles["meal/lost"].resolved_at is not None


def test_segments_are_counted_as_people_come_and_go(world: World) -> None:
    searches(world, times=1)
    assert queries.segment_sizes(world.workspace) == {"searchers": 1}
    assert snapshot(world.workspace, uid(world)).segments == ["searchers"]
    member = SegmentMember.objects.get(workspace_id=world.workspace, segment="searchers")
    assert (member.uid, member.since) == (uid(world), world.clock.now())
    world.later(timedelta(hours=1))
    searches(world, times=1)
    assert SegmentMember.objects.get().since == world.clock.now() - timedelta(hours=1)


def test_what_did_not_change_is_not_written_again(world: World) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    searches(world)
    with CaptureQueriesContext(connection) as asked:
        world.happens(world.fact("Opened"))
    assert not [query for query in asked if "stucknow" in query["sql"] or "segmentmember" in query["sql"]]


def test_two_halves_of_somebody_are_stuck_once(world: World) -> None:
    world.happens(*(world.fact("Food Searched", None, anonymous_id="device-1") for _ in range(3)))
    world.happens(world.fact("Opened"))
    world.happens(world.fact("Signed In", anonymous_id="device-1"))
    assert {row.uid for row in StuckNow.objects.all()} <= {uid(world)}
    assert {row.uid for row in SegmentMember.objects.all()} == {uid(world)}
