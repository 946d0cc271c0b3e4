"""The loop: reads the log, applies it, lets time pass, carries states over to a new release, and tells the browsers.

    read ─► place (people) ─► step (core) ─► ONE transaction: people, states, outbox, reasons, position
         ─► local effects, exactly once ─► columns of the event store ─► wait for a wake-up or the next timer

It can be ended at any point: everything that it has not committed it does again, and everything it does has a key.
"""

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import TypeVar

import msgspec
import structlog
from django.db import InterfaceError, OperationalError, transaction

from milepost.core.delivery.outcome import Done, Failed
from milepost.core.events import Fact
from milepost.core.program.compile import Program
from milepost.core.values import Unavailable
from milepost.log.clock import monotonic
from milepost.log.failpoints import failpoint
from milepost.log.outbox import Entry, Outbox
from milepost.log.stores import Stores
from milepost.people import accounts
from milepost.people.actions import Placed, place
from milepost.runtime import store
from milepost.runtime.models import SetAside, SubjectState
from milepost.runtime.projector import Projector
from milepost.runtime.round import Round
from milepost.runtime.wiring import Wiring
from milepost.workspace.queries import workspace_ids

log = structlog.get_logger()

#: What a store says when it cannot go on now: the disk is full, the database is locked, a file is damaged.
TRANSIENT = (Unavailable, OSError, OperationalError, InterfaceError)

Touched = set[tuple[int, int]]  # (workspace, uid) of those whose pieces have changed
Result = TypeVar("Result")

_LONGEST_CHUNK = 0.05  # seconds that a state transaction may hold the database
_IDLE = 0.5  # seconds between two looks when nobody wakes us
_MOST, _LEAST = 1000, 50
_LEASE = timedelta(seconds=30)


