"""What goes wrong between a commit and what follows it loses nothing; what a release takes away harms nobody."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from milepost.core.values import Unavailable
from milepost.people.models import Membership
from milepost.people.queries import uid_of_any
from milepost.runtime import store
from milepost.runtime.loop import Runtime
from milepost.runtime.models import Decision, SetAside
from milepost.runtime.programs import current_program
from milepost.runtime.projector import Projector
from tests.world import PROGRAM, World

pytestmark = pytest.mark.django_db


def projected(world: World) -> list[tuple[Any, ...]]:
    return world.stores.events.query("SELECT event, count(DISTINCT uid), count(*) FROM facts GROUP BY 1 ORDER BY 1", {})


def test_a_merge_that_was_committed_reaches_the_event_store_after_a_restart(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.happens(world.fact("Meal Logged", user=None, anonymous_id="phone"))
    world.happens(world.fact("Meal Logged", user="ann", anonymous_id="laptop"))
    with monkeypatch.context() as broken:
        broken.setattr(Projector, "merge", lambda *_: None)  # ended before it
        world.happens(world.fact("Meal Logged", user="ann", anonymous_id="phone"))
    assert projected(world) == [("Meal Logged", 2, 3)]
    Runtime(world.stores, world.outbox, world.loop._wiring, current_program).catch_up()

    assert projected(world) == [("Meal Logged", 1, 3)]


def test_facts_whose_follow_up_failed_are_in_the_event_store_all_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.happens(world.fact("Signed Up"))
    world.stores.log.append([world.fact("Meal Logged")])
    with monkeypatch.context() as broken:
        broken.setattr(Projector, "flush", _full)
        with pytest.raises(Unavailable):
            world.loop.turn()
            world.loop.turn()
    assert store.position() == 2
    world.happens(world.fact("Opened"))

    assert [row[0] for row in projected(world)] == ["Meal Logged", "Opened", "Signed Up"]


def _full(self: Projector) -> None:
    raise Unavailable("The disk is full.")


CARE = PROGRAM.replace("purpose: service", "purpose: care") + 'limits: {email: {quiet: "09:30–08:00"}}\n'


def test_a_release_without_a_held_message_lets_it_go_and_says_so(world: World) -> None:
    world.release(CARE)
    world.clock.advance(timedelta(hours=1))
    world.happens(world.fact("Signed Up"))
    assert Decision.objects.filter(definition="welcome", outcome="held").exists()
    without = CARE.split("messages:")[0] + "limits:" + CARE.split("limits:")[1]
    world.release(without)
    world.later(timedelta(hours=23))
    world.happens(world.fact("Meal Logged"))

    assert not SetAside.objects.exists()
    assert Decision.objects.filter(definition="welcome", outcome="dropped").exists()
    assert Decision.objects.filter(definition="first-meal", outcome="reached").exists()


def test_what_a_limit_would_hold_longer_than_its_reason_lasts_is_left_at_once(world: World) -> None:
    world.release(PROGRAM.replace("purpose: service", "purpose: care") + "limits: {email: {at_most: 0, per: 7d}}\n")
    world.happens(world.fact("Signed Up"))
    (why,) = Decision.objects.filter(definition="welcome")

    assert why.outcome == "dropped" and "too old" in why.reason["text"]


def test_an_account_that_a_visitor_joined_is_theirs_when_they_sign_in_in_the_same_breath(world: World) -> None:
    world.happens(world.fact("Opened", user="ann"))
    world.happens(
        world.fact("Grouped", user=None, anonymous_id="phone", kind="group", group_id="acme"),
        world.fact("Meal Logged", user=None, anonymous_id="phone"),
        world.fact("Signed Up", user="ann", anonymous_id="phone"),
    )
    ann = uid_of_any(world.workspace, "ann")
    assert ann is not None

    assert [row.person_id for row in Membership.objects.all()] == [ann]
    assert Decision.objects.filter(uid=ann, definition="first-meal", outcome="reached").exists()


def test_nobody_can_make_a_person_so_heavy_that_others_wait(world: World) -> None:
    for start in range(0, 3000, 100):
        traits = {f"trait-{number}": "x" * 50 for number in range(start, start + 100)}
        consent = {"consent": {"categoryPreferences": {f"c{n}": True for n in range(start, start + 100)}}}
        world.stores.log.append([world.fact("Identified", kind="identify", properties=traits, context=consent)])
    world.loop.catch_up()
    from milepost.people.models import Person

    ann = Person.objects.get()
    assert len(ann.traits) == 500 and len(msgspec.json.encode(ann.traits_at)) < 100_000
