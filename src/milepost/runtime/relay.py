"""The relay: claims intentions from the outbox, has them carried out, and writes what happened into the log.

claim ─► handler ─► facts to the log (ids derived from the key) ─► done. Ended between any two of these, the claim runs
out and the next relay does it again under the same key; what is already in the log is not stored twice.
"""

import threading
from datetime import datetime, timedelta

import msgspec
import structlog
from django.db import OperationalError, close_old_connections

from milepost.core.delivery.outcome import Done, Failed, Later, Outcome
from milepost.core.values import Unavailable
from milepost.log.failpoints import failpoint
from milepost.log.outbox import Entry, Outbox
from milepost.log.stores import Stores
from milepost.runtime.wiring import Wiring

log = structlog.get_logger()

LEASE = timedelta(minutes=10)  # longer than the longest conversation with a mail server, for all that one turn takes
_LONGEST_WAIT = 2.0
_AGAIN = timedelta(seconds=30)


class Relay:
    """Any number of them may run, in any number of processes."""

    def __init__(
        self, stores: Stores, outbox: Outbox, wiring: Wiring, waiting: threading.Event, happened: threading.Event
    ) -> None:
        self._stores, self._outbox, self._wiring = stores, outbox, wiring
        self._waiting, self._happened = waiting, happened
        self._kinds = sorted(set(wiring.handlers) - wiring.local)

    def run(self, stopping: threading.Event) -> None:
        while not stopping.is_set():
            try:
                busy = self.turn() > 0
            except (Unavailable, OSError, OperationalError) as problem:
                log.error("the relay could not go on and tries again", problem=str(problem))
                busy = stopping.wait(1.0)
            if not busy:
                close_old_connections()
                self._waiting.wait(self._pause())
                self._waiting.clear()

    def turn(self) -> int:
        """Carries out what is due, one after another. Returns how many."""
        entries = self._outbox.claim(self._kinds, now=self._stores.clock.now(), lease=LEASE, limit=4)
        for entry in entries:
            failpoint("relay.claimed")
            self._settle(entry, self._carry_out(entry))
        return len(entries)

    def _carry_out(self, entry: Entry) -> Outcome:
        """A handler's mistake is ours and may be mended by an update: the intention is kept, with what went wrong."""
        try:
            effect = msgspec.json.decode(entry.payload, type=self._wiring.effects[entry.kind])
            return self._wiring.handlers[entry.kind](effect, entry.attempts)
        except Exception as mistake:
            log.exception("a handler made a mistake", key=entry.key, kind=entry.kind)
            if entry.attempts >= 10:
                return Failed(error=f"{type(mistake).__name__}: {mistake}")
            return Later(
                at=self._stores.clock.now() + _AGAIN * entry.attempts, error=f"{type(mistake).__name__}: {mistake}"
            )

    def _settle(self, entry: Entry, outcome: Outcome) -> None:
        failpoint("relay.handled")
        if not isinstance(outcome, Later) and outcome.facts:
            self._stores.log.append(outcome.facts)
            self._happened.set()
        failpoint("relay.recorded")
        if isinstance(outcome, Done):
            self._outbox.done(entry.workspace, entry.key, attempt=entry.attempts)
        elif isinstance(outcome, Later):
            self._outbox.retry(entry.workspace, entry.key, attempt=entry.attempts, at=outcome.at, error=outcome.error)
        else:
            self._outbox.fail(entry.workspace, entry.key, attempt=entry.attempts, error=outcome.error)
        failpoint("relay.done")

    def _pause(self) -> float:
        due: datetime | None = self._outbox.next_due(self._kinds)
        if due is None:
            return _LONGEST_WAIT
        return min(_LONGEST_WAIT, max(0.0, (due - self._stores.clock.now()).total_seconds()))
