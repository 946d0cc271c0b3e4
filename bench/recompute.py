"""A release changes a milestone: how long until everybody's past has been counted again, with facts coming in meanwhile.

The limit is ten million facts within a minute; people have a hundred facts each, and the milestone now reads the facts that
there are most of, with a test of a property that nothing asked for before.
"""

import random
import threading
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from time import perf_counter
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from bench.home import engine, temporary_home
from bench.measure import Row, at_least, figure
from bench.world import EVENTS, ZONE, history, large_document, one_fact
from milepost.core.conditions.types import Did, Test
from milepost.core.engine.inputs import Given
from milepost.core.engine.state import State
from milepost.core.engine.step import step
from milepost.core.events import Fact
from milepost.core.people.identity import uid_of
from milepost.core.program.compile import Program
from milepost.log.eventstore import Row as EventRow

if TYPE_CHECKING:
    from milepost.log.stores import Stores
    from milepost.runtime.loop import Runtime

_FACTS_EACH, _PATTERNS, _CHUNK = 100, 100, 500
_SIZE = 12
_CHANGED = "milestone-01"
_A_SECOND = 100  # facts that come in meanwhile
#: Ten million facts in a minute.
_GOAL = 10_000_000 / 60


def rows(*, long: bool = False) -> list[Row]:
    """With `long` over ten million facts instead of a million."""
    from milepost.program.writing import write

    people = 100_000 if long else 10_000
    with temporary_home() as home, engine(home, write(large_document(_SIZE))) as stores:
        from milepost.conf.engine import runtime_of

        _settle(stores, people)
        runtime = runtime_of(stores)
        runtime.catch_up()
        _release_changed()
        took, came = _recompute(stores, runtime)
        ours = figure([people * _FACTS_EACH / took], "facts/s")
        what = f"a changed milestone over {people * _FACTS_EACH:,} facts of {people:,} people"
        note = f"{took:.1f} s, while {came:,} facts came in, {_A_SECOND} a second"
        return [Row(what=what, ours=ours, goal=at_least(_GOAL, of="ours"), note=note)]


def _settle(stores: "Stores", people: int) -> None:
    """Makes these people: each has one of a hundred pasts, in the log, in the columns and as a state."""
    from django.db import transaction

    from milepost.people.actions import place
    from milepost.runtime import store
    from milepost.runtime.programs import current_program

    now = stores.clock.now()
    pasts = [_past(current_program(1), now, seed) for seed in range(_PATTERNS)]
    dice = random.Random(5)
    for start in range(0, people, _CHUNK):
        chunk = range(start, min(start + _CHUNK, people))
        lived = [(person, *dice.choice(pasts)) for person in chunk]
        facts = [fact for person, told, _ in lived for fact in _as_persons(told, person)]
        numbers = stores.log.append(facts)
        stores.events.append(list(_columns(facts, numbers)), numbers[-1])
        with transaction.atomic():
            place([one_fact(dice, person, now, f"settle-{person}") for person in chunk])
            store.save(replace(state, uid=_uid(person), seq=numbers[-1]) for person, _, state in lived)
            store.move_to(numbers[-1])


def _past(program: Program, now: datetime, seed: int) -> tuple[list[Fact], State]:
    facts = list(history(1, _FACTS_EACH, until=now - timedelta(hours=1), seed=seed))
    state = State(workspace=1, uid=1, release=program.number, atoms=program.atoms_digest)
    for seq, fact in enumerate(facts, 1):
        state = step(program, state, Given(at=fact.at, fact=replace(fact, seq=seq), known=True, zone=ZONE)).state
    return facts, step(program, state, Given(at=now)).state


def _as_persons(facts: Sequence[Fact], person: int) -> Iterator[Fact]:
    for number, fact in enumerate(facts):
        yield replace(fact, user_id=f"user-{person:07}", message_id=f"p{person}-{number}")


def _columns(facts: Sequence[Fact], numbers: Sequence[int]) -> Iterator[EventRow]:
    for fact, seq in zip(facts, numbers, strict=True):
        yield EventRow(
            seq=seq,
            ws=1,
            uid=uid_of(1, "user", str(fact.user_id)),
            account=None,
            event=fact.name,
            ts=fact.at,
            received=fact.received_at,
            properties=msgspec.json.encode(fact.properties).decode(),
            zone=ZONE,
        )


def _uid(person: int) -> int:
    return uid_of(1, "user", f"user-{person:07}")


def _release_changed() -> None:
    from milepost.log.clock import SYSTEM
    from milepost.program.actions import apply
    from milepost.program.writing import write

    document = large_document(_SIZE)
    reached = Did(name=EVENTS[1], at_least=4, where={"amount": Test("gt", 250)})
    milestones = {**document.milestones, _CHANGED: replace(document.milestones[_CHANGED], reached=reached)}
    changed = replace(document, milestones=milestones)
    apply(1, write(changed), by="bench", base=None, onto=True, reasons={}, now=SYSTEM.now())


def _recompute(stores: "Stores", runtime: "Runtime") -> tuple[float, int]:
    """Seconds until everybody has come over, and how many facts were taken meanwhile."""
    dice, over, sent = random.Random(7), threading.Event(), 0

    def send() -> None:
        nonlocal sent
        while not over.wait(1 / _A_SECOND):
            stores.log.append([one_fact(dice, dice.randrange(1000), stores.clock.now(), f"meanwhile-{sent}")])
            sent += 1

    sender = threading.Thread(target=send)
    sender.start()
    started = perf_counter()
    while _waiting():
        runtime.turn()
    took = perf_counter() - started
    over.set()
    sender.join()
    return took, sent


def _waiting() -> bool:
    from milepost.runtime.models import SubjectState
    from milepost.runtime.programs import current_program

    return SubjectState.objects.filter(workspace_id=1, release__lt=current_program(1).number).exists()
