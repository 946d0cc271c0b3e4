"""What is remembered of one subject between two facts. It can be written down, stopped, and started elsewhere: it holds
no circles, so what there is most of is kept out of the search for them (`gc=False`)."""

from collections.abc import Mapping, Sequence
from copy import copy as shallow
from datetime import date, datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct

from milepost.core.conditions.evaluate import Memory
from milepost.core.delivery.preferences import Preferences
from milepost.core.program.folder import Subject
from milepost.core.success.plan import Plan
from milepost.core.values import Instant

#: A rule's name inside a state: `milestone:first-meal`, `content:add-food`, `message:welcome`. Origin keys, so that a
#: renamed definition keeps its history.
RuleName = str


class Held(Struct, frozen=True, gc=False):
    """A decision to help that waits for its moment (quiet hours, a cap, a gap)."""

    kind: Literal["content", "message"]
    key: str
    due: datetime
    since: datetime  # the instant of the decision; patience runs from here
    seq: int
    milestone: str | None
    why: str
    occurrence: str = ""  # which time of something that happens again


class Answer(Struct, frozen=True):
    """The last answer to a question, in time. Absent: a `value` of None was taken back."""

    at: datetime
    seq: int
    survey: str
    value: Any


class Recorded(Struct, frozen=True):
    """One value of a measure: a number, or the day of `by`."""

    at: datetime
    seq: int
    value: Any


class Metered(Struct, frozen=True, kw_only=True):
    """What was recorded of a measure. Shapes: `values` are the last ones, oldest first."""

    values: tuple[Recorded, ...] = ()
    baseline: Recorded | None = None
    target: Recorded | None = None
    by: Recorded | None = None


class Wish(Struct, frozen=True):
    """What the person last said of a milestone in their plan: to skip it, or a date of their own (None: none any more)."""

    at: datetime
    seq: int
    skip: bool
    on: date | None = None


class Talk(Struct, frozen=True, kw_only=True):
    """A conversation: when somebody last wrote, and when it was last closed."""

    asked: Instant | None = None
    replied: Instant | None = None
    closed: Instant | None = None


class Preferred(Struct, frozen=True, kw_only=True):
    """How they last said that they want to be treated."""

    at: datetime
    seq: int
    how: Preferences
    zone: str = ""


class Spoken(Struct, frozen=True):
    """The language that they last chose."""

    at: datetime
    seq: int
    language: str


class Handled(Struct, frozen=True):
    """What became of a piece or an article last: completed (or read), dismissed, refused."""

    at: datetime
    seq: int
    how: str


class Completed(Struct, frozen=True):
    """What the team said last of something that was to be done: that it is `done`, and what came of it, or that it is to
    do after all."""

    at: datetime
    seq: int
    done: bool
    by: str = ""
    outcome: str = ""


class Profiled(Struct, frozen=True, kw_only=True):
    """What somebody was asked of a survey that asks one question at a time: when last, and of each question how often and
    when last. Absent: `at` None while nothing was."""

    at: datetime | None = None
    asked: Mapping[str, tuple[int, datetime]] = {}


class CheckIn(Struct, frozen=True, kw_only=True):
    """Where somebody is in the rhythm of a survey. `since` is what it is counted from; `number` the round asked last (0:
    none yet), `asked_at` when, `reminded` how often since, `praised` the last round whose progress was praised (-1:
    none); `due` is when to look again. Absent: `ended` is "" while an answer is awaited, else `answered`, `missed` or
    `passed`."""

    since: datetime
    number: int = 0
    asked_at: datetime | None = None
    reminded: int = 0
    ended: str = ""
    praised: int = -1
    due: datetime | None = None


class Stuck(Struct, frozen=True, kw_only=True):
    """Somebody on an obstacle. Absent: `helped_at` until help came, `resolved_at` until the milestone was reached;
    `help` is what came, as `kind:key`."""

    at: datetime
    helped_at: datetime | None = None
    resolved_at: datetime | None = None
    help: str = ""


class Risked(Struct, frozen=True, kw_only=True):
    """Somebody who may leave. `number` counts the times from 1. Absent: `ended_at` until they have recovered."""

    number: int
    at: datetime
    ended_at: datetime | None = None


