"""Facts in an in-memory DuckDB with the columns that the event store's view has."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import duckdb
import msgspec

from milepost.core.conditions.types import Condition
from milepost.core.events import Fact
from milepost.core.insights.plan import Plan
from milepost.core.program.document import Document
from milepost.core.program.kinds.milestone import Milestone

_COLUMNS = (
    "seq bigint, ws int, uid bigint, account bigint, event varchar, "
    "ts timestamp, received timestamp, properties varchar"
)


@cache
def _connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 1})
    connection.execute(f"create table facts ({_COLUMNS})")
    return connection


class Facts:
    """What the insights need of an event store: `query`, over these people's facts."""

    def __init__(self, people: Mapping[int, Iterable[Fact]]) -> None:
        self._rows = [_row(uid, fact) for uid, facts in people.items() for fact in facts]

    def query(self, sql: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        connection = _connection()
        connection.execute("truncate facts")
        if self._rows:
            connection.executemany("insert into facts values (?, ?, ?, null, ?, ?, ?, ?)", self._rows)
        return connection.execute(sql, parameters).fetchall()

    def run(self, plan: Plan) -> list[tuple[Any, ...]]:
        return self.query(plan.sql, plan.parameters)


def _row(uid: int, fact: Fact) -> list[Any]:
    at = fact.at.replace(tzinfo=None)
    return [fact.seq, fact.workspace, uid, fact.name, at, at, msgspec.json.encode(fact.properties).decode()]


def document(milestones: Mapping[str, Condition], start: Condition) -> Document:
    return Document(
        name="Generated",
        start=start,
        milestones={key: Milestone(title=key, reached=c) for key, c in milestones.items()},
    )
