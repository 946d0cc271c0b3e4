"""Whatever JSON somebody sends: the state can be written down, and stays small."""

from datetime import timedelta
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from milepost.core import events
from milepost.core.engine.plain import scalars, small
from milepost.core.engine.state import encode
from milepost.core.program.compile import Program
from milepost.core.program.kinds.goal import Measure
from milepost.core.program.kinds.journey import Journey, Pause, Wait
from tests.engine.world import Runner, did, fact, program

HUGE = st.integers(min_value=-(2**300), max_value=2**300) | st.sampled_from([2**63, 2**64, -(2**63) - 1, 10**400])
NUMBERS = HUGE | st.floats() | st.sampled_from(["NaN", "Infinity", "1e999"])
TEXTS = st.text(max_size=20) | st.integers(100, 5000).map("x".__mul__)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=80) | st.dictionaries(TEXTS, inner, max_size=80),
    max_leaves=60,
)
READ = ("question", "answer", "survey", "goal", "measure", "value", "as", "milestone", "on", "conversation", "content")
NAMES = (
    events.GOAL_STATED, events.QUESTION_ANSWERED, events.MEASURE_RECORDED, events.MILESTONE_SKIPPED, events.DATE_SET,
    events.QUESTION_ASKED, events.QUESTION_REPLIED, events.CONTENT_COMPLETED, events.ARTICLE_OPENED,
    events.OFFER_ACCEPTED, "Meal Logged",
)  # fmt: skip
DEEP: list[Any] = []
for _ in range(500):
    DEEP = [DEEP]
LARGEST = 50_000  # bytes: 50 parts of 200 characters, each of up to four bytes, with their names


def everything() -> Program:
    slow = Journey(starts=did("Meal Logged"), steps=(Wait(wait=Pause(for_=timedelta(days=3))),), re_entry="every time")
    return program(measures={"weight": Measure(unit="kg", better="down")}, journeys={"slow": slow})


PROGRAM = everything()
PROPERTIES = st.dictionaries(st.sampled_from(READ) | TEXTS, JSON | st.just(DEEP), max_size=30)
FACTS = st.lists(st.tuples(st.sampled_from(NAMES), PROPERTIES, st.sampled_from(["live", "milepost"])), max_size=12)


@given(FACTS)
def test_a_state_can_always_be_written_down(told: list[tuple[str, dict[str, Any], str]]) -> None:
    runner = Runner(PROGRAM)
    for seq, (name, properties, source) in enumerate(told, 1):
        runner.give(fact(name, seq, seq=seq, properties=properties, source=source))
        runner.wait(runner.seen[-1].at)
    assert len(encode(runner.state)) < LARGEST * (len(told) + 1)


@given(JSON | st.just(DEEP))
def test_what_is_kept_of_any_value_is_small_and_can_be_written_down(value: Any) -> None:
    once = small(value, 2000)
    assert len(msgspec.msgpack.encode(once)) <= LARGEST
    assert msgspec.json.encode(small(once, 2000)) == msgspec.json.encode(once), "there is nothing more to leave out"


def test_texts_and_numbers_stay_as_they_were_said() -> None:
    said = {"goal": "lose", "n": 3, "x": 1.5, "yes": True, "none": None, "list": [1], "x" * 101: 1}
    assert scalars(said) == {"goal": "lose", "n": 3, "x": 1.5, "yes": True}
    assert small(["a", "b", 2**53], 10) == ["a", "b", 2**53] and small("abc", 2) == "ab" and small(None, 2) is None
    assert small(2**64, 2) == 2.0**64 and small([2**64, [1], {}], 2) == [2.0**64] and small(DEEP, 2) == []
    assert len(scalars({str(n): n for n in range(99)}, 20)) == 20 and len(small([0] * 999, 1)) == 50