class Run(Struct, frozen=True, kw_only=True, gc=False):
    """A person inside a journey. `number` counts their runs of it from 1; `place` is the path of the stop where they are;
    `arrived_at` when they came there. `properties` are those of the fact that started it."""

    number: int
    started_at: datetime
    place: str
    arrived_at: datetime
    event: str = ""
    properties: dict[str, Any] = {}
    done: int = 0  # stops passed so far: no run goes on for ever
    release: int = 0  # in which it began
    like: tuple[str, str, str] = ("", "", "")  # what the stop is, for another release (`itinerary.Likeness`)
    loops: Mapping[str, int] = {}  # place of a loop that it is inside of → which round


def journey_of(run_key: str) -> str:
    """The journey of a run among the `runs` of a state: its key, with `#` and a number where there may be several."""
    return run_key.partition("#")[0]


class Sent(Struct, frozen=True, gc=False):
    """A piece of attention that was spent."""

    channel: str
    at: datetime


class State(Struct, kw_only=True, omit_defaults=True, gc=False):
    """One subject. Instants of `reached`, `fired` and `start` are by the facts' own times; those of `sent`, `held` and
    `session` by the clock.

    `spent` are the keys of all effects ever intended, without the subject: a merge unites them. `trimmed` says per atom
    up to when its memory was thinned out: an older fact needs the log.
    """

    workspace: int
    uid: int
    subject: Subject = "person"
    release: int = 0
    atoms: str = ""  # the digest of what the memory was made for
    seq: int = 0  # the last fact that was applied
    last_at: datetime | None = None
    known: bool = False
    device: str | None = None
    zone: str = ""
    memory: Memory = {}
    trimmed: Mapping[str, datetime] = {}
    start: Instant | None = None
    reached: dict[str, Instant] = {}
    fired: Mapping[RuleName, Instant] = {}
    spent: Mapping[str, datetime] = {}
    sent: Sequence[Sent] = []
    held: Sequence[Held] = []
    wakes: dict[RuleName, datetime] = {}
    consent: Mapping[str, bool] = {}
    refused: Sequence[str] = []  # `channel:purpose` that the person does not want
    preferred: Preferred | None = None
    spoken: Spoken | None = None
    session: tuple[datetime, datetime] | None = None  # start, last activity
    stated: Sequence[tuple[datetime, int, str]] = []  # the goals that they stated, oldest first
    goal: str = ""
    goal_at: Instant | None = None  # since when they want it, without having said another thing between
    answers: Mapping[str, Answer] = {}  # by question
    measures: Mapping[str, Metered] = {}
    wishes: Mapping[str, Wish] = {}  # by milestone
    plan: Plan | None = None
    stuck: Mapping[str, Stuck] = {}  # by obstacle, MILESTONE/OBSTACLE
    risks: Mapping[str, Risked] = {}  # by risk, the last time
    segments: Sequence[str] = []  # those that they are in, sorted
    runs: Mapping[str, Run] = {}  # by journey (`journey_of`)
    assigned: Mapping[str, str] = {}  # experiment → the variant that they have been given
    rounds: Mapping[str, tuple[int, datetime]] = {}  # journey → how many runs began, and when the last one did
    repeated: Mapping[str, tuple[int, datetime]] = {}  # milestone → how many times reached, and when last
    check_ins: Mapping[str, CheckIn] = {}  # by survey
    profiled: Mapping[str, Profiled] = {}  # by survey
    handled: Mapping[str, Handled] = {}  # by piece
    completed: Mapping[str, Completed] = {}  # by task of a plan, PLAN/PHASE.PLACE
    seen: Sequence[str] = []  # resources that they have opened, in any channel, sorted
    taken: Sequence[str] = []  # offers that they have accepted, sorted
    acted: Mapping[str, Instant] = {}  # by channel, when they last did something there
    active_on: Sequence[int] = []  # the last days on which they were active, in their zone (ordinals), oldest first
    talks: Mapping[str, Talk] = {}  # by conversation

    def wake_at(self) -> datetime | None:
        """When time alone may change something; None: only a fact can."""
        return min((*self.wakes.values(), *(held.due for held in self.held)), default=None)


def copy(state: State) -> State:
    """A state that can be changed without the old one noticing: what is a `dict` of it may be changed in place, `Mapping`
    and `Sequence` are replaced, as the lists inside `memory` are."""
    fresh = shallow(state)
    fresh.memory, fresh.reached, fresh.wakes = state.memory.copy(), state.reached.copy(), state.wakes.copy()
    return fresh


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(State)


def encode(state: State) -> bytes:
    return _encoder.encode(state)


def decode(raw: bytes) -> State:
    return _decoder.decode(raw)
