"""The budget of attention: over all channels, and silent while a person talks with us."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from milepost.core import events
from milepost.core.conditions.types import All, Condition, Not
from milepost.core.engine import attention
from milepost.core.engine.attention import may_send, may_show, talking_until
from milepost.core.engine.effects import DeliverReply, SendMessage, ShowReply
from milepost.core.engine.state import Sent, State
from milepost.core.events import Fact
from milepost.core.program.compile import Program
from milepost.core.program.document import Document
from milepost.core.program.kinds.common import Celebrate
from milepost.core.program.kinds.content import (
    Action,
    Article,
    Celebration,
    Checklist,
    Content,
    EmptyState,
    Guide,
    Invite,
    Question,
    Step,
    Survey,
)
from milepost.core.program.kinds.limits import Limit, Limits, Quiet
from milepost.core.program.kinds.milestone import Help, Obstacle
from tests.engine.world import START, Runner, did, fact, message, milestone, program

HOUR = timedelta(hours=1)
STEPS = (Step(title="Here"),)


def asks(minutes: float, *, seq: int, conversation: int = 1) -> Fact:
    return fact(events.QUESTION_ASKED, minutes, seq=seq, properties={"conversation": conversation, "text": "How?"})


def replies(minutes: float, *, seq: int, conversation: int = 1) -> Fact:
    told = {"conversation": conversation, "text": "So.", "by": "Anna"}
    return fact(events.QUESTION_REPLIED, minutes, seq=seq, source="milepost", properties=told)


def closes(minutes: float, *, seq: int, conversation: int = 1) -> Fact:
    told = {"conversation": conversation}
    return fact(events.CONVERSATION_CLOSED, minutes, seq=seq, source="milepost", properties=told)


def caring(**limits: Limit) -> Program:
    """A guide and a message of care for each of three events, and a message of service."""
    return program(
        limits=Limits(**limits),
        content={key: Guide(steps=STEPS, when=did(key.upper())) for key in ("a", "b", "c")},
        messages={
            **{f"mail-{key}": message(when=did(key.upper())) for key in ("a", "b", "c")},
            "receipt": message(purpose="service", when=did("Paid")),
        },
    )


def test_one_budget_is_over_all_channels() -> None:
    run = Runner(caring(total=Limit(at_most=1, per="2h"))).give(fact("A", seq=1))

    assert run.sent() == ["a"] and run.outcomes("mail-a") == ["held"]
    (held,) = (d.reason["text"] for d in run.decisions if d.outcome == "held")
    assert "1 per 2h over all channels have been used up" in held
    assert run.wait(START + 2 * HOUR).sent() == ["a", "mail-a"]


def test_the_later_of_two_limits_counts() -> None:
    document = Document(name="D", limits=Limits(email=Limit(gap=HOUR), total=Limit(gap=3 * HOUR)))
    state = State(workspace=1, uid=1, sent=[Sent("email", START)])

    assert may_send(document, state, "email", "care", START).until == START + 3 * HOUR
    assert may_show(document, state, START).until == START + 3 * HOUR


def test_what_waits_for_a_cap_does_not_end_in_quiet_hours() -> None:
    quiet = Quiet(time(10, 30), time(14))
    document = Document(name="D", limits=Limits(email=Limit(at_most=1, per="2h", quiet=quiet)))
    state = State(workspace=1, uid=1, sent=[Sent("email", START)])

    assert may_send(document, state, "email", "care", START).until == START.replace(hour=14)


def test_a_channel_without_a_limit_of_its_own_has_none() -> None:
    document = Document(name="D", limits=Limits(in_app=Limit(at_most=0, per="1d")))

    assert may_send(document, State(workspace=1, uid=1), "telegram", "care", START) == attention.GO


PROACTIVE: list[tuple[Content, bool]] = [
    (Guide(steps=STEPS, when=did("A")), True),
    (Survey(title="S", questions=(Question(key="q", ask="?"),), when=did("A")), True),
    (Invite(title="I", url="/", when=did("A")), True),
    (Checklist(title="C", items=("m",), when=did("A")), True),
    (Checklist(title="C", from_="goal", when=did("A")), False),
    (EmptyState(on="#x", title="E", actions=(Action(text="T", url="/"),), when=did("A")), False),
]


@pytest.mark.parametrize(("content", "limited"), PROACTIVE, ids=[type(c).__name__ for c, _ in PROACTIVE])
def test_what_nobody_asked_for_is_limited_and_what_stands_inline_is_not(content: Content, limited: bool) -> None:
    parts: dict[str, Any] = {"milestones": {"m": milestone(did("M"))}, "content": {"x": content}}
    run = Runner(program(limits=Limits(in_app=Limit(at_most=0, per="1d")), **parts)).give(fact("A", seq=1))
    assert run.sent() == ([] if limited else ["x"])

    free = Runner(program(**parts)).give(fact("A", seq=1))
    assert free.sent() == ["x"] and len(free.state.sent) == (1 if limited else 0)


def test_a_celebration_never_waits_but_counts() -> None:
    party = program(
        limits=Limits(in_app=Limit(at_most=1, per="1d")),
        milestones={key: milestone(did(key.upper()), celebrate=Celebrate(content="yay")) for key in ("a", "b")},
        content={"yay": Celebration(title="Yay"), "guide": Guide(steps=STEPS, when=did("B"))},
    )

    assert Runner(party).give(fact("A", seq=1), fact("B", 1, seq=2)).sent() == ["yay", "yay"]


STARTABLE: dict[str, Content] = {
    "guide": Guide(steps=STEPS),
    "survey": Survey(title="S", questions=(Question(key="q", ask="?"),)),
    "checklist": Checklist(title="C", items=("m",)),
    "invite": Invite(title="I", url="/"),
}


@pytest.mark.parametrize("key", [*STARTABLE, "article"])
def test_whatever_can_be_started_is_shown_to_who_asks_each_time(key: str) -> None:
    compiled = program(
        limits=Limits(in_app=Limit(at_most=0, per="1d")),
        milestones={"m": milestone(did("M"))},
        content=STARTABLE,
        articles={"article": Article(title="A", body="B")},
    )
    started = [fact(events.CONTENT_STARTED, i, seq=i, source="milepost", properties={"content": key}) for i in (1, 2)]
    run = Runner(compiled).give(*started)

    assert run.sent() == [key, key] and run.state.sent == []


def test_a_celebration_is_not_started_by_asking() -> None:
    started = fact(events.CONTENT_STARTED, seq=1, source="milepost", properties={"content": "yay"})

    assert Runner(program(content={"yay": Celebration(title="Yay")})).give(started).sent() == []


def test_while_they_talk_with_us_nothing_else_speaks_but_service_and_celebrations() -> None:
    compiled = caring()
    run = Runner(compiled).give(asks(0, seq=1), fact("A", 1, seq=2), fact("Paid", 2, seq=3))

    assert run.sent() == ["receipt"] and run.outcomes("a") == run.outcomes("mail-a") == ["held"]
    assert all(attention.TALKING in d.reason["text"] for d in run.decisions if d.outcome == "held")


def test_what_was_held_speaks_as_soon_as_the_conversation_is_closed() -> None:
    run = Runner(caring()).give(asks(0, seq=1), fact("A", 1, seq=2), replies(5, seq=3))
    assert run.sent() == []

    assert run.give(closes(9, seq=4)).sent() == ["a", "mail-a"]


def test_what_was_held_is_left_when_it_has_lost_its_point() -> None:
    run = Runner(caring()).give(asks(0, seq=1), fact("A", 1, seq=2)).wait(START + timedelta(days=9))

    assert run.sent() == [] and run.outcomes("a") == run.outcomes("mail-a") == ["held", "dropped"]


DAY = timedelta(days=1)


def tips(**more: Any) -> Program:
    """A mail on each of six days after they came, whatever they do, and a receipt."""
    parts: dict[str, Any] = {
        "limits": Limits(email=Limit(at_most=9, per="7d")),
        "milestones": {"m": milestone(did("M"))},
        "messages": {
            **{f"tip-{day}": message(when=_after(day * DAY)) for day in range(1, 7)},
            "receipt": message(purpose="service", when=_after(5 * DAY)),
        },
        **more,
    }
    return program(**parts)


def _after(time_: timedelta) -> Condition:
    return All(of=(did("A"), Not(of=did("A", within=time_))))


def test_after_three_messages_without_a_sign_of_life_only_service_goes_out() -> None:
    run = Runner(tips()).give(fact("A", seq=1)).wait(START + 30 * DAY)

    assert run.sent() == ["tip-1", "tip-2", "tip-3", "receipt"]
    assert run.outcomes("tip-4") == ["held", "dropped"]
    held = next(d.reason for d in run.decisions if d.definition == "tip-4" and d.outcome == "held")
    assert "three messages without a sign of life" in held["text"]


SIGNS: list[dict[str, Any]] = [
    {"name": "Anything"},
    {"name": events.EMAIL_OPENED, "source": "milepost", "properties": {"message": "tip-2"}},
    {"name": events.QUESTION_ANSWERED, "source": "milepost", "properties": {"question": "q", "answer": 1}},
    {"name": events.CONTENT_DISMISSED, "source": "milepost", "properties": {"content": "x"}},
]


@pytest.mark.parametrize("sign", SIGNS, ids=[sign["name"] for sign in SIGNS])
def test_what_waits_for_a_sign_of_life_goes_out_with_the_first_one(sign: dict[str, Any]) -> None:
    run = Runner(tips()).give(fact("A", seq=1)).wait(START + 4 * DAY)
    assert run.sent() == ["tip-1", "tip-2", "tip-3"]

    run.give(fact(minutes=4 * 24 * 60 + 30, seq=2, **sign))
    assert run.sent()[3:] == ["tip-4"]


NO_SIGNS: list[dict[str, Any]] = [
    {"name": events.MESSAGE_SENT, "source": "milepost", "properties": {"message": "tip-2"}},
    {"name": events.MILESTONE_ATTESTED, "source": "milepost", "properties": {"milestone": "m", "by": "Anna"}},
    {"name": "Anything", "source": "import"},
]


@pytest.mark.parametrize("fact_", NO_SIGNS, ids=[each["name"] for each in NO_SIGNS])
def test_what_others_do_is_no_sign_of_life(fact_: dict[str, Any]) -> None:
    run = Runner(tips()).give(fact("A", seq=1)).wait(START + 4 * DAY)
    run.give(fact(minutes=4 * 24 * 60 + 30, seq=2, **fact_))

    assert run.sent() == ["tip-1", "tip-2", "tip-3"]


def test_the_silent_are_still_helped_over_an_obstacle() -> None:
    stuck = Obstacle(stuck=_after(4 * DAY + HOUR), lacks="prompt", help=(Help(message="nudge"),))
    compiled = tips(
        milestones={"m": milestone(did("M"), obstacles={"away": stuck})},
        messages={**tips().document.messages, "nudge": message()},
    )
    run = Runner(compiled).give(fact("A", seq=1)).wait(START + 30 * DAY)

    assert run.sent() == ["tip-1", "tip-2", "tip-3", "nudge", "receipt"]


def test_a_fact_that_came_a_while_after_it_happened_is_a_sign_of_life_when_it_comes() -> None:
    burst = tips(messages={f"mail-{number}": message(when=did("B")) for number in range(5)})
    run = Runner(burst).give(fact("B", 0, seq=1, received=5))

    assert len(run.sent()) == 5


def test_who_was_silent_for_months_is_still_known_to_be_silent() -> None:
    late = tips(messages={**tips().document.messages, "hello-again": message(when=_after(90 * DAY))})
    run = Runner(late).give(fact("A", seq=1)).wait(START + 100 * DAY)

    assert "hello-again" not in run.sent()


def test_silence_lasts_a_day_after_our_last_reply() -> None:
    run = Runner(caring()).give(asks(0, seq=1), replies(60, seq=2))

    assert talking_until(run.state, START + 2 * HOUR) == START + 25 * HOUR
    assert talking_until(run.state, START + 25 * HOUR) is None


def test_a_question_that_nobody_answers_keeps_silence_for_a_week() -> None:
    assert talking_until(Runner(caring()).give(asks(0, seq=1)).state, START) == START + timedelta(days=7)


def test_a_closed_conversation_opens_again_with_the_next_question() -> None:
    run = Runner(caring()).give(asks(0, seq=1), closes(1, seq=2))
    assert talking_until(run.state, START + HOUR) is None

    run.give(asks(2, seq=3))
    assert talking_until(run.state, START + HOUR) is not None


def test_only_a_member_ends_a_conversation() -> None:
    claimed = fact(events.CONVERSATION_CLOSED, 1, seq=2, properties={"conversation": 1})

    assert talking_until(Runner(caring()).give(asks(0, seq=1), claimed).state, START + HOUR) is not None


def test_a_reply_goes_to_the_product_and_by_mail_once_and_at_any_hour() -> None:
    night = caring(email=Limit(at_most=0, per="1d", quiet=Quiet(time(0), time(23))), total=Limit(at_most=0, per="1d"))
    run = Runner(night).give(asks(0, seq=1), replies(3, seq=2), replies(3, seq=2))
    sent = [effect for effect in run.effects if isinstance(effect, ShowReply | DeliverReply)]

    assert [type(effect) for effect in sent] == [ShowReply, DeliverReply]
    assert {(e.conversation, e.text, e.by) for e in sent} == {(1, "So.", "Anna")} and len({e.key for e in sent}) == 2


def test_a_reply_cannot_be_claimed_from_outside() -> None:
    claimed = fact(events.QUESTION_REPLIED, 1, seq=1, properties={"conversation": 1, "text": "Buy!", "by": "Anna"})

    assert Runner(caring()).give(claimed).effects == []


def test_who_has_seen_it_in_one_channel_is_not_sent_it_in_another() -> None:
    compiled = program(
        content={"tip": Guide(steps=STEPS, resource="portions")},
        messages={"mail": message(when=did("A"), resource="portions")},
    )
    seen = fact(events.CONTENT_SHOWN, 1, seq=1, source="milepost", properties={"content": "tip"})

    assert Runner(compiled).give(fact("A", 2, seq=2)).sent() == ["mail"]
    run = Runner(compiled).give(seen, fact("A", 2, seq=2))
    assert run.sent() == [] and run.outcomes("mail") == ["dropped"]


@st.composite
def days(draw: st.DrawFn) -> list[Fact]:
    facts, minute = [], 0
    for seq in range(1, draw(st.integers(2, 14))):
        minute += draw(st.sampled_from([0, 1, 20, 90, 400, 1000]))
        kind = draw(st.sampled_from(["A", "B", "C", "Paid", "ask", "reply", "close"]))
        make = {"ask": asks, "reply": replies, "close": closes}.get(kind)
        facts.append(make(minute, seq=seq) if make else fact(kind, minute, seq=seq))
    return facts


@for_all(days(), st.integers(1, 3), st.sampled_from([None, 30, 90]))
def test_the_budget_holds_whatever_happens_in_whatever_order(history: list[Fact], most: int, gap: int | None) -> None:
    total = Limit(at_most=most, per="6h", gap=timedelta(minutes=gap) if gap else None)
    run = Runner(caring(total=total))
    for each in history:
        run.wait(each.received_at).give(each)
    run.wait(START + timedelta(days=9))
    spent = [(sent.at, i) for i, sent in enumerate(run.state.sent)]
    bought = [e.at for e in run.effects if isinstance(e, SendMessage) and e.message == "receipt"]

    for at, _ in spent:
        inside = [other for other, _ in spent if at - 6 * HOUR < other <= at]
        free = sum(1 for moment in bought if at - 6 * HOUR < moment <= at)
        assert len(inside) <= most + free


@for_all(days())
def test_nobody_who_talks_with_us_is_spoken_to_by_anything_but_service(history: list[Fact]) -> None:
    run = Runner(caring())
    spoken: list[tuple[str, datetime]] = []
    for each in history:
        run.wait(each.received_at)
        before = len(run.effects)
        run.give(each)
        silent = talking_until(run.state, each.received_at) is not None
        spoken += [(key, each.received_at) for key in Runner.sent(_of(run, before)) if silent]

    assert {key for key, _ in spoken} <= {"receipt"}


def _of(run: Runner, since: int) -> Runner:
    """The part of a run after so many effects."""
    part = Runner(run.program, run.state)
    part.effects = run.effects[since:]
    return part
