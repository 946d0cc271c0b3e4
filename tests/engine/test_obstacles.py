"""Stuck, helped at most once, resolved."""

from datetime import timedelta
from typing import Any

import pytest

from milepost.core import events
from milepost.core.conditions.types import All, Not
from milepost.core.engine.effects import EndTasks, OpenTask, RecordFact, SendMessage
from milepost.core.engine.inputs import Given
from milepost.core.engine.step import rebuild
from milepost.core.events import Fact
from milepost.core.program.compile import Program
from milepost.core.program.kinds.common import Celebrate
from milepost.core.program.kinds.content import Article, Celebration, Guide, Step
from milepost.core.program.kinds.goal import Goal
from milepost.core.program.kinds.limits import Limit, Limits, Support
from milepost.core.program.kinds.milestone import Help, Obstacle
from tests.engine.world import START, Runner, did, fact, message, milestone, program

HOUR = timedelta(hours=1)
SEARCHES = All(of=(did("Food Searched", at_least=3, within=HOUR), Not(of=did("Meal Logged"))))
SILENT = All(
    of=(did("Signed Up"), Not(of=did("Signed Up", within=timedelta(days=1))), Not(of=did("Opened", within=24 * HOUR)))
)
GUIDE, ARTICLE = Help(guide="add-food", as_="facilitator"), Help(article="find", as_="facilitator")
NUDGE = Help(message="nudge", as_="spark")


def diary(number: int = 1, *, help_: tuple[Help, ...] = (NUDGE, GUIDE, ARTICLE), **more: Any) -> Program:
    obstacles = {
        "cannot-find": Obstacle(stuck=SEARCHES, lacks="ability", help=help_),
        "silent": Obstacle(stuck=SILENT, lacks="motivation", help=(GUIDE, NUDGE)),
    }
    parts = {
        "goals": {
            "lose": Goal(ask="Lose", milestones=("meal",)),
            "fit": Goal(ask="Fit", milestones=("run",)),
        },
        "milestones": {
            "meal": milestone(did("Meal Logged"), obstacles=obstacles, effort=timedelta(minutes=2)),
            "run": milestone(did("Run")),
        },
        "content": {"add-food": Guide(steps=(Step(title="Here"),))},
        "articles": {"find": Article(title="How to find food", body="…")},
        "messages": {"nudge": message(serves="meal")},
        **more,
    }
    return program(number, **parts)


def searches(*minutes: float, seq: int = 1, **more: Any) -> list[Fact]:
    return [fact("Food Searched", minute, seq=seq + i, **more) for i, minute in enumerate(minutes)]


def told(run: Runner, name: str) -> list[dict[str, Any]]:
    return [e.about for e in run.effects if isinstance(e, RecordFact) and e.name == name]


def why(run: Runner, obstacle: str = "meal/cannot-find") -> dict[str, Any]:
    (reason,) = (d.reason for d in run.decisions if d.definition == obstacle and d.outcome == "detected")
    return reason


@pytest.mark.req("R44")
def test_one_stuck_event_is_answered_once_with_what_fits_and_the_reason_is_kept() -> None:
    run = Runner(diary()).give(*searches(0, 5, 9, 12, 15, 20))

    assert run.sent() == ["add-food"]
    reason = why(run)
    assert reason["won"] == "guide:add-food".replace("guide", "content") and "Food Searched" in str(reason["condition"])
    assert reason["considered"] == [{"help": "content:add-food", "as": "facilitator", "not": None}]
    assert (reason["diagnosis"]["missing"], reason["diagnosis"]["family"]) == ("ability", "facilitator")
    assert told(run, events.OBSTACLE_DETECTED) == [{"milestone": "meal", "obstacle": "cannot-find"}]


def test_what_they_refused_or_know_already_is_passed_over() -> None:
    never = fact(events.CONTENT_REFUSED, 0, seq=1, source="milepost", properties={"content": "add-food"})
    run = Runner(diary()).give(never, *searches(1, 2, 3, seq=2))
    assert run.sent() == ["find"]
    assert [each["not"] for each in why(run)["considered"]] == ["they asked never to see it again", None]

    done = fact(events.CONTENT_COMPLETED, 0, seq=1, source="milepost", properties={"content": "add-food"})
    assert Runner(diary()).give(done, *searches(1, 2, 3, seq=2)).sent() == ["find"]

    read = fact(events.ARTICLE_OPENED, 0.5, seq=2, source="milepost", properties={"article": "find"})
    assert Runner(diary()).give(never, read, *searches(1, 2, 3, seq=3)).sent() == ["nudge"]


def test_who_is_stuck_is_told_again_what_was_shown_to_them_before() -> None:
    guide = Guide(steps=(Step(title="Here"),), resource="find")
    shown = fact(events.CONTENT_SHOWN, 0, seq=1, source="milepost", properties={"content": "add-food"})
    run = Runner(diary(help_=(ARTICLE,), content={"add-food": guide})).give(shown, *searches(1, 2, 3, seq=2))

    assert run.state.seen == ["find"] and run.sent() == ["find"]


