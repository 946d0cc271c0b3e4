"""The whole runtime over its stores in a home folder: facts a second from the log to states, outbox, reasons and columns.

The limit is SQLite alone, on a copy of the same database with the same people: the state rows of as many facts read,
decoded, encoded and written, and the same outbox entries, reasons and milestones inserted, in batches of 1,000.
"""

import random
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from bench.home import engine, temporary_home
from bench.measure import ROUNDS, Figure, Row, at_least, at_most, beside, figure, in_turn
from bench.world import ZONE, history, large_program, one_fact
from milepost.core.engine import state as states
from milepost.core.engine.inputs import Given
from milepost.core.engine.state import State
from milepost.core.engine.step import step
from milepost.core.people.identity import uid_of
from milepost.core.program.compile import Program

if TYPE_CHECKING:
    from milepost.log.stores import Stores
    from milepost.runtime.loop import Runtime

_FACTS, _BATCH, _CHUNK = 4_000, 1_000, 400
#: A program of 12 milestones, 12 messages and 12 guides, and people with 10 facts each, make states of 750 bytes.
_SIZE, _PATTERNS, _FACTS_EACH = 12, 500, 10
#: What the loop writes besides states, and the place of a text that makes a row unlike the others.
_TABLES = {"runtime_outboxentry": 1, "runtime_decision": 4, "runtime_milestonereached": 2}
_PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY;"


def rows(*, long: bool = False) -> list[Row]:
    """With `long` also a million people, and what a fact costs among them beside what it costs among few."""
    with temporary_home() as home, engine(home, large_program(_SIZE)) as stores:
        from milepost.conf.engine import runtime_of

        town = _Town(home, stores, runtime_of(stores))
        few, most = 10_000, 1_000_000 if long else 200_000
        found = [town.row(few), *([town.row(200_000)] if long else []), town.row(most)]
        return [*found, _flat(found[0], found[-1], few, most)]


def _flat(few: Row, many: Row, least: int, most: int) -> Row:
    """The rows of both, as what a fact costs."""
    ours, limit = (_micros(row.ours) for row in (many, few))
    what = f"what a fact costs the whole runtime among {most:,} people"
    ratio = figure([ours.median / limit.median])
    return Row(
        what=what, ours=ours, limit_is=f"among {least:,}", limit=limit, ratio=ratio, goal=at_most(1.2), note=_AFTER
    )


def _micros(rate: Figure) -> Figure:
    """Facts a second as microseconds a fact."""
    return Figure(median=1e6 / rate.median, low=1e6 / rate.high, high=1e6 / rate.low, n=rate.n, unit="µs/fact")


_AFTER = "taken one after the other, not in turn: what grows is the database"


class _Town:
    """A home folder with people in it, who have a past and go on doing things."""

    def __init__(self, home: Path, stores: "Stores", runtime: "Runtime") -> None:
        self._home, self._stores, self._runtime = home, stores, runtime
        self._people, self._round = 0, 0
        self._dice = random.Random(11)
        self._wrote: dict[str, list[tuple[Any, ...]]] = {}

    def row(self, people: int) -> Row:
        self._settle(people)
        bare = self._copy(people)
        self._ours()  # so that the caches of both are warm, and what was written is known
        with closing(_connect(bare)) as db:
            ours, limit = in_turn(ROUNDS, self._ours, lambda: self._alone(db))
            mean = db.execute("SELECT avg(length(body)) FROM runtime_subjectstate").fetchone()[0]
        written = ", ".join(
            f"{len(rows) / _FACTS:.2f} {table.partition('_')[2]}" for table, rows in self._wrote.items()
        )
        note = f"states of {mean:.0f} bytes; a fact makes {written}"
        what = f"whole runtime on SQLite, {people:,} people"
        return beside(what, ours, "SQLite alone, the same rows", limit, "facts/s", at_least(0.4), note)

    def _settle(self, people: int) -> None:
        """Makes persons up to this number, each with one of a few hundred pasts."""
        from milepost.runtime.programs import current_program

        now = self._stores.clock.now()
        settle(pasts(current_program(1), now), range(self._people, people), now)
        self._people = people

    def _copy(self, people: int) -> Path:
        path = self._home / f"alone-{people}.sqlite"
        with closing(_connect(self._home / "milepost.sqlite")) as db, closing(sqlite3.connect(path)) as target:
            db.backup(target)
        return path

    def _ours(self) -> float:
        """A round of new facts, from the log on until nothing is left to do."""
        self._round += 1
        now = self._stores.clock.now()
        facts = [
            one_fact(self._dice, self._dice.randrange(self._people), now, f"r{self._round}-{number}")
            for number in range(_FACTS)
        ]
        self._stores.log.append(facts)
        with closing(_connect(self._home / "milepost.sqlite")) as db:
            before = {table: _last(db, table) for table in _TABLES}
            started = perf_counter()
            self._runtime.catch_up()
            took = perf_counter() - started
            self._wrote = {
                table: db.execute(f"SELECT * FROM {table} WHERE id > ?", (before[table],)).fetchall()
                for table in _TABLES
            }
        return _FACTS / took

    def _alone(self, db: sqlite3.Connection) -> float:
        uids = [uid_of(1, "user", f"user-{self._dice.randrange(self._people):07}") for _ in range(_FACTS)]
        batches = _FACTS // _BATCH
        wrote = {table: _fresh(rows, _last(db, table), _TABLES[table]) for table, rows in self._wrote.items()}
        started = perf_counter()
        for number in range(batches):
            _write_alone(
                db,
                uids[number * _BATCH : (number + 1) * _BATCH],
                {table: rows[number::batches] for table, rows in wrote.items()},
            )
        return _FACTS / (perf_counter() - started)


