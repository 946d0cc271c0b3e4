"""Ingest: events a second that are on disk before the 200, over HTTP, by one web process."""

import json
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from e2e.installation import free_port
from msgspec import Struct

from bench.measure import ROUNDS, Goal, Row, at_least, beside, in_turn
from bench.processes import process

_SECONDS = 2.0
_LIMIT = "bare granian + msgspec decode + dedupe in a day table + SQLite group commit"


class _Server(Struct, frozen=True):
    port: int
    key: str
    database: Path


def rows() -> list[Row]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        bare = stack.enter_context(_bare(folder))
        alone = stack.enter_context(_milepost(folder / "alone", "web"))
        found = [
            _row("ingest, one event a request", alone, bare, 1, 64, "requests/s", at_least(0.6)),
            _row("ingest, batches of 100", alone, bare, 100, 16, "events/s", at_least(0.6)),
        ]
        stack.enter_context(_role(folder / "alone", "engine", free_port()))
        return [
            *found,
            _row("the same, one event a request, beside the engine at work", alone, bare, 1, 64, "requests/s", None),
            _row("the same, batches of 100, beside the engine at work", alone, bare, 100, 16, "events/s", None),
        ]


def _row(what: str, ours: _Server, bare: _Server, batch: int, connections: int, unit: str, goal: Goal | None) -> Row:
    for server in (ours, bare):
        _press(server, batch, connections, 1.0)
    mine, theirs = in_turn(
        ROUNDS,
        lambda: _press(ours, batch, connections, _SECONDS),
        lambda: _press(bare, batch, connections, _SECONDS),
    )
    return beside(what, mine, _LIMIT, theirs, unit, goal)


def _press(server: _Server, batch: int, connections: int, seconds: float) -> float:
    """Events a second; every one that was answered with 200 is found in the database."""
    before = _stored(server)
    command = [sys.executable, "-m", "bench.load", str(server.port), server.key, str(batch), str(connections)]
    done = subprocess.run([*command, str(seconds)], capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    assert told["failed"] == 0, told
    assert _stored(server) - before >= told["events"], "answered with 200, and not stored"
    return float(told["events"] / told["seconds"])


def _stored(server: _Server) -> int:
    with sqlite3.connect(f"file:{server.database}?mode=ro", uri=True) as db:
        return int(db.execute("SELECT coalesce(max(seq), 0) FROM facts").fetchone()[0])


@contextmanager
def _bare(folder: Path) -> Iterator[_Server]:
    port = free_port()
    with process([sys.executable, "-m", "bench.bare", str(folder), str(port)], port=port):
        yield _Server(port, "any", folder / "bare.sqlite")


@contextmanager
def _milepost(home: Path, role: str) -> Iterator[_Server]:
    command = [sys.executable, "-m", "milepost.cli", "keys", "--json", "--home", str(home)]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    port = free_port()
    with _role(home, role, port):
        yield _Server(port, told["write_key"], home / "log.sqlite")


@contextmanager
def _role(home: Path, role: str, port: int) -> Iterator[None]:
    """One process of an installation, without the watchdog."""
    environment = {"MILEPOST_HOME": str(home), "MILEPOST_HOST": "127.0.0.1", "MILEPOST_PORT": str(port)}
    command = [sys.executable, "-m", "milepost.conf.process", role]
    with process(command, environment, port if role == "web" else None):
        yield
