"""Dates of a personal plan: how they are first set, and the only things that move them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from milepost.core.conditions.types import Answered, Did, Measured
from milepost.core.program.document import Document
from milepost.core.program.kinds.goal import Function, Goal, Measure
from milepost.core.program.kinds.milestone import Evidence, Milestone, Task
from milepost.core.success.personal import PersonalPlan, Told, personal_plan
from milepost.core.success.plan import Course, Plan, keep, make, moves

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
TODAY = NOON.date()


def on(day: int, month: int = 5) -> date:
    return date(2026, month, day)


def at(day: int, hour: int = 12) -> tuple[datetime, int]:
    return datetime(2026, 5, day, hour, tzinfo=UTC), day


def post(target: int | None, **more: Any) -> Milestone:
    return Milestone(
        title="M", reached=Did(name="X"), target=None if target is None else timedelta(days=target), **more
    )


def diary(**more: Any) -> Document:
    """A way of four posts: 1 day, then 2, then 7, then an outcome that the weight tells."""
    outcome = Milestone(
        title="Jeans", kind="outcome", evidence=Evidence(measure=Measured(measure="weight", reached="target"))
    )
    return Document(
        name="Diary",
        measures={"weight": Measure(unit="kg", better="down")},
        goals={
            "lose": Goal(ask="Lose weight", measure="weight", milestones=("one", "two", "three", "jeans")),
            "fit": Goal(ask="Get fit", milestones=("three", "one")),
        },
        milestones={"one": post(1), "two": post(2), "three": post(7), "jeans": outcome},
        **more,
    )


def test_first_dates_are_the_targets_one_after_another_from_the_goal() -> None:
    plan = make(diary(), "lose", NOON, Course())

    assert plan.first == plan.due == {"one": on(5), "two": on(7), "three": on(14)}


def test_a_day_is_a_day_where_they_live_also_when_clocks_change() -> None:
    late_evening = datetime(2026, 3, 28, 22, 30, tzinfo=UTC)  # 00:30 of the 29th in Sofia, whose clocks go forward then

    assert make(diary(), "lose", late_evening, Course(zone="Europe/Sofia")).first["one"] == on(30, 3)
    assert make(diary(), "lose", late_evening, Course(zone="America/New_York")).first["one"] == on(29, 3)


def test_what_is_reached_early_pulls_what_follows_forward_and_late_pushes_it_back() -> None:
    plan = make(diary(), "lose", NOON, Course())
    early, late = (keep(diary(), plan, Course(reached={"one": at(day)})) for day in (4, 9))

    assert early.due == {"one": on(5), "two": on(6), "three": on(13)}
    assert late.due == {"one": on(5), "two": on(11), "three": on(18)}
    assert early.first == late.first == plan.first


def test_what_is_reached_out_of_turn_pulls_nothing_before_what_still_comes_first() -> None:
    plan = make(diary(), "lose", NOON, Course(reached={"two": at(4)}))

    assert plan.due == {"one": on(5), "two": on(7), "three": on(12)}


def test_what_is_skipped_takes_no_time() -> None:
    plan = keep(diary(), make(diary(), "lose", NOON, Course()), Course(skipped=frozenset({"two"})))

    assert plan.due == {"one": on(5), "three": on(12)} and plan.skipped == ("two",)


def test_a_date_of_their_own_stands_and_what_follows_is_counted_from_it() -> None:
    first = make(diary(), "lose", NOON, Course())
    plan = keep(diary(), first, Course(own={"two": on(20)}))

    assert plan.due == {"one": on(5), "two": on(20), "three": on(27)} and plan.first == first.first
    assert [(m.milestone, m.before, m.after) for m in moves(first, plan)] == [
        ("two", on(7), on(20)),
        ("three", on(14), on(27)),
    ]


def test_the_day_by_which_they_want_it_is_the_date_of_the_outcome_that_the_measure_tells() -> None:
    asked_at_once = make(diary(), "lose", NOON, Course(by=on(1, 9)))
    asked_later = keep(diary(), make(diary(), "lose", NOON, Course()), Course(by=on(1, 9)))

    assert asked_at_once.due["jeans"] == asked_at_once.first["jeans"] == on(1, 9)
    assert asked_later.due["jeans"] == asked_later.first["jeans"] == on(1, 9)


def test_without_an_outcome_that_asks_for_the_measure_it_is_the_date_of_the_last_outcome() -> None:
    told = Milestone(title="Jeans", kind="outcome", evidence=Evidence(self_report=Answered(survey="weekly")))
    document = replace(diary(), milestones={**diary().milestones, "jeans": told, "three": post(7, kind="outcome")})

    assert make(document, "lose", NOON, Course(by=on(1, 9))).due == {
        "one": on(5),
        "two": on(7),
        "three": on(14),
        "jeans": on(1, 9),
    }


def test_another_goal_is_another_plan_in_which_what_was_reached_counts() -> None:
    plan = make(diary(), "fit", NOON, Course(reached={"one": at(3)}))

    assert plan.first == {"three": on(11), "one": on(12)} and plan.due["three"] == on(11)


courses = st.builds(
    Course,
    reached=st.dictionaries(st.sampled_from(["one", "two", "three"]), st.integers(1, 28).map(at)),
    skipped=st.frozensets(st.sampled_from(["one", "two", "three"])),
    own=st.dictionaries(st.sampled_from(["one", "two", "three"]), st.integers(1, 28).map(on)),
    by=st.none() | st.integers(1, 28).map(lambda day: on(day, 9)),
    zone=st.sampled_from(["UTC", "Pacific/Chatham", "America/New_York"]),
)


@given(courses, courses)
def test_the_first_date_never_changes_whatever_happens(one: Course, other: Course) -> None:
    plan = make(diary(), "lose", NOON, one)

    assert plan.first.items() <= keep(diary(), plan, other).first.items()


@given(courses, courses)
def test_dates_follow_from_how_it_stands_and_not_from_the_way_there(one: Course, other: Course) -> None:
    """Only the last date of what is reached is remembered."""
    plan = make(diary(), "lose", NOON, one)
    direct, around = keep(diary(), plan, one), keep(diary(), keep(diary(), plan, other), one)
    left = [key for key in direct.due if key not in one.reached]

    assert direct == plan
    assert {key: direct.due[key] for key in left} == {key: around.due[key] for key in left}


@given(courses)
def test_nothing_moves_when_nothing_happens(course: Course) -> None:
    plan = make(diary(), "lose", NOON, course)

    assert list(moves(plan, keep(diary(), plan, course))) == []


@given(courses)
def test_every_own_date_stands_and_what_is_skipped_has_none(course: Course) -> None:
    plan = make(diary(), "lose", NOON, course)
    left = {key for key in ("one", "two", "three") if key not in course.reached}

    assert all(plan.due[key] == day for key, day in course.own.items() if key in left - course.skipped)
    assert not plan.due.keys() & (left & course.skipped)


def shown(told: Told | None = None, today: date = TODAY, document: Document | None = None) -> PersonalPlan:
    document, told = document or diary(), told or Told(reached={})
    plan = make(document, "lose", NOON, Course(reached=told.reached, by=told.by))
    return personal_plan(document, plan, told, today)


def test_a_plan_says_what_comes_next_and_how_far_they_are() -> None:
    plan = shown(Told(reached={"one": at(4)}))

    assert plan.next is not None and plan.next.key == "two"
    assert (plan.reached, plan.total, plan.progress, plan.standing) == (1, 4, 0.25, "on track")
    assert shown(today=on(6)).standing == "late"


def test_a_plan_carries_the_problem_in_their_own_words() -> None:
    assert shown(Told(reached={}, statement="My knees hurt")).problem == "My knees hurt"
    assert shown().problem == "Lose weight"


def test_it_is_solved_not_solved_or_not_known() -> None:
    everything = {"jeans": at(5)}

    assert shown().verdict == "unknown"
    assert shown(Told(reached=everything)).verdict == "solved"
    assert shown(Told(reached={}, on_target=True)).verdict == "solved"
    assert shown(Told(reached={}, by=on(1, 9)), today=on(1, 9)).verdict == "unknown"
    assert shown(Told(reached={}, by=on(1, 9)), today=on(2, 9)).verdict == "not solved"


def test_posts_name_tasks_with_their_owners_and_the_functions_that_serve_them() -> None:
    tasks = (Task(title="Pick a day"), Task(title="Call them", owner="team"))
    document = diary(functions={"search": Function(milestones=("one",), title="Food search", url="/search")})
    document = replace(document, milestones={**document.milestones, "one": post(1, tasks=tasks, needs=("a scale",))})
    one = shown(Told(reached={}, tasks={"one/1"}), document=document).posts[0]

    assert [(task.title, task.owner, task.done) for task in one.tasks] == [
        ("Pick a day", "person", False),
        ("Call them", "team", True),
    ]
    assert one.needs == ("a scale",) and [each.url for each in one.functions] == ["/search"]


def test_a_plan_is_reproducible() -> None:
    assert make(diary(), "lose", NOON, Course()) == make(diary(), "lose", NOON, Course())
    assert isinstance(make(diary(), "lose", NOON, Course()), Plan)
