"""What a step is given, and what it answers."""

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from milepost.core.conditions.types import Condition
from milepost.core.engine.effects import AnyEffect
from milepost.core.engine.reasons import in_words
from milepost.core.engine.state import State
from milepost.core.events import Fact
from milepost.core.values import Instant


class Given(Struct, frozen=True, kw_only=True, gc=False):
    """`at` is the time of the decision. Absent: no `fact` means that only time passed. `retroactive`: the past is being
    retold (an import, a replay, a release): the state changes, nobody is told."""

    at: datetime
    fact: Fact | None = None
    known: bool = False
    device: str | None = None
    zone: str = ""
    retroactive: bool = False


DecisionKind = Literal[
    "milestone",
    "content",
    "message",
    "obstacle",
    "journey",
    "segment",
    "plan",
    "goal",
    "offer",
    "task",
    "check_in",
    "risk",
]
DecisionOutcome = Literal[
    "reached", "moved", "shown", "sent", "held", "dropped",
    "detected", "resolved", "started", "ended", "entered", "left", "made", "opened", "stated", "skipped", "missed",
    "raised",
]  # fmt: skip


class Decision(Struct, frozen=True, kw_only=True, gc=False):
    """Why. `noted` is what is kept of the reason, as JSON (see `core.engine.reasons`); `condition` is what was asked, in
    kernel words. Absent: `condition` None where no rule's condition gave the reason."""

    at: datetime
    kind: DecisionKind
    definition: str
    outcome: DecisionOutcome
    seq: int
    noted: dict[str, Any]
    condition: Condition | None = None

    @property
    def reason(self) -> dict[str, Any]:
        """Shapes: `{text, condition?, fact?, until?, key?}`."""
        return in_words(self.noted, self.condition)


class Reached(Struct, frozen=True, kw_only=True):
    """A milestone's instant that is new or has moved; `at` None: a late fact shows that it was not reached after all."""

    milestone: str
    at: Instant | None
    retroactive: bool
    evidence: dict[str, Any]


class Outcome(Struct, frozen=True, kw_only=True, gc=False):
    """The new state, the effects to carry out, and why.

    `needs_history`: the fact is older than what the state remembers of it; the state is unchanged, and the caller
    rebuilds it from the log.
    """

    state: State
    effects: tuple[AnyEffect, ...] = ()
    decisions: tuple[Decision, ...] = ()
    reached: tuple[Reached, ...] = ()
    needs_history: bool = False
