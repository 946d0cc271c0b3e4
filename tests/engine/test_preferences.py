"""What people ask for on their own page is kept by the engine: a pause, less, nothing by a channel."""

from datetime import timedelta
from typing import Any

from milepost.core.conditions.types import Did
from milepost.core.engine.attention import as_they_prefer, may_send
from milepost.core.engine.state import Sent, State
from milepost.core.events import Fact
from milepost.core.program.kinds.content import Announcement
from tests.engine.world import START, Runner, fact, message, program

WORLD = program(
    messages={"tip": message(), "receipt": message(purpose="service")},
    content={"news": Announcement(title="News", when=Did(name="Came"))},
)


def prefers(seq: int = 1, minutes: float = 0, source: str = "milepost", **how: Any) -> Fact:
    traits = {"preferences": how, "timezone": "Asia/Tokyo"}
    return fact("Identified", minutes, seq=seq, kind="identify", source=source, properties=traits)


def after(*facts: Fact) -> State:
    return Runner(WORLD).give(*facts).state


def test_a_pause_holds_all_but_what_was_asked_for() -> None:
    until = START + timedelta(days=7)
    state = after(prefers(paused_until=until.isoformat()))
    verdict = may_send(WORLD.document, state, "email", "care", START, unblocks=True)
    assert (verdict.until, verdict.drop) == (until, False)
    assert may_send(WORLD.document, state, "email", "service", START).until is None
    assert as_they_prefer(state, "email", until) is None


def test_once_a_week_means_a_week_between_messages() -> None:
    state = after(prefers(pace="weekly"))
    state.sent = [Sent("email", START), Sent("in_app", START + timedelta(days=6))]
    later = as_they_prefer(state, "telegram", START + timedelta(days=6))
    assert later is not None and later.until == START + timedelta(days=7)
    assert as_they_prefer(state, "in_app", START) is None


def test_a_channel_that_is_off_stays_silent_in_the_product_too() -> None:
    run = Runner(WORLD).give(prefers(off=["in_app"]), fact("Came", 1, seq=2))
    assert run.sent() == [] and run.outcomes("news") == ["dropped"]
    assert Runner(WORLD).give(fact("Came", 1, seq=2)).sent() == ["news"]


def test_the_last_word_counts_and_only_their_own() -> None:
    state = after(prefers(seq=1, minutes=5, pace="weekly"), prefers(seq=2, minutes=1, pace="monthly"))
    assert state.preferred is not None and (state.preferred.how.pace, state.preferred.zone) == ("weekly", "Asia/Tokyo")
    assert after(prefers(source="live", pace="weekly")).preferred is None
