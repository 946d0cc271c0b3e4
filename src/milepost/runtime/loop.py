"""The loop: reads the log, applies it, lets time pass, carries states over to a new release, and tells the browsers.

    read ─► place (people) ─► step (core) ─► ONE transaction: people, states, outbox, reasons, local effects, position
         ─► word to the browsers ─► columns of the event store ─► wait for a wake-up or the next timer

It can be ended at any point: everything that it has not committed it does again, and everything it does has a key.
"""

import gc
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

import msgspec
import structlog
from django.db import InterfaceError, OperationalError, transaction
from msgspec.structs import replace

from milepost.core.delivery.outcome import Done, Failed, Outcome
from milepost.core.events import Fact
from milepost.core.program.compile import Program
from milepost.core.values import Unavailable
from milepost.log.clock import monotonic
from milepost.log.failpoints import failpoint
from milepost.log.outbox import Entry, Outbox
from milepost.log.stores import Stores
from milepost.people import accounts
from milepost.people.actions import Placed, place
from milepost.people.erasure import too_late
from milepost.runtime import conclusions, store
from milepost.runtime.erasure import Eraser
from milepost.runtime.lookahead import Lookahead
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
_LONGEST_BEHIND = 0.2  # the same when facts come faster than they are applied: in larger rounds each costs less
_LONGEST_WHILE = 0.025  # seconds of a turn that timers, or a new release, may keep facts waiting
_A_FEW = 3
_IDLE = 0.5  # seconds between two looks when nobody wakes us
_MOST = 1000
_LEASE = timedelta(seconds=30)
_EFFECTS = 200  # local effects that one transaction carries out


