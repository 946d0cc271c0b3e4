"""The embedded event store: one DuckDB file, owned by the engine process.

Rows stand in the order of arrival. Sorting closed months by (ws, event_code, uid, ts), which makes funnels about twice
as fast on tens of millions of rows, is not done yet: it changes no answer, only where rows lie.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock, Timer
from typing import Any

import duckdb
import msgspec

from milepost.core.values import Unavailable, utc
from milepost.log.eventstore import QuestionFailed, Row

_SCHEMA = """
CREATE TABLE IF NOT EXISTS events (
    seq BIGINT NOT NULL, ws INTEGER NOT NULL, uid BIGINT NOT NULL, account BIGINT, event_code INTEGER NOT NULL,
    ts TIMESTAMP NOT NULL, received TIMESTAMP NOT NULL, properties JSON NOT NULL);
ALTER TABLE events ADD COLUMN IF NOT EXISTS signed BOOLEAN;
ALTER TABLE events ADD COLUMN IF NOT EXISTS origin VARCHAR;
ALTER TABLE events ADD COLUMN IF NOT EXISTS test BOOLEAN;
CREATE TABLE IF NOT EXISTS event_names (code INTEGER PRIMARY KEY, name VARCHAR NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS merged (ws INTEGER NOT NULL, uid BIGINT PRIMARY KEY, "into" BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS position (seq BIGINT NOT NULL);
INSERT INTO position SELECT 0 WHERE NOT EXISTS (FROM position);
CREATE OR REPLACE VIEW all_facts AS
    SELECT e.seq, e.ws, coalesce(m."into", e.uid) AS uid, e.account, n.name AS event, e.event_code, e.ts, e.received,
           e.properties, e.signed, e.origin, e.test
    FROM events e JOIN event_names n ON n.code = e.event_code LEFT JOIN merged m ON m.uid = e.uid;
CREATE OR REPLACE VIEW facts AS SELECT * EXCLUDE (signed, origin, test) FROM all_facts WHERE test IS NOT TRUE;
CREATE TABLE IF NOT EXISTS whereabouts (ws INTEGER NOT NULL, uid BIGINT PRIMARY KEY, zone VARCHAR NOT NULL);
CREATE VIEW IF NOT EXISTS zones AS
    SELECT w.ws, coalesce(m."into", w.uid) AS uid, arg_min(w.zone, (m.uid IS NOT NULL, w.uid)) AS zone
    FROM whereabouts w LEFT JOIN merged m ON m.uid = w.uid GROUP BY ALL;
"""

# The fast way in without Arrow: executemany takes 2,000 rows a second, JSON text through `from_json` 100 times that.
_INSERT = """
INSERT INTO events (seq, ws, uid, account, event_code, ts, received, properties, signed, origin, test)
SELECT seq, ws, uid, account, code, make_timestamp(ts), make_timestamp(received), properties, signed, origin, test
FROM (SELECT unnest(from_json($rows, '[{"seq": "BIGINT", "ws": "INTEGER", "uid": "BIGINT", "account": "BIGINT",
    "code": "INTEGER", "ts": "BIGINT", "received": "BIGINT", "properties": "JSON", "signed": "BOOLEAN",
    "origin": "VARCHAR", "test": "BOOLEAN"}]'), recursive := true))
"""

_WHERE_THEY_ARE = """
INSERT INTO whereabouts SELECT unnest($ws::INTEGER[]), unnest($uids::BIGINT[]), unnest($zones::VARCHAR[])
ON CONFLICT (uid) DO UPDATE SET zone = excluded.zone
"""
_MOST_KNOWN = 100_000  # persons whose zone is remembered, so that it is not written again with each fact

# Asks by the ids that the rows carry, so that a person's rows are found without rewriting everybody's id first.
_RAW_IDS = """
SELECT unnest($uids::BIGINT[]) AS uid UNION SELECT uid FROM merged WHERE "into" IN (SELECT unnest($uids::BIGINT[]))
"""
_HISTORY = f"""
SELECT coalesce(m."into", e.uid) AS person, e.seq FROM events e LEFT JOIN merged m ON m.uid = e.uid
WHERE e.ws = $ws AND e.uid IN ({_RAW_IDS}) AND ($names IS NULL OR e.event_code IN
    (SELECT code FROM event_names WHERE name IN (SELECT unnest($names::VARCHAR[])))) ORDER BY person, e.ts, e.seq
"""  # noqa: S608 (constants only)
_NUMBERS = f"SELECT seq FROM events WHERE ws = $ws AND uid IN ({_RAW_IDS}) ORDER BY seq"  # noqa: S608 (constants only)
# A part of the file is written anew where a value in it changes, not where a row goes; and columns share such parts. So
# first every value is changed, then the rows go.
_BLANK = f"""
UPDATE events SET seq = 0, ws = 0, uid = -1, account = 0, event_code = 0, ts = 'epoch', received = 'epoch',
    properties = '{{}}', signed = false, origin = '', test = false WHERE ws = $ws AND uid IN ({_RAW_IDS})
"""  # noqa: S608 (constants only)
_FREE_ROWS = "SELECT free_blocks * block_size // 16 FROM pragma_database_size()"  # of two wide columns
_FILL = "CREATE TABLE filling AS SELECT hash(i) AS a, hash(-i) AS b FROM range($rows) AS t(i)"
_FORGET = f"DELETE FROM whereabouts WHERE uid IN ({_RAW_IDS})"  # noqa: S608 (constants only)

_EPOCH = datetime(1970, 1, 1)
_MICROSECOND = timedelta(microseconds=1)


class _Line(msgspec.Struct):
    """A row on its way in: instants in microseconds since 1970, the event as its code."""

    seq: int
    ws: int
    uid: int
    account: int | None
    code: int
    ts: int
    received: int
    properties: msgspec.Raw
    signed: bool | None
    origin: str | None
    test: bool | None


class DuckDBEventStore:
    def __init__(
        self,
        path: Path | str,
        *,
        threads: int = 2,
        memory: str = "1GB",
        seconds_a_question: float = 60.0,
    ) -> None:
        """`path`: a file, or ":memory:". `memory`: DuckDB's own default would be 80 % of the machine."""
        self._seconds = seconds_a_question
        self._writing = Lock()
        self._db = _connect(str(path), {"threads": threads, "memory_limit": memory, "enable_external_access": False})
        self._codes: dict[str, int] = dict(self._db.execute("SELECT name, code FROM event_names").fetchall())
        self._position = int(self._db.execute("SELECT seq FROM position").fetchall()[0][0])
        self._known_zones = {name for (name,) in self._db.execute("SELECT name FROM pg_timezone_names()").fetchall()}
        self._zones: dict[int, str] = {}

    def append(self, rows: Sequence[Row], position: int) -> None:
        with self._transaction() as db:
            new = [row for row in rows if row.seq > self._position]
            codes = self._codes | self._name(db, new)
            if new:
                lines = msgspec.json.encode([_line(row, codes[row.event]) for row in new])
                db.execute(_INSERT, {"rows": lines.decode()})
            zones = self._move(db, new)
            position = max(position, self._position)
            db.execute("UPDATE position SET seq = $position", {"position": position})
        self._codes, self._position, self._zones = codes, position, zones

    def position(self) -> int:
        return self._position

    def merge(self, ws: int, uid: int, into: int) -> None:
        """Keeps the table flat: an id leads to the last person in one step, whatever the order of merges."""
        with self._transaction() as db:
            found = db.execute('SELECT "into" FROM merged WHERE uid = $uid', {"uid": into}).fetchall()
            target = found[0][0] if found else into
            if target == uid:
                return
            db.execute('UPDATE merged SET "into" = $target WHERE "into" = $uid', {"target": target, "uid": uid})
            db.execute(
                'INSERT INTO merged VALUES ($ws, $uid, $target) ON CONFLICT (uid) DO UPDATE SET "into" = $target',
                {"ws": ws, "uid": uid, "target": target},
            )

    def history(self, ws: int, uids: Sequence[int], names: Collection[str] | None = None) -> list[tuple[int, int]]:
        asked = {"ws": ws, "uids": list(uids), "names": None if names is None else list(names)}
        return [(uid, seq) for uid, seq in self.query(_HISTORY, asked)]

    def query(self, sql: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
        with self._db.cursor() as db, self._limited(db):
            if len(db.extract_statements(sql)) != 1:
                raise QuestionFailed("A question is exactly one statement.")
            db.execute("BEGIN TRANSACTION READ ONLY")
            return db.execute(sql, parameters).fetchall()

    def erase(self, ws: int, uid: int) -> list[int]:
        with self._transaction() as db:
            whose = {"ws": ws, "uids": [uid]}
            numbers = [seq for (seq,) in db.execute(_NUMBERS, whose).fetchall()]
            db.execute(_BLANK, whose)
            db.execute("DELETE FROM events WHERE uid = -1")
            db.execute(_FORGET, {"uids": [uid]})
            db.execute('DELETE FROM merged WHERE uid = $uid OR "into" = $uid', {"uid": uid})
        self._zones = {}
        return numbers

    def rewrite(self, properties: Mapping[int, str]) -> None:
        with self._transaction() as db:
            for seq, text in properties.items():
                db.execute("UPDATE events SET properties = $text WHERE seq = $seq", {"seq": seq, "text": text})

    def overwrite(self) -> bool:
        """Writes what is left into the file, empties what waits beside it, and fills what has become free in the file."""
        with self._writing, suppress(duckdb.TransactionException):
            self._db.execute("CHECKPOINT")
            if rows := self._db.execute(_FREE_ROWS).fetchall()[0][0]:
                self._db.execute(_FILL, {"rows": rows})
                self._db.execute("CHECKPOINT")
                self._db.execute("DROP TABLE filling")
                self._db.execute("CHECKPOINT")
            return True
        return False

    def close(self) -> None:
        with self._writing:
            self._db.close()

    def _move(self, db: duckdb.DuckDBPyConnection, rows: Sequence[Row]) -> dict[int, str]:
        """Writes down the time zones that are news; those that need not be written again."""
        told = {row.uid: row for row in rows if row.zone in self._known_zones}
        news = [row for uid, row in told.items() if self._zones.get(uid) != row.zone]
        if news:
            columns = {"ws": [row.ws for row in news], "uids": [row.uid for row in news]}
            db.execute(_WHERE_THEY_ARE, {**columns, "zones": [row.zone for row in news]})
        known = self._zones if len(self._zones) < _MOST_KNOWN else {}
        return known | {row.uid: row.zone for row in news} if news else known

    def _name(self, db: duckdb.DuckDBPyConnection, rows: Sequence[Row]) -> dict[str, int]:
        """Codes for the events that are met for the first time."""
        new = sorted({row.event for row in rows} - self._codes.keys())
        codes = {name: code for code, name in enumerate(new, len(self._codes) + 1)}
        for name, code in codes.items():
            db.execute("INSERT INTO event_names VALUES ($code, $name)", {"code": code, "name": name})
        return codes

    @contextmanager
    def _transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Raises Unavailable when it cannot be written (a full disk); a file that DuckDB gives up on ends the process."""
        with self._writing:
            self._db.execute("BEGIN")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException as error:
                with suppress(duckdb.TransactionException):  # a commit that failed has ended it already
                    self._db.execute("ROLLBACK")
                if isinstance(error, duckdb.Error) and not isinstance(error, duckdb.FatalException):
                    raise Unavailable(f"The event store could not be written: {error}") from error
                raise

    @contextmanager
    def _limited(self, db: duckdb.DuckDBPyConnection) -> Iterator[None]:
        """Interrupts what takes too long, and says in our words what went wrong."""
        timer = Timer(self._seconds, db.interrupt)
        timer.start()
        try:
            yield
        except duckdb.InterruptException as error:
            raise Unavailable(f"The question took longer than {self._seconds:g} seconds.") from error
        except duckdb.OutOfMemoryException as error:
            raise Unavailable("The question needs more memory than the event store may take.") from error
        except duckdb.Error as error:
            raise QuestionFailed(str(error)) from error
        finally:
            timer.cancel()


def _connect(path: str, config: dict[str, str | bool | int | float | list[str]]) -> duckdb.DuckDBPyConnection:
    try:
        db = duckdb.connect(path, config=config)
    except duckdb.IOException as error:
        raise Unavailable(f"The event store cannot be opened: {error}") from error
    db.execute("SET GLOBAL TimeZone = 'UTC'")
    db.execute("SET GLOBAL lock_configuration = true")
    db.execute(_SCHEMA)
    return db


def _line(row: Row, code: int) -> _Line:
    return _Line(
        row.seq, row.ws, row.uid, row.account, code, _micros(row.ts), _micros(row.received),
        msgspec.Raw(row.properties.encode()), row.signed, row.origin or None, row.test or None,
    )  # fmt: skip


def _micros(at: datetime) -> int:
    return (utc(at).replace(tzinfo=None) - _EPOCH) // _MICROSECOND
