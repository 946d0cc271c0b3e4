"""Offers: inside a celebration, to whom they fit, not too often, never after a bad signal."""

from datetime import timedelta
from typing import Any

import pytest

from milepost.core import events
from milepost.core.conditions.types import Test as Comparison
from milepost.core.conditions.types import Trait
from milepost.core.engine.effects import ShowContent
from milepost.core.events import Fact
from milepost.core.program.compile import Program
from milepost.core.program.kinds.common import Celebrate, Fatigue
from milepost.core.program.kinds.content import Celebration, Question, Survey
from milepost.core.program.kinds.goal import Measure
from milepost.core.program.kinds.milestone import Help, Obstacle
from milepost.core.program.kinds.offer import Offer
from tests.engine.world import Runner, did, fact, milestone, program

DAYS = 24 * 60
FREE = Trait(name="plan", test=Comparison("is", "free"))


def shop(offer: Offer | None = None, **more: Any) -> Program:
    celebrate = Celebrate(content="yay")
    premium = offer or Offer(title="Premium", why="More", url="/premium", eligible=FREE, taken=did("Bought"))
    parts = {
        "measures": {"weight": Measure(unit="kg", better="down")},
        "milestones": {
            "one": milestone(did("One"), celebrate=celebrate, offer="premium"),
            "two": milestone(did("Two"), celebrate=celebrate, offer="premium"),
        },
        "content": {
            "yay": Celebration(title="Yay"),
            "score": Survey(
                title="How?",
                questions=(Question(key="stars", ask="?", kind="stars"), Question(key="nps", ask="?", kind="nps")),
            ),
        },
        "offers": {"premium": premium},
        **more,
    }
    return program(**parts)


def free(seq: int = 1) -> Fact:
    return fact("Identified", 0, seq=seq, kind="identify", properties={"plan": "free"})


def answers(question: str, value: Any, minutes: float, *, seq: int) -> Fact:
    told = {"survey": "score", "question": question, "answer": value}
    return fact(events.QUESTION_ANSWERED, minutes, seq=seq, properties=told)


def weighs(kilos: float, minutes: float, *, seq: int) -> Fact:
    return fact(events.MEASURE_RECORDED, minutes, seq=seq, properties={"measure": "weight", "value": kilos})


def offered(run: Runner) -> list[str | None]:
    """The offer in each celebration, in order."""
    return [effect.offer for effect in run.effects if isinstance(effect, ShowContent)]


def why_not(run: Runner) -> str:
    (reason,) = (d.reason["text"] for d in run.decisions if d.kind == "offer" and d.outcome == "dropped")
    return str(reason)


def test_an_offer_stands_inside_the_celebration() -> None:
    run = Runner(shop()).give(free(), fact("One", 1, seq=2))

    assert offered(run) == ["premium"] and run.outcomes("premium") == ["shown"]


def test_who_is_not_eligible_is_celebrated_without_an_offer() -> None:
    run = Runner(shop()).give(fact("One", 1, seq=1))

    assert offered(run) == [None] and why_not(run) == "Not offered: they are not eligible."


def test_eligible_means_now() -> None:
    paid = fact("Identified", 1, seq=2, kind="identify", properties={"plan": "paid"})

    assert offered(Runner(shop()).give(free(), paid, fact("One", 2, seq=3))) == [None]


def test_it_is_not_made_again_within_its_time() -> None:
    run = Runner(shop()).give(free(), fact("One", 1, seq=2), fact("Two", 2, seq=3))
    assert offered(run) == ["premium", None] and "1 times within 30d" in why_not(run)

    assert offered(Runner(shop()).give(free(), fact("One", 1, seq=2), fact("Two", 31 * DAYS, seq=3))) == ["premium"] * 2


def test_what_is_taken_is_not_offered() -> None:
    bought = Runner(shop()).give(free(), fact("Bought", 1, seq=2), fact("One", 2, seq=3))
    assert offered(bought) == [None]

    plain = shop(Offer(title="Premium", why="More", url="/p", not_more_than=Fatigue(at_most=9, per=timedelta(days=1))))
    accepts = fact(events.OFFER_ACCEPTED, 2, seq=2, source="milepost", properties={"offer": "premium"})
    assert offered(Runner(plain).give(fact("One", 1, seq=1), accepts, fact("Two", 3, seq=3))) == ["premium", None]


@pytest.mark.parametrize(
    ("signals", "offer"),
    [
        ([answers("stars", 2, 1, seq=2)], None),
        ([answers("stars", 3, 1, seq=2)], "premium"),
        ([answers("nps", 6, 1, seq=2)], None),
        ([answers("nps", 9, 1, seq=2)], "premium"),
        ([answers("stars", 1, 1, seq=2), answers("nps", 10, 2, seq=3)], "premium"),
        ([answers("nps", 10, 1, seq=2), answers("stars", 1, 2, seq=3)], None),
        ([answers("stars", 1, 1, seq=2), answers("stars", None, 2, seq=3)], "premium"),
        ([weighs(80, 1, seq=2), weighs(81, 2, seq=3)], None),
        ([weighs(80, 1, seq=2), weighs(79, 2, seq=3)], "premium"),
        ([weighs(80, 1, seq=2), weighs(80, 2, seq=3)], None),
    ],
)
def test_it_is_never_made_after_a_bad_signal(signals: list[Fact], offer: str | None) -> None:
    run = Runner(shop()).give(free(), *signals, fact("One", 9, seq=9))

    assert offered(run) == [offer]
    if offer is None:
        assert "their last signal was a bad one" in why_not(run)


@pytest.mark.req("R75")
def test_who_never_wants_to_see_it_again_is_not_asked_again() -> None:
    refused = fact(events.CONTENT_REFUSED, 1, seq=2, source="milepost", properties={"content": "premium"})
    run = Runner(shop()).give(free(), refused, fact("One", 2, seq=3))

    assert offered(run) == [None] and why_not(run) == "Not offered: they asked never to see it again."


def test_nobody_is_offered_anything_about_the_past() -> None:
    run = Runner(shop()).give(free(), fact("One", 1, seq=2, source="import"))

    assert run.effects == [] and run.state.spent == {}


def test_an_offer_may_be_the_help_with_an_obstacle() -> None:
    obstacles = {"full": Obstacle(stuck=did("Limit Hit"), lacks="ability", help=(Help(offer="premium"),))}
    stuck = shop(milestones={"one": milestone(did("One"), obstacles=obstacles)})
    run = Runner(stuck).give(free(), fact("Limit Hit", 1, seq=2))

    assert offered(run) == ["premium"] and run.state.stuck["one/full"].help == "offer:premium"
    bad = Runner(stuck).give(free(), answers("stars", 1, 0.5, seq=2), fact("Limit Hit", 1, seq=3))
    assert offered(bad) == []
