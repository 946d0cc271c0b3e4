"""The command `milepost`, typed as people type it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas
import pytest

from e2e.installation import Installation, free_port, running

REPOSITORY = Path(__file__).resolve().parent.parent
HISTORY = REPOSITORY.parent / "shared" / "data" / "receipt.csv.gz"

PROGRAM = """
milepost: 1
name: Receipt
start: {did: Confirmation of receipt}
support: {name: Anna, email: anna@example.com}
milestones:
  checked:
    title: Checked
    reached: {did: T02 Check confirmation of receipt}
    first_value: true
    target: 7d
messages:
  hello: {channel: email, purpose: service, when: {did: Confirmation of receipt}, subject: S, body: B, serves: checked}
"""


def milepost(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "milepost.cli", *arguments],
        env={**os.environ, "MILEPOST_HOME": str(home), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_a_port_in_use_is_said_in_one_sentence(milepost: Installation, tmp_path: Path) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "milepost.cli", "serve", "--home", str(tmp_path / "home"), "--port", str(milepost.port)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.returncode != 0 and "in use" in answer.stderr and answer.stderr.count("\n") == 1
    assert not (tmp_path / "home").exists()


def test_a_setting_that_cannot_be_meant_is_said_in_one_sentence(tmp_path: Path) -> None:
    answer = milepost(tmp_path / "home", "init", MILEPOST_EMAIL_URL="mail.example.com")

    assert answer.returncode == 2 and "smtp://" in answer.stderr and "Traceback" not in answer.stderr


def test_six_mistakes_are_six_lines(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(
        "milepost: 1\nname: Bad\nmilestone: {}\nmilestones:\n  a:\n    titel: A\n    reached: {did: X, at_lest: 2}\n"
        "    target: soon\n    kind: thing\n  b: {title: B, reached: {reached: c}}\n"
    )
    answer = milepost(tmp_path / "home", "check", str(tmp_path / "bad.yaml"))

    assert answer.returncode == 1
    assert {line.split(":")[1] for line in answer.stdout.splitlines() if ": error:" in line} >= {
        "3",
        "6",
        "7",
        "8",
        "9",
        "10",
    }


def counts_in_pandas(path: Path) -> dict[str, int]:
    """Plain counts of people, the oracle."""
    table = pandas.read_csv(path)
    table["time:timestamp"] = pandas.to_datetime(table["time:timestamp"], utc=True, format="ISO8601")
    times = table.groupby(["case:concept:name", "concept:name"])["time:timestamp"].min().unstack()
    started = times["Confirmation of receipt"].notna()
    checked = times["T02 Check confirmation of receipt"]
    last = (
        table[table["concept:name"] == "T02 Check confirmation of receipt"]
        .groupby("case:concept:name")["time:timestamp"]
        .max()
    )
    later = (last > times["Confirmation of receipt"].reindex(last.index)).sum()
    return {
        "people": len(times),
        "started": int(started.sum()),
        "reached": int((started & checked.notna()).sum()),
        "later": int(later),
    }


def test_a_real_history_comes_in_counts_as_in_pandas_and_nobody_is_mailed(tmp_path: Path) -> None:
    if not HISTORY.exists():
        pytest.skip("The real data was not handed out here; the generated twin of this test runs in tests/importing.")
    home = tmp_path / "home"
    (tmp_path / "program.yaml").write_text(PROGRAM)
    assert milepost(home, "apply", str(tmp_path / "program.yaml")).returncode == 0
    first, second = (milepost(home, "import", str(HISTORY)) for _ in range(2))
    assert "8,577 imported" in first.stdout and "0 imported, 8,577 known already" in second.stdout

    wanted = counts_in_pandas(HISTORY)
    with running(home) as server:
        period = {"from": "2009-01-01", "to": "2014-01-01"}
        rate = server.get("insights/activation", **period).json()["rate"]
        assert (rate["n"], rate["count"]) == (wanted["started"], wanted["reached"])
        steps = ["Confirmation of receipt", "T02 Check confirmation of receipt"]
        funnel = server.get("insights/funnel", step=steps, window="3650d", anchor="first", **period).json()["steps"]
        assert [step["n"] for step in funnel] == [wanted["started"], wanted["later"]]
        assert server.get("deliveries").json()["items"] == []
        explained = milepost(home, "why", "case-10011", "checked")
        assert explained.returncode == 0 and "known from the past" in explained.stdout


def test_keys_for_programs_and_a_release_that_is_not_overwritten(tmp_path: Path) -> None:
    home, file = tmp_path / "home", tmp_path / "program.yaml"
    keys = json.loads(milepost(home, "keys", "--json").stdout)
    assert keys["write_key"].startswith("mpw_") and keys["secret_key"].startswith("mps_")
    file.write_text(PROGRAM)
    assert milepost(home, "apply", str(file)).returncode == 0
    stale = tmp_path / "stale.yaml"
    stale.write_text(PROGRAM.replace("Checked", "Examined"))
    refused = milepost(home, "apply", str(stale))
    assert refused.returncode == 2 and "--onto" in refused.stderr
    assert "Examined" in milepost(home, "diff", str(stale)).stdout
    assert milepost(home, "apply", str(stale), "--onto").returncode == 0


def test_a_second_milepost_on_the_same_folder_is_refused_and_the_folder_is_its_owners_alone(
    milepost: Installation,
) -> None:
    command = [sys.executable, "-m", "milepost.cli", "serve", "--home", str(milepost.home), "--port", str(free_port())]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)

    assert answer.returncode == 2 and "Another Milepost runs" in answer.stderr and "runs at" not in answer.stdout
    readable = [path.name for path in (milepost.home, *milepost.home.iterdir()) if path.stat().st_mode & 0o077]
    assert [name for name in readable if not name.endswith(".sock")] == []
