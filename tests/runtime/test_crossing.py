"""A release asks for more than its people's states remember: what they lack is looked up, what they remember stays."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from milepost.core.engine.state import State
from milepost.core.events import Fact
from milepost.people.queries import uid_of_any
from milepost.runtime import store
from milepost.runtime.lookahead import Lookahead, Past
from milepost.runtime.models import Decision, MilestoneReached, OutboxEntry, SubjectState
from milepost.runtime.programs import current_program
from milepost.runtime.projector import Names, Projector
from tests.world import PROGRAM, START, World

MINUTE = timedelta(minutes=1)
MEALS = 200


def instants(world: World) -> dict[str, datetime]:
    return dict(MilestoneReached.objects.filter(workspace_id=world.workspace).values_list("milestone", "at"))


def state_of(world: World) -> State:
    uid = uid_of_any(world.workspace, "ann")
    assert uid is not None
    return store.load({uid})[uid]


def looked_up(projector: Projector, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Of how many people each look from now on reads the facts."""
    read: list[int] = []
    projected = projector.projected

    def spied(workspace: int, uids: Sequence[int], names: Names = None) -> dict[int, list[Fact]]:
        read.append(len(uids))
        return projected(workspace, uids, names)

    monkeypatch.setattr(projector, "projected", spied)
    return read


def pasts(ahead: Lookahead, workspace: int, number: int, most: int) -> dict[int, Past]:
    for _ in range(1000):  # it waits a little each time
        if (found := ahead.next(workspace, number, most)) is not None:
            return found
    raise AssertionError("what they need is never there")


@pytest.fixture
def eaten(world: World) -> World:
    """Of two hundred meals, the memory of a program that asks for the first one keeps the first and the last ones."""
    meals = [world.fact("Meal Logged", at=START + n * MINUTE, properties={"n": n}) for n in range(1, MEALS + 1)]
    world.release(PROGRAM.replace("at_least: 3, within: 1d", "at_least: 2"))
    world.clock.advance(timedelta(days=1))
    world.happens(world.fact("Signed Up", at=START), *meals)
    assert any(state_of(world).trimmed), "else this is about nothing"
    return world


def test_a_milestone_that_asks_for_more_than_is_remembered_has_its_true_instant(eaten: World) -> None:
    eaten.release(PROGRAM.replace("at_least: 3, within: 1d", "at_least: 150"))
    eaten.loop.catch_up()

    assert instants(eaten) == {"first-meal": START + MINUTE, "three-meals": START + 150 * MINUTE}


def test_a_milestone_of_other_facts_is_computed_from_these_alone(eaten: World) -> None:
    before, decisions, intentions = state_of(eaten), Decision.objects.count(), OutboxEntry.objects.count()
    late = "reached: {did: Meal Logged, where: {n: {gt: 120}}}"
    eaten.release(PROGRAM.replace("reached: {did: Meal Logged, at_least: 3, within: 1d}", late))
    eaten.loop.catch_up()

    assert instants(eaten)["three-meals"] == START + 121 * MINUTE
    after = state_of(eaten)
    shared = after.memory.keys() & before.memory.keys()
    assert shared and all(after.memory[atom] == before.memory[atom] for atom in shared)
    assert (Decision.objects.count(), OutboxEntry.objects.count()) == (decisions, intentions)


def test_only_the_facts_that_are_lacking_are_looked_up_ahead(eaten: World) -> None:
    eaten.release(PROGRAM.replace("at_least: 3, within: 1d", "at_least: 150"))
    [past] = pasts(Lookahead(eaten.loop._projector), eaten.workspace, 3, 20).values()

    assert past.names == {"Meal Logged"}
    assert {fact.name for fact in past.facts} == {"Meal Logged"} and len(past.facts) == MEALS


def test_a_measure_that_is_new_has_what_was_said_before(world: World) -> None:
    world.release()
    said = {"measure": "weight", "value": 80}
    world.happens(world.fact("Signed Up"), world.fact("Measure Recorded", properties=said))
    assert state_of(world).measures == {}
    world.release(PROGRAM.replace("messages:", "measures: {weight: {unit: kg, better: down}}\nmessages:"))
    world.loop.catch_up()

    assert [recorded.value for recorded in state_of(world).measures["weight"].values] == [80]


def test_where_all_that_people_did_is_read_it_is_read_of_those_alone_who_come_over_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.release()
    world.happens(*(world.fact("Signed Up", user=f"user-{n}") for n in range(60)))
    world.release(PROGRAM.replace("messages:", "measures: {weight: {unit: kg, better: down}}\nmessages:"))
    projector = Projector(world.stores.log, world.stores.events)
    read = looked_up(projector, monkeypatch)
    ahead = Lookahead(projector)
    number = current_program(world.workspace).number
    assert len(pasts(ahead, world.workspace, number, 20)) == 20
    world.loop.catch_up()
    assert pasts(ahead, world.workspace, number, 20) == {} and ahead._pasts == {}, "nothing is kept that nobody needs"
    assert set(read) == {20}, "twenty, and the next twenty ahead"


def test_people_who_act_before_they_have_come_over_are_looked_up_together(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.release()
    people = [f"user-{n}" for n in range(30)]
    world.happens(*(world.fact("Meal Logged", user=user, properties={"n": 5}) for user in people))
    world.release(PROGRAM.replace("did: Meal Logged, at_least: 3, within: 1d", "did: Meal Logged, where: {n: 5}"))
    read = looked_up(world.loop._projector, monkeypatch)
    world.stores.log.append([world.fact("App Opened", user=user) for user in people])
    world.loop.apply_facts()

    assert read == [30]
    assert MilestoneReached.objects.filter(workspace_id=world.workspace, milestone="three-meals").count() == 30


def test_who_falls_back_behind_those_that_were_read_is_not_left_behind(world: World) -> None:
    world.release()
    world.happens(*(world.fact("Signed Up", user=f"user-{n}") for n in range(3)))
    world.release(PROGRAM.replace("at_least: 3", "at_least: 4"))
    number, states = current_program(world.workspace).number, SubjectState.objects
    first = min(states.values_list("uid", flat=True))
    ahead = Lookahead(Projector(world.stores.log, world.stores.events))
    assert first in pasts(ahead, world.workspace, number, 2)

    states.exclude(uid=first).update(release=number)
    ahead._pasts.clear()  # as if it had been used for somebody else
    assert list(pasts(ahead, world.workspace, number, 2)) == [first]
