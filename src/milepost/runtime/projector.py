"""Keeps the event store in step with the log: rows are gathered and added many at a time.

The store remembers how far it has come, in the same transaction as the rows, so that a projector that was ended
anywhere goes on without gap or double.
"""

from collections.abc import Collection, Sequence

import msgspec

from milepost.core.events import Fact, is_test, origin_of, vouched
from milepost.core.people.profile import zone_of
from milepost.log.events import EventLog
from milepost.log.eventstore import EventStore, Row
from milepost.people.actions import Placed
from milepost.people.queries import merged_people, uids_of_facts

_FULL = 500  # adding them takes a few hundredths of a second, for which facts that come in wait
_CHUNK = 5000
_OF_ACCOUNTS = """
SELECT seq, account FROM all_facts WHERE ws = $ws AND account IN (SELECT unnest($accounts::BIGINT[]))
    AND ($names IS NULL OR event IN (SELECT unnest($names::VARCHAR[])))
"""
_encoder = msgspec.json.Encoder()
#: Of facts; None: whatever they are called.
Names = Collection[str] | None


class Projector:
    def __init__(self, log: EventLog, events: EventStore) -> None:
        self._log, self._events = log, events
        self._rows: list[Row] = []
        self._position = 0  # of the last fact that was given; the store's own follows at each flush

    def add(self, facts: Sequence[Fact], placed: Sequence[Placed]) -> None:
        """Takes a round's facts; they are in the store at the next flush at the latest."""
        self._rows += [_row(fact, where.uid, where.account) for fact, where in zip(facts, placed, strict=True)]
        self._position = facts[-1].seq
        if len(self._rows) >= _FULL:
            self.flush()

    def flush(self) -> None:
        if self._rows:
            self._events.append(self._rows, self._position)
            self._rows = []

    def merge(self, workspace: int, other: int, into: int) -> None:
        self.flush()
        self._events.merge(workspace, other, into)

    def history(self, workspace: int, uids: Sequence[int], names: Names = None) -> dict[int, list[Fact]]:
        """The facts of these persons so far, from the log, of these names; nobody is missing."""
        self.flush()
        return self.projected(workspace, uids, names)

    def history_of_accounts(
        self, workspace: int, accounts: Sequence[int], names: Names = None
    ) -> dict[int, list[Fact]]:
        """The same for accounts: facts that were theirs when they were projected."""
        self.flush()
        return self.projected_of_accounts(workspace, accounts, names)

    def projected(self, workspace: int, uids: Sequence[int], names: Names = None) -> dict[int, list[Fact]]:
        """Of their facts those that have come to the store, which may be asked for by any thread."""
        owner = {seq: uid for uid, seq in self._events.history(workspace, uids, names)}
        histories: dict[int, list[Fact]] = {uid: [] for uid in uids}
        for fact in self._log.fetch(sorted(owner)):
            histories[owner[fact.seq]].append(fact)
        return histories

    def projected_of_accounts(
        self, workspace: int, accounts: Sequence[int], names: Names = None
    ) -> dict[int, list[Fact]]:
        histories: dict[int, list[Fact]] = {account: [] for account in accounts}
        asked = {"ws": workspace, "accounts": list(accounts), "names": None if names is None else list(names)}
        owner = dict(self._events.query(_OF_ACCOUNTS, asked))
        for fact in self._log.fetch(sorted(owner)):
            histories[owner[fact.seq]].append(fact)
        return histories

    def recover(self, until: int) -> None:
        """Brings the store in step with the database after anything went wrong between the two: a process that ended, a
        disk that was full. What the store has already is left as it is."""
        self._rows = []
        self._catch_up(until)
        known = {uid for (uid,) in self._events.query("SELECT uid FROM merged", {})}
        for workspace, uid, into in merged_people():
            if uid not in known:
                self._events.merge(workspace, uid, into)

    def _catch_up(self, until: int) -> None:
        while (position := self._events.position()) < until:
            facts = [fact for fact in self._log.read(position, _CHUNK) if fact.seq <= until]
            if not facts:
                return
            uids = uids_of_facts(facts)
            rows = [_row(fact, uid, account) for fact, (uid, account) in zip(facts, uids, strict=True)]
            self._events.append(rows, facts[-1].seq)


def _row(fact: Fact, uid: int, account: int | None) -> Row:
    return Row(
        seq=fact.seq,
        ws=fact.workspace,
        uid=uid,
        account=account,
        event=fact.name,
        ts=fact.at,
        received=fact.received_at,
        properties=_encoder.encode(fact.properties).decode(),
        zone=zone_of(fact.properties if fact.kind == "identify" else {}, fact.context) or "",
        signed=vouched(fact) if fact.user_id and fact.source == "live" else None,
        origin=origin_of(fact) if fact.user_id and fact.source == "live" else "",
        test=is_test(fact),
    )