class Runtime:
    """One per installation: facts of a person are applied in order because one loop applies them all."""

    def __init__(self, stores: Stores, outbox: Outbox, wiring: Wiring, program_of: Callable[[int], Program]) -> None:
        self._stores, self._outbox, self._wiring, self._program_of = stores, outbox, wiring, program_of
        self._projector = Projector(stores.log, stores.events)
        self._facts = _Share(_LONGEST_CHUNK, least=50, behind=_LONGEST_BEHIND)
        self._timers = _Share(_LONGEST_WHILE, least=20)
        self._mistake = ""
        self._told = False  # whether conclusions are kept that stand in the log by now
        self._lookahead = Lookahead(self._projector)
        retell = partial(self._in_a_round, work=Round.retell)
        self._eraser = Eraser(stores, self._projector, wiring.on_erase, retell)
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
        self._conclude(conclusions.kept())
        self._tell(self._left_over(), set())
        self.effects_waiting.set()

    def turn(self) -> bool:
        """A bit of everything; False when there was nothing to do.

        Facts that wait come first: whoever has acted in the meantime is not to be reminded. Once the log is nearly read,
        timers and a new release get their turn beside them, however many facts keep coming.
        """
        with _no_search_for_circles():
            most = self._facts.limit
            applied = self.apply_facts()
            if applied == most:
                return True
            busy = any([self.let_time_pass(), self.carry_over(), self.forget(), applied])
            if not busy:
                self._rest()
            return busy

    def _rest(self) -> None:
        self._projector.flush()
        if self._told:
            conclusions.forget()
            self._told = False

    def catch_up(self, progress: Callable[[int], None] = lambda seq: None) -> None:
        """Applies everything that is in the log by now, and due."""
        self.resume()
        while self.turn():
            progress(store.position())

    def apply_facts(self) -> int:
        """One round of facts. Returns how many."""
        facts = self._stores.log.read(store.position(), self._facts.limit)
        late = set(too_late(facts))
        if late:
            self._stores.log.erase(sorted(late))
        kept = [fact for fact in facts if fact.seq not in late]
        if kept:
            failpoint("runtime.read")
            self._round_of(kept)
        return len(facts)

    def _round_of(self, facts: Sequence[Fact]) -> None:
        """Applies these facts; if that fails, one by one, and the one that the loop cannot take is set aside."""
        started = monotonic()
        applied = self._survives(partial(self._apply, facts))
        self._facts.adapt(len(facts), monotonic() - started)
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
        self._tell_of(done, touched)
        self._conclude(done.facts)
        self._projector.add(facts, placed)
        for merged in done.merged:
            self._projector.merge(*merged)
        failpoint("runtime.projected")
        self._wake_relay(done)

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
        uids = store.due(self._stores.clock.now(), self._timers.limit)
        if uids:
            self._in_a_round(uids, Round.wake)
        return len(uids)

    def carry_over(self) -> bool:
        """Brings some states of older releases to the current one; False when all have come."""
        for workspace in workspace_ids():
            number = self._program_of(workspace).number
            if self._carried.get(workspace) == number:
                continue
            pasts = self._lookahead.next(workspace, number, self._timers.limit)
            if pasts:
                self._in_a_round(list(pasts), partial(Round.carry_over, pasts=pasts))
            if pasts != {}:
                return True
            self._carried[workspace] = number
        return False

    def forget(self) -> bool:
        """Forgets whoever is waiting longest to be forgotten. Whether there was somebody."""
        whom = self._eraser.erase_next()
        if whom is None:
            return False
        self._lookahead = Lookahead(self._projector)
        devices = {(whom.workspace, value) for kind, value in whom.ids if kind == "anonymous"}
        self._tell({(whom.workspace, uid) for uid in whom.uids}, devices)
        return True

    def _in_a_round(self, uids: Sequence[int], work: Callable[[Round, Sequence[int]], None]) -> None:
        """Does this work for these persons; whoever it fails for is set aside, and is not asked again by time alone."""
        started = monotonic()
        worked = self._survives(partial(self._round_for, uids, work))
        if worked is not None:
            self._tell_of(*worked)
            self._conclude(worked[0].facts)
            self._wake_relay(worked[0])
            self._timers.adapt(len(uids), monotonic() - started)
        elif len(uids) > 1:
            for uid in uids:
                self._in_a_round([uid], work)
        else:
            row = SubjectState.objects.get(uid=uids[0])
            self._set_aside(row.workspace_id, uid=row.uid)
            row.wake_at, row.release = None, self._program_of(row.workspace_id).number
            row.save(update_fields=["wake_at", "release"])

    def _round_for(self, uids: Sequence[int], work: Callable[[Round, Sequence[int]], None]) -> tuple[Round, Touched]:
        done = self._new_round()
        done.load(set(uids))
        work(done, uids)
        touched = self._carry_out(self._write(done), done.facts)
        self._keep_conclusions(done)
        return done, touched

    def _apply(self, facts: Sequence[Fact]) -> tuple[list[Placed], Round, Touched]:
        placed = place(facts)
        whose = _after_merges(placed)
        pairs = [(fact, whose(where.uid)) for fact, where in zip(facts, placed, strict=True)]
        belonging = accounts.place(pairs)
        placed = [_of(where, account) for where, account in zip(placed, belonging.accounts, strict=True)]
        done = self._new_round()
        told = [(fact, where) for fact, where in zip(facts, placed, strict=True) if _concerns_states(fact, where)]
        done.prepare(told)
        for fact, where in told:
            done.apply(fact, where)
        failpoint("runtime.stepped")
        local = self._write(done)
        followed = self._wiring.on_facts(pairs)
        done.facts += [*belonging.told, *followed.facts]
        touched = followed.touched | self._carry_out(local, done.facts)
        self._keep_conclusions(done)
        store.move_to(facts[-1].seq)
        failpoint("runtime.saved")
        return placed, done, touched

    def _keep_conclusions(self, done: Round) -> None:
        done.facts += conclusions.facts_of(done.concluded)
        conclusions.keep(done.facts)

    def _conclude(self, facts: Sequence[Fact]) -> None:
        """Tells the log what has been committed; until then it is kept beside the states."""
        if facts:
            self._stores.log.append(facts)
            self._told = True
        failpoint("runtime.concluded")

    def _new_round(self) -> Round:
        return Round(self._program_of, self._projector, self._stores.clock.now())

    def _write(self, done: Round) -> list[Entry]:
        """Writes what a round has come to; the local effects of it that are new, claimed."""
        for workspace, other, into in done.merged:
            store.hand_over(other, into)
            self._wiring.on_merge(workspace, other, into)
        claimed = partial(replace, state="claimed", attempts=1, lease_until=self._stores.clock.now() + _LEASE)
        done.entries = [claimed(entry) if entry.kind in self._wiring.local else entry for entry in done.entries]
        new = set(done.write(self._outbox.put))
        mine = {entry.key: entry for entry in done.entries if entry.kind in self._wiring.local and entry.key in new}
        return list(mine.values())

    def _tell_of(self, done: Round, touched: Touched) -> None:
        devices = {(state.workspace, state.device) for state in done.changed.values() if state.device}
        self._tell(touched, devices)

    def _wake_relay(self, done: Round) -> None:
        if any(entry.kind not in self._wiring.local for entry in done.entries):
            self.effects_waiting.set()

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

    def _left_over(self) -> Touched:
        """Carries out the local effects that wait in the outbox: those of an engine that did not do so at once."""
        touched: Touched = set()
        while True:
            with transaction.atomic():
                now = self._stores.clock.now()
                entries = self._outbox.claim(sorted(self._wiring.local), now=now, lease=_LEASE, limit=_EFFECTS)
                facts: list[Fact] = []
                touched |= self._carry_out(entries, facts)
                conclusions.keep(facts)
            self._conclude(facts)
            if len(entries) < _EFFECTS:
                return touched

    def _carry_out(self, entries: Sequence[Entry], facts: list[Fact]) -> Touched:
        """Carries out what only changes this database, in the transaction that is open, many at a time. What follows from
        it is added to `facts`, for the log."""
        touched: Touched = set()
        settled: list[Entry] = []
        effects = [(entry, self._effect(entry)) for entry in entries]
        for kind, some in _in_turns(effects, self._wiring.seen):
            for (entry, _), outcome in zip(some, self._outcomes(kind, some), strict=True):
                if isinstance(outcome, Done):
                    facts += outcome.facts
                    settled.append(entry)
                else:
                    self._outbox.fail(entry.workspace, entry.key, attempt=entry.attempts, error=outcome.error)
            if kind in self._wiring.seen:
                touched |= {(entry.workspace, int(effect.person)) for entry, effect in some}
        self._outbox.all_done(settled)
        return touched

    def _effect(self, entry: Entry) -> Any:
        return msgspec.json.decode(entry.payload, type=self._wiring.effects[entry.kind])

    def _outcomes(self, kind: str, some: Sequence[tuple[Entry, Any]]) -> Sequence[Outcome]:
        """A handler's mistake ends the effect that it was made on, and nothing else."""
        together = self._wiring.together.get(kind)
        if together is None and len(some) > 1:
            return [outcome for one in some for outcome in self._outcomes(kind, [one])]
        (entry, effect), *others = some
        try:
            with transaction.atomic():
                if together is not None:
                    return together([effect for _, effect in some])
                return [self._wiring.handlers[kind](effect, entry.attempts)]
        except TRANSIENT:
            raise
        except Exception as mistake:
            if others:
                return [outcome for one in some for outcome in self._outcomes(kind, [one])]
            log.exception("a handler made a mistake", key=entry.key, kind=kind)
            return [Failed(error=f"{type(mistake).__name__}: {mistake}")]


