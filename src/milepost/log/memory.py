"""The log and the outbox in memory: for tests and simulations; they keep the same promises but durability."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice
from threading import Lock

import msgspec

from milepost.core.events import Fact
from milepost.log import keys
from milepost.log.outbox import Entry


class MemoryLog:
    def __init__(self) -> None:
        self._facts: dict[int, Fact] = {}
        self._seen: dict[keys.Window, set[int]] = {}
        self._last = 0
        self._lock = Lock()

    def append(self, facts: Sequence[Fact]) -> list[int]:
        numbers = [0] * len(facts)
        with self._lock:
            for place in sorted(self._claim(facts)):
                self._last += 1
                self._facts[self._last] = msgspec.structs.replace(facts[place], seq=self._last)
                numbers[place] = self._last
        return numbers

    def _claim(self, facts: Sequence[Fact]) -> list[int]:
        """The places of the facts that are new; from now on they are known."""
        new: list[int] = []
        for window, places in keys.by_window(facts).items():
            known = set().union(*(self._seen.get(other, ()) for other in (window, *window.looked_in)))
            new += [place for key, place in places.items() if key not in known]
            self._seen.setdefault(window, set()).update(places.keys() - known)
        return new

    def read(self, after: int, limit: int) -> list[Fact]:
        with self._lock:
            found = (self._facts.get(number) for number in range(after + 1, self._last + 1))
            return list(islice((fact for fact in found if fact is not None), limit))

    def fetch(self, numbers: Sequence[int]) -> list[Fact]:
        with self._lock:
            return [self._facts[number] for number in sorted(set(numbers)) if number in self._facts]

    def last(self) -> int:
        return self._last

    def erase(self, numbers: Sequence[int]) -> None:
        with self._lock:
            for number in numbers:
                self._facts.pop(number, None)

    def rewrite(self, facts: Sequence[Fact]) -> None:
        with self._lock:
            self._facts.update({fact.seq: fact for fact in facts if fact.seq in self._facts})

    def close(self) -> None:
        pass


class MemoryOutbox:
    def __init__(self) -> None:
        self._entries: dict[tuple[int, str], Entry] = {}
        self._lock = Lock()

    def put(self, entries: Sequence[Entry]) -> list[str]:
        new: list[str] = []
        with self._lock:
            for entry in entries:
                if (entry.workspace, entry.key) not in self._entries:
                    self._entries[entry.workspace, entry.key] = entry
                    new.append(entry.key)
        return new

    def claim(self, kinds: Sequence[str], *, now: datetime, lease: timedelta, limit: int) -> list[Entry]:
        with self._lock:
            free = [entry for entry in self._entries.values() if entry.kind in kinds and _free(entry, now)]
            taken = [
                msgspec.structs.replace(entry, state="claimed", attempts=entry.attempts + 1, lease_until=now + lease)
                for entry in sorted(free, key=lambda entry: entry.due_at)[:limit]
            ]
            self._entries |= {(entry.workspace, entry.key): entry for entry in taken}
            return taken

    def done(self, workspace: int, key: str, *, attempt: int) -> bool:
        return self._settle(workspace, key, attempt, {"state": "done"})

    def all_done(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            self.done(entry.workspace, entry.key, attempt=entry.attempts)

    def retry(self, workspace: int, key: str, *, attempt: int, at: datetime, error: str) -> bool:
        return self._settle(workspace, key, attempt, {"state": "waiting", "due_at": at, "error": error})

    def fail(self, workspace: int, key: str, *, attempt: int, error: str) -> bool:
        return self._settle(workspace, key, attempt, {"state": "failed", "error": error})

    def _settle(self, workspace: int, key: str, attempt: int, changes: dict[str, object]) -> bool:
        with self._lock:
            entry = self._entries.get((workspace, key))
            if entry is None or entry.state != "claimed" or entry.attempts != attempt:
                return False
            self._entries[workspace, key] = msgspec.structs.replace(entry, lease_until=None, **changes)
            return True

    def next_due(self, kinds: Sequence[str]) -> datetime | None:
        with self._lock:
            moments = [_claimable_at(e) for e in self._entries.values() if e.kind in kinds and _open(e)]
        return min(moments, default=None)


def _open(entry: Entry) -> bool:
    return entry.state in ("waiting", "claimed")


def _claimable_at(entry: Entry) -> datetime:
    return entry.lease_until or entry.due_at


def _free(entry: Entry, now: datetime) -> bool:
    return _open(entry) and _claimable_at(entry) <= now
