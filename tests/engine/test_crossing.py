"""A state that comes over to another program answers as if it had been that program's all along, though it remembers little
and only what it lacks is looked up."""

from collections.abc import Iterator
from datetime import timedelta
from operator import itemgetter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from milepost.core.conditions.types import All, Did, Reached, Sequence_
from milepost.core.engine import thinning
from milepost.core.engine.crossing import Crossing
from milepost.core.engine.inputs import Given
from milepost.core.engine.step import rebuild
from milepost.core.events import CONTENT_COMPLETED, Fact
from milepost.core.program.compile import Program, compile_program
from milepost.core.program.document import Document
from milepost.core.program.kinds.content import Hint
from tests.engine.test_laws import histories, run
from tests.engine.world import Runner, fact, latches, milestone


@pytest.fixture
def forgetful() -> Iterator[None]:
    """Memories keep nothing that they need not."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(thinning, "SLACK", 0)
        patch.setattr(thinning, "_GRACE", timedelta(0))
        yield


COUNTED = st.builds(
    Did,
    name=st.sampled_from("AB"),
    at_least=st.sampled_from((None, 2, 3, 4)),
    within=st.sampled_from((None, None, None, timedelta(minutes=5), timedelta(hours=2))),
)
STEPS = st.permutations((Did(name="A"), Did(name="B"))).map(lambda steps: Sequence_(steps=tuple(steps)))
#: What another milestone decides as well, so that it may come to another instant though it asks what it asked before.
AFTER = st.builds(lambda counted: All(of=(Reached(milestone="one"), counted)), COUNTED)
SINCE = st.builds(Did, name=st.sampled_from("AB"), at_least=st.sampled_from((1, 2)), since=st.just("milestone:one"))
REPEATS = st.sampled_from((None, None, "every time"))
READING = st.builds(milestone, COUNTED | STEPS | AFTER | SINCE, repeats=REPEATS)
PROGRAMS = st.fixed_dictionaries(
    {"one": st.builds(milestone, COUNTED | COUNTED | STEPS, repeats=REPEATS)},
    optional={"two": READING, "three": READING},
).map(lambda milestones: Document(name="Counting", start=Did(name="C"), milestones=milestones))
#: Mostly the facts that are counted, and enough of them to be forgotten.
PASTS = st.lists(st.tuples(st.sampled_from("AABC"), st.integers(0, 300)), min_size=4, max_size=14).map(
    lambda parts: [fact(name, at, seq=seq) for seq, (name, at) in enumerate(sorted(parts, key=itemgetter(1)), 1)]
)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PROGRAMS, PROGRAMS, PASTS, histories(first_seq=100))
def test_a_state_comes_over_as_if_it_had_been_that_programs_all_along(
    forgetful: None, asked: Document, asks: Document, past: list[Fact], later: list[Fact]
) -> None:
    before, after = (compile_program(document, digest="d", number=n) for n, document in enumerate((asked, asks), 1))
    first = run(before, past)
    now = max(each.received_at for each in past)
    looked_up: list[frozenset[str] | None] = []

    def facts_of(names: frozenset[str] | None) -> list[Fact]:
        looked_up.append(names)
        return [each for each in past if names is None or each.name in names]

    crossing = Crossing(before, after)
    carried = Runner(after, crossing.carry(first.state, facts_of, Given(at=now, retroactive=True)).state)
    whole = Runner(after, rebuild(after, first.state, past, Given(at=now, retroactive=True)).state)
    assert crossing.names_at_most is not None
    assert all(names is not None and names <= crossing.names_at_most for names in looked_up)
    _are_alike(carried, whole)
    for runner in (carried, whole):
        runner.seen = [*past]
        for each in later:
            runner.wait(now).give(replace(each, received_at=now))
        runner.wait(now + timedelta(days=1))
    _are_alike(carried, whole)


def test_who_has_seen_a_piece_has_seen_what_it_is_said_to_teach_later() -> None:
    def program(number: int, asked: str, resource: str | None) -> Program:
        hint = Hint(title="Look", on="#it", resource=resource)
        counted = {asked: milestone(Did(name=asked))}
        document = Document(name="Lessons", start=Did(name="C"), milestones=counted, content={"tour": hint})
        return compile_program(document, digest="d", number=number)

    before, after = program(1, "A", None), program(2, "B", "film")
    past = [fact("C", 0, seq=1), fact(CONTENT_COMPLETED, 1, seq=2, source="milepost", properties={"content": "tour"})]
    crossing = Crossing(before, after)
    seen = crossing.carry(
        run(before, past).state, lambda names: past, Given(at=past[-1].at, retroactive=True)
    ).state.seen
    assert seen == ["film"] and crossing.names_at_most is None


def _are_alike(one: Runner, other: Runner) -> None:
    assert latches(one.state) == latches(other.state) and one.state.repeated == other.state.repeated
