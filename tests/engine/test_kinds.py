"""The passive kinds of content, and what keeps something from being shown."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from milepost.core.conditions.types import DaysSince, Did, InTier, Trait
from milepost.core.conditions.types import Test as Compare
from milepost.core.engine.effects import EndContent, RecordFact, ShowContent
from milepost.core.program.compile import compile_program
from milepost.core.program.growth import offers_of
from milepost.core.program.kinds.common import Celebrate
from milepost.core.program.kinds.content import (
    Announcement,
    Article,
    Banner,
    Briefing,
    Celebration,
    Guide,
    Hint,
    Modal,
    ResourceCenter,
    Step,
    Term,
)
from milepost.core.program.kinds.lifecycle import Tiers
from milepost.core.program.kinds.limits import Limit, Limits, Support
from milepost.core.program.kinds.milestone import Growth, Help, Obstacle
from milepost.core.program.kinds.offer import Offer
from tests.engine.world import START, Runner, did, fact, message, milestone, program

POWER = Trait(name="tier", test=Compare("is", "power"))


def shown(runner: Runner) -> list[str]:
    return [effect.content for effect in runner.effects if isinstance(effect, ShowContent)]


def test_what_stands_in_the_page_is_there_from_the_start_and_takes_nothing_from_the_budget() -> None:
    standing = {
        "hint": Hint(title="Look", on="#search"),
        "term": Term(text="kcal", explain="A unit."),
        "center": ResourceCenter(title="Learn", items=("tour",)),
        "briefing": Briefing(title="Rules", body="Be kind.", if_something_goes_wrong="Call us."),
    }
    loud = {
        "banner": Banner(title="New", when=Did(name="Signed Up")),
        "news": Announcement(title="New", when=Did(name="Signed Up")),
        "modal": Modal(title="Read", body="This.", when=Did(name="Signed Up")),
    }
    limits = Limits(in_app=Limit(at_most=2, per="1d"))
    runner = Runner(program(content={**standing, **loud}, limits=limits)).give(fact("Signed Up", seq=1))
    assert [key for key in shown(runner) if key in standing] == list(standing)
    assert len([key for key in shown(runner) if key in loud]) == 1  # the briefing was the other one of two


def test_what_is_not_for_somebody_while_something_holds_is_left_out_with_the_reason() -> None:
    tour = Guide(steps=(Step(title="Here"),), when=did("Signed Up"), unless=POWER)
    mail = message(when=did("Signed Up"), unless=POWER)
    power = fact("Identified", seq=1, kind="identify", properties={"tier": "power"})
    parts: dict[str, Any] = {"content": {"tour": tour}, "messages": {"mail": mail}}
    runner = Runner(program(**parts)).give(power, fact("Signed Up", 1, seq=2))
    assert runner.effects == []
    left = {each.definition: each.reason["text"] for each in runner.decisions if each.outcome == "dropped"}
    assert set(left) == {"tour", "mail"}
    assert all("not for them while this holds" in text for text in left.values())
    casual = Runner(program(**parts)).give(fact("Signed Up", 1, seq=2))
    assert len(casual.effects) == 2


def test_what_waits_unseen_is_taken_back_when_it_is_not_for_them_any_more() -> None:
    tour = Guide(steps=(Step(title="Here"),), when=did("Signed Up"), unless=did("Expert Mode Used", at_least=2))
    runner = Runner(program(content={"tour": tour})).give(fact("Signed Up", seq=1), fact("Expert Mode Used", 1, seq=2))
    assert not [effect for effect in runner.effects if isinstance(effect, EndContent)]
    runner.give(fact("Expert Mode Used", 2, seq=3))
    [end] = [effect for effect in runner.effects if isinstance(effect, EndContent)]
    assert (end.contents, end.unseen) == (("tour",), True)


def test_it_is_taken_back_when_only_time_passes() -> None:
    tour = Guide(steps=(Step(title="Here"),), when=did("Signed Up"), unless=DaysSince(since="start", gte=10))
    runner = Runner(program(content={"tour": tour})).give(fact("Signed Up", seq=1)).wait(START + timedelta(days=11))
    assert [effect for effect in runner.effects if isinstance(effect, EndContent)]


def test_what_somebody_asks_for_they_get_all_the_same() -> None:
    tour = Guide(steps=(Step(title="Here"),), when=did("Signed Up"), unless=POWER)
    power = fact("Identified", seq=1, kind="identify", properties={"tier": "power"})
    asked = fact("Content Started", 2, seq=2, source="milepost", properties={"content": "tour"})
    assert shown(Runner(program(content={"tour": tour})).give(power, asked)) == ["tour"]


@pytest.mark.parametrize("late", [False, True])
def test_a_piece_that_waits_for_its_moment_is_asked_again_then(late: bool) -> None:
    content = {
        "first": Announcement(title="One", when=did("Signed Up")),
        "tour": Guide(steps=(Step(title="Here"),), when=did("Signed Up"), unless=POWER),
    }
    limits = Limits(in_app=Limit(gap=timedelta(minutes=30)))
    runner = Runner(program(content=content, limits=limits)).give(fact("Signed Up", seq=1))
    if late:
        runner.give(fact("Identified", 5, seq=2, kind="identify", properties={"tier": "power"}))
    runner.wait(START + timedelta(hours=2))
    assert shown(runner) == (["first"] if late else ["first", "tour"])


@pytest.mark.req("R9")
def test_a_computed_tier_switches_the_track_and_a_power_user_is_never_shown_a_beginner_tour() -> None:
    tour = Guide(steps=(Step(title="Here"),), when=did("Report Opened"), level="beginner")
    keys = Guide(steps=(Step(title="Keys"),), when=InTier(tier="power"), level="advanced")
    tiers = Tiers(power=did("Task Added", at_least=5, within=timedelta(days=7), distinct="day"))
    compiled = program(content={"tour": tour, "keys": keys}, tiers=tiers)
    work = [fact("Task Added", 60 * 24 * day, seq=2 + day) for day in range(5)]
    after = fact("Report Opened", 60 * 24 * 4 + 5, seq=10)
    power = Runner(compiled).give(fact("Signed Up", seq=1), *work, after)
    casual = Runner(compiled).give(fact("Signed Up", seq=1), *work[:2], after)
    assert (shown(power), shown(casual)) == (["keys"], ["tour"])
    [reason] = [each.reason["text"] for each in power.decisions if each.definition == "tour"]
    assert "not for them" in reason


def test_of_two_obstacles_at_once_the_more_severe_is_helped_first_and_the_other_waits() -> None:
    stuck = did("Error Seen")
    minor = Obstacle(stuck=stuck, severity="low", help=(Help(article="a"),))
    major = Obstacle(stuck=stuck, severity="high", help=(Help(article="b"),))
    goal = milestone(did("Done"), obstacles={"minor": minor, "major": major})
    articles = {"a": Article(title="A", body="…"), "b": Article(title="B", body="…")}
    limits = Limits(in_app=Limit(gap=timedelta(minutes=10)))
    runner = Runner(program(milestones={"goal": goal}, articles=articles, limits=limits))
    assert shown(runner.give(fact("Error Seen", seq=1))) == ["b"]
    assert shown(runner.wait(START + timedelta(minutes=20))) == ["b", "a"]


@pytest.mark.req("R40")
def test_what_is_outside_the_product_is_answered_by_words_reminders_peers_and_people_before_guides_and_offers() -> None:
    help_ = (Help(guide="tour"), Help(offer="premium"), Help(message="think-of-the-jeans"))
    cake = Obstacle(stuck=did("Cake Offered"), locus="outside", help=help_)
    parts: dict[str, Any] = {
        "content": {"tour": Guide(steps=(Step(title="Here"),))},
        "offers": {"premium": Offer(title="Premium", why="…", url="/premium")},
        "messages": {"think-of-the-jeans": message()},
    }
    inside = replace(cake, locus="inside")
    sent = [
        Runner(program(milestones={"slim": milestone(did("Slim"), obstacles={"cake": each})}, **parts))
        .give(fact("Cake Offered", seq=1))
        .sent()
        for each in (cake, inside)
    ]
    assert sent == [["think-of-the-jeans"], ["tour"]]
    for one, kind in ((Help(ask_support=True), "team"), (Help(peers=True), "peers"), (Help(article="cake"), "cake")):
        obstacle = replace(cake, help=(Help(guide="tour"), one))
        articles = {"cake": Article(title="Cake", body="…")}
        support = Support(name="Ann", email="a@example.com", community="https://example.com")
        slim = milestone(did("Slim"), obstacles={"cake": obstacle})
        runner = Runner(program(milestones={"slim": slim}, articles=articles, support=support, **parts))
        runner.give(fact("Cake Offered", seq=1))
        assert runner.state.stuck["slim/cake"].help.endswith(kind)


def test_an_accepted_obstacle_is_counted_as_such_and_nobody_is_helped() -> None:
    rain = Obstacle(stuck=did("Rain Seen"), locus="outside", accepted="Nobody can stop the rain.")
    runner = Runner(program(milestones={"run": milestone(did("Run"), obstacles={"rain": rain})}))
    runner.give(fact("Rain Seen", seq=1))
    [told] = [effect.about for effect in runner.effects if isinstance(effect, RecordFact)]
    assert told == {"milestone": "run", "obstacle": "rain", "accepted": True}


@pytest.mark.req("R27")
def test_each_answer_to_more_use_upgrade_and_cross_sell_may_be_an_offer_of_its_own() -> None:
    growth = {
        "upgrade": Growth(
            text="Premium shows why.", url="/premium", eligible=Trait(name="plan", test=Compare("is", "free"))
        ),
        "more_use": Growth(offer="diary"),
        "cross_sell": Growth(text="Scales go well with it."),
    }
    offers = {"diary": Offer(title="A diary", why="…", url="/diary")}
    content = {"yay": Celebration(title="Yay")}
    week = milestone(did("Week Done"), celebrate=Celebrate(content="yay"), **growth)
    compiled = program(milestones={"week": week}, offers=offers, content=content)
    free = fact("Identified", seq=1, kind="identify", properties={"plan": "free"})
    paid = fact("Identified", seq=1, kind="identify", properties={"plan": "paid"})
    made = [
        next(
            e.offer
            for e in Runner(compiled).give(who, fact("Week Done", 1, seq=2)).effects
            if isinstance(e, ShowContent)
        )
        for who in (free, paid)
    ]
    assert made == ["week/upgrade", "diary"]
    assert offers_of(compiled.document)["week/upgrade"].title == "Premium shows why."
    by_key = replace(week, upgrade=Growth(text="diary"), more_use=None)
    assert compile_program(replace(compiled.document, milestones={"week": by_key}), digest="2", number=2).offers_at == {
        "week": ("diary",)
    }
