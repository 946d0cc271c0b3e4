"""Files to import, and a log to import them into."""

import gzip
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from milepost.core.events import Fact
from milepost.ingest.importing.columns import parse
from milepost.ingest.importing.importer import Import, Order, Result
from milepost.log.clock import ManualClock
from milepost.log.events import EventLog
from milepost.log.memory import MemoryLog

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
HEADER = "user_id,event,timestamp,plan,seats\n"


def write(folder: Path, text: str, name: str = "history.csv") -> Path:
    path = folder / name
    data = text.encode("utf-8", "surrogateescape")
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def opened(path: Path, *pairs: str, **order: Any) -> Import:
    given = {"zone": UTC, "chosen": parse(pairs), **order}
    return Import(Order(path=path, **given), ManualClock(NOW))


def imported(path: Path, *pairs: str, log: EventLog | None = None, **order: Any) -> tuple[Result, list[Fact]]:
    log = log or MemoryLog()
    result = opened(path, *pairs, **order).run(log, path.parent / "home", 1, lambda counts, done: None)
    return result, log.read(0, 1_000_000)


def counted(result: Result) -> tuple[int, int, int, int]:
    counts = result.counts
    return counts.read, counts.imported, counts.duplicate, counts.broken


def reasons(result: Result) -> list[tuple[int, str]]:
    """(line, reason) of each row in the file of rejects."""
    import csv

    assert result.rejects is not None
    with result.rejects.open(encoding="utf-8", newline="") as file:
        return [(int(row["line"]), row["reason"]) for row in csv.DictReader(file)]
