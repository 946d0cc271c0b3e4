"""What every row is measured on: a large program, people, and facts whose names follow Zipf's law. Seeded: each run
has the same."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from milepost.core.conditions.types import All, Any_, Condition, Did, Not, Reached, Test, Trait
from milepost.core.events import Fact
from milepost.core.program.document import Document
from milepost.core.program.kinds.common import Celebrate
from milepost.core.program.kinds.content import Celebration, Content, Guide, Step
from milepost.core.program.kinds.journey import Branch, Journey, Pause, Send, Show, Wait
from milepost.core.program.kinds.limits import Limit, Limits, Support
from milepost.core.program.kinds.message import Message
from milepost.core.program.kinds.milestone import Milestone

EVENTS = ("Signed Up", *(f"Event {number:02}" for number in range(1, 40)))
_WEIGHTS = list(accumulate(1 / rank for rank in range(1, len(EVENTS) + 1)))
#: The most frequent name is not `Signed Up`.
_BY_RANK = (*EVENTS[1:], EVENTS[0])
DAY = timedelta(days=1)
ZONE = "Europe/Sofia"
PLANS = ("free", "trial", "team", "business")
_STEPS = (Step(title="Here", on="#here"), Step(title="There", on="#there"))


def event(dice: random.Random) -> str:
    return dice.choices(_BY_RANK, cum_weights=_WEIGHTS)[0]


def large_document(size: int = 60) -> Document:
    """60 milestones, 60 segments, 40 journeys, 120 pieces of content and 60 messages, over 40 events, with every operator
    of the language. Half of the pieces come by themselves or celebrate; the other half are shown by journeys."""
    return Document(
        name=f"Program of {size}",
        start=Did(name="Signed Up"),
        support=Support(name="Anna", email="anna@example.com"),
        limits=Limits(email=Limit(at_most=4, per="7d"), in_app=Limit(at_most=1, per="1d")),
        milestones={f"milestone-{number:02}": _milestone(number) for number in range(size)},
        content={
            **{f"content-{number:02}": _content(number) for number in range(size)},
            **{f"lesson-{number:02}": Guide(steps=_STEPS, serves=f"milestone-{number:02}") for number in range(size)},
        },
        messages={f"message-{number:02}": _message(number) for number in range(size)},
        segments={f"segment-{number:02}": _segment(number) for number in range(size)},
        journeys={f"journey-{number:02}": _journey(number, size) for number in range(size * 2 // 3)},
    )


def large_program(size: int = 60) -> str:
    """The document as a team would have it in a file."""
    from milepost.program.writing import write

    return write(large_document(size))


def _name(number: int) -> str:
    return EVENTS[number % len(EVENTS)]


def _milestone(number: int) -> Milestone:
    shapes: tuple[Condition, ...] = (
        Did(name=_name(number)),
        Did(name=_name(number), at_least=3),
        Did(name=_name(number), at_least=3, distinct="day", within=7 * DAY),
        Did(name=_name(number), at_least=2, where={"amount": Test("gt", 300)}),
        All(of=(Did(name=_name(number)), Trait(name="plan", test=Test("is", "team")))),
        All(of=(Did(name=_name(number), at_least=2, since="start"), Not(of=Did(name=_name(number + 7), within=DAY)))),
    )
    celebrate = Celebrate(content=f"content-{number:02}") if number % 6 == 0 else None
    return Milestone(
        title=f"Milestone {number}", reached=shapes[number % len(shapes)], first_value=number == 1, celebrate=celebrate
    )


def _content(number: int) -> Content:
    if number % 6 == 0:
        return Celebration(title=f"Well done {number}")
    tried = Did(name=_name(number), at_least=2, within=DAY)
    when = All(of=(tried, Not(of=Reached(milestone=f"milestone-{number:02}"))))
    return Guide(steps=_STEPS, when=when, serves=f"milestone-{number:02}")


def _segment(number: int) -> Condition:
    shapes: tuple[Condition, ...] = (
        Did(name=_name(number), at_least=2),
        Did(name=_name(number), within=7 * DAY),
        Did(name=_name(number), at_least=3, distinct="day", within=14 * DAY),
        Any_(of=(Did(name=_name(number)), Reached(milestone=f"milestone-{number:02}"))),
        All(of=(Did(name=_name(number)), Not(of=Did(name=_name(number), within=3 * DAY)))),
        Not(of=Did(name=_name(number), within=30 * DAY)),
    )
    return shapes[number % len(shapes)]


def _journey(number: int, size: int) -> Journey:
    """Shows something, waits for its fruit or a while, and sends a message to who did not bear it."""
    fruit = Did(name=_name(number + 11))
    return Journey(
        starts=Did(name=_name(number), at_least=1 + number % 2),
        steps=(
            Show(show=f"lesson-{number:02}"),
            Wait(wait=Pause(until=fruit, at_most=2 * DAY)),
            Branch(
                if_=fruit,
                then=(Show(show=f"lesson-{size - 1 - number:02}"),),
                else_=(Send(send=f"message-{number:02}"),),
            ),
        ),
        ends=Reached(milestone=f"milestone-{number:02}"),
    )


def _message(number: int) -> Message:
    waited = Not(of=Did(name=_name(number), within=2 * DAY))
    when = All(of=(Did(name=_name(number)), waited, Not(of=Reached(milestone=f"milestone-{number:02}"))))
    return Message(
        channel="email",
        purpose="care",
        subject=f"Step {number}",
        body="You were *nearly* there, {{ person.first_name | default: 'friend' }}.",
        when=when,
        serves=f"milestone-{number:02}",
    )


def history(people: int, facts: int, *, until: datetime, days: int = 60, seed: int = 1) -> Iterator[Fact]:
    """Facts in the order of their time, the last of them at `until`; unnumbered."""
    dice = random.Random(seed)
    pace = days * DAY / facts
    start = until - days * DAY
    for number in range(facts):
        yield one_fact(dice, dice.randrange(people), start + (number + 1) * pace, f"h{seed}-{number}")


def one_fact(dice: random.Random, person: int, at: datetime, message_id: str) -> Fact:
    return Fact(
        workspace=1,
        kind="track",
        name=event(dice),
        at=at,
        received_at=at,
        message_id=message_id,
        user_id=f"user-{person:07}",
        properties={"amount": dice.randrange(1000), "plan": dice.choice(PLANS), "page": "/reports/weekly"},
        context={"library": {"name": "bench", "version": "1"}, "timezone": ZONE},
    )


NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