def test_help_waits_for_its_moment_like_any_other() -> None:
    busy = diary(limits=Limits(in_app=Limit(at_most=1, per="30m")))
    shown = fact("Guide Wanted", seq=1)
    content = {**busy.document.content, "other": Guide(steps=(Step(title="O"),), when=did("Guide Wanted"))}
    run = Runner(diary(limits=busy.document.limits, content=content)).give(shown, *searches(1, 2, 3, seq=2))

    assert run.sent() == ["other"] and run.outcomes("add-food") == ["held"]
    assert run.state.stuck["meal/cannot-find"].helped_at is None
    run.wait(START + timedelta(minutes=30))
    assert run.sent() == ["other", "add-food"]
    assert run.state.stuck["meal/cannot-find"].help == "content:add-food"


def test_the_milestone_resolves_it_and_says_whether_help_had_come() -> None:
    helped = Runner(diary()).give(*searches(1, 2, 3), fact("Meal Logged", 9, seq=9))
    about = {"milestone": "meal", "obstacle": "cannot-find"}

    assert told(helped, events.OBSTACLE_RESOLVED) == [{**about, "helped": True, "help": "content:add-food"}]
    assert helped.outcomes("meal/cannot-find") == ["detected", "resolved"]

    unhelped = Runner(diary(help_=())).give(*searches(1, 2, 3), fact("Meal Logged", 9, seq=9))
    assert told(unhelped, events.OBSTACLE_RESOLVED) == [{**about, "helped": False, "help": ""}]


def test_a_milestone_that_was_not_reached_after_all_opens_its_obstacle_again() -> None:
    stuck = Obstacle(stuck=SEARCHES, help=(GUIDE,))
    meal = milestone(All(of=(did("Meal Logged"), Not(of=did("Trial Meal")))), obstacles={"cannot-find": stuck})
    compiled = diary(milestones={**diary().document.milestones, "meal": meal})
    run = Runner(compiled).give(*searches(1, 2, 3), fact("Meal Logged", 9, seq=9))
    assert run.state.stuck["meal/cannot-find"].resolved_at == START + timedelta(minutes=9)

    run.give(fact("Trial Meal", 5, seq=10, received=12))
    assert run.state.stuck["meal/cannot-find"].resolved_at is None
    assert run.outcomes("meal/cannot-find") == ["detected", "resolved", "moved"] and run.sent() == ["add-food"]


def test_an_obstacle_was_resolved_when_its_milestone_turns_out_to_have_been_reached() -> None:
    run = Runner(diary()).give(*searches(1, 2, 3), fact("Meal Logged", 9, seq=9))
    run.give(fact("Meal Logged", 6, seq=10, received=12))

    assert run.state.stuck["meal/cannot-find"].resolved_at == START + timedelta(minutes=6)


def test_help_that_still_waits_when_the_milestone_is_reached_is_let_go() -> None:
    celebrated = {"welcome": Celebration(title="Hello")} | diary().document.content
    first = {"signed": milestone(did("Signed Up"), celebrate=Celebrate(content="welcome"))}
    milestones, limits = first | diary().document.milestones, Limits(in_app=Limit(at_most=1, per="30m"))
    run = Runner(diary(limits=limits, content=celebrated, milestones=milestones)).give(fact("Signed Up", 0, seq=1))
    run.give(*searches(1, 2, 3, seq=2))
    assert run.outcomes("add-food") == ["held"]

    run.give(fact("Meal Logged", 9, seq=9)).wait(START + timedelta(days=1))
    assert run.sent() == ["welcome"]


def test_who_has_reached_it_is_not_stuck() -> None:
    run = Runner(diary()).give(fact("Meal Logged", 0, seq=1), *searches(1, 2, 3, seq=2))

    assert run.sent() == [] and run.state.stuck == {}


def test_who_is_not_on_the_way_there_is_not_stuck() -> None:
    fit = fact(events.GOAL_STATED, 0, seq=1, properties={"goal": "fit"})

    assert Runner(diary()).give(fit, *searches(1, 2, 3, seq=2)).state.stuck == {}
    lose = fact(events.GOAL_STATED, 0, seq=1, properties={"goal": "lose"})
    assert Runner(diary()).give(lose, *searches(1, 2, 3, seq=2)).sent() == ["add-food"]


def test_an_accepted_obstacle_is_counted_and_nobody_is_helped() -> None:
    accepted = {"cannot-find": Obstacle(stuck=SEARCHES, accepted="Search is being rebuilt.", help=(GUIDE,))}
    run = Runner(diary(milestones={"meal": milestone(did("Meal Logged"), obstacles=accepted)}, goals={})).give(
        *searches(1, 2, 3)
    )

    assert run.sent() == [] and "meal/cannot-find" in run.state.stuck
    assert why(run)["accepted"] == "Search is being rebuilt."


