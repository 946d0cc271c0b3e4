"""What is remembered of one subject between two facts. It can be written down, stopped, and started elsewhere."""

from datetime import datetime
from typing import Literal

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

    def wake_at(self) -> datetime | None:
        """When time alone may change something; None: only a fact can."""
        return min((*self.wakes.values(), *(held.due for held in self.held)), default=None)


def copy(state: State) -> State:
    """A state that can be changed without the old one noticing. Lists inside `memory` are replaced, never changed."""
    return State(
        workspace=state.workspace,
        uid=state.uid,
        release=state.release,
        atoms=state.atoms,
        seq=state.seq,
        last_at=state.last_at,
        known=state.known,
        device=state.device,
        zone=state.zone,
        memory=dict(state.memory),
        trimmed=dict(state.trimmed),
        start=state.start,
        reached=dict(state.reached),
        fired=dict(state.fired),
        spent=dict(state.spent),
        sent=list(state.sent),
        held=list(state.held),
        wakes=dict(state.wakes),
        consent=dict(state.consent),
        refused=list(state.refused),
        session=state.session,
    )


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(State)


def encode(state: State) -> bytes:
    return _encoder.encode(state)


def decode(raw: bytes) -> State:
    return _decoder.decode(raw)
