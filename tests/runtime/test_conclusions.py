"""What the engine concludes stands in the log once, when what it was concluded from is committed, and not before."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from milepost.core import events
from milepost.core.events import Fact
from milepost.core.values import Unavailable
from milepost.people.models import Person
from milepost.people.queries import uid_of_any
from milepost.runtime.models import Conclusions, SubjectState
from tests.world import PROGRAM, World

pytestmark = pytest.mark.django_db

EATERS = PROGRAM + "segments: {eaters: {did: Meal Logged}}\n"


class Killed(BaseException):
    pass


@pytest.fixture(autouse=True)
def program(world: World) -> None:
    world.release(EATERS)


@contextmanager
def ended_at(point: str) -> Iterator[None]:
    def die(name: str) -> None:
        if name == point:
            raise Killed

    with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):
        patch.setattr("milepost.runtime.loop.failpoint", die)
        yield


def derived(world: World) -> list[Fact]:
    return [fact for fact in world.stores.log.read(0, 1000) if fact.source == "derived"]


def test_a_conclusion_stands_in_the_log_once_and_for_its_person(world: World) -> None:
    world.happens(world.fact("Meal Logged"))
    world.happens(world.fact("Meal Logged"))
    [fact] = derived(world)
    told = (fact.name, fact.user_id, fact.properties, fact.at)
    assert told == (events.SEGMENT_ENTERED, "ann", {"segment": "eaters"}, world.clock.now())
    rows = world.stores.events.query("SELECT uid FROM facts WHERE event = $e", {"e": events.SEGMENT_ENTERED})
    assert rows == [(uid_of_any(world.workspace, "ann"),)]
    assert not Conclusions.objects.exists()


@pytest.mark.parametrize("point", ["runtime.committed", "runtime.concluded", "runtime.projected"])
def test_a_loop_that_ends_after_the_commit_tells_it_once_when_it_resumes(world: World, point: str) -> None:
    world.stores.log.append([world.fact("Meal Logged")])
    with ended_at(point):
        world.loop.catch_up()
    world.loop.catch_up()
    assert len(derived(world)) == 1 and not Conclusions.objects.exists()


def test_a_round_that_is_rolled_back_leaves_no_conclusion_that_the_next_attempt_decides_otherwise(
    world: World,
) -> None:
    world.stores.log.append([world.fact("Meal Logged")])
    with ended_at("runtime.saved"):
        world.loop.catch_up()
    assert not derived(world) and not Conclusions.objects.exists()
    world.release(PROGRAM)  # before anybody was seen to be in it, there is no such segment any more
    world.loop.catch_up()
    assert not derived(world)


def test_a_log_that_takes_nothing_for_a_while_gets_it_later(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(facts: list[Fact]) -> list[int]:
        raise Unavailable("The disk is full.")

    world.stores.log.append([world.fact("Meal Logged")])
    with monkeypatch.context() as broken, pytest.raises(Unavailable):
        broken.setattr(world.stores.log, "append", full)
        world.loop.catch_up()
    assert not derived(world)
    world.loop.catch_up()
    assert len(derived(world)) == 1


def test_a_conclusion_is_no_activity_and_changes_no_state(world: World) -> None:
    world.happens(world.fact("Opened"))
    before, seen = SubjectState.objects.get(), Person.objects.get().last_seen_at
    world.clock.advance(timedelta(days=1))
    world.happens(world.fact("Meal Logged", source="derived"))  # whatever its name
    after = SubjectState.objects.get()
    assert bytes(after.body) == bytes(before.body) and Person.objects.get().last_seen_at == seen
