"""The embedded log: one SQLite file, written through to the disk before anybody is told that it is stored.

Several processes may append, one at a time; any number of threads may read beside them (WAL). Keys of known messages
stand in a table per window (`keys`): an index over everything would make each fact dearer as the log grows.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from queue import Empty, LifoQueue
from threading import Lock
from typing import Any

import msgspec

from milepost.core.events import Fact
from milepost.core.values import Unavailable
from milepost.log import keys
from milepost.log.failpoints import failpoint

_SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (
    seq INTEGER PRIMARY KEY, ws INTEGER NOT NULL, received_at REAL NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS counter (id INTEGER PRIMARY KEY CHECK (id = 1), last INTEGER NOT NULL);
INSERT OR IGNORE INTO counter VALUES (1, 0);
"""
_PRAGMAS = """
PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA cache_size=-32000; PRAGMA temp_store=MEMORY;
PRAGMA journal_size_limit=67108864;
"""

#: What may pass: the disk is full, read-only or failing, or another process holds the log.
_MAY_PASS = {
    sqlite3.SQLITE_FULL: "The disk is full: the log cannot take more facts. Make room; nothing was stored.",
    sqlite3.SQLITE_BUSY: "The log is held by another process. Try again; nothing was stored.",
    sqlite3.SQLITE_LOCKED: "The log is held by another process. Try again; nothing was stored.",
    sqlite3.SQLITE_IOERR: "The disk reports an error: the log cannot be read or written. Nothing was stored.",
    sqlite3.SQLITE_READONLY: "The log's file is read-only. Let its owner write it; nothing was stored.",
    sqlite3.SQLITE_CANTOPEN: "The log's file cannot be opened. Is its folder there, and may it be written?",
}


class SQLiteLog:
    def __init__(self, path: Path, *, patience: timedelta = timedelta(seconds=10)) -> None:
        """`patience`: how long to wait for another process that is writing."""
        self._path, self._patience = path, patience
        self._encoder = msgspec.json.Encoder()
        self._decoder = msgspec.json.Decoder(Fact)
        self._writing = Lock()
        self._readers: LifoQueue[sqlite3.Connection] = LifoQueue()
        with _clear_errors():
            self._writer = self._connect()
            self._writer.executescript(f"PRAGMA journal_mode=WAL; BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")

    def append(self, facts: Sequence[Fact]) -> list[int]:
        windows = keys.by_window(facts)
        bodies = [self._encoder.encode(fact) for fact in facts]
        with self._transaction() as db:
            new = sorted(place for window, places in windows.items() for place in _claim(db, window, places))
            first = _numbers(db, len(new))
            db.executemany(
                "INSERT INTO facts VALUES (?, ?, ?, ?)",
                (
                    (seq, facts[place].workspace, facts[place].received_at.timestamp(), bodies[place])
                    for seq, place in enumerate(new, first)
                ),
            )
            failpoint("log.inserted")
        failpoint("log.committed")
        numbers = [0] * len(facts)
        for seq, place in enumerate(new, first):
            numbers[place] = seq
        return numbers

    def read(self, after: int, limit: int) -> list[Fact]:
        return self._facts("SELECT seq, body FROM facts WHERE seq > ? ORDER BY seq LIMIT ?", after, limit)

    def fetch(self, numbers: Sequence[int]) -> list[Fact]:
        wanted = msgspec.json.encode(numbers).decode()
        return self._facts(
            "SELECT seq, body FROM facts WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq", wanted
        )

    def last(self) -> int:
        return int(self._rows("SELECT last FROM counter")[0][0])

    def erase(self, numbers: Sequence[int]) -> None:
        """Also overwrites the bytes, in the file and in what waits beside it."""
        with self._transaction() as db:
            db.executemany("DELETE FROM facts WHERE seq = ?", ((number,) for number in numbers))
        self._write_through()

    def rewrite(self, facts: Sequence[Fact]) -> None:
        with self._transaction() as db:
            bodies = ((self._encoder.encode(msgspec.structs.replace(fact, seq=0)), fact.seq) for fact in facts)
            db.executemany("UPDATE facts SET body = ? WHERE seq = ?", bodies)
        self._write_through()

    def _write_through(self) -> None:
        """Leaves nothing of what was removed in what waits beside the file."""
        with self._writing, _clear_errors():
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        with self._writing:
            self._writer.close()
        with suppress(Empty):
            while True:
                self._readers.get_nowait().close()

    def _facts(self, sql: str, *parameters: Any) -> list[Fact]:
        decode, number = self._decoder.decode, msgspec.structs.force_setattr
        facts = []
        for seq, body in self._rows(sql, *parameters):
            fact = decode(body)
            number(fact, "seq", seq)
            facts.append(fact)
        return facts

    def _rows(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Every row at once, so that no reader holds back the write-ahead log."""
        with _clear_errors():
            db = self._reader()
            try:
                return db.execute(sql, parameters).fetchall()
            finally:
                self._readers.put(db)

    def _reader(self) -> sqlite3.Connection:
        try:
            return self._readers.get_nowait()
        except Empty:
            return self._connect()

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(
            self._path, timeout=self._patience.total_seconds(), isolation_level=None, check_same_thread=False
        )
        db.executescript(_PRAGMAS)
        return db

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._writing, _clear_errors():
            db = self._writer
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise


@contextmanager
def _clear_errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        primary = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if primary not in _MAY_PASS:
            raise
        raise Unavailable(_MAY_PASS[primary], retry_after=1) from error


def _numbers(db: sqlite3.Connection, count: int) -> int:
    """The first of `count` numbers that nobody else gets, also after facts were erased."""
    if not count:
        return 0
    row = db.execute("UPDATE counter SET last = last + ? RETURNING last", (count,)).fetchall()
    return int(row[0][0]) - count + 1


def _claim(db: sqlite3.Connection, window: keys.Window, places: dict[int, int]) -> list[int]:
    """The places whose key was not known; from this transaction on it is."""
    tables = _tables(db)
    wanted = msgspec.json.encode(sorted(places)).decode()
    known: set[int] = set()
    for other in (window, *window.looked_in):
        if other in tables:
            known.update(key for (key,) in db.execute(_known_in(other), (wanted,)))
    if window not in tables:
        _open_window(db, window, tables)
    new = sorted(key for key in places if key not in known)
    db.execute(_remember_in(window), (msgspec.json.encode(new).decode(),))
    return [places[key] for key in new]


def _tables(db: sqlite3.Connection) -> set[keys.Window]:
    names = db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB 'keys_*'").fetchall()
    return {_window(name) for (name,) in names}


def _open_window(db: sqlite3.Connection, window: keys.Window, tables: set[keys.Window]) -> None:
    db.execute(f"CREATE TABLE {_table(window)} (key INTEGER PRIMARY KEY)")
    for other in tables:
        if window.unit == other.unit == "day" and other.number < window.number - keys.DAYS_KEPT:
            db.execute(f"DROP TABLE {_table(other)}")


def _table(window: keys.Window) -> str:
    return f"keys_{window.unit}_{window.number}"


def _window(table: str) -> keys.Window:
    unit, number = table.removeprefix("keys_").split("_")
    return keys.Window("day" if unit == "day" else "month", int(number))


# Names of tables cannot be parameters; these are made of a word of two and a whole number.
def _known_in(window: keys.Window) -> str:
    return f"SELECT key FROM {_table(window)} WHERE key IN (SELECT value FROM json_each(?))"  # noqa: S608 (see above)


def _remember_in(window: keys.Window) -> str:
    return f"INSERT INTO {_table(window)} SELECT value FROM json_each(?)"  # noqa: S608 (see above)
