"""Facts in an in-memory DuckDB with the columns that the event store's view has."""

import atexit
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import duckdb
import msgspec

from milepost.core.events import Fact
from milepost.core.insights.plan import Plan

_COLUMNS = (
    "seq bigint, ws int, uid bigint, account bigint, event varchar, "
    "ts timestamp, received timestamp, properties varchar"
)


class _Table:
    """One table for all tests of a process; it holds the facts of whoever asked last."""

    def __init__(self) -> None:
        self._connection = duckdb.connect(config={"threads": 1})
        self._connection.execute(f"create table facts ({_COLUMNS})")
        self._connection.execute("create table zones (ws int, uid bigint, zone varchar)")
        self._rows: list[list[Any]] = []
        atexit.register(self._connection.close)

    def query(
        self, rows: list[list[Any]], zones: Mapping[int, str], sql: str, parameters: Mapping[str, Any]
    ) -> list[tuple[Any, ...]]:
        if rows is not self._rows:
            self._rows = rows
            self._connection.execute("truncate facts")
            self._connection.execute("truncate zones")
            for uid, zone in zones.items():
                self._connection.execute("insert into zones values (1, ?, ?)", [uid, zone])
            for row in rows:
                self._connection.execute("insert into facts values (?, ?, ?, ?, ?, ?, ?, ?)", row)
        return self._connection.execute(sql, parameters).fetchall()


_table = cache(_Table)


class Facts:
    """What the insights need of an event store: `query`, over these people's facts. `zones`: where they are."""

    def __init__(self, people: Mapping[int, Iterable[Fact]], zones: Mapping[int, str] | None = None) -> None:
        self._zones = zones or {}
        self._rows = [_row(uid, fact) for uid, facts in people.items() for fact in facts]

    def query(self, sql: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        return _table().query(self._rows, self._zones, sql, parameters)

    def run(self, plan: Plan) -> list[tuple[Any, ...]]:
        return self.query(plan.sql, plan.parameters)


def _row(uid: int, fact: Fact) -> list[Any]:
    at = fact.at.replace(tzinfo=None)
    account = int(fact.group_id) if fact.group_id else None
    return [fact.seq, fact.workspace, uid, account, fact.name, at, at, msgspec.json.encode(fact.properties).decode()]