def settle(pasts: Sequence[State], people: range, now: datetime) -> None:
    """Makes these persons, each with one of the pasts."""
    from django.db import transaction

    from milepost.people.actions import place
    from milepost.runtime import store

    dice = random.Random(people.start)
    for start in range(people.start, people.stop, 5_000):
        chunk = range(start, min(start + 5_000, people.stop))
        with transaction.atomic():
            place([one_fact(dice, person, now, f"settle-{person}") for person in chunk])
            store.save(_as_person(dice.choice(pasts), person) for person in chunk)


def pasts(program: Program, now: datetime, *, look: bool = True) -> list[State]:
    """What a few hundred people have come to by an hour ago. `look`: and time has passed for them since."""
    found = []
    for seed in range(_PATTERNS):
        state = State(workspace=1, uid=1, release=program.number, atoms=program.atoms_digest)
        facts = history(1, _FACTS_EACH, until=now - timedelta(hours=1), days=30, seed=seed)
        for seq, fact in enumerate(facts, 1):
            given = Given(at=fact.at, fact=replace(fact, seq=seq), known=True, zone=ZONE)
            state = step(program, state, given).state
        found.append(step(program, state, Given(at=now)).state if look else state)
    return found


def _as_person(past: State, person: int) -> State:
    """The log begins anew, so the state has seen nothing of it."""
    return replace(past, uid=uid_of(1, "user", f"user-{person:07}"), seq=0)


def _write_alone(db: sqlite3.Connection, uids: Sequence[int], wrote: dict[str, list[tuple[Any, ...]]]) -> None:
    db.execute("BEGIN IMMEDIATE")
    wanted = sorted(set(uids))
    bodies = [row for chunk in _chunks(wanted) for row in db.execute(_select(len(chunk)), chunk)]
    db.executemany(_SAVE, [(states.encode(states.decode(body)), uid) for uid, body in bodies])
    for table, rows in wrote.items():
        if rows:
            db.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(rows[0]))})", rows)
    db.execute("COMMIT")


_SAVE = "UPDATE runtime_subjectstate SET body = ? WHERE uid = ?"


def _select(count: int) -> str:
    return f"SELECT uid, body FROM runtime_subjectstate WHERE uid IN ({','.join('?' * count)})"


def _chunks(values: Sequence[int]) -> Iterator[Sequence[int]]:
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))


def _fresh(rows: Sequence[tuple[Any, ...]], last: int, place: int) -> list[tuple[Any, ...]]:
    """The rows again, under new ids and with another text at that place."""
    return [
        (number, *row[1:place], f"{row[place]}~{number}", *row[place + 1 :])
        for number, row in enumerate(rows, last + 1)
    ]


def _last(db: sqlite3.Connection, table: str) -> int:
    return int(db.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0])


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None)
    db.executescript(_PRAGMAS)
    return db
