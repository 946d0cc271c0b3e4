"""What a step is given, and what it answers."""

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from milepost.core.engine.effects import AnyEffect
from milepost.core.engine.state import State
from milepost.core.events import Fact
from milepost.core.values import Instant


class Given(Struct, frozen=True, kw_only=True):
    """`at` is the time of the decision. Absent: no `fact` means that only time passed. `retroactive`: the past is being
    retold (an import, a replay, a release): the state changes, nobody is told."""

    at: datetime
    fact: Fact | None = None
    known: bool = False
    device: str | None = None
    zone: str = ""
    retroactive: bool = False


DecisionKind = Literal[
    "milestone", "content", "message", "obstacle", "journey", "segment", "plan", "goal", "offer", "task", "check_in"
]
DecisionOutcome = Literal[
    "reached", "moved", "shown", "sent", "held", "dropped",
    "detected", "resolved", "started", "ended", "entered", "left", "made", "opened", "stated", "skipped", "missed",
]  # fmt: skip


class Decision(Struct, frozen=True, kw_only=True):
    """Why. `reason` is JSON: {text, condition?, fact?, until?, key?}."""

    at: datetime
    kind: DecisionKind
    definition: str
    outcome: DecisionOutcome
    seq: int
    reason: dict[str, Any]


class Reached(Struct, frozen=True, kw_only=True):
    """A milestone's instant that is new or has moved; `at` None: a late fact shows that it was not reached after all."""

    milestone: str
    at: Instant | None
    retroactive: bool
    evidence: dict[str, Any]


class Outcome(Struct, frozen=True, kw_only=True):
    """The new state, the effects to carry out, and why.

    `needs_history`: the fact is older than what the state remembers of it; the state is unchanged, and the caller
    rebuilds it from the log.
    """

    state: State
    effects: tuple[AnyEffect, ...] = ()
    decisions: tuple[Decision, ...] = ()
    reached: tuple[Reached, ...] = ()
    needs_history: bool = False
