"""The stores of this process: connected once at its start, asked for wherever they are needed."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from milepost.log.clock import SYSTEM, Clock
from milepost.log.duckdb_store import DuckDBEventStore
from milepost.log.events import EventLog
from milepost.log.eventstore import EventStore
from milepost.log.link import Link, LinkClient, LinkServer, MemoryLink, RemoteEventStore, socket_path
from milepost.log.lock import HomeLock
from milepost.log.memory import MemoryLog
from milepost.log.sqlite import SQLiteLog

Role = Literal["engine", "web"]


@dataclass(frozen=True, slots=True)
class Stores:
    log: EventLog
    events: EventStore
    link: Link
    clock: Clock
    _on_close: ExitStack = field(default_factory=ExitStack)

    def close(self) -> None:
        self._on_close.close()


_current: Stores | None = None


def use(stores: Stores) -> None:
    global _current
    _current = stores


def current() -> Stores:
    """Raises RuntimeError when nothing was connected: whoever starts a process calls `use` first."""
    if _current is None:
        raise RuntimeError("No stores are connected: call milepost.log.stores.use(...) at the start.")
    return _current


def in_memory(clock: Clock = SYSTEM) -> Stores:
    """For tests and simulations."""
    return Stores(MemoryLog(), DuckDBEventStore(":memory:"), MemoryLink(), clock)


def open_embedded(home: Path, role: Role) -> Stores:
    """Everything of one home folder. The engine owns the event store and opens the link; the web process asks it.

    Raises Refused when another engine runs on this home, Unavailable when a file cannot be opened.
    """
    home.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        events, link = _engine_side(home, stack) if role == "engine" else _web_side(home, stack)
        log = SQLiteLog(home / "log.sqlite")
        stack.callback(log.close)
        return Stores(log, events, link, SYSTEM, stack.pop_all())


def _engine_side(home: Path, stack: ExitStack) -> tuple[EventStore, Link]:
    stack.callback(HomeLock(home).release)
    events = DuckDBEventStore(home / "events.duckdb")
    stack.callback(events.close)
    link = LinkServer(socket_path(home), events)
    stack.callback(link.close)
    return events, link


def _web_side(home: Path, stack: ExitStack) -> tuple[EventStore, Link]:
    link = LinkClient(socket_path(home))
    stack.callback(link.close)
    return RemoteEventStore(link), link
