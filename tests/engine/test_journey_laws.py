"""The laws of journeys, held by generated journeys and histories."""

from collections import Counter
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.core import events
from milepost.core.conditions.evaluate import END_OF_MOMENT, View, holds
from milepost.core.engine.effects import OpenTask as TaskOpened
from milepost.core.engine.effects import RecordFact, SendMessage, ShowContent
from milepost.core.engine.inputs import Given
from milepost.core.engine.state import journey_of
from milepost.core.engine.step import resettle
from milepost.core.events import Fact
from milepost.core.program.compile import Program, compile_program
from milepost.core.program.kinds.content import Article
from milepost.core.program.kinds.experiment import Experiment
from milepost.core.program.kinds.journey import (
    Branch,
    Cadence,
    Day,
    DayStart,
    Journey,
    JourneyStep,
    OpenTask,
    Pause,
    ReEntry,
    Repeat,
    Rounds,
    Send,
    Show,
    Split,
    Wait,
)
from tests.engine.test_laws import conditions, histories, run
from tests.engine.world import START, Limit, Limits, Runner, message, milestone, program

OTHER = [{"wait": {"until": {"did": "A"}, "at_most": "2m"}}, {"send": "n"}]
LATER = START + timedelta(days=40)
lengths = st.sampled_from([timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=3)])
asked = conditions(("one",))


days = st.sampled_from(["2026-05-01", "2026-05-04", "2026-05-05", "2026-05-09"])
weekdays: st.SearchStrategy[Any] = st.sampled_from(["monday", ("sunday", "friday"), ()])


def pauses() -> st.SearchStrategy[Wait]:
    either = st.one_of(
        st.builds(Pause, until=asked, at_most=lengths),
        st.builds(lambda length: Pause(for_=length), lengths),
        st.builds(lambda length, on: Pause(for_=length, at="09:05", on=on), st.none() | lengths, weekdays),
        st.builds(lambda date, most: Pause(day=Day(date=date), at_most=most), days, st.none() | lengths),
        st.builds(lambda most: Pause(day=Day(trait="plan"), at_most=most), lengths),
    )
    return st.builds(Wait, wait=either)


def steps(depth: int = 2) -> st.SearchStrategy[tuple[JourneyStep, ...]]:
    plain: st.SearchStrategy[JourneyStep] = st.one_of(
        st.builds(Send, send=st.sampled_from(("m", "n", "service"))),
        st.builds(Show, show=st.just("article")),
        st.builds(OpenTask, task=st.just("Call")),
        pauses(),
    )
    if depth:
        inner = steps(depth - 1)
        plain |= st.builds(lambda if_, then, other: Branch(if_=if_, then=then, else_=other), asked, inner, inner)
        plain |= st.builds(lambda one, two: Split(split={"x": 1, "y": 2}, arms={"x": one, "y": two}), inner, inner)
        plain |= st.builds(
            lambda most, until, steps: Repeat(repeat=Rounds(at_most=most, until=until, steps=steps)),
            st.integers(0, 3),
            st.none() | asked,
            inner,
        )
    return st.lists(plain, max_size=2 * depth or 1).map(tuple)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    re_entry: Any = draw(
        st.sampled_from(["once", "every time", ReEntry(once_per="k"), ReEntry(after=timedelta(minutes=7))])
    )
    ends, leaves = draw(st.none() | asked), draw(st.none() | asked)
    starts = draw(conditions() | st.builds(DayStart, date=days, if_=st.none() | asked))
    way, tried = draw(steps()), {"e": Experiment(on="journeys.j", variants={"as it is": {}, "other": {"steps": OTHER}})}
    return program(
        limits=Limits(email=Limit(at_most=draw(st.sampled_from([None, 1, 2])), per="6h", gap=timedelta(minutes=5))),
        milestones={"one": milestone(draw(conditions()))},
        messages={"m": message(), "n": message(serves="one"), "service": message(purpose="service")},
        articles={"article": Article(title="A", body="B")},
        journeys={"j": Journey(starts=starts, steps=way, ends=ends, leaves=leaves, re_entry=re_entry)},
        experiments=draw(st.sampled_from([{}, tried])),
        cadences={
            "tips": Cadence(
                starts=draw(asked), every="daily", series=("m", "article", "n"), stops=draw(st.none() | asked)
            )
        },
    )


def told(runner: Runner) -> list[SendMessage | ShowContent | TaskOpened]:
    return [effect for effect in runner.effects if isinstance(effect, SendMessage | ShowContent | TaskOpened)]


def ends(runner: Runner) -> list[RecordFact]:
    return [e for e in runner.effects if isinstance(e, RecordFact) and e.name == events.JOURNEY_ENDED]


