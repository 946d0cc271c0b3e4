"""The decision core on one core: `step` on a large program, and whether definitions that a fact does not touch cost."""

from time import process_time

from msgspec.structs import replace

from bench.measure import ROUNDS, Row, at_least, at_most, beside, in_turn
from bench.world import NOON, history, large_document
from milepost.core.conditions.types import Did
from milepost.core.engine.inputs import Given
from milepost.core.engine.state import State
from milepost.core.engine.step import step
from milepost.core.events import Fact
from milepost.core.program.compile import Program, compile_program
from milepost.core.program.document import Document
from milepost.core.program.kinds.milestone import Milestone

_PEOPLE, _FACTS = 300, 30_000


def rows() -> list[Row]:
    return [_large_program(), _untouched_definitions()]


def _large_program() -> Row:
    program = compile_program(large_document(), digest="large", number=1)
    facts = _numbered(_FACTS)
    ours, limit = in_turn(ROUNDS, lambda: _facts_a_second(program, facts), lambda: _updates_a_second(facts))
    return beside(
        "engine step: 60 milestones, 60 segments, 40 journeys, 120 pieces, 60 messages; 40 events by Zipf",
        ours,
        "a dict update per fact",
        limit,
        "facts/s",
        at_least(20_000, of="ours"),
    )


def _untouched_definitions() -> Row:
    """The same facts, beside 10 and beside 10,000 milestones over other events."""
    facts = _numbered(_FACTS // 2)
    few, many = (compile_program(_with_untouched(count), digest=str(count), number=1) for count in (10, 10_000))
    much, little = in_turn(ROUNDS, lambda: _micros(many, facts), lambda: _micros(few, facts))
    return beside(
        "step beside 10,000 definitions that the fact does not touch",
        much,
        "beside 10 of them",
        little,
        "µs/fact",
        at_most(1.2),
    )


def _with_untouched(count: int) -> Document:
    untouched = {
        f"other-{number}": Milestone(title="Other", reached=Did(name=f"Other {number}")) for number in range(count)
    }
    return replace(large_document(), milestones={**large_document().milestones, **untouched})


def _numbered(count: int) -> list[Fact]:
    return [replace(fact, seq=seq) for seq, fact in enumerate(history(_PEOPLE, count, until=NOON), 1)]


def _micros(program: Program, facts: list[Fact]) -> float:
    return 1e6 / _facts_a_second(program, facts)


def _facts_a_second(program: Program, facts: list[Fact]) -> float:
    states: dict[str | None, State] = {}
    started = process_time()
    for fact in facts:
        state = states.get(fact.user_id) or State(workspace=1, uid=1, release=1, atoms=program.atoms_digest)
        given = Given(at=fact.received_at, fact=fact, known=True)
        states[fact.user_id] = step(program, state, given).state
    return len(facts) / (process_time() - started)


def _updates_a_second(facts: list[Fact]) -> float:
    states: dict[str | None, dict[str, int]] = {}
    started = process_time()
    for fact in facts:
        state = states.setdefault(fact.user_id, {})
        state[fact.name] = state.get(fact.name, 0) + 1
    return len(facts) / (process_time() - started)