def test_who_is_silent_for_a_day_gets_one_nudge_by_a_timer() -> None:
    run = Runner(diary()).give(fact("Signed Up", seq=1)).wait(START + timedelta(days=9))
    (nudge,) = (effect for effect in run.effects if isinstance(effect, SendMessage))

    assert run.sent() == ["nudge"] and nudge.at == START + timedelta(days=1)
    assert why(run, "meal/silent")["diagnosis"]["family"] == "spark"


def test_who_has_logged_a_meal_gets_none() -> None:
    run = Runner(diary()).give(fact("Signed Up", seq=1), fact("Meal Logged", 60, seq=2)).wait(START + timedelta(days=9))

    assert run.sent() == []


def test_the_team_is_asked_once() -> None:
    run = Runner(diary(help_=(Help(ask_support=True),))).give(*searches(1, 2, 3, 4))
    (task,) = (effect for effect in run.effects if isinstance(effect, OpenTask))

    assert task.about == "obstacle:meal/cannot-find" and task.title == "Help them with: Milestone"
    assert run.state.stuck["meal/cannot-find"].help == "task:team"


def test_peers_help_where_there_is_a_community() -> None:
    peers = (Help(peers=True),)
    assert why(Runner(diary(help_=peers)).give(*searches(1, 2, 3)))["won"] is None

    support = Support(name="Anna", email="a@example.com", community="https://example.com/us")
    run = Runner(diary(help_=peers, support=support)).give(*searches(1, 2, 3))
    [task] = [effect for effect in run.effects if isinstance(effect, OpenTask)]
    assert task.title == "Introduce them to others who help with: Milestone"
    assert task.reason.endswith("Others are here: https://example.com/us")


@pytest.mark.req("R114")
def test_who_joins_the_community_has_help_from_peers_and_nobody_has_to_introduce_them() -> None:
    support = Support(name="Anna", email="a@example.com", community="https://example.com/us")
    for help_, before in (((Help(peers=True),), "task:peers"), ((GUIDE, Help(peers=True)), "content:add-food")):
        run = Runner(diary(help_=help_, support=support)).give(*searches(1, 2, 3))
        assert run.state.stuck["meal/cannot-find"].help == before
        run.give(fact(events.COMMUNITY_JOINED, 5, seq=9), fact(events.COMMUNITY_JOINED, 6, seq=10))
        assert run.state.stuck["meal/cannot-find"].help == "community:joined"
        answers = told(run, events.OBSTACLE_ANSWERED)
        assert [each["response"] for each in answers] == ["peer" if before == "task:peers" else "guide", "peer"]
        closed = [effect.tasks for effect in run.effects if isinstance(effect, EndTasks)]
        assert closed == ([("task:obstacle:meal/cannot-find",)] if before == "task:peers" else [])
        run.give(fact("Meal Logged", 9, seq=11))
        [resolved] = told(run, events.OBSTACLE_RESOLVED)
        assert (resolved["helped"], resolved["help"]) == (True, "community:joined")


def test_a_community_helps_with_what_names_peers_and_who_was_there_before_is_not_told_of_it() -> None:
    support = Support(name="Anna", email="a@example.com", community="https://example.com/us")
    other = Runner(diary(support=support)).give(*searches(1, 2, 3), fact(events.COMMUNITY_JOINED, 5, seq=9))
    assert other.state.stuck["meal/cannot-find"].help != "community:joined"
    early = Runner(diary(help_=(Help(peers=True),), support=support))
    early.give(fact(events.COMMUNITY_JOINED, 0, seq=1), *searches(1, 2, 3, seq=2))
    assert early.state.stuck["meal/cannot-find"].help == "task:peers"
    late = Runner(diary(help_=(Help(peers=True),), support=support)).give(*searches(1, 2, 3))
    late.give(fact(events.COMMUNITY_JOINED, 5, seq=9, source="import"))
    assert late.state.stuck["meal/cannot-find"].help == "task:peers", "the past is counted, and answers nobody"


def test_an_import_makes_people_stuck_and_helps_nobody() -> None:
    run = Runner(diary()).give(*searches(1, 2, 3, source="import"))

    assert "meal/cannot-find" in run.state.stuck and run.effects == [] and run.decisions == []


def test_a_release_keeps_who_is_stuck_and_forgets_obstacles_that_are_gone() -> None:
    old = Runner(diary()).give(*searches(1, 2, 3))
    given = Given(at=START + HOUR, retroactive=True)
    meal = diary().document.milestones["meal"]
    moved = diary(2, milestones={"first": meal}, goals={}, moved={"meal": "first"})
    bare = diary(3, milestones={"meal": milestone(did("Meal Logged"))}, goals={})

    carried = rebuild(moved, old.state, old.seen, given).state
    assert set(carried.stuck) == {"first/cannot-find"} and carried.stuck["first/cannot-find"].help == "content:add-food"
    assert rebuild(bare, old.state, old.seen, given).state.stuck == {}