@given(programs(), histories())
def test_no_stop_is_made_twice_in_one_run_and_no_run_has_two_ends(compiled: Program, history: list[Fact]) -> None:
    runner = run(compiled, history + history).wait(LATER)

    assert all(count == 1 for count in Counter(effect.key for effect in runner.effects).values())


@given(programs(), histories())
def test_the_same_history_gives_the_same_runs(compiled: Program, history: list[Fact]) -> None:
    one, two = run(compiled, history).wait(LATER), run(compiled, history).wait(LATER)

    assert one.state == two.state and one.effects == two.effects and one.decisions == two.decisions


@given(programs(), histories(), st.integers(0, 12))
def test_delivering_any_prefix_twice_moves_no_run(compiled: Program, history: list[Fact], cut: int) -> None:
    once, twice = Runner(compiled).give(*history), Runner(compiled)
    for each in history:
        twice.give(each)
        if each.seq <= cut:
            twice.give(*history[: each.seq])

    assert once.wait(LATER).state == twice.wait(LATER).state and once.effects == twice.effects


@given(programs(), histories())
def test_every_run_that_began_is_under_way_or_has_ended_with_a_reason(compiled: Program, history: list[Fact]) -> None:
    runner = run(compiled, history).wait(LATER)
    for key in ("j", "tips"):
        began, ended = runner.outcomes(key).count("started"), runner.outcomes(key).count("ended")
        under_way = [run_key for run_key in runner.state.runs if journey_of(run_key) == key]
        assert began - ended == len(under_way) and began == runner.state.rounds.get(key, (0,))[0]


@given(programs(), histories())
@settings(max_examples=30)
def test_every_run_comes_to_an_end_when_nothing_happens_any_more(compiled: Program, history: list[Fact]) -> None:
    assert run(compiled, history).wait(START + timedelta(days=500)).state.runs == {}


@given(programs(), histories(), lengths)
@settings(max_examples=30)
def test_no_wait_outlives_its_at_most(compiled: Program, history: list[Fact], later: timedelta) -> None:
    end = max(each.received_at for each in history) + later
    runner = run(compiled, history).wait(end)
    for run_key, inside in runner.state.runs.items():
        step = compiled.itineraries[journey_of(run_key)].stops[inside.place].step
        if isinstance(step, Wait) and step.wait.at_most is not None:
            assert inside.arrived_at + step.wait.at_most > end


class Watched(Runner):
    """Looks after each step whether anything of a journey was told although its goal holds."""

    def _step(self, given: Given) -> None:
        before = len(self.effects)
        super()._step(given)
        view = View(self.state.memory, self.state.reached, self.state.start)
        late = given.fact is not None and given.fact.at < (self.state.last_at or given.at)
        for effect in self.effects[before:]:
            if not isinstance(effect, SendMessage | ShowContent) or ":journey:" not in effect.key or late:
                continue
            goal = self.program.itineraries[effect.key.partition(":journey:")[2].partition(":")[0]].ends
            moment = (max(given.at, self.state.last_at or given.at), END_OF_MOMENT)
            assert goal is None or not holds(goal, view, moment) or turned_since(goal, view, effect)


def turned_since(goal: Any, view: View, effect: Any) -> bool:
    """The goal was not met yet at the moment of the effect itself."""
    return not holds(goal, view, (effect.at, END_OF_MOMENT))


@given(programs(), histories(late=False))
def test_nothing_of_a_journey_comes_after_its_goal(compiled: Program, history: list[Fact]) -> None:
    runner = Watched(compiled)
    for each in history:
        runner.wait(each.received_at)
        runner.give(each)
    runner.wait(LATER)


@given(programs(), histories())
def test_the_past_starts_no_run(compiled: Program, history: list[Fact]) -> None:
    import msgspec

    imported = [msgspec.structs.replace(each, source="import") for each in history]
    runner = Runner(compiled).give(*imported, now=LATER)

    assert runner.state.runs == {} and runner.effects == [] and runner.decisions == []


@given(programs(), histories())
def test_a_release_that_changes_nothing_lets_every_run_go_on_as_if_nothing_had_been(
    compiled: Program, history: list[Fact]
) -> None:
    end = max(each.received_at for each in history)
    plain = run(compiled, history).wait(end)
    same = compile_program(compiled.document, digest="e", number=2)
    carried = resettle(same, plain.state, Given(at=end, retroactive=True))
    second = Runner(same, carried.state).wait(LATER)
    before = len(plain.effects)
    plain.wait(LATER)

    assert carried.effects == () and carried.state.runs == plain_runs(compiled, history, end)
    assert [effect.key for effect in told(second)] == [e.key for e in plain.effects[before:] if e in told(plain)]


def plain_runs(compiled: Program, history: list[Fact], end: Any) -> Any:
    return run(compiled, history).wait(end).state.runs
