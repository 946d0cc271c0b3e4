"""What is remembered of one subject between two facts. It can be written down, stopped, and started elsewhere."""

from datetime import date, datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct

from milepost.core.conditions.evaluate import Memory
from milepost.core.values import Instant

#: A rule's name inside a state: `milestone:first-meal`, `content:add-food`, `message:welcome`. Origin keys, so that a
#: renamed definition keeps its history.
RuleName = str


class Held(Struct, frozen=True):
    """A decision to help that waits for its moment (quiet hours, a cap, a gap)."""

    kind: Literal["content", "message"]
    key: str
    due: datetime
    since: datetime  # the instant of the decision; patience runs from here
    seq: int
    milestone: str | None
    why: str
    occurrence: str = ""  # which time of something that happens again
    offer: str | None = None


class Answer(Struct, frozen=True):
    """The last answer to a question, in time."""

    at: datetime
    seq: int
    survey: str
    value: Any


class Plan(Struct, frozen=True, kw_only=True):
    """The personal instance of a goal. Shapes: dates by milestone, on the person's own calendar; `first` never changes,
    `due` moves by the rules of re-planning, `own` are those that the person set. Absent: a milestone without a target
    has no date."""

    goal: str
    made_at: datetime
    first: dict[str, date] = {}
    due: dict[str, date] = {}
    own: dict[str, date] = {}
    skipped: tuple[str, ...] = ()


class Stuck(Struct, frozen=True, kw_only=True):
    """Somebody on an obstacle. Absent: `helped_at` until help came, `resolved_at` until the milestone was reached;
    `help` is what came, as `kind:key`."""

    at: datetime
    helped_at: datetime | None = None
    resolved_at: datetime | None = None
    help: str = ""


class Run(Struct, frozen=True, kw_only=True):
    """A person inside a journey. `number` counts their runs of it from 1; `place` is the path of the stop where they are;
    `arrived_at` when they came there. `properties` are those of the fact that started it."""

    number: int
    started_at: datetime
    place: str
    arrived_at: datetime
    event: str = ""
    properties: dict[str, Any] = {}
    done: int = 0  # stops passed so far: no run goes on for ever


class Sent(Struct, frozen=True):
    """A piece of attention that was spent."""

    channel: str
    at: datetime


class State(Struct, kw_only=True, omit_defaults=True):
    """One subject. Instants of `reached`, `fired` and `start` are by the facts' own times; those of `sent`, `held` and
    `session` by the clock.

    `spent` are the keys of all effects ever intended, without the subject: a merge unites them. `trimmed` says per atom
    up to when its memory was thinned out: an older fact needs the log.
    """

    workspace: int
    uid: int
    release: int = 0
    atoms: str = ""  # the digest of what the memory was made for
    seq: int = 0  # the last fact that was applied
    last_at: datetime | None = None
    known: bool = False
    device: str | None = None
    zone: str = ""
    memory: Memory = {}
    trimmed: dict[str, datetime] = {}
    start: Instant | None = None
    reached: dict[str, Instant] = {}
    fired: dict[RuleName, Instant] = {}
    spent: dict[str, datetime] = {}
    sent: list[Sent] = []
    held: list[Held] = []
    wakes: dict[RuleName, datetime] = {}
    consent: dict[str, bool] = {}
    refused: list[str] = []  # `channel:purpose` that the person does not want
    session: tuple[datetime, datetime] | None = None  # start, last activity
    goal: str = ""
    goal_at: Instant | None = None
    answers: dict[str, Answer] = {}  # by question
    plan: Plan | None = None
    stuck: dict[str, Stuck] = {}  # by obstacle, MILESTONE/OBSTACLE
    segments: list[str] = []  # those that they are in, sorted
    runs: dict[str, Run] = {}  # by journey
    rounds: dict[str, tuple[int, datetime]] = {}  # journey → how many runs began, and when the last one did
    repeated: dict[str, tuple[int, datetime]] = {}  # milestone → how many times reached, and when last
    check_ins: dict[str, tuple[int, datetime]] = {}  # survey → the occurrence that was asked last, and when
    seen: list[str] = []  # resources that they have opened, in any channel
    active_on: list[int] = []  # the last days on which they were active, in their zone (ordinals), oldest first
    talking_since: datetime | None = None  # a question of theirs is open: automation pauses
    mood: tuple[datetime, bool] | None = None  # the last signal of satisfaction or progress, and whether it was good

    def wake_at(self) -> datetime | None:
        """When time alone may change something; None: only a fact can."""
        return min((*self.wakes.values(), *(held.due for held in self.held)), default=None)


def copy(state: State) -> State:
    """A state that can be changed without the old one noticing. Lists inside `memory` are replaced, never changed; what
    the other tables hold is frozen."""
    return State(**{name: _own(getattr(state, name)) for name in _FIELDS})


def _own(value: Any) -> Any:
    return value.copy() if isinstance(value, dict | list) else value


_FIELDS = State.__struct_fields__
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(State)


def encode(state: State) -> bytes:
    return _encoder.encode(state)


def decode(raw: bytes) -> State:
    return _decoder.decode(raw)
