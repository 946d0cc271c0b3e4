"""The laws of the engine, held by generated programs and histories."""

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from milepost.core.conditions.types import All, Any_, Condition, Did, Not, Reached, Trait
from milepost.core.conditions.types import Test as Comparison
from milepost.core.engine.attention import quiet_ends
from milepost.core.engine.inputs import Given
from milepost.core.engine.merge import merge
from milepost.core.engine.state import State
from milepost.core.engine.step import rebuild
from milepost.core.events import Fact
from milepost.core.program.compile import Program, compile_program
from milepost.core.program.document import Document
from milepost.core.program.kinds.common import Celebrate
from milepost.core.program.kinds.content import Celebration, Guide, Step
from milepost.core.program.kinds.goal import Goal
from milepost.core.program.kinds.limits import Limit, Limits, Quiet
from milepost.core.program.kinds.risk import Risk
from tests.engine.world import START, Runner, fact, latches, message, milestone, told

EVENTS = ("A", "B", "C")
windows = st.sampled_from([None, timedelta(minutes=3), timedelta(minutes=10), timedelta(hours=2)])


@st.composite
def dids(draw: st.DrawFn) -> Did:
    count = draw(st.sampled_from([{}, {"at_least": 2}, {"at_least": 3}, {"at_most": 1}, {"exactly": 2}]))
    distinct = draw(st.sampled_from([None, None, "day", "k"]))
    where = draw(st.sampled_from([{}, {}, {"k": Comparison("is", 1)}, {"k": Comparison("gt", 1)}]))
    since = draw(st.sampled_from([None, None, None, "start"]))
    return Did(
        name=draw(st.sampled_from(EVENTS)),
        within=draw(windows),
        distinct=distinct,
        where=where,
        since=since,
        **count,
    )


def conditions(milestones: tuple[str, ...] = ()) -> st.SearchStrategy[Condition]:
    leaves: list[st.SearchStrategy[Condition]] = [dids(), st.just(Trait(name="plan", test=Comparison("is", "pro")))]
    if milestones:
        leaves.append(st.builds(Reached, milestone=st.sampled_from(milestones), within=windows))
    return st.recursive(
        st.one_of(leaves),
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=3).map(lambda of: All(of=tuple(of))),
            st.lists(inner, min_size=1, max_size=3).map(lambda of: Any_(of=tuple(of))),
            inner.map(lambda of: Not(of=of)),
        ),
        max_leaves=4,
    )


@st.composite
def programs(draw: st.DrawFn) -> Program:
    limits = Limits(
        email=Limit(at_most=draw(st.sampled_from([None, 1, 2])), per="6h", gap=timedelta(minutes=5)),
        in_app=Limit(at_most=1, per="session"),
    )
    document = Document(
        name="Generated",
        start=Did(name="A"),
        limits=limits,
        milestones={
            "one": milestone(draw(conditions()), celebrate=Celebrate(content="yay", message="praise")),
            "two": milestone(draw(conditions(("one",))), celebrate=Celebrate(message="praise")),
        },
        content={
            "yay": Celebration(title="Yay"),
            "guide": Guide(
                steps=(Step(title="Here"),),
                when=draw(conditions(("one",))),
                serves="two",
                unless=draw(st.none() | conditions(("two",))),
            ),
        },
        messages={
            "praise": message(),
            "hello": message(when=draw(conditions()), purpose="service", unless=draw(st.none() | conditions())),
        },
        risk={"r": Risk(when=draw(conditions(("one",))), message="praise")},
        goals={"g": Goal(ask="G", milestones=("one", "two"), if_={"two": draw(conditions())})},
    )
    return compile_program(document, digest="d", number=1)


@st.composite
def histories(draw: st.DrawFn, *, first_seq: int = 1, late: bool = True) -> list[Fact]:
    """Facts in the order of their arrival; some carry a time before that of an earlier arrival."""
    facts, minute = [], 0
    for seq in range(first_seq, first_seq + draw(st.integers(1, 12))):
        minute += draw(st.sampled_from([0, 0, 1, 2, 3, 7, 10, 130]))
        behind = draw(st.sampled_from([0, 0, 0, 1, 3, 200])) if late else 0
        at = max(0, minute - behind)
        if draw(st.integers(0, 5)) == 0:
            traits = {"plan": draw(st.sampled_from(["pro", "free", None]))}
            facts.append(fact("Identified", at, seq=seq, received=minute, kind="identify", properties=traits))
        else:
            name, k = draw(st.sampled_from(EVENTS)), draw(st.integers(1, 3))
            facts.append(fact(name, at, seq=seq, received=minute, properties={"k": k}))
    return facts


def fresh(program: Program) -> State:
    return State(workspace=1, uid=7, release=program.number, atoms=program.atoms_digest)


