"""Parquet, read by a DuckDB of its own in memory."""

from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import msgspec

from milepost.core.values import Refused
from milepost.ingest.importing.reading import Broken, Row, Source

_ROWS_AT_ONCE = 5_000


def open_parquet(path: Path) -> Source:
    if not path.is_file():
        raise Refused("file", f"{path} cannot be read: there is no such file.")
    try:
        found = duckdb.connect(config={"threads": 2, "memory_limit": "512MB"})
        found.execute("SET TimeZone = 'UTC'")
        size = found.execute("SELECT count(*) FROM read_parquet($path)", {"path": str(path)}).fetchall()[0][0]
        found.execute("SELECT * FROM read_parquet($path)", {"path": str(path)})
    except duckdb.Error as error:
        raise Refused("file", f"{path.name} cannot be read as Parquet: {error}") from error
    rows = _Rows(found)
    return Source(header=rows.header, rows=iter(rows), size=int(size), done=lambda: rows.given, text=False)


class _Rows:
    def __init__(self, found: duckdb.DuckDBPyConnection) -> None:
        self._found = found
        self.header = [column[0] for column in found.description or ()]
        self.given = 0

    def __iter__(self) -> Iterator[Row | Broken]:
        while rows := self._found.fetchmany(_ROWS_AT_ONCE):
            yield from map(self._row, rows)

    def _row(self, row: tuple[Any, ...]) -> Row | Broken:
        self.given += 1
        values = {name: _plain(value) for name, value in zip(self.header, row, strict=True)}
        content = msgspec.json.encode(list(values.values())).decode()
        if "\\u0000" in content:
            return Broken(self.given, content, "holds a NUL character")
        return Row(self.given, content, values)


def _plain(value: Any) -> Any:
    """As JSON would have it: numbers stay numbers, instants become ISO 8601."""
    match value:
        case datetime() | date() | time():
            return value.isoformat()
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case int() if abs(value) >= 2**63:
            return str(value)
        case bytes():
            return value.hex()
        case list():
            return [_plain(item) for item in value]
        case dict():
            return {str(name): _plain(item) for name, item in value.items()}
        case str() | int() | float() | None:
            return value
    return str(value)
