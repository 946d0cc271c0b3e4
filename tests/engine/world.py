"""A small world for engine tests: programs, facts, and a runner that keeps everything that a step gave."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from milepost.core.conditions.types import All, Condition, Did, Not, Reached, Trait
from milepost.core.engine.effects import AnyEffect, EndContent, SendMessage, ShowContent
from milepost.core.engine.inputs import Decision, Given
from milepost.core.engine.inputs import Reached as ReachedNow
from milepost.core.engine.state import State, decode, encode
from milepost.core.engine.step import rebuild, step
from milepost.core.events import Fact
from milepost.core.program.compile import Program, compile_program
from milepost.core.program.document import Document
from milepost.core.program.kinds.common import Celebrate
from milepost.core.program.kinds.content import Celebration, Guide, Step
from milepost.core.program.kinds.limits import Limit, Limits
from milepost.core.program.kinds.message import Message
from milepost.core.program.kinds.milestone import Milestone

START = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)


def did(name: str, **more: Any) -> Did:
    return Did(name=name, **more)


def fact(name: str, minutes: float = 0, *, seq: int, received: float | None = None, **more: Any) -> Fact:
    at = START + timedelta(minutes=minutes)
    return Fact(
        workspace=1,
        kind=more.pop("kind", "track"),
        name=name,
        at=at,
        received_at=at if received is None else START + timedelta(minutes=received),
        message_id=f"m{seq}",
        seq=seq,
        user_id="ann",
        **more,
    )


def milestone(reached: Condition | None, **more: Any) -> Milestone:
    return Milestone(title="Milestone", reached=reached, **more)


def message(**more: Any) -> Message:
    return Message(**{"channel": "email", "purpose": "care", "subject": "S", "body": "B", **more})


def program(number: int = 1, **parts: Any) -> Program:
    return compile_program(Document(name="World", **parts), digest=str(number), number=number)


def meals(number: int = 1, **more: Any) -> Program:
    """The example of this folder: sign up, a first meal, three meals in a day."""
    return program(
        number,
        **{
            "milestones": {
                "first-meal": milestone(did("Meal Logged"), celebrate=Celebrate(content="yay", message="praise")),
                "three": milestone(did("Meal Logged", at_least=3, within=timedelta(days=1))),
            },
            "content": {
                "yay": Celebration(title="Yay"),
                "guide": Guide(steps=(Step(title="Here"),), when=did("Signed Up"), serves="first-meal"),
            },
            "messages": {
                "welcome": message(purpose="service", when=did("Signed Up")),
                "praise": message(),
                "nudge": message(
                    when=All(
                        of=(
                            did("Signed Up"),
                            Not(of=did("Signed Up", within=timedelta(hours=2))),
                            Not(of=did("Meal Logged")),
                        )
                    ),
                ),
            },
            **more,
        },
    )


class Runner:
    """One subject going through a history. `now` is the moment of each decision: the fact's arrival by default."""

    def __init__(self, compiled: Program, state: State | None = None) -> None:
        self.program = compiled
        self.state = state or State(workspace=1, uid=7, release=compiled.number, atoms=compiled.atoms_digest)
        self.effects: list[AnyEffect] = []
        self.decisions: list[Decision] = []
        self.reached: list[ReachedNow] = []
        self.seen: list[Fact] = []

    def give(self, *facts: Fact, now: datetime | None = None, **given: Any) -> "Runner":
        for each in facts:
            self._step(
                Given(
                    at=now or each.received_at,
                    fact=each,
                    known=True,
                    **{"retroactive": each.source == "import", **given},
                )
            )
        return self

    def wait(self, until: datetime) -> "Runner":
        """Lets time pass, waking whenever the state asks to be woken."""
        while (wake := self.state.wake_at()) is not None and wake <= until:
            self._step(Given(at=wake, known=True))
        return self

    def _step(self, given: Given) -> None:
        before = encode(self.state)
        outcome = step(self.program, self.state, given)
        assert encode(self.state) == before, "a step changed the state that it was given"
        if given.fact is not None and given.fact.seq > self.state.seq:
            self.seen.append(given.fact)
        if outcome.needs_history:
            outcome = rebuild(self.program, self.state, self.seen, given)
        self.state = decode(encode(outcome.state))
        self.effects += outcome.effects
        self.decisions += outcome.decisions
        self.reached += outcome.reached

    def sent(self) -> list[str]:
        """The keys of what was shown and sent, in order."""
        return [e.message if isinstance(e, SendMessage) else e.content for e in told(self.effects)]

    def ended(self) -> list[str]:
        return [key for effect in self.effects if isinstance(effect, EndContent) for key in effect.contents]

    def outcomes(self, definition: str) -> list[str]:
        return [decision.outcome for decision in self.decisions if decision.definition == definition]


def told(effects: Iterable[AnyEffect]) -> list[SendMessage | ShowContent]:
    """Those that a person notices: not the end of a guide, nor a conclusion for the log."""
    return [effect for effect in effects if isinstance(effect, SendMessage | ShowContent)]


def latches(state: State) -> tuple[Any, ...]:
    """What a replay must give again."""
    return state.start, state.reached, state.fired


__all__ = [
    "START",
    "All",
    "Iterable",
    "Limit",
    "Limits",
    "Not",
    "Reached",
    "Runner",
    "Sequence",
    "Trait",
    "did",
    "fact",
    "latches",
    "meals",
    "message",
    "milestone",
    "program",
    "told",
]
