"""What the embedded log promises beyond the contract: other processes, sudden death, a full disk."""

import os
import sqlite3
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from milepost.core.values import Unavailable
from milepost.log.failpoints import POINTS
from milepost.log.sqlite import SQLiteLog

from .facts import DAY, NOON, fact, facts

_APPEND = """
import sys
from pathlib import Path
from milepost.log.sqlite import SQLiteLog
from tests.log.facts import facts
log = SQLiteLog(Path(sys.argv[1]) / "log.sqlite")
for batch in range(int(sys.argv[3])):
    log.append(facts(f"{sys.argv[2]}-{batch}", 10))
    print(batch, flush=True)
"""


def appending(home: Path, prefix: str, batches: int, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _APPEND, str(home), prefix, str(batches)],
        env={**os.environ, "MILEPOST_HOME": str(home), **environment},
        stdout=subprocess.PIPE,
        text=True,
    )


def test_it_is_all_there_when_it_is_opened_again(tmp_path: Path) -> None:
    log = SQLiteLog(tmp_path / "log.sqlite")
    log.append(facts("m", 3))
    log.erase([3])
    log.close()
    log = SQLiteLog(tmp_path / "log.sqlite")
    assert [found.message_id for found in log.read(0, 10)] == ["m-0", "m-1"]
    assert log.append([fact("m-0"), fact("new")]) == [0, 4]


def test_two_processes_append_side_by_side(tmp_path: Path) -> None:
    """From the first moment on: each of them may be the one that makes the file."""
    processes = [appending(tmp_path, prefix, 30) for prefix in ("a", "b", "a", "b")]
    assert [process.wait(60) for process in processes] == [0, 0, 0, 0]
    log = SQLiteLog(tmp_path / "log.sqlite")
    assert [found.seq for found in log.read(0, 10_000)] == list(range(1, 601))


@pytest.mark.parametrize(("point", "stored"), [("log.inserted", 0), ("log.committed", 10)])
def test_a_process_killed_in_the_middle_of_an_append_leaves_all_of_it_or_nothing(
    tmp_path: Path, point: str, stored: int
) -> None:
    assert point in POINTS
    assert appending(tmp_path, "a", 1, MILEPOST_CRASH_AT=point).wait(60) == -9
    log = SQLiteLog(tmp_path / "log.sqlite")
    assert log.last() == len(log.read(0, 100)) == stored
    assert [bool(number) for number in log.append(facts("a-0", 10))] == [not stored] * 10


def test_what_was_answered_is_there_after_a_kill_at_any_moment(tmp_path: Path) -> None:
    process = appending(tmp_path, "a", 100_000)
    assert process.stdout is not None
    answered = [int(process.stdout.readline()) for _ in range(15)]
    process.kill()
    answered += [int(line) for line in process.stdout.read().splitlines()]
    process.wait()
    log = SQLiteLog(tmp_path / "log.sqlite")
    ids = {found.message_id for found in log.read(0, 1_000_000)}
    assert {f"a-{batch}-{n}" for batch in answered for n in range(10)} <= ids
    assert len(ids) % 10 == 0


def test_a_full_disk_stores_nothing_and_says_so(tmp_path: Path) -> None:
    log = SQLiteLog(tmp_path / "log.sqlite")
    log.append([fact("before")])
    log._writer.execute("PRAGMA max_page_count = 20")
    with pytest.raises(Unavailable, match=r"disk is full.*nothing was stored"):
        log.append(facts("m", 1000))
    assert [found.message_id for found in log.read(0, 10)] == ["before"]
    log._writer.execute("PRAGMA max_page_count = 1000000")
    assert log.append([fact("m-0"), fact("after")]) == [2, 3]


def test_a_log_that_somebody_else_holds_for_too_long_says_so(tmp_path: Path) -> None:
    log = SQLiteLog(tmp_path / "log.sqlite", patience=timedelta(milliseconds=50))
    other = sqlite3.connect(tmp_path / "log.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="held by another process") as refused:
        log.append([fact("a")])
    assert refused.value.retry_after
    other.execute("ROLLBACK")
    assert log.append([fact("a")]) == [1]


def test_a_folder_that_is_not_there_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be opened"):
        SQLiteLog(tmp_path / "nowhere" / "log.sqlite")


def test_the_bytes_of_what_is_erased_are_gone_from_every_file(tmp_path: Path) -> None:
    log = SQLiteLog(tmp_path / "log.sqlite")
    log.append([*facts("m", 20), fact("secret", properties={"word": "xyzzy-plugh"}), *facts("n", 20)])
    assert any(b"xyzzy-plugh" in path.read_bytes() for path in tmp_path.iterdir())
    log.erase([21])
    assert not any(b"xyzzy-plugh" in path.read_bytes() for path in tmp_path.iterdir())


def test_the_keys_of_old_days_are_dropped_and_the_months_of_imports_stay(tmp_path: Path) -> None:
    log = SQLiteLog(tmp_path / "log.sqlite")
    log.append([fact("old", source="import")])
    for day in range(10):
        log.append([fact(f"m-{day}", received_at=NOON + day * DAY)])
    names = [name for (name,) in log._rows("SELECT name FROM sqlite_schema WHERE name GLOB 'keys_*'")]
    assert len([name for name in names if name.startswith("keys_day")]) == 4
    assert len([name for name in names if name.startswith("keys_month")]) == 1


def test_readers_do_not_wait_for_a_writer(tmp_path: Path) -> None:
    log = SQLiteLog(tmp_path / "log.sqlite", patience=timedelta(seconds=5))
    log.append(facts("m", 3))
    other = sqlite3.connect(tmp_path / "log.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("DELETE FROM facts")
    answers: list[int] = []
    reader = threading.Thread(target=lambda: answers.append(len(log.read(0, 10))))
    reader.start()
    reader.join(2)
    other.execute("ROLLBACK")
    assert answers == [3]
