"""Questions that registration leaves out: one at a time, when people are here, and never what is known."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from milepost.core import events
from milepost.core.conditions.types import Reached
from milepost.core.conditions.types import Test as Compare
from milepost.core.engine.effects import ShowContent
from milepost.core.events import Fact
from milepost.core.program.compile import Program
from milepost.core.program.kinds.content import Question, Survey
from tests.engine.world import Runner, did, fact, milestone, program

DAY = 24 * 60


def asked(**more: Any) -> Program:
    options = {"me": "Me", "team": "A team"}
    survey = Survey(
        title="One more thing",
        when=Reached(milestone="first"),
        one_at_a_time=timedelta(days=7),
        questions=(
            Question(key="role", ask="Your role?", options=options),
            Question(key="size", ask="How many are you?", kind="number", if_={"role": Compare("is", value="team")}),
            Question(key="import", ask="From where do you come?", when=did("Imported"), kind="text"),
            Question(key="heard", ask="How did you hear of us?", kind="text"),
        ),
        **more,
    )
    return program(content={"more": survey}, milestones={"first": milestone(did("Done"))})


def shown(runner: Runner) -> list[str]:
    return [each.question for each in runner.effects if isinstance(each, ShowContent)]


def answers(question: str, value: Any, minutes: float, seq: int) -> Fact:
    said = {"survey": "more", "question": question, "answer": value}
    return fact(events.QUESTION_ANSWERED, minutes, seq=seq, properties=said, source="milepost")


def comes(day: float, seq: int) -> Fact:
    return fact("Page Viewed", day * DAY, seq=seq, kind="page")


def test_one_question_a_week_when_somebody_comes_and_nothing_before_its_time() -> None:
    runner = Runner(asked()).give(comes(0, 1), comes(1, 2))
    assert shown(runner) == [], "the first value comes first"
    runner.give(fact("Done", 1 * DAY + 1, seq=3), comes(2, 4))
    assert shown(runner) == ["role"], "as soon as its time has come, and they are here"
    runner.give(answers("role", "team", 2 * DAY + 1, 5), comes(3, 6), comes(7.9, 7))
    assert shown(runner) == ["role"], "a week between two"
    runner.give(comes(9, 8), fact("Page Viewed", 9 * DAY + 5, seq=9, kind="page"))
    assert shown(runner) == ["role", "size"], "their answers lead on, and it is asked once in a session"
    runner.wait(runner.seen[-1].at + timedelta(days=30))
    assert shown(runner) == ["role", "size"], "nobody is asked who is not here"


def test_a_question_waits_for_its_own_moment_and_comes_at_once_when_that_is_there() -> None:
    runner = Runner(asked()).give(comes(0, 1), fact("Done", 1, seq=2), answers("role", "me", 2, 3), comes(8, 4))
    assert shown(runner) == ["role", "heard"], "alone, there is no size; nothing was imported"
    runner.give(comes(16, 5))
    assert shown(runner)[2:] == []
    runner.give(fact("Imported", 16 * DAY + 3, seq=6))
    assert shown(runner)[2:] == ["import"]


def test_what_is_passed_over_comes_again_after_a_while_and_what_is_refused_never() -> None:
    runner = Runner(asked()).give(comes(0, 1), fact("Done", 1, seq=2))
    runner.give(*(comes(day, day) for day in range(3, 60)))
    assert shown(runner) == ["role", "heard", "role", "heard", "role", "heard"][: len(shown(runner))]
    days = [(each.at - runner.seen[0].at).days for each in runner.effects if isinstance(each, ShowContent)]
    assert days == [0, 8, 29, 36, 57]
    refused = fact(events.CONTENT_REFUSED, 60 * DAY, seq=100, properties={"content": "more"}, source="milepost")
    runner.give(refused, *(comes(day, day + 100) for day in range(61, 120)))
    assert len(shown(runner)) == 5


def test_what_is_known_is_not_asked_as_an_answer_elsewhere_or_as_a_trait() -> None:
    told = fact("Identified", 1, seq=2, kind="identify", properties={"role": "team", "heard": "a friend"})
    runner = Runner(asked()).give(comes(0, 1), told, fact("Done", 2, seq=3), comes(8, 4))
    assert shown(runner) == []
    elsewhere = fact(
        events.QUESTION_ANSWERED, 8 * DAY + 2, seq=5, source="milepost",
        properties={"survey": "intake", "question": "role", "answer": "team"},
    )  # fmt: skip
    runner.give(elsewhere, comes(9, 6))
    assert shown(runner) == ["size"], "what is known leads on all the same"


def test_a_history_that_is_imported_asks_nobody() -> None:
    facts = [
        fact(name, day * DAY, seq=day + 1, source="import") for day, name in enumerate(("Opened", "Done", "Opened"))
    ]
    assert shown(Runner(asked()).give(*facts)) == []


@given(st.lists(st.tuples(st.integers(0, 60 * DAY), st.sampled_from(["Page Viewed", "Done", "Imported"])), max_size=40))
def test_however_they_come_no_two_questions_are_nearer_than_a_week(visits: list[tuple[int, str]]) -> None:
    runner = Runner(asked())
    for seq, (minutes, name) in enumerate(sorted(visits), 1):
        runner.give(fact(name, minutes, seq=seq))
    at = [each.at for each in runner.effects if isinstance(each, ShowContent)]
    assert all(later - earlier >= timedelta(days=7) for earlier, later in pairwise(at))
