"""The shop's program, run through the engine: what happens after the first purchase, and brings people back."""

from datetime import timedelta
from functools import lru_cache
from pathlib import Path

import pytest

from milepost.core.engine.effects import OpenTask
from milepost.core.program.codec import digest_of
from milepost.core.program.compile import Program, compile_program
from tests.engine.world import START, Runner, fact
from tests.program.documents import document_of

TEXT = (Path(__file__).parents[2] / "examples/shop/milepost.yaml").read_text(encoding="utf-8")
DAY = 24 * 60


@lru_cache
def program() -> Program:
    document = document_of(TEXT)
    return compile_program(document, digest=digest_of(document), number=1)


class Buyer(Runner):
    """Somebody who signed up and wants good mornings; what they do is told by days since then."""

    def __init__(self) -> None:
        super().__init__(program())
        self._facts = 0
        self.does("Identified", 0, kind="identify", email="ann@example.com").does("Signed Up", 0)
        self.does("Question Answered", 0.001, survey="intake", question="goal", answer="good-mornings")
        self.does("Goal Stated", 0.001, goal="good-mornings").does("Survey Answered", 0.001, survey="intake")

    def does(self, name: str, day: float, kind: str = "track", **properties: object) -> "Buyer":
        self.until(day)
        self._facts += 1
        self.give(fact(name, day * DAY, seq=self._facts, kind=kind, properties=properties))
        return self

    def buys(self, day: float, late: bool = False, arrives: float = 3) -> "Buyer":
        order = f"order-{day}"
        self.does("Order Completed", day, order_id=order, revenue=18, currency="EUR", products=1)
        return self.does("Parcel Delivered", day + arrives, order_id=order, late=late)

    def until(self, day: float) -> "Buyer":
        self.wait(START + timedelta(days=day))
        return self

    def tasks(self) -> list[str]:
        return [effect.key for effect in self.effects if isinstance(effect, OpenTask)]


@pytest.mark.req("R61")
def test_after_the_first_purchase_help_comes_until_there_is_a_second() -> None:
    ann = Buyer().buys(1).until(20)
    assert [key for key in ann.sent() if key in ("thank-you", "how-to-brew", "soon-empty")] == [
        "thank-you",
        "how-to-brew",
    ]
    assert "first-parcel" in ann.state.reached and "second-order" not in ann.state.reached
    ann.until(34)
    assert ann.sent().count("soon-empty") == 1
    ann.buys(35)
    assert "second-order" in ann.state.reached and "second-cheer" in ann.sent()
    ann.buys(60)
    assert "three-in-a-quarter" in ann.state.reached and "regular-cheer" in ann.sent()


def test_nobody_is_written_to_cheerfully_whose_parcel_is_late() -> None:
    late, in_time = Buyer().buys(1, late=True, arrives=5).until(20), Buyer().buys(1).until(20)
    assert any("late parcel" in str(effect) for effect in late.effects if isinstance(effect, OpenTask))
    assert "keep-it-fresh" not in late.sent() and "keep-it-fresh" in in_time.sent()


def test_who_returns_the_order_leaves_the_journey() -> None:
    ann = Buyer().buys(1).does("Order Returned", 5, order_id="order-1").until(20)
    assert "brew-better" not in ann.sent() and "keep-it-fresh" not in ann.sent()


def test_two_stars_are_answered_with_another_kind() -> None:
    ann = Buyer().buys(1).does("Product Rated", 6, product="dark", stars=2).until(7)
    assert "another-kind" in ann.sent()
