"""What an idle installation holds in memory, beside an interpreter that has only imported what it is made of."""

import sys
import tempfile
from pathlib import Path
from time import sleep

from e2e.installation import Installation, running

from bench.measure import Row, at_most, beside
from bench.processes import process, pss

_ROUNDS = 5
_PEER = "import time, django, duckdb; duckdb.connect(); print(flush=True); time.sleep(600)"


def rows() -> list[Row]:
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        running(Path(folder) / "home", "--example", "calorie-counter") as installation,
    ):
        installation.track("somebody", "Meal Logged")
        sleep(5)
        return [_row(installation)]


def _row(installation: Installation) -> Row:
    parts = {role: installation.pids(role)[0] for role in ("web", "engine")}
    assert installation.process is not None
    parts["watchdog"] = installation.process.pid
    with process([sys.executable, "-c", _PEER]) as peer:
        sleep(2)
        taken = [({name: pss(pid) for name, pid in parts.items()}, pss(peer)) for _ in range(_ROUNDS)]
    ours = [sum(each.values()) for each, _ in taken]
    note = ", ".join(f"{name} {megabytes:.0f}" for name, megabytes in taken[-1][0].items())
    return beside(
        "idle memory of the installation (PSS)",
        ours,
        "python with Django and DuckDB imported",
        [each for _, each in taken],
        "MB",
        at_most(250, of="ours"),
        note,
    )
