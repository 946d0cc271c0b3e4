"""A survey at a rhythm: asked, reminded of, answered or missed; progress praised, and nothing else."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from milepost.core import events
from milepost.core.conditions.types import Condition
from milepost.core.conditions.types import Goal as Wants
from milepost.core.engine.effects import EndContent, RecordFact, ShowContent
from milepost.core.engine.inputs import Given
from milepost.core.engine.step import rebuild
from milepost.core.events import Fact
from milepost.core.program.compile import Program
from milepost.core.program.kinds.common import Celebrate
from milepost.core.program.kinds.content import Celebration, Question, Survey
from milepost.core.program.kinds.goal import Goal, Measure
from tests.engine.world import START, Runner, did, fact, message, milestone, program

DAY = timedelta(days=1)
WEEK_IN_MINUTES = 7 * 24 * 60


def weekly(number: int = 1, *, every: timedelta = 7 * DAY, when: Condition | None = None, **more: Any) -> Program:
    parts = {
        "measures": {"weight": Measure(unit="kg", better="down")},
        "goals": {"lose": Goal(ask="Lose weight", milestones=("meal",), measure="weight")},
        "milestones": {"meal": milestone(did("Meal Logged"))},
        "content": {
            "weigh-in": Survey(
                title="How is it going?",
                questions=(
                    Question(key="kilos", ask="Weight?", kind="number", measure="weight"),
                    Question(key="trouble", ask="What was hard?"),
                ),
                every=every,
                when=when,
                remind="come-and-weigh",
                praise=Celebrate(content="well-done", message="well-done-mail"),
            ),
            "well-done": Celebration(title="Less!"),
        },
        "messages": {"come-and-weigh": message(), "well-done-mail": message()},
        **more,
    }
    return program(number, **parts)


def set_out(compiled: Program | None = None) -> Runner:
    """Somebody with a goal and 80 kg to begin with."""
    goal = fact(events.GOAL_STATED, seq=1, properties={"goal": "lose"})
    base = fact(events.MEASURE_RECORDED, 1, seq=2, properties={"measure": "weight", "value": 80, "as": "baseline"})
    return Runner(compiled or weekly()).give(goal, base)


def weighs(kilos: float, after: timedelta, *, seq: int) -> list[Fact]:
    """The answer, and what is recorded of it, as the survey writes them."""
    minutes = after.total_seconds() / 60
    answer = {"survey": "weigh-in", "question": "kilos", "answer": kilos}
    recorded = {"measure": "weight", "value": kilos, "as": "value"}
    return [
        fact(events.QUESTION_ANSWERED, minutes, seq=seq, properties=answer),
        fact(events.MEASURE_RECORDED, minutes, seq=seq + 1, properties=recorded),
    ]


def asked_on(run: Runner) -> list[datetime]:
    return [e.at for e in run.effects if isinstance(e, ShowContent) and e.content == "weigh-in"]


def missed(run: Runner) -> list[int]:
    return [
        e.about["occurrence"] for e in run.effects if isinstance(e, RecordFact) and e.name == events.CHECK_IN_MISSED
    ]


def test_it_is_first_asked_one_interval_after_the_goal_was_set() -> None:
    run = set_out().wait(START + 6 * DAY)
    assert asked_on(run) == []

    assert asked_on(run.wait(START + 7 * DAY)) == [START + 7 * DAY]


def test_without_an_answer_it_is_reminded_of_twice_and_then_missed() -> None:
    run = set_out().wait(START + 13 * DAY)

    assert run.sent() == ["weigh-in", "come-and-weigh", "come-and-weigh"]
    assert [e.at for e in run.effects if getattr(e, "message", "") == "come-and-weigh"] == [
        START + 8 * DAY,
        START + 10 * DAY,
    ]
    assert missed(run) == [1] and run.outcomes("weigh-in") == ["shown", "missed"]
    assert [e.contents for e in run.effects if isinstance(e, EndContent)] == [("weigh-in",)]
    assert asked_on(run.wait(START + 14 * DAY)) == [START + 7 * DAY, START + 14 * DAY]


def test_who_last_acted_by_mail_is_asked_there_as_well() -> None:
    clicks = fact(events.EMAIL_CLICKED, 60, seq=3, source="milepost", properties={"message": "well-done-mail"})
    assert set_out().give(clicks).wait(START + 7 * DAY).sent() == ["weigh-in", "come-and-weigh"]

    back = fact("Opened", 90, seq=4)
    assert set_out().give(clicks, back).wait(START + 7 * DAY).sent() == ["weigh-in"]


def test_who_has_answered_is_not_reminded_and_is_asked_again_at_the_rhythm() -> None:
    run = set_out().wait(START + 7 * DAY).give(*weighs(79, 7 * DAY + timedelta(hours=2), seq=3)).wait(START + 14 * DAY)

    assert "come-and-weigh" not in run.sent() and missed(run) == []
    assert asked_on(run) == [START + 7 * DAY, START + 14 * DAY]


def test_progress_is_praised_with_its_number() -> None:
    run = set_out().wait(START + 7 * DAY).give(*weighs(78.5, 8 * DAY, seq=3))
    (praise,) = (e for e in run.effects if isinstance(e, ShowContent) and e.content == "well-done")

    assert run.sent()[-2:] == ["well-done", "well-done-mail"]
    assert praise.known["measure"]["weight"]["progress"] == 1.5


@pytest.mark.parametrize("kilos", [80, 80.5])
def test_no_progress_is_never_praised(kilos: float) -> None:
    run = set_out().wait(START + 7 * DAY).give(*weighs(kilos, 7 * DAY, seq=3))

    assert "well-done" not in run.sent() and "well-done-mail" not in run.sent()


def test_the_second_time_it_is_held_against_the_first() -> None:
    run = set_out().wait(START + 7 * DAY).give(*weighs(78, 7 * DAY, seq=3))
    run.wait(START + 14 * DAY).give(*weighs(79, 14 * DAY, seq=5))
    assert run.sent().count("well-done") == 1  # 79 is less than 80, but more than 78

    run.wait(START + 21 * DAY).give(*weighs(77, 21 * DAY, seq=7))
    assert run.sent().count("well-done") == 2


def test_a_correction_is_judged_again_and_praised_at_most_once() -> None:
    run = set_out().wait(START + 7 * DAY).give(*weighs(82, 7 * DAY, seq=3))
    assert "well-done" not in run.sent()

    run.give(*weighs(79, 7 * DAY + timedelta(minutes=3), seq=5))
    run.give(*weighs(78, 7 * DAY + timedelta(minutes=5), seq=7))
    assert run.sent().count("well-done") == 1


def test_an_answer_after_it_was_missed_is_an_answer_all_the_same() -> None:
    run = set_out().wait(START + 13 * DAY).give(*weighs(79, 13 * DAY, seq=3))

    assert missed(run) == [1] and "well-done" in run.sent()


def test_it_is_asked_when_they_are_awake() -> None:
    late = fact(events.GOAL_STATED, 13 * 60, seq=1, properties={"goal": "lose"})  # 22:00 UTC, 1 in the night in Sofia
    run = Runner(weekly()).give(late, zone="Europe/Sofia").wait(START + 9 * DAY)

    assert asked_on(run)[0] == datetime(2026, 5, 12, 6, tzinfo=UTC)  # 9 in the morning in Sofia


def test_the_hour_stays_the_same_where_they_live_when_clocks_change() -> None:
    begun = datetime(2026, 10, 20, 9, 0, tzinfo=UTC)  # 12 in Sofia, in summer
    minutes = (begun - START).total_seconds() / 60
    goal = fact(events.GOAL_STATED, minutes, seq=1, properties={"goal": "lose"})
    run = Runner(weekly()).give(goal, zone="Europe/Sofia").wait(begun + 8 * DAY)

    assert asked_on(run) == [datetime(2026, 10, 27, 10, 0, tzinfo=UTC)]  # 12 in Sofia, in winter


def test_a_daily_one_is_missed_when_the_next_is_due() -> None:
    run = set_out(weekly(every=DAY)).wait(START + 3 * DAY)

    assert asked_on(run) == [START + DAY, START + 2 * DAY, START + 3 * DAY] and missed(run) == [1, 2]
    assert "come-and-weigh" not in run.sent()


def test_with_a_when_the_rhythm_begins_there() -> None:
    run = set_out(weekly(when=did("Meal Logged"))).wait(START + 8 * DAY)
    assert run.sent() == []

    run.give(fact("Meal Logged", 9 * 24 * 60, seq=3))
    assert run.sent() == [] and asked_on(run.wait(START + 16 * DAY)) == [START + 16 * DAY]


def test_who_has_another_goal_by_now_is_not_asked_about_the_old_one() -> None:
    run = set_out(weekly(when=Wants(goal="lose"))).wait(START + 8 * DAY)
    assert len(asked_on(run)) == 1

    run.give(fact(events.GOAL_STATED, 10 * 24 * 60, seq=3, properties={"goal": "fit"})).wait(START + 30 * DAY)
    assert len(asked_on(run)) == 1


def test_without_goals_the_rhythm_begins_with_the_start() -> None:
    run = Runner(weekly(goals={})).give(fact("Signed Up", seq=1)).wait(START + 7 * DAY)

    assert asked_on(run) == [START + 7 * DAY]


def test_nobody_is_asked_about_the_past() -> None:
    goal = fact(events.GOAL_STATED, seq=1, properties={"goal": "lose"}, source="import")
    run = Runner(weekly()).give(goal)
    run.give(fact("Meal Logged", 10 * WEEK_IN_MINUTES + 60, seq=2))
    assert missed(run) == [] and len(asked_on(run)) <= 1

    assert asked_on(run.wait(START + 77 * DAY))[-1] == START + 77 * DAY


def test_who_never_wants_to_see_it_again_is_not_asked_and_misses_nothing() -> None:
    never = fact(events.CONTENT_REFUSED, 5, seq=3, source="milepost", properties={"content": "weigh-in"})
    run = set_out().give(never).wait(START + 20 * DAY)

    assert run.sent() == [] and missed(run) == [] and run.outcomes("weigh-in") == ["dropped", "dropped"]


def test_a_release_keeps_the_rhythm_also_under_another_name() -> None:
    old = set_out().wait(START + 7 * DAY)
    content = weekly().document.content
    renamed = weekly(
        2,
        content={"weighing": content["weigh-in"], "well-done": content["well-done"]},
        moved={"weigh-in": "weighing"},
    )
    carried = rebuild(renamed, old.state, old.seen, Given(at=START + 7 * DAY, retroactive=True)).state
    later = Runner(renamed, carried).wait(START + 14 * DAY)

    assert later.sent() == ["come-and-weigh", "come-and-weigh", "weighing"] and missed(later) == [1]
