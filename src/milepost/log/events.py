"""The event log: append-only, numbered, durable. What is answered with 200 is in here."""

from collections.abc import Sequence
from typing import Protocol

from milepost.core.events import Fact


class EventLog(Protocol):
    def append(self, facts: Sequence[Fact]) -> list[int]:
        """The number of each fact, 0 where its message id was known already (within this call too).

        Durable on return; all of the call or nothing of it. Dedupe is by (workspace, message id) alone: over at least
        the last 48 hours of arrival, and for source `import` over everything imported of the same month of `at`.
        Raises Unavailable when the disk is full or the log is locked for too long; nothing was stored then.
        """
        ...

    def read(self, after: int, limit: int) -> list[Fact]:
        """The facts numbered above `after`, in order, with `seq` set; at most `limit`."""
        ...

    def fetch(self, numbers: Sequence[int]) -> list[Fact]:
        """The facts with these numbers that exist, in number order."""
        ...

    def last(self) -> int:
        """The highest number given so far; 0 for an empty log."""
        ...

    def erase(self, numbers: Sequence[int]) -> None:
        """Removes these facts for good (a person's right). Their numbers are not given again."""
        ...

    def rewrite(self, facts: Sequence[Fact]) -> None:
        """Puts these in the place of the facts with their numbers: what they say of somebody who was erased is not in them
        any more. Of those that are gone nothing is kept."""
        ...

    def close(self) -> None: ...
