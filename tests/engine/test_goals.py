"""What people want to achieve, and the plan that comes of it."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from msgspec.structs import replace

from milepost.core import events
from milepost.core.conditions.types import Measured
from milepost.core.engine.effects import OpenTask, RecordFact, RefreshContent, ShowContent, TellBuyers
from milepost.core.engine.inputs import Given
from milepost.core.engine.knowledge import known, plan_of
from milepost.core.engine.merge import merge
from milepost.core.engine.state import encode
from milepost.core.engine.step import rebuild
from milepost.core.events import Fact
from milepost.core.program.compile import Program
from milepost.core.program.kinds.common import AnswerRef, Celebrate
from milepost.core.program.kinds.content import Celebration, Checklist, Guide, Question, Step, Survey
from milepost.core.program.kinds.goal import Goal, Measure
from milepost.core.program.kinds.limits import Limit, Limits
from milepost.core.program.kinds.milestone import Evidence, Help, Obstacle, Task
from milepost.core.program.kinds.offer import Offer
from tests.engine.world import START, Runner, did, fact, message, milestone, program

DAY = timedelta(days=1)
MINUTES = 24 * 60


def diary(number: int = 1, **more: Any) -> Program:
    """Two goals over three milestones; the plan is shown as a checklist."""
    parts = {
        "limits": Limits(in_app=Limit(at_most=0, per="1d")),
        "measures": {"weight": Measure(unit="kg", better="down")},
        "goals": {
            "lose": Goal(
                ask={"en": "I want to lose weight", "ru": "Хочу похудеть"},
                milestones=("meal", "streak", "jeans"),
                measure="weight",
                statement=AnswerRef(answer="why"),
            ),
            "fit": Goal(ask="I want to get fit", milestones=("streak",)),
        },
        "milestones": {
            "meal": milestone(
                did("Meal Logged"),
                target=DAY,
                tasks=(Task(title="Open the diary", done=did("Diary Opened")),),
                celebrate=Celebrate(content="yay", buyers="proud", owner=True),
            ),
            "streak": milestone(did("Meal Logged", at_least=3), target=7 * DAY),
            "jeans": milestone(
                None,
                kind="outcome",
                evidence=Evidence(measure=Measured(measure="weight", reached="target"), attested=("coach",)),
            ),
        },
        "content": {
            "plan": Checklist(title="Your plan", from_="goal"),
            "yay": Celebration(title="Yay"),
            "intake": Survey(title="Hi", questions=(Question(key="goal", ask="What?", kind="goal"), *QUESTIONS)),
        },
        "messages": {"proud": message()},
        **more,
    }
    return program(number, **parts)


QUESTIONS = (
    Question(key="why", ask="Why?", kind="text"),
    Question(key="kilos", ask="How much?", kind="number", measure="weight"),
)


def says(goal: str, minutes: float = 0, *, seq: int, **more: Any) -> Fact:
    return fact(events.GOAL_STATED, minutes, seq=seq, properties={"goal": goal}, **more)


def weighs(kilos: float, minutes: float, *, seq: int, role: str = "value") -> Fact:
    told = {"measure": "weight", "value": kilos, "as": role}
    return fact(events.MEASURE_RECORDED, minutes, seq=seq, properties=told)


def concluded(run: Runner, name: str) -> list[dict[str, Any]]:
    return [e.about for e in run.effects if isinstance(e, RecordFact) and e.name == name]


@pytest.mark.req("R21")
def test_a_stated_goal_is_a_dated_plan_in_the_same_step_shown_whatever_the_limits() -> None:
    run = Runner(diary()).give(says("lose", seq=1))

    assert run.sent() == ["plan"] and run.outcomes("lose") == ["made"]
    assert concluded(run, events.PLAN_MADE) == [
        {"goal": "lose", "dates": {"meal": "2026-05-05", "streak": "2026-05-12"}}
    ]
    (shown,) = (effect for effect in run.effects if isinstance(effect, ShowContent))
    assert shown.known["goal"]["ask"]["ru"] == "Хочу похудеть" and shown.known["plan"]["next"]["key"] == "meal"


def test_two_who_answer_differently_get_different_plans() -> None:
    one, other = (plan_of(diary(), Runner(diary()).give(says(goal, seq=1)).state, START) for goal in ("lose", "fit"))

    assert one is not None and other is not None
    assert [post.key for post in one.posts] == ["meal", "streak", "jeans"]
    assert [post.key for post in other.posts] == ["streak"] and other.problem == "I want to get fit"


def test_a_milestone_moves_the_dates_after_it_and_says_so() -> None:
    run = Runner(diary()).give(says("lose", seq=1), fact("Meal Logged", 2 * MINUTES, seq=2))

    assert run.state.plan is not None
    assert run.state.plan.due["streak"] == date(2026, 5, 13) and run.state.plan.first["streak"] == date(2026, 5, 12)
    assert concluded(run, events.PLAN_MOVED) == [
        {"milestone": "streak", "from": "2026-05-12", "to": "2026-05-13", "why": "meal was reached"}
    ]


def test_the_person_skips_a_milestone_or_sets_a_date_and_may_take_it_back() -> None:
    skip = fact(events.MILESTONE_SKIPPED, 1, seq=2, properties={"milestone": "meal"})
    sets = fact(events.DATE_SET, 2, seq=3, properties={"milestone": "streak", "on": "2026-06-01"})
    back = fact(events.DATE_SET, 3, seq=4, properties={"milestone": "meal", "on": None})
    run = Runner(diary()).give(says("lose", seq=1), skip)
    assert run.state.plan is not None and run.state.plan.due == {"streak": date(2026, 5, 11)}

    run.give(sets)
    assert run.state.plan.due == {"streak": date(2026, 6, 1)}
    run.give(back)
    assert run.state.plan.due == {"meal": date(2026, 5, 5), "streak": date(2026, 6, 1)}
    assert run.state.plan.skipped == () and run.outcomes("meal") == ["moved", "moved"]


def test_the_day_by_which_they_want_it_dates_the_outcome() -> None:
    by = {"measure": "weight", "value": "2026-09-01", "as": "by"}
    run = Runner(diary()).give(says("lose", seq=1), fact(events.MEASURE_RECORDED, 1, seq=2, properties=by))

    assert run.state.plan is not None and run.state.plan.due["jeans"] == date(2026, 9, 1)


def test_a_changed_goal_makes_another_plan_in_which_what_was_reached_counts() -> None:
    meals = [fact("Meal Logged", i, seq=i) for i in (2, 3, 4)]
    run = Runner(diary()).give(says("lose", seq=1), *meals, says("fit", 9, seq=5))
    plan = plan_of(diary(), run.state, START)

    assert plan is not None and (plan.goal, plan.reached, plan.total, plan.standing) == ("fit", 1, 1, "done")
    assert [about["goal"] for about in concluded(run, events.PLAN_MADE)] == ["lose", "fit"]


def leaves_the_plan(name: str, minutes: float, *, seq: int) -> Fact:
    return fact(name, minutes, seq=seq, source="milepost", properties={"content": "plan"})


def test_a_changed_goal_shows_the_plan_again_that_was_dismissed() -> None:
    dismissed = leaves_the_plan(events.CONTENT_DISMISSED, 5, seq=2)
    run = Runner(diary()).give(says("lose", seq=1), dismissed, says("lose", 7, seq=3))
    assert run.sent() == ["plan"]

    assert run.give(says("fit", 9, seq=4)).sent() == ["plan", "plan"]


def test_a_changed_goal_does_not_show_the_plan_again_that_is_open_or_was_refused() -> None:
    assert Runner(diary()).give(says("lose", seq=1), says("fit", 9, seq=2)).sent() == ["plan"]

    refused = leaves_the_plan(events.CONTENT_REFUSED, 5, seq=2)
    assert Runner(diary()).give(says("lose", seq=1), refused, says("fit", 9, seq=3)).sent() == ["plan"]


def due(run: Runner, milestone_: str) -> date | None:
    return run.state.plan.due.get(milestone_) if run.state.plan else None


def test_a_task_three_days_late_moves_the_plan_by_them_once_and_says_why() -> None:
    run = Runner(diary()).give(says("lose", seq=1))
    day = START.date() + DAY
    assert (due(run, "meal"), due(run, "streak")) == (day, day + 7 * DAY)

    assert due(run.wait(START + 3 * DAY), "meal") == day
    run.wait(START + 30 * DAY)
    assert (due(run, "meal"), due(run, "streak")) == (day + 3 * DAY, day + 10 * DAY)
    assert run.state.plan is not None and run.state.plan.first == {"meal": day, "streak": day + 7 * DAY}
    told = concluded(run, events.PLAN_MOVED)
    assert [about["milestone"] for about in told] == ["meal", "streak"]
    assert {about["why"] for about in told} == {"a task on the way is three days late"}


def test_a_task_that_is_done_in_time_moves_nothing_and_one_done_too_late_moves_nothing_back() -> None:
    opened = fact("Diary Opened", 3 * MINUTES, seq=2)
    assert concluded(Runner(diary()).give(says("lose", seq=1), opened).wait(START + 30 * DAY), events.PLAN_MOVED) == []

    late = (
        Runner(diary()).give(says("lose", seq=1)).wait(START + 5 * DAY).give(fact("Diary Opened", 6 * MINUTES, seq=2))
    )
    assert due(late.wait(START + 30 * DAY), "meal") == START.date() + 4 * DAY


def test_a_late_task_leaves_the_date_that_they_set_themselves() -> None:
    set_ = fact(events.DATE_SET, 1, seq=2, properties={"milestone": "meal", "on": "2026-05-20"})
    run = Runner(diary()).give(says("lose", seq=1), set_).wait(START + 60 * DAY)

    assert due(run, "meal") == date(2026, 5, 20) and len(concluded(run, events.PLAN_MOVED)) == 2


def test_how_late_a_task_is_is_found_again_by_a_replay() -> None:
    history = [says("lose", seq=1), fact("Meal Searched", 6 * MINUTES, seq=2)]
    lived = Runner(diary()).give(*history)
    replay = rebuild(diary(), Runner(diary()).state, history, Given(at=START + 9 * DAY, retroactive=True)).state

    assert replay.plan == lived.state.plan and due(lived, "meal") == START.date() + 4 * DAY


def test_the_same_goal_stated_again_moves_nothing() -> None:
    run = Runner(diary()).give(says("lose", seq=1), says("lose", 3 * MINUTES, seq=2))

    assert run.sent() == ["plan"] and run.outcomes("lose") == ["made"]
    assert concluded(run, events.PLAN_MOVED) == []


def test_an_open_checklist_is_drawn_again_when_something_in_it_changes() -> None:
    run = Runner(diary()).give(fact("Meal Logged", seq=1), says("lose", 1, seq=2))
    assert not [e for e in run.effects if isinstance(e, RefreshContent)]

    run.give(fact("Diary Opened", 2, seq=3), fact("Meal Logged", 3, seq=4), fact("Meal Logged", 4, seq=5))
    refreshed = [e for e in run.effects if isinstance(e, RefreshContent)]
    assert [e.contents for e in refreshed] == [("plan",), ("plan",)]  # the task, then the streak
    assert len({e.key for e in refreshed}) == 2


def test_what_an_import_brings_ticks_an_open_checklist() -> None:
    run = Runner(diary()).give(says("lose", seq=1), fact("Meal Logged", 1, seq=2, source="import"))

    assert [e.contents for e in run.effects if isinstance(e, RefreshContent)] == [("plan",)]
    assert run.sent() == ["plan"]


def test_a_task_that_is_done_is_ticked_in_the_plan() -> None:
    run = Runner(diary()).give(says("lose", seq=1), fact("Diary Opened", 1, seq=2))
    plan = plan_of(diary(), run.state, START)

    assert plan is not None and [task.done for task in plan.posts[0].tasks] == [True]


def test_an_imported_goal_is_a_plan_that_nobody_is_told_of() -> None:
    run = Runner(diary()).give(says("lose", seq=1, source="import"))

    assert run.state.plan is not None and run.effects == [] and run.decisions == []


def test_a_milestone_is_celebrated_with_those_who_pay_and_with_the_team() -> None:
    run = Runner(diary()).give(says("lose", seq=1), fact("Meal Logged", 1, seq=2), fact("Meal Logged", 2, seq=3))

    assert [(e.message, e.milestone) for e in run.effects if isinstance(e, TellBuyers)] == [("proud", "meal")]
    assert [e.about for e in run.effects if isinstance(e, OpenTask)] == ["milestone:meal"]


def test_a_celebration_knows_their_own_words() -> None:
    why = fact(
        events.QUESTION_ANSWERED, 1, seq=2, properties={"survey": "intake", "question": "why", "answer": "Knees"}
    )
    run = Runner(diary()).give(says("lose", seq=1), why, fact("Meal Logged", 2, seq=3))
    (yay,) = (e for e in run.effects if isinstance(e, ShowContent) and e.content == "yay")

    assert yay.known["goal"]["statement"] == "Knees" and yay.known["answers"] == {"why": "Knees"}
    assert yay.known["plan"] == {
        "reached": 1,
        "total": 3,
        "standing": "on track",
        "verdict": "unknown",
        "next": {"key": "streak", "title": "Milestone", "due": "2026-05-11"},
    }


def test_a_measure_is_known_with_its_progress() -> None:
    run = Runner(diary()).give(weighs(80, 0, seq=1, role="baseline"), weighs(70, 0, seq=2, role="target"))
    assert known(diary(), run.state, START)["measure"]["weight"] == {"unit": "kg", "baseline": 80, "target": 70}

    run.give(weighs(78.5, 1, seq=3), weighs(79, 2, seq=4))
    weight = known(diary(), run.state, START)["measure"]["weight"]
    assert (weight["last"], weight["previous"], weight["change"]) == (79, 78.5, 0.5) and "progress" not in weight


def test_an_answer_that_was_taken_back_is_not_known() -> None:
    told = [
        fact(events.QUESTION_ANSWERED, i, seq=i, properties={"survey": "intake", "question": "why", "answer": answer})
        for i, answer in ((1, "Knees"), (3, None), (2, "Back"))
    ]

    assert "answers" not in known(diary(), Runner(diary()).give(*told).state, START)


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ([weighs(70, 0, seq=1, role="target"), weighs(69, 1, seq=2)], "measure"),
        ([fact(events.MILESTONE_ATTESTED, 1, seq=1, properties={"milestone": "jeans", "by": "Eva"})], "attested"),
    ],
)
def test_evidence_is_kept_with_its_kind(facts: list[Fact], kind: str) -> None:
    run = Runner(diary()).give(*facts)
    (jeans,) = (each for each in run.reached if each.milestone == "jeans")

    assert jeans.evidence["kind"] == kind and jeans.evidence["fact"] == facts[-1].message_id
    assert jeans.evidence.get("by") == ("Eva" if kind == "attested" else None)


def test_a_renamed_goal_keeps_its_plan() -> None:
    old = Runner(diary()).give(says("lose", seq=1))
    goals = diary().document.goals
    new = diary(2, goals={"slim": goals["lose"], "fit": goals["fit"]}, moved={"lose": "slim"})
    carried = rebuild(new, old.state, old.seen, Given(at=START, retroactive=True)).state

    assert old.state.plan is not None and carried.plan is not None
    assert carried.plan.goal == "slim" and carried.plan.due == old.state.plan.due
    assert Runner(new, carried).give(fact("Other", 5, seq=2)).effects == []


def test_a_release_with_other_targets_moves_what_is_due_and_not_what_was_first_said() -> None:
    old = Runner(diary()).give(says("lose", seq=1))
    slower = diary().document.milestones | {"meal": milestone(did("Meal Logged"), target=3 * DAY)}
    carried = rebuild(diary(2, milestones=slower), old.state, old.seen, Given(at=START, retroactive=True)).state

    assert carried.plan is not None
    assert carried.plan.first["meal"] == date(2026, 5, 5) and carried.plan.due["meal"] == date(2026, 5, 7)


@pytest.mark.parametrize("day", ["9999-12-31", "soon", 7, None, ["2026-06-01"], "0001-01-01"])
def test_a_date_that_is_none_is_no_date(day: Any) -> None:
    facts = [
        says("lose", seq=1),
        fact(events.DATE_SET, 1, seq=2, properties={"milestone": "meal", "on": day}),
        fact(events.MEASURE_RECORDED, 2, seq=3, properties={"measure": "weight", "value": day, "as": "by"}),
    ]
    run = Runner(diary()).give(*facts)

    assert run.state.plan is not None and run.state.plan.due == run.state.plan.first


def test_whatever_is_sent_from_outside_breaks_nothing() -> None:
    odd: list[Any] = [None, 1, True, ["x"], {"a": 1}, "x" * 5000, float("inf"), ""]
    names = [events.GOAL_STATED, events.QUESTION_ANSWERED, events.MEASURE_RECORDED, events.DATE_SET]
    names += [events.QUESTION_ASKED, events.QUESTION_REPLIED, events.CONTENT_STARTED, events.OFFER_ACCEPTED]
    names += [events.MILESTONE_SKIPPED, events.SURVEY_ANSWERED, events.CONTENT_REFUSED, events.EMAIL_CLICKED]
    keys = [
        "goal",
        "question",
        "answer",
        "survey",
        "measure",
        "value",
        "as",
        "milestone",
        "on",
        "conversation",
        "content",
        "offer",
        "message",
    ]
    run = Runner(whole())
    for seq, (name, value) in enumerate([(name, value) for name in names for value in odd], 1):
        run.give(fact(name, seq, seq=seq, source="milepost", properties=dict.fromkeys(keys, value)))

    assert run.state.plan is None and run.state.measures == {}
    assert len(encode(run.state)) < 20_000


@st.composite
def lives(draw: st.DrawFn) -> list[Fact]:
    """Facts about goals in the order of their arrival, some of them late."""
    facts, minute = [], 0
    for seq in range(1, draw(st.integers(2, 10))):
        minute += draw(st.sampled_from([1, 5, 700, 1500]))
        at = max(0, minute - draw(st.sampled_from([0, 0, 3, 900])))
        name, properties = draw(
            st.sampled_from(
                [
                    (events.GOAL_STATED, {"goal": "lose"}),
                    (events.GOAL_STATED, {"goal": "fit"}),
                    ("Meal Logged", {}),
                    (events.MILESTONE_SKIPPED, {"milestone": "streak"}),
                    (events.DATE_SET, {"milestone": "streak", "on": "2026-06-01"}),
                    (events.MEASURE_RECORDED, {"measure": "weight", "value": 70, "as": "target"}),
                    (events.MEASURE_RECORDED, {"measure": "weight", "value": 71 + minute % 3}),
                    (events.QUESTION_ANSWERED, {"survey": "intake", "question": "why", "answer": str(minute)}),
                    (events.QUESTION_ASKED, {"conversation": 1}),
                ]
            )
        )
        facts.append(fact(name, at, seq=seq, received=minute, properties=properties))
    return facts


NOTED = (
    "acted",
    "goal",
    "goal_at",
    "stated",
    "answers",
    "measures",
    "wishes",
    "talks",
    "handled",
    "seen",
    "taken",
    "active_on",
)


@for_all(lives())
def test_a_replay_notes_the_same_and_makes_the_same_plan(history: list[Fact]) -> None:
    lived = Runner(diary()).give(*history)
    replay = rebuild(diary(), Runner(diary()).state, history, Given(at=START, retroactive=True)).state

    assert all(getattr(lived.state, name) == getattr(replay, name) for name in NOTED)
    if lived.state.plan is not None and replay.plan is not None:
        left = [key for key in replay.plan.due if key not in replay.reached]
        assert lived.state.plan.goal == replay.plan.goal and lived.state.plan.made_at == replay.plan.made_at
        assert [lived.state.plan.due.get(key) for key in left] == [replay.plan.due[key] for key in left]


@for_all(lives(), lives())
def test_two_who_turn_out_to_be_one_have_one_plan(one: list[Fact], other: list[Fact]) -> None:
    other = [replace(each, seq=each.seq + 20, message_id=f"o{each.seq}") for each in other]
    given = Given(at=START + 30 * DAY, retroactive=True, known=True)
    merged = merge(diary(), Runner(diary()).give(*one).state, Runner(diary()).give(*other).state, given).state
    replay = rebuild(diary(), Runner(diary()).state, one + other, given).state

    assert all(getattr(merged, name) == getattr(replay, name) for name in NOTED)
    assert (merged.plan is None) is (replay.plan is None)
    if merged.plan is not None and replay.plan is not None:
        assert merged.plan.goal == replay.plan.goal


def whole(number: int = 1) -> Program:
    """The diary with a check-in, an obstacle and an offer."""
    document = diary().document
    stuck = Obstacle(stuck=did("Meal Logged", exactly=1), help=(Help(guide="how"), Help(ask_support=True)))
    streak = replace(document.milestones["streak"], obstacles={"slow": stuck}, offer="premium")
    weekly = Survey(
        title="W", questions=QUESTIONS, every=7 * DAY, remind="proud", praise=Celebrate(content="yay", message="proud")
    )
    return diary(
        number,
        milestones={**document.milestones, "streak": replace(streak, celebrate=Celebrate(content="yay"))},
        content={**document.content, "weekly": weekly, "how": Guide(steps=(Step(title="How"),))},
        offers={"premium": Offer(title="P", why="W", url="/p")},
        limits=Limits(in_app=Limit(at_most=1, per="1d"), total=Limit(at_most=2, per="1d")),
    )


def live(compiled: Program, history: list[Fact]) -> Runner:
    """As in life: time passes between arrivals, and after the last one."""
    run = Runner(compiled)
    for each in history:
        run.wait(each.received_at).give(each)
    return run.wait(START + 30 * DAY)


@for_all(lives())
def test_nothing_is_told_twice_and_the_same_life_is_told_alike(history: list[Fact]) -> None:
    once, again = live(whole(), history), live(whole(), history)
    twice = live(whole(), [each for each in history for _ in (1, 2)])

    assert once.state == again.state and once.effects == again.effects and once.decisions == again.decisions
    assert [e.key for e in twice.effects] == [e.key for e in once.effects]
    assert len({e.key for e in once.effects}) == len(once.effects)


@for_all(lives())
def test_an_import_tells_nobody_anything(history: list[Fact]) -> None:
    imported = [replace(each, source="import") for each in history]
    run = Runner(whole()).give(*imported, now=START + 400 * DAY)

    assert run.sent() == [] and run.decisions == []
    assert all(isinstance(effect, RefreshContent) for effect in run.effects)


@for_all(lives(), st.integers(0, 10))
def test_a_release_that_changes_nothing_changes_nothing(history: list[Fact], cut: int) -> None:
    before, after = history[:cut], history[cut:]
    plain, first = live(whole(), history), Runner(whole())
    for each in before:
        first.wait(each.received_at).give(each)
    at = before[-1].received_at if before else START
    carried = rebuild(whole(2), first.state, first.seen, Given(at=at, retroactive=True))
    second = Runner(whole(2), carried.state)
    second.seen = list(first.seen)
    for each in after:
        second.wait(each.received_at).give(each)
    second.wait(START + 30 * DAY)

    assert plain.sent() == first.sent() + second.sent()
    assert plain.state.plan == second.state.plan and plain.state.stuck == second.state.stuck
