"""`milepost forget` as it is typed, on a folder of its own: what is gone is gone from the files."""

import os
import subprocess
import sys
from pathlib import Path

_SCRIPT = """
import sys
from datetime import timedelta
from pathlib import Path
from typer.testing import CliRunner
from milepost.cli import setup
home = Path(sys.argv[1])
workspace = setup(home).workspace_id
from milepost.cli.__main__ import app
from milepost.conf.engine import runtime_of
from milepost.core.events import Fact
from milepost.log import stores

def files_with(name):
    return sorted(path.name for path in home.rglob("*") if path.is_file() and name.encode() in path.read_bytes())

def forget(person, typed):
    done = CliRunner().invoke(app, ["forget", person, "--home", str(home)], input=typed)
    return done.exit_code, str(done.exception or ""), done.stdout

connected = stores.open_embedded(home, "engine")
stores.use(connected)
runtime, now = runtime_of(connected), connected.clock.now()
for user in ("zebra-4711", "lion-4711"):
    connected.log.append([
        Fact(
            workspace=workspace, kind="identify", name="Identified", at=now - timedelta(minutes=100 - number),
            received_at=now, message_id=f"{user}{number}", user_id=user,
            properties={"email": f"{user}@example.com", "name": f"{user} {number}"},
        )
        for number in range(100)
    ])
    runtime.catch_up()
connected.close()

others = files_with("lion-4711")
assert len(others) == 3 and files_with("zebra-4711") == others, (others, files_with("zebra-4711"))
slip = forget("zebra-4711", "zebra-4712\\n")
assert slip[0] == 1 and "nobody was forgotten" in slip[1], slip
assert files_with("zebra-4711") == others
done = forget("zebra-4711", "zebra-4711\\n")
assert done[0] == 0 and "Forgotten, with 100 facts." in done[2], done
assert files_with("zebra-4711") == [], files_with("zebra-4711")
assert "log.sqlite" in files_with("lion-4711")
"""


def test_who_is_forgotten_stands_in_no_file_any_more_and_nobody_is_by_a_slip(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, str(home)],
        env={**os.environ},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
