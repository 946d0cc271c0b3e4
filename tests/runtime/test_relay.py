"""The relay: what is claimed is carried out, recorded and marked done; what fails is tried again or given up."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from milepost.core.delivery.outcome import Done, Failed, Later, Outcome
from milepost.core.engine.effects import SendMessage
from milepost.log.outbox import Entry
from milepost.runtime.models import OutboxEntry
from milepost.runtime.relay import LEASE, Relay
from tests.world import World

pytestmark = pytest.mark.django_db


def relay(world: World, handler: Callable[[Any, int], Outcome]) -> Relay:
    wiring = msgspec.structs.replace(world.loop._wiring, handlers={"send_message": handler}, local=frozenset())
    return Relay(world.stores, world.outbox, wiring, threading.Event(), threading.Event())


def intend(world: World, key: str = "k") -> None:
    now = world.clock.now()
    effect = SendMessage(workspace=world.workspace, key=key, person=1, at=now, release=1, message="welcome")
    payload = msgspec.json.encode(effect)
    world.outbox.put(
        [Entry(workspace=world.workspace, key=key, kind="send_message", payload=payload, created_at=now, due_at=now)]
    )


def state(key: str = "k") -> tuple[str, int]:
    row = OutboxEntry.objects.get(key=key)
    return row.state, row.attempts


def test_what_happened_is_in_the_log_once_and_the_intention_is_done(world: World) -> None:
    intend(world)
    happened = world.fact("Message Sent", message_id="sent-k", source="milepost")
    working = relay(world, lambda effect, attempt: Done(facts=(happened,)))

    assert working.turn() == 1 and working.turn() == 0
    assert state() == ("done", 1) and world.stores.log.last() == 1


def test_a_relay_that_died_before_the_mark_is_followed_by_another_and_the_log_holds_it_once(world: World) -> None:
    intend(world)
    world.outbox.claim(["send_message"], now=world.clock.now(), lease=LEASE, limit=1)
    happened = world.fact("Message Sent", message_id="sent-k", source="milepost")
    world.stores.log.append([happened])
    working = relay(world, lambda effect, attempt: Done(facts=(happened,)))

    assert working.turn() == 0
    world.clock.advance(LEASE + timedelta(seconds=1))
    assert working.turn() == 1 and state() == ("done", 2) and world.stores.log.last() == 1


def test_what_may_work_later_is_tried_at_that_time(world: World) -> None:
    intend(world)
    later = world.clock.now() + timedelta(minutes=2)
    outcomes: Iterator[Outcome] = iter([Later(at=later, error="busy"), Done()])
    working = relay(world, lambda effect, attempt: next(outcomes))

    assert working.turn() == 1 and state() == ("waiting", 1) and working.turn() == 0
    world.clock.set(later)
    assert working.turn() == 1 and state() == ("done", 2)


def test_what_never_will_work_is_failed_with_its_reason(world: World) -> None:
    intend(world)
    assert relay(world, lambda effect, attempt: Failed(error="no such mailbox")).turn() == 1

    assert state() == ("failed", 1) and OutboxEntry.objects.get().error == "no such mailbox"


def test_a_handlers_mistake_loses_nothing_and_stops_nobody_else(world: World) -> None:
    intend(world, "bad")
    intend(world, "good")

    def handler(effect: SendMessage, attempt: int) -> Outcome:
        if effect.key == "bad":
            raise ZeroDivisionError("oops")
        return Done()

    assert relay(world, handler).turn() == 2
    assert state("bad") == ("waiting", 1) and state("good") == ("done", 1)
    assert "oops" in OutboxEntry.objects.get(key="bad").error