class Runtime:
    """One per installation: facts of a person are applied in order because one loop applies them all."""

    def __init__(self, stores: Stores, outbox: Outbox, wiring: Wiring, program_of: Callable[[int], Program]) -> None:
        self._stores, self._outbox, self._wiring, self._program_of = stores, outbox, wiring, program_of
        self._projector = Projector(stores.log, stores.events)
        self._limit = 250
        self._mistake = ""
        self._carried: dict[int, int] = {}  # workspace → the release that all its states have come to
        self.woken = threading.Event()
        self.effects_waiting = threading.Event()

    def run(self, stopping: threading.Event) -> None:
        """Until told to stop. A store that fails is tried again; nothing is lost meanwhile, the log keeps it."""
        in_step = False
        while not stopping.is_set():
            try:
                if not in_step:
                    self.resume()
                in_step = True
                busy = self.turn()
            except TRANSIENT as problem:
                log.error("the loop could not go on and tries again", problem=str(problem))
                in_step = False
                busy = stopping.wait(1.0)
            if not busy:
                self.woken.wait(_IDLE)
                self.woken.clear()

    def resume(self) -> None:
        """Finishes what was committed but not followed up, when a process ended or a store failed in between."""
        self._projector.recover(store.position())
        touched = self._local_effects()
        self._tell(touched, set())
        self.effects_waiting.set()

    def turn(self) -> bool:
        """A bit of everything; False when there was nothing to do.

        Facts that wait come first: whoever has acted in the meantime is not to be reminded. Once the log is nearly read,
        timers and a new release get their turn beside them, however many facts keep coming.
        """
        most = self._limit
        applied = self.apply_facts()
        if applied == most:
            return True
        busy = self.let_time_pass() + self.carry_over() > 0 or applied > 0
        if not busy:
            self._projector.flush()
        return busy

    def catch_up(self, progress: Callable[[int], None] = lambda seq: None) -> None:
        """Applies everything that is in the log by now, and due."""
        self.resume()
        while self.turn():
            progress(store.position())

    def apply_facts(self) -> int:
        """One round of facts. Returns how many."""
        facts = self._stores.log.read(store.position(), self._limit)
        if facts:
            failpoint("runtime.read")
            self._round_of(facts)
        return len(facts)

    def _round_of(self, facts: Sequence[Fact]) -> None:
        """Applies these facts; if that fails, one by one, and the one that the loop cannot take is set aside."""
        started = monotonic()
        applied = self._survives(partial(self._apply, facts))
        self._adapt(len(facts), monotonic() - started)
        if applied is None and len(facts) == 1:
            self._set_aside(facts[0].workspace, seq=facts[0].seq)
            store.move_to(facts[0].seq)
        elif applied is None:
            for fact in facts:
                self._round_of([fact])
        else:
            self._follow_up(facts, *applied)

    def _follow_up(self, facts: Sequence[Fact], placed: Sequence[Placed], done: Round, touched: Touched) -> None:
        """What follows the commit of a round."""
        failpoint("runtime.committed")
        self._projector.add(facts, placed)
        for merged in done.merged:
            self._projector.merge(*merged)
        self._after(done, touched)
        failpoint("runtime.projected")

    def _survives(self, work: Callable[[], Result]) -> Result | None:
        """What the work gives; None for a mistake of ours in it, which was rolled back. A store that fails is neither."""
        try:
            with transaction.atomic():
                return work()
        except TRANSIENT:
            raise
        except Exception as mistake:
            log.exception("the loop made a mistake")
            self._mistake = f"{type(mistake).__name__}: {mistake}"
            return None

    def _set_aside(self, workspace: int, *, seq: int | None = None, uid: int | None = None) -> None:
        now = self._stores.clock.now()
        SetAside.objects.create(workspace_id=workspace, at=now, seq=seq, uid=uid, error=self._mistake)

    def let_time_pass(self) -> int:
        """Wakes the people whose moment has come."""
        now = self._stores.clock.now()
        due = SubjectState.objects.filter(wake_at__lte=now).order_by("wake_at")[: self._limit]
        uids = list(due.values_list("uid", flat=True))
        if uids:
            self._in_a_round(uids, Round.wake)
        return len(uids)

    def carry_over(self) -> int:
        """Brings some states of older releases to the current one. Returns how many."""
        for workspace in workspace_ids():
            number = self._program_of(workspace).number
            if self._carried.get(workspace) == number:
                continue
            old = SubjectState.objects.filter(workspace_id=workspace).exclude(release=number)[: self._limit]
            uids = list(old.values_list("uid", flat=True))
            if uids:
                self._in_a_round(uids, Round.carry_over)
                return len(uids)
            self._carried[workspace] = number
        return 0

    def _in_a_round(self, uids: Sequence[int], work: Callable[[Round, Sequence[int]], None]) -> None:
        """Does this work for these persons; whoever it fails for is set aside, and is not asked again by time alone."""
        done = self._survives(partial(self._round_for, uids, work))
        if done is not None:
            self._after(done, set())
        elif len(uids) > 1:
            for uid in uids:
                self._in_a_round([uid], work)
        else:
            row = SubjectState.objects.get(uid=uids[0])
            self._set_aside(row.workspace_id, uid=row.uid)
            row.wake_at, row.release = None, self._program_of(row.workspace_id).number
            row.save(update_fields=["wake_at", "release"])

    def _round_for(self, uids: Sequence[int], work: Callable[[Round, Sequence[int]], None]) -> Round:
        done = self._new_round()
        done.load(set(uids))
        work(done, uids)
        self._write(done)
        return done

    def _apply(self, facts: Sequence[Fact]) -> tuple[list[Placed], Round, Touched]:
        placed = place(facts)
        whose = _after_merges(placed)
        pairs = [(fact, whose(where.uid)) for fact, where in zip(facts, placed, strict=True)]
        accounts.place(pairs)
        done = self._new_round()
        told = [(fact, where) for fact, where in zip(facts, placed, strict=True) if _concerns_states(fact, where)]
        done.load({where.uid for _, where in told} | {where.merged for _, where in told if where.merged is not None})
        for fact, where in told:
            done.apply(fact, where)
        failpoint("runtime.stepped")
        self._write(done)
        touched = self._follow(pairs)
        store.move_to(facts[-1].seq)
        failpoint("runtime.saved")
        return placed, done, touched

    def _follow(self, pairs: Sequence[tuple[Fact, int]]) -> Touched:
        """Lets other areas follow these facts. What they conclude is durable before the round is committed: a failure in
        between tells it again, and the log knows it by its id."""
        followed = self._wiring.on_facts(pairs)
        if followed.facts:
            self._stores.log.append(followed.facts)
        return followed.touched

    def _new_round(self) -> Round:
        return Round(self._program_of, self._projector.history, self._stores.clock.now())

    def _write(self, done: Round) -> None:
        for workspace, other, into in done.merged:
            store.hand_over(other, into)
            self._wiring.on_merge(workspace, other, into)
        done.write(self._outbox.put)

    def _after(self, done: Round, touched: Touched) -> None:
        """What follows a commit: local effects, and word to whom it concerns."""
        devices = {(state.workspace, state.device) for state in done.changed.values() if state.device}
        if any(entry.kind in self._wiring.local for entry in done.entries):
            touched |= self._local_effects()
        if any(entry.kind not in self._wiring.local for entry in done.entries):
            self.effects_waiting.set()
        self._tell(touched, devices)

    def _tell(self, touched: Touched, devices: set[tuple[int, str]]) -> None:
        """Tells the web processes whose pieces have changed."""
        for workspace in {workspace for workspace, _ in touched}:
            self._stores.link.publish(
                "pieces",
                {
                    "ws": workspace,
                    "uids": [uid for ws, uid in touched if ws == workspace],
                    "devices": [device for ws, device in devices if ws == workspace],
                },
            )

    def _local_effects(self) -> set[tuple[int, int]]:
        """Carries out what only changes this database: claimed, done and marked in one transaction, a few at a time."""
        touched: set[tuple[int, int]] = set()
        kinds = sorted(self._wiring.local)
        while True:
            with transaction.atomic():
                now = self._stores.clock.now()
                entries = self._outbox.claim(kinds, now=now, lease=_LEASE, limit=20)
                facts: list[Fact] = []
                for entry in entries:
                    whose = self._carry_out(entry, facts)
                    if entry.kind in self._wiring.seen:
                        touched.add((entry.workspace, whose))
                if facts:
                    self._stores.log.append(facts)
            if not entries:
                return touched

    def _carry_out(self, entry: Entry, facts: list[Fact]) -> int:
        """Carries out one local effect; whose it was. Its `facts` are written to the log with those of others, before all
        of it is committed. A handler's mistake ends this effect and nothing else."""
        effect = msgspec.json.decode(entry.payload, type=self._wiring.effects[entry.kind])
        try:
            with transaction.atomic():
                outcome = self._wiring.handlers[entry.kind](effect, entry.attempts)
        except Exception as mistake:
            log.exception("a handler made a mistake", key=entry.key, kind=entry.kind)
            outcome = Failed(error=f"{type(mistake).__name__}: {mistake}")
        if isinstance(outcome, Done):
            facts += outcome.facts
            self._outbox.done(entry.workspace, entry.key, attempt=entry.attempts)
        else:
            self._outbox.fail(entry.workspace, entry.key, attempt=entry.attempts, error=outcome.error)
        return int(effect.person)

    def _adapt(self, facts: int, seconds: float) -> None:
        """As many facts a round as fit into a transaction that does not hold others up."""
        fitting = int(facts * _LONGEST_CHUNK / max(seconds, 0.001))
        self._limit = min(_MOST, max(_LEAST, min(fitting, 2 * self._limit) if facts >= _LEAST else self._limit))


def _concerns_states(fact: Fact, where: Placed) -> bool:
    """No decision reads the engine's own conclusions, so nothing is loaded or saved for them."""
    return fact.source != "derived" or where.merged is not None


def _after_merges(placed: Sequence[Placed]) -> Callable[[int], int]:
    """Who somebody of this round is at its end."""
    became = {where.merged: where.uid for where in placed if where.merged is not None}

    def whose(uid: int) -> int:
        while uid in became:
            uid = became[uid]
        return uid

    return whose