def run(program: Program, history: list[Fact]) -> Runner:
    """As in life: time passes between arrivals."""
    runner = Runner(program)
    for each in history:
        runner.wait(each.received_at).give(each)
    return runner


@given(programs(), histories())
def test_the_same_history_gives_the_same_state_and_effects(program: Program, history: list[Fact]) -> None:
    one, two = run(program, history), run(program, history)

    assert one.state == two.state and one.effects == two.effects and one.decisions == two.decisions


@given(programs(), histories(), st.integers(0, 12))
def test_delivering_any_prefix_twice_changes_nothing(program: Program, history: list[Fact], cut: int) -> None:
    once, twice = Runner(program).give(*history), Runner(program)
    for each in history:
        twice.give(each)
        if each.seq <= cut:
            twice.give(*history[: each.seq])

    assert once.state == twice.state and once.effects == twice.effects


@given(programs(), histories())
def test_no_key_is_used_twice(program: Program, history: list[Fact]) -> None:
    keys = Counter(effect.key for effect in told(run(program, history + history).effects))

    assert all(count == 1 for count in keys.values())


@given(programs(), histories())
def test_nothing_is_sent_about_the_past(program: Program, history: list[Fact]) -> None:
    import msgspec

    imported = [msgspec.structs.replace(each, source="import") for each in history]
    runner = Runner(program).give(*imported, now=START + timedelta(days=400))

    assert runner.sent() == [] and runner.decisions == []


@given(programs(), histories())
def test_facts_older_than_their_patience_change_the_state_and_nothing_else(
    program: Program, history: list[Fact]
) -> None:
    assert Runner(program).give(*history, now=START + timedelta(days=3)).sent() == []


@given(programs(), histories())
def test_the_order_of_arrival_does_not_change_what_was_reached_and_when(program: Program, history: list[Fact]) -> None:
    """A replay in the order of the facts' own times agrees with life, in which some came late."""
    end = max(each.received_at for each in history)
    lived = run(program, history).wait(end)
    replay = rebuild(program, fresh(program), history, Given(at=end, retroactive=True, known=True))

    assert latches(lived.state) == latches(Runner(program, replay.state).wait(end).state)
    assert told(replay.effects) == [] and replay.decisions == ()


@given(programs(), histories(late=False), histories(first_seq=20, late=False))
def test_a_merge_is_what_a_replay_of_both_histories_gives(program: Program, one: list[Fact], two: list[Fact]) -> None:
    end = max(each.received_at for each in one + two)
    given_ = Given(at=end, retroactive=True, known=True)
    merged = merge(program, run(program, one).state, run(program, two).state, given_)
    replay = rebuild(program, fresh(program), one + two, given_)

    assert told(merged.effects) == []
    assert latches(Runner(program, merged.state).wait(end).state) == latches(
        Runner(program, replay.state).wait(end).state
    )


@given(programs(), histories())
def test_a_release_that_changes_nothing_changes_no_decision(program: Program, history: list[Fact]) -> None:
    middle = len(history) // 2
    same = compile_program(program.document, digest="e", number=2)
    plain = Runner(program).give(*history)
    first = Runner(program).give(*history[:middle])
    carried = (
        rebuild(same, first.state, first.seen, Given(at=first.seen[-1].received_at, retroactive=True))
        if first.seen
        else None
    )
    second = Runner(same, carried.state if carried else None)
    second.seen = list(first.seen)
    second.give(*history[middle:])

    assert latches(plain.state) == latches(second.state)
    assert plain.sent() == first.sent() + second.sent()


@given(programs(), histories())
def test_caps_and_gaps_hold_however_facts_arrive(program: Program, history: list[Fact]) -> None:
    runner = run(program, history).wait(START + timedelta(days=2))
    care = sorted(e.at for e in runner.effects if getattr(e, "message", "") == "praise")
    limit = program.document.limits.email

    assert all(later - earlier >= timedelta(minutes=5) for earlier, later in pairwise(care))
    if limit.at_most is not None:
        for at in care:
            assert sum(1 for other in care if at <= other < at + timedelta(hours=6)) <= limit.at_most


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)),
    st.sampled_from(["Europe/Sofia", "America/New_York", "Asia/Kolkata", "Pacific/Chatham", "UTC"]),
    st.sampled_from([Quiet(time(21), time(8)), Quiet(time(0), time(6, 30)), Quiet(time(12), time(14))]),
)
def test_quiet_hours_end_outside_of_themselves_in_every_zone_and_over_every_change_of_the_clock(
    at: datetime, zone: str, quiet: Quiet
) -> None:
    end = quiet_ends(quiet, zone, at)

    if end is not None:
        assert at < end <= at + timedelta(hours=13)
        assert quiet_ends(quiet, zone, end) is None
