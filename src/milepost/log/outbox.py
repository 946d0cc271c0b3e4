"""The outbox: intentions that wait beside the state that caused them, carried out by whoever claims them first.

An entry is `waiting` → `claimed` (with a lease) → `done` or `failed`. A claim that outlives its lease is taken up
again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal, Protocol

from msgspec import Struct

EntryState = Literal["waiting", "claimed", "done", "failed"]


class Entry(Struct, frozen=True, kw_only=True):
    """One intention. `key` says what it is for, for good: the same intention has the same key after any replay."""

    workspace: int
    key: str
    kind: str
    payload: bytes  # JSON of the effect
    created_at: datetime
    due_at: datetime
    state: EntryState = "waiting"
    attempts: int = 0
    lease_until: datetime | None = None
    error: str = ""


class Outbox(Protocol):
    """Every method but `put` is a transaction of its own; `put` joins the one that the caller has open."""

    def put(self, entries: Sequence[Entry]) -> list[str]:
        """The keys that were new; an entry whose (workspace, key) exists, in whatever state, is left as it is."""
        ...

    def claim(self, kinds: Sequence[str], *, now: datetime, lease: timedelta, limit: int) -> list[Entry]:
        """Takes due entries, oldest first, of which no one else holds a live claim. Counts the attempt."""
        ...

    def done(self, workspace: int, key: str, *, attempt: int) -> bool:
        """Marks it done; False when that attempt's claim is no longer held (its lease ran out and another took it)."""
        ...

    def all_done(self, entries: Sequence[Entry]) -> None:
        """Marks these claimed entries done, each as `done` does."""
        ...

    def retry(self, workspace: int, key: str, *, attempt: int, at: datetime, error: str) -> bool: ...

    def fail(self, workspace: int, key: str, *, attempt: int, error: str) -> bool: ...

    def next_due(self, kinds: Sequence[str]) -> datetime | None:
        """When the next entry can be claimed; None when nothing waits."""
        ...
