"""`milepost import` as it is typed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from milepost.log import stores
from milepost.log.link import LinkServer
from milepost.log.sqlite import SQLiteLog
from tests.log.test_event_store import row

from .helpers import HEADER, write

_COMMAND = """
import sys, typer
from milepost.cli.importing import import_file
from milepost.core.values import Refused, Unavailable
try:
    typer.run(import_file)
except (Refused, Unavailable) as problem:
    sys.exit(str(problem))
"""


def typed(home: Path, *words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _COMMAND, *map(str, words), "--home", str(home)],
        env={**os.environ, "MILEPOST_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_an_import_without_a_running_engine_applies_everything_itself(tmp_path: Path, home: Path) -> None:
    path = write(tmp_path, HEADER + "ada,Signed Up,2025-01-02,pro,1\nbroken\nbob,Signed Up,2025-01-02,,\n")
    done = typed(home, path)
    assert done.returncode == 0, done.stderr
    assert "person      user_id   (guessed)" in done.stdout
    assert "3 rows read: 2 imported, 0 known already, 1 broken" in done.stdout
    assert "rejects.csv" in done.stdout
    engine = stores.open_embedded(home, "engine")
    assert engine.events.position() == engine.log.last() >= 2
    assert engine.events.query("SELECT count(DISTINCT uid) FROM facts WHERE event = 'Signed Up'", {}) == [(2,)]
    engine.close()
    assert "3 rows read: 0 imported, 2 known already, 1 broken" in typed(home, path).stdout


def test_a_running_engine_is_woken_and_waited_for(tmp_path: Path, home: Path) -> None:
    path = write(tmp_path, HEADER + "ada,Signed Up,2025-01-02,pro,1\n")
    engine = stores.open_embedded(home, "engine")
    woken: list[int] = []

    def wake() -> None:
        woken.append(engine.log.last())
        engine.events.append([row(1)], engine.log.last())

    assert isinstance(engine.link, LinkServer)
    engine.link.on_wake = wake
    done = typed(home, path)
    assert done.returncode == 0, done.stderr
    assert woken == [1]
    engine.close()


def test_a_dry_run_shows_facts_and_makes_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    path = write(tmp_path, HEADER + "ada,Signed Up,2025-01-02,pro,1\n,Signed Up,2025-01-02,pro,1\n")
    done = typed(home, path, "--dry-run", "--time-zone", "Europe/Berlin")
    assert '"user_id": "ada"' in done.stdout and '"at": "2025-01-01T23:00:00Z"' in done.stdout
    assert "line 3: names no person" in done.stdout
    assert not home.exists()


def test_options_say_what_the_columns_do_not(tmp_path: Path, home: Path) -> None:
    path = write(tmp_path, "visitor,when\nv1,2025-01-02\n")
    words = ["--map", "person=visitor", "--map", "time=when", "--event", "Signed Up", "--person-kind", "anonymous"]
    done = typed(home, path, *words)
    assert done.returncode == 0, done.stderr
    [fact] = SQLiteLog(home / "log.sqlite").read(0, 10)
    assert (fact.anonymous_id, fact.name) == ("v1", "Signed Up")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--map", "who=user_id"], "'who=user_id' does not say which column is what."),
        (["--map", "person=nobody"], "There is no column 'nobody' (for person). Columns: user_id, event"),
        (["--time-zone", "Mars/Olympus"], "There is no time zone 'Mars/Olympus'. Use a name like Europe/Berlin."),
    ],
)
def test_a_mistake_is_one_sentence_and_makes_nothing(tmp_path: Path, words: list[str], said: str) -> None:
    home = tmp_path / "home"
    path = write(tmp_path, HEADER + "ada,E,2025-01-02,pro,1\n")
    done = typed(home, path, *words)
    assert done.returncode == 1 and said in done.stderr and "Traceback" not in done.stderr
    assert not home.exists()
