"""Why somebody comes, said or inferred, and how two people who want the same go different ways."""

from datetime import timedelta

import pytest

from milepost.core import events
from milepost.core.conditions.types import Answered, Condition, HasMotive, Trait
from milepost.core.conditions.types import Test as Compare
from milepost.core.delivery.answers import checked, facts_of
from milepost.core.engine.effects import RecordFact
from milepost.core.engine.inputs import Given
from milepost.core.engine.knowledge import plan_of
from milepost.core.engine.step import rebuild
from milepost.core.events import Fact
from milepost.core.program.compile import Program
from milepost.core.program.kinds import goal
from milepost.core.program.kinds.content import Guide, Question, Step, Survey
from tests.engine.world import START, Runner, did, fact, milestone, program

DAY = timedelta(days=1)
WHY = Survey(
    title="Why?",
    questions=(
        Question(key="why", ask="Why?", kind="motive"),
        Question(key="topics", ask="What about?", kind="interests", options={"jazz": "Jazz", "folk": "Folk"}),
    ),
)


def board(number: int = 1) -> Program:
    """A project tool: who comes to work with others invites them, who comes to automate writes a rule."""
    milestones = {
        "first-task": milestone(did("Task Added"), target=DAY),
        "invited": milestone(did("Invite Sent"), target=DAY),
        "rule": milestone(did("Rule Added"), target=2 * DAY),
        "done": milestone(did("Project Done"), target=7 * DAY, kind="outcome"),
    }
    ways: dict[str, Condition] = {"invited": HasMotive(motive="collaborate"), "rule": HasMotive(motive="automate")}
    return program(
        number,
        goals={"projects": goal.Goal(ask="Finish projects", milestones=tuple(milestones), if_=ways)},
        motives={
            "collaborate": goal.Motive(title="Work with others"),
            "automate": goal.Motive(title="Automate work", inferred=did("Api Key Made")),
        },
        milestones=milestones,
        content={
            "why": WHY,
            "api": Guide(steps=(Step(title="Here"),), when=HasMotive(motive="automate")),
        },
    )


def said(compiled: Program, question: str, value: object, minute: float, seq: int) -> list[Fact]:
    """The facts that an answer leaves."""
    asked = next(each for each in WHY.questions if each.key == question)
    value = checked(compiled.document, asked, value)
    return [
        fact(
            name,
            minute,
            seq=seq + n,
            kind="identify" if name == "Identified" else "track",
            source="milepost",
            properties=told,
        )
        for n, (name, told) in enumerate(facts_of(compiled.document, "why", asked, value))
    ]


def wants(minute: float, seq: int) -> Fact:
    return fact(events.GOAL_STATED, minute, seq=seq, properties={"goal": "projects"})


def path(runner: Runner) -> tuple[str, ...]:
    assert runner.state.plan is not None
    return runner.state.plan.path


@pytest.mark.req("R8")
def test_two_people_who_want_the_same_for_different_reasons_get_different_plans() -> None:
    compiled = board()
    said_so = Runner(compiled).give(fact("Signed Up", seq=1), *said(compiled, "why", "collaborate", 1, 2), wants(2, 5))
    inferred = Runner(compiled).give(fact("Signed Up", seq=1), fact("Api Key Made", 1, seq=2), wants(2, 5))
    unknown = Runner(compiled).give(fact("Signed Up", seq=1), wants(2, 5))
    assert path(said_so) == ("first-task", "invited", "done")
    assert path(inferred) == ("first-task", "rule", "done")
    assert path(unknown) == ("first-task", "done")
    shown = plan_of(compiled, inferred.state, START + DAY)
    assert shown is not None and [post.key for post in shown.posts] == ["first-task", "rule", "done"]
    assert inferred.sent() == ["api"] and said_so.sent() == []


def test_what_they_say_counts_more_than_what_is_inferred() -> None:
    compiled = board()
    runner = Runner(compiled).give(
        fact("Api Key Made", seq=1), wants(1, 2), *said(compiled, "why", "collaborate", 2, 3)
    )
    assert path(runner) == ("first-task", "invited", "done")


def test_a_motive_that_changes_makes_the_plan_anew_with_its_reason_and_what_was_reached_stays() -> None:
    compiled = board()
    runner = Runner(compiled).give(*said(compiled, "why", "collaborate", 0, 1), wants(1, 4))
    first = dict(runner.state.plan.first) if runner.state.plan else {}
    runner.give(fact("Invite Sent", 60, seq=5), *said(compiled, "why", "automate", 120, 6))
    assert path(runner) == ("first-task", "invited", "rule", "done")
    moves = [e.about for e in runner.effects if isinstance(e, RecordFact) and e.name == events.PLAN_MOVED]
    assert {"something about them has changed"} == {each["why"] for each in moves if each["milestone"] == "rule"}
    assert runner.state.plan is not None and runner.state.plan.first["done"] == first["done"]
    again = rebuild(compiled, runner.state, runner.seen, Given(at=START + DAY, retroactive=True))
    assert again.state.plan == runner.state.plan


@pytest.mark.req("R78")
def test_interests_may_be_skipped_changed_later_and_are_kept_as_a_trait_that_conditions_read() -> None:
    compiled = program(
        content={"why": WHY},
        motives={"collaborate": goal.Motive(title="Work with others")},
        segments={
            "jazz": Trait(name="topics", test=Compare("contains", "jazz")),
            "folk": Answered(survey="why", answers={"topics": Compare("is", "folk")}),
        },
    )
    runner = Runner(compiled).give(fact("Signed Up", seq=1))
    assert list(runner.state.segments) == []  # skipped: nothing is known, and nothing waits
    runner.give(*said(compiled, "topics", ["jazz", "folk"], 1, 2))
    assert list(runner.state.segments) == ["folk", "jazz"]
    runner.give(*said(compiled, "topics", ["folk"], 2, 4))
    assert list(runner.state.segments) == ["folk"]
    runner.give(*said(compiled, "topics", None, 3, 6))
    assert list(runner.state.segments) == []
