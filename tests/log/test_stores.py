"""One folder, one engine, any number of others."""

import subprocess
import sys
from pathlib import Path

import pytest

from milepost.core.values import Refused, Unavailable
from milepost.log import stores
from milepost.log.link import LinkServer, socket_path

from .facts import fact
from .test_event_store import ADA, row


def test_the_web_side_sees_the_engines_log_and_asks_its_event_store(tmp_path: Path) -> None:
    engine = stores.open_embedded(tmp_path / "new" / "home", "engine")
    web = stores.open_embedded(tmp_path / "new" / "home", "web")
    web.log.append([fact("a")])
    assert [found.message_id for found in engine.log.read(0, 10)] == ["a"]
    engine.events.append([row(1)], 1)
    assert web.events.position() == 1
    assert web.events.query("SELECT uid FROM facts", {}) == [(ADA,)]
    web.close()
    engine.close()


def test_the_web_side_starts_without_an_engine(tmp_path: Path) -> None:
    web = stores.open_embedded(tmp_path, "web")
    assert web.log.append([fact("a")]) == [1]
    with pytest.raises(Unavailable):
        web.events.position()
    web.close()


def test_only_the_engine_writes_the_event_store(tmp_path: Path) -> None:
    web = stores.open_embedded(tmp_path, "web")
    for write in (
        lambda: web.events.append([row(1)], 1),
        lambda: web.events.merge(1, 2, 3),
        lambda: web.events.erase(1, 2),
    ):
        with pytest.raises(RuntimeError, match="Only the engine"):
            write()
    web.close()


def test_a_second_engine_on_the_same_folder_is_refused_in_a_sentence_and_the_first_runs_on(tmp_path: Path) -> None:
    first = stores.open_embedded(tmp_path, "engine")
    with pytest.raises(Refused, match="Another Milepost runs on the folder") as refused:
        stores.open_embedded(tmp_path, "engine")
    assert "--home" in refused.value.mend
    web = stores.open_embedded(tmp_path, "web")
    assert web.events.position() == 0
    web.close()
    first.close()
    stores.open_embedded(tmp_path, "engine").close()


_ENGINE = """
import sys
from pathlib import Path
from milepost.log import stores
engine = stores.open_embedded(Path(sys.argv[1]), "engine")
print("ready", flush=True)
sys.stdin.read()
"""


def test_an_engine_that_was_killed_leaves_the_folder_free(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _ENGINE, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    with pytest.raises(Refused):
        stores.open_embedded(tmp_path, "engine")
    process.kill()
    process.wait()
    assert socket_path(tmp_path).exists()
    stores.open_embedded(tmp_path, "engine").close()


def test_a_start_that_fails_half_way_holds_nothing(tmp_path: Path) -> None:
    (tmp_path / "log.sqlite").mkdir()
    with pytest.raises(Unavailable):
        stores.open_embedded(tmp_path, "engine")
    (tmp_path / "log.sqlite").rmdir()
    engine = stores.open_embedded(tmp_path, "engine")
    assert isinstance(engine.link, LinkServer)
    engine.close()


def test_what_is_used_is_what_everybody_gets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "_current", None)
    with pytest.raises(RuntimeError, match="No stores are connected"):
        stores.current()
    memory = stores.in_memory()
    stores.use(memory)
    assert stores.current() is memory
