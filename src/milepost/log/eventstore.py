"""The event store: facts as columns, for questions about everybody. A projection of the log, rebuildable by replay."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct


class QuestionFailed(Exception):
    """The store could not make sense of a question; it carries what the store said."""


class Row(Struct, frozen=True, kw_only=True):
    """One fact of one person, as the store keeps it. `properties` is JSON text (traits, for Identified and Grouped).
    Absent: `zone` is empty where the fact does not tell the person's time zone; `signed` is None where nobody is named,
    or Milepost tells it itself; `origin`, the site or the library that it came from, is empty where that is not known."""

    seq: int
    ws: int
    uid: int
    account: int | None
    event: str
    ts: datetime
    received: datetime
    properties: str
    zone: str = ""
    signed: bool | None = None
    origin: str = ""
    test: bool = False


class Queried(Protocol):
    """What can be asked."""

    def query(self, sql: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
        """Runs one read-only question; parameters are named `$name`, and each one given is used.

        Raises QuestionFailed for a question that cannot be answered, Unavailable for one that takes too long.
        """
        ...


class EventStore(Queried, Protocol):
    """Table `events(seq, ws, uid, account, event_code, ts, received, properties)`, look-up `event_names(code, name)`,
    and `merged(ws, uid, into)`; the view `facts` joins the three (column `event` by name, `uid` after merges) and leaves
    out what was a test; the view `all_facts` does not, and has `signed`, `origin` and `test` besides. `ts` is
    TIMESTAMP in UTC, microseconds; `properties` has the type JSON. (`into` is a reserved word: quote it.) The view `zones`
    has the time zone `zone` that each `uid` of `ws` is in now, of those of whom it is known."""

    def append(self, rows: Sequence[Row], position: int) -> None:
        """Adds rows and remembers `position` (the log's number) in one transaction; rows at or below the position that
        is stored already are skipped, so that a repeated call changes nothing."""
        ...

    def position(self) -> int: ...

    def merge(self, ws: int, uid: int, into: int) -> None: ...

    def history(self, ws: int, uids: Sequence[int], names: Collection[str] | None = None) -> list[tuple[int, int]]:
        """(uid after merges, seq) of all facts of these people, or of those with these names, ordered by uid, ts, seq."""
        ...

    def erase(self, ws: int, uid: int) -> list[int]:
        """Removes a person's rows; the log numbers that they had."""
        ...

    def rewrite(self, properties: Mapping[int, str]) -> None:
        """Gives the facts with these log numbers other properties, as JSON text; `EventLog.rewrite` says why."""
        ...

    def overwrite(self) -> bool:
        """Leaves no bytes of what was erased or rewritten before. It takes seconds, however much that was. Whether it could
        be done: not while questions are being asked."""
        ...

    def close(self) -> None: ...
