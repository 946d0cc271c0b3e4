"""The import of a history from a CSV file into the log, beside DuckDB reading the same file into a table.

What follows an import, the engine applying the facts, is told by a row of its own.
"""

import tempfile
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

import duckdb

from bench.home import engine, temporary_home
from bench.measure import ROUNDS, Row, at_least, beside, figure, in_turn
from bench.world import EVENTS, large_program
from milepost.ingest.importing.importer import Import, Order
from milepost.log.clock import SYSTEM
from milepost.log.sqlite import SQLiteLog

_CATCH_UP = 20_000
_COLUMNS = "user_id, event, timestamp, plan, amount, page, country"


def rows(*, long: bool = False) -> list[Row]:
    sizes = (200_000, 1_000_000) if long else (200_000,)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        found = [_beside_duckdb(Path(folder), size) for size in sizes]
    return [*found, _catch_up()]


def _beside_duckdb(folder: Path, size: int) -> Row:
    file = folder / f"{size}.csv"
    write_csv(file, size)
    ours, limit = in_turn(ROUNDS, lambda: size / _import(file, size), lambda: size / _read_csv(file))
    what = f"import of a CSV, {size:,} rows, into the log"
    note = f"{file.stat().st_size // size} bytes a row"
    return beside(what, ours, "DuckDB read_csv into a table", limit, "rows/s", at_least(0.3), note)


def write_csv(file: Path, size: int, people: str = "user") -> None:
    """A product's export: people (50 events each), events by Zipf, half a year."""
    names = ", ".join(f"'{name}'" for name in EVENTS)
    duckdb.sql("SELECT setseed(0.5)")
    duckdb.sql(f"""
        COPY (SELECT '{people}-' || (random() * {size} / 50)::INT AS user_id,
                     [{names}][least(40, floor(exp(random() * ln(41))))::INT] AS event,
                     strftime(TIMESTAMP '2026-01-01' + to_milliseconds((i * 15552000000.0 / {size})::BIGINT),
                              '%Y-%m-%dT%H:%M:%S.%gZ') AS timestamp,
                     ['free', 'trial', 'team', 'business'][1 + (random() * 3)::INT] AS plan,
                     (random() * 1000)::INT AS amount, '/reports/weekly' AS page, 'BG' AS country
              FROM range({size}) t(i)) TO '{file}' (HEADER)""")


def _import(file: Path, size: int) -> float:
    with tempfile.TemporaryDirectory(prefix="bench-", dir=file.parent) as home:
        log = SQLiteLog(Path(home) / "log.sqlite")
        begun = perf_counter()
        importing = Import(Order(path=file, chosen={}, zone=ZoneInfo("UTC")), SYSTEM)
        result = importing.run(log, Path(home), 1, lambda counts, done: None)
        took = perf_counter() - begun
        log.close()
    assert result.counts.imported + result.counts.duplicate == size, result.counts
    return took


def _read_csv(file: Path) -> float:
    with (
        tempfile.TemporaryDirectory(prefix="bench-", dir=file.parent) as home,
        duckdb.connect(f"{home}/table.duckdb", config={"threads": 2}) as db,
    ):
        begun = perf_counter()
        db.execute(f"CREATE TABLE history AS SELECT {_COLUMNS} FROM read_csv('{file}')")
        db.execute("CHECKPOINT")
        return perf_counter() - begun


def _catch_up() -> Row:
    """An imported history, applied: persons, states and milestones; and nobody is told."""
    with temporary_home() as home, engine(home, large_program()) as stores:
        from milepost.conf.engine import runtime_of

        runtime, rates = runtime_of(stores), []
        for number in range(ROUNDS):
            file = home / f"{number}.csv"
            write_csv(file, _CATCH_UP, f"year-{number}")
            Import(Order(path=file, chosen={}, zone=ZoneInfo("UTC")), SYSTEM).run(
                stores.log, home, 1, lambda counts, done: None
            )
            begun, before = perf_counter(), stores.events.position()
            runtime.catch_up()
            rates.append((stores.events.position() - before) / (perf_counter() - begun))
    what = f"an imported history applied by the engine ({_CATCH_UP:,} rows, 60 + 60 + 60 definitions)"
    return Row(what=what, ours=figure(rates, "facts/s"))
