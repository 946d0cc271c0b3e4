"""The embedded outbox: a table beside the state, so that one transaction writes both.

It speaks SQL over the connection that it is given (Django's, of this thread) and knows no model. Each method but `put`
is one statement, and so a transaction of its own where the caller has none open.
"""

# ruff: noqa: S608 (only the table's name, lists of columns and "%s" are written into the text)

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Protocol

from milepost.core.values import utc
from milepost.log.outbox import Entry

_TABLE = "runtime_outboxentry"
_ROWS_A_STATEMENT = 500
_COLUMNS = "workspace_id, key, kind, payload, created_at, due_at, state, attempts, lease_until, error"
_PLACES = "(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"

# The states are written out so that the partial index of what is open fits.
_OPEN = "state IN ('waiting', 'claimed')"
_FREE = f"{_OPEN} AND due_at <= %s AND (state = 'waiting' OR lease_until <= %s)"
_SETTLE = (
    f"UPDATE {_TABLE} SET {{changes}}, lease_until = NULL"
    " WHERE workspace_id = %s AND key = %s AND state = 'claimed' AND attempts = %s"
)


class Cursor(Protocol):
    @property
    def rowcount(self) -> int: ...

    def execute(self, sql: str, params: Any = ...) -> Any: ...

    def executemany(self, sql: str, params: Sequence[Any]) -> Any: ...

    def fetchall(self) -> list[Any]: ...


class Connection(Protocol):
    """What is needed of `django.db.connection`."""

    @property
    def ops(self) -> Any:
        """Has `adapt_datetimefield_value`: how this database writes an instant."""
        ...

    def cursor(self) -> AbstractContextManager[Cursor]: ...


class SqlOutbox:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, entries: Sequence[Entry]) -> list[str]:
        new: set[tuple[int, str]] = set()
        for start in range(0, len(entries), _ROWS_A_STATEMENT):
            new |= self._insert(entries[start : start + _ROWS_A_STATEMENT])
        return [key for workspace, key in dict.fromkeys(map(_id, entries)) if (workspace, key) in new]

    def claim(self, kinds: Sequence[str], *, now: datetime, lease: timedelta, limit: int) -> list[Entry]:
        if not kinds:
            return []
        moment = self._instant(now)
        free = [moment, moment]
        rows = self._run(
            f"UPDATE {_TABLE} SET state = 'claimed', attempts = attempts + 1, lease_until = %s WHERE id IN ("
            f"SELECT id FROM {_TABLE} WHERE kind IN ({_marks(kinds)}) AND {_FREE} ORDER BY due_at, id LIMIT %s"
            f") AND {_FREE} RETURNING id, {_COLUMNS}",
            [self._instant(now + lease), *kinds, *free, limit, *free],
        )
        taken = sorted(((_entry(row[1:]), row[0]) for row in rows), key=lambda found: (found[0].due_at, found[1]))
        return [entry for entry, _ in taken]

    def done(self, workspace: int, key: str, *, attempt: int) -> bool:
        return self._settle("state = 'done'", [], workspace, key, attempt)

    def all_done(self, entries: Sequence[Entry]) -> None:
        with self._connection.cursor() as cursor:
            cursor.executemany(
                _SETTLE.format(changes="state = 'done'"),
                [(entry.workspace, entry.key, entry.attempts) for entry in entries],
            )

    def retry(self, workspace: int, key: str, *, attempt: int, at: datetime, error: str) -> bool:
        changes = "state = 'waiting', due_at = %s, error = %s"
        return self._settle(changes, [self._instant(at), error], workspace, key, attempt)

    def fail(self, workspace: int, key: str, *, attempt: int, error: str) -> bool:
        return self._settle("state = 'failed', error = %s", [error], workspace, key, attempt)

    def next_due(self, kinds: Sequence[str]) -> datetime | None:
        if not kinds:
            return None
        rows = self._run(
            f"SELECT min(coalesce(lease_until, due_at)) FROM {_TABLE} WHERE kind IN ({_marks(kinds)}) AND {_OPEN}",
            list(kinds),
        )
        return None if rows[0][0] is None else _moment(rows[0][0])

    def _insert(self, entries: Sequence[Entry]) -> set[tuple[int, str]]:
        places = ", ".join([_PLACES] * len(entries))
        stamp = cache(self._connection.ops.adapt_datetimefield_value)  # nearly all are of the same moment
        values = [value for entry in entries for value in _values(entry, stamp)]
        rows = self._run(
            f"INSERT INTO {_TABLE} ({_COLUMNS}) VALUES {places} "
            "ON CONFLICT (workspace_id, key) DO NOTHING RETURNING workspace_id, key",
            values,
        )
        return {(workspace, key) for workspace, key in rows}

    def _settle(self, changes: str, values: list[Any], workspace: int, key: str, attempt: int) -> bool:
        """Only for the attempt that holds the claim."""
        with self._connection.cursor() as cursor:
            cursor.execute(_SETTLE.format(changes=changes), [*values, workspace, key, attempt])
            return cursor.rowcount == 1

    def _run(self, sql: str, values: list[Any]) -> list[Any]:
        with self._connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall()

    def _instant(self, at: datetime | None) -> Any:
        return self._connection.ops.adapt_datetimefield_value(at)


def _values(entry: Entry, stamp: Callable[[datetime | None], Any]) -> list[Any]:
    created = stamp(entry.created_at)
    due = created if entry.due_at == entry.created_at else stamp(entry.due_at)
    return [
        entry.workspace, entry.key, entry.kind, entry.payload, created, due, entry.state, entry.attempts,
        stamp(entry.lease_until), entry.error,
    ]  # fmt: skip


def _id(entry: Entry) -> tuple[int, str]:
    return entry.workspace, entry.key


def _marks(values: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(values))


def _entry(row: Sequence[Any]) -> Entry:
    workspace, key, kind, payload, created, due, state, attempts, lease, error = row
    return Entry(
        workspace=workspace,
        key=key,
        kind=kind,
        payload=bytes(payload),
        created_at=_moment(created),
        due_at=_moment(due),
        state=state,
        attempts=attempts,
        lease_until=None if lease is None else _moment(lease),
        error=error,
    )


def _moment(value: datetime | str) -> datetime:
    """SQLite gives text where it cannot see the column's type."""
    return utc(datetime.fromisoformat(value) if isinstance(value, str) else value)
