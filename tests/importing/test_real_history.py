"""A real log and its generated twin, against plain pandas."""

from pathlib import Path

import pandas as pd
import pytest

from milepost.core.events import Fact
from milepost.ingest.importing.importer import Result
from milepost.log.sqlite import SQLiteLog

from .helpers import counted, imported

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "receipt.csv.gz"


def _same_as_pandas(path: Path, folder: Path) -> None:
    frame = pd.read_csv(path)
    frame["at"] = pd.to_datetime(frame["time:timestamp"], utc=True, format="ISO8601")
    log = SQLiteLog(folder / "log.sqlite")
    result, facts = imported(path, log=log) if path.parent == folder else _from_elsewhere(path, folder, log)
    assert counted(result) == (len(frame), len(frame), 0, 0)
    assert {fact.user_id for fact in facts} == set(frame["case:concept:name"])
    names = pd.Series([fact.name for fact in facts]).value_counts()
    assert names.to_dict() == frame["concept:name"].value_counts().to_dict()
    first = frame.groupby(["case:concept:name", "concept:name"])["at"].min()
    ours = pd.DataFrame([(fact.user_id, fact.name, fact.at) for fact in facts], columns=["person", "name", "at"])
    assert ours.groupby(["person", "name"])["at"].min().to_dict() == first.to_dict()


def _from_elsewhere(path: Path, folder: Path, log: SQLiteLog) -> tuple[Result, list[Fact]]:
    copy = folder / path.name
    copy.write_bytes(path.read_bytes())
    return imported(copy, log=log)


@pytest.mark.skipif(not REAL.exists(), reason=f"The real log {REAL.name} is not here; its generated twin runs instead.")
def test_a_real_history_has_the_counts_and_first_times_that_pandas_finds(tmp_path: Path) -> None:
    _same_as_pandas(REAL, tmp_path)


def test_a_generated_history_has_the_counts_and_first_times_that_pandas_finds(tmp_path: Path) -> None:
    steps = ["Confirmation of receipt", "T02 Check confirmation of receipt", "T04 Determine confirmation", "T05 Print"]
    rows = [
        (f"case-{case}", steps[step % 4], pd.Timestamp("2011-10-11 13:45:40.276", tz="Europe/Amsterdam")
         + pd.Timedelta(minutes=977 * case + 13 * step), case * step, "")
        for case in range(700)
        for step in range(case % 9 + 1)
    ]  # fmt: skip
    path = tmp_path / "log.csv.gz"
    columns = ["case:concept:name", "concept:name", "time:timestamp", "org:cost", "case:enddate"]
    pd.DataFrame(rows, columns=columns).to_csv(path, index=False)
    _same_as_pandas(path, tmp_path)