class _Share:
    """How many to take at a time so that it takes no longer than this; `behind`: while as many as that, and more, have
    been waiting a few times running."""

    def __init__(self, seconds: float, *, least: int, behind: float | None = None) -> None:
        self._seconds, self._least, self._behind = seconds, least, behind or seconds
        self._full = 0  # rounds running that were as large as they might be
        self.limit = least

    def adapt(self, taken: int, seconds: float) -> None:
        self._full = self._full + 1 if taken >= self.limit else 0
        longest = self._behind if self._full > _A_FEW else self._seconds
        fitting = int(taken * longest / max(seconds, 0.001))
        if taken >= self._least:
            self.limit = min(_MOST, max(self._least, min(fitting, 2 * self.limit)))


@contextmanager
def _no_search_for_circles() -> Iterator[None]:
    """The many objects of a round hold no circles, and are gone at its end: to search them for some, again and again while
    they are made, would take a fifth of its time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _concerns_states(fact: Fact, where: Placed) -> bool:
    """No decision reads the engine's own conclusions, so nothing is loaded or saved for them."""
    return fact.source != "derived" or where.merged is not None


def _in_turns(
    entries: Sequence[tuple[Entry, Any]], ordered: Collection[str]
) -> Iterator[tuple[str, list[tuple[Entry, Any]]]]:
    """These effects by kind, many at a time, so that each person's of these `ordered` kinds are carried out in their
    order; others can be carried out at any time, in the order of all."""
    turns: dict[tuple[int, str], list[tuple[Entry, Any]]] = {}
    last: dict[int, tuple[int, str]] = {}  # the turn of each person's effect before this one
    for entry, effect in entries:
        turn = (0, entry.kind)
        if entry.kind in ordered:
            number, kind = last.get(effect.person, turn)
            turn = last[effect.person] = (number + (kind != entry.kind), entry.kind)
        turns.setdefault(turn, []).append((entry, effect))
    return ((kind, some) for (_, kind), some in sorted(turns.items(), key=lambda turn: turn[0]))


def _of(where: Placed, account: int | None) -> Placed:
    return where if where.account == account else replace(where, account=account)


def _after_merges(placed: Sequence[Placed]) -> Callable[[int], int]:
    """Who somebody of this round is at its end."""
    became = {where.merged: where.uid for where in placed if where.merged is not None}

    def whose(uid: int) -> int:
        while uid in became:
            uid = became[uid]
        return uid

    return whose
