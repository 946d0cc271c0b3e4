"""`milepost check`, `diff`, `apply` and `schema`, as somebody types them."""

import json
import os
import shutil
import subprocess
import sys
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer
from jsonschema import Draft4Validator
from typer.testing import CliRunner, Result

from milepost.cli import program
from milepost.core.values import Refused
from milepost.log import stores
from milepost.log.eventstore import Row
from milepost.program.models import Release
from milepost.workspace.models import Workspace
from tests.program.documents import SMALL
from tests.program.story import STORY

#: The schema of OASIS SARIF 2.1.0 (rtm.5).
SARIF = Path(__file__).parents[2] / "sdk/node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"

app = typer.Typer()
for command in (program.check, program.diff, program.apply, program.schema):
    app.command()(command)


def run(*args: object) -> Result:
    return CliRunner().invoke(app, [str(arg) for arg in args])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "milepost.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def test_a_right_program_exits_with_0(file: Path) -> None:
    result = run("check", file)
    assert (result.exit_code, result.output) == (0, "Nothing is wrong in 1 program.\n")


def test_warnings_exit_with_0(file: Path) -> None:
    file.write_text(SMALL.replace("    target: 1d\n", ""), encoding="utf-8")
    result = run("check", file)
    assert result.exit_code == 0
    assert "warning: milestones.first-meal: 'first-meal' has no target time." in result.output


def test_errors_exit_with_1_and_name_file_line_and_mend(file: Path) -> None:
    file.write_text(SMALL.replace("target: 1d", "target: soon"), encoding="utf-8")
    result = run("check", file)
    assert result.exit_code == 1
    assert result.output == (
        f"{file}:12: error: milestones.first-meal.target: 'soon' is not a length of time. "
        "Write a number and a unit: 30s, 5m, 2h, 7d, 1w. [wrong-type]\n1 error in 1 program.\n"
    )


def test_what_asks_for_a_reason_exits_with_1_until_one_is_given(file: Path) -> None:
    file.write_text(SMALL.replace("    serves: first-meal\n", ""), encoding="utf-8")
    assert run("check", file).exit_code == 1
    assert run("check", file, "--reason", "no-success-event=It only points.").exit_code == 0


def test_a_program_without_a_contact_card_fails_the_check(file: Path) -> None:
    file.write_text(SMALL.replace("support: {name: Anna, email: anna@example.com}\n", ""), encoding="utf-8")
    result = run("check", file)
    assert result.exit_code == 1
    assert "There is no contact card." in result.output


def test_wrong_use_exits_with_2(file: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert run("check", tmp_path / "nowhere.yaml").exit_code == 2
    assert run("check", tmp_path / "empty").exit_code == 2
    assert run("check", file, "--reason", "just words").exit_code == 2
    assert run("check", file, "--format", "xml").exit_code == 2


def test_a_folder_is_checked_file_by_file(file: Path, tmp_path: Path) -> None:
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "other.yml").write_bytes(b"name: \xff\n")
    (tmp_path / "notes.txt").write_text("not a program")
    result = run("check", tmp_path)
    assert result.exit_code == 1
    assert "other.yml:1: error: This is not UTF-8 text." in result.output
    assert result.output.endswith("1 error in 2 programs.\n")


def test_programs_read_the_problems_as_json(file: Path) -> None:
    file.write_text(SMALL.replace("target: 1d", "target: soon"), encoding="utf-8")
    [problem] = json.loads(run("check", file, "--format", "json").output)["problems"]
    assert problem == {
        "file": str(file),
        "rule": "wrong-type",
        "level": "error",
        "line": 12,
        "path": "milestones.first-meal.target",
        "message": "'soon' is not a length of time.",
        "mend": "Write a number and a unit: 30s, 5m, 2h, 7d, 1w.",
        "see": "docs/reference/checks.md#wrong-type",
    }


def test_code_review_reads_the_problems_as_sarif(file: Path) -> None:
    file.write_text(SMALL.replace("    target: 1d\n", ""), encoding="utf-8")
    [sarif] = json.loads(run("check", file, "--format", "sarif").output)["runs"]
    [result] = sarif["results"]
    assert (result["ruleId"], result["level"]) == ("no-target-time", "warning")
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 8}
    assert result["ruleId"] in {rule["id"] for rule in sarif["tool"]["driver"]["rules"]}


@pytest.mark.parametrize(
    "broken", [("target: 1d", "target: soon"), ("    serves: first-meal\n", ""), ("name", "na: me")]
)
def test_sarif_is_what_its_own_schema_asks_for(file: Path, broken: tuple[str, str]) -> None:
    file.write_text(SMALL.replace(*broken), encoding="utf-8")
    sarif = json.loads(run("check", file, "--format", "sarif").output)
    assert sarif["version"] == "2.1.0" and sarif["runs"][0]["results"]
    Draft4Validator(json.loads(SARIF.read_text(encoding="utf-8"))).validate(sarif)


def test_the_check_needs_no_database_and_leaves_no_folder(file: Path, tmp_path: Path) -> None:
    command = "import sys; from milepost.cli.program import check; from pathlib import Path; check(Path(sys.argv[1]))"
    environment = {**os.environ, "MILEPOST_HOME": str(tmp_path / "home")}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run([sys.executable, "-c", command, file], env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "Nothing is wrong in 1 program.\n"), done.stderr
    assert not (tmp_path / "home").exists()


def test_the_schema_is_printed() -> None:
    assert json.loads(run("schema").output)["title"] == "Milepost program"


@pytest.fixture
def home(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands' home is the test's database, with one workspace."""
    now = datetime(2026, 5, 1, tzinfo=UTC)
    workspace = Workspace.objects.create(slug="w", name="W", created_at=now)
    monkeypatch.setattr(program, "setup", lambda _: SimpleNamespace(workspace_id=workspace.pk))
    monkeypatch.setattr(program, "event_store", lambda _: nullcontext(stores.in_memory().events))


def test_a_second_hand_on_the_same_release_is_noticed(home: Path, file: Path, tmp_path: Path) -> None:
    assert run("apply", file).output.startswith("Release 1 is in force")
    theirs = tmp_path / "theirs.yaml"
    shutil.copy(file, theirs)
    for path, target in ((theirs, "2d"), (file, "3d")):
        path.write_text(path.read_text(encoding="utf-8").replace("target: 1d", f"target: {target}"), encoding="utf-8")

    assert run("apply", theirs).output.startswith("Release 2 is in force")
    assert run("diff", file).output == ("milestones.first-meal.target: 2d → 3d\n1 change against release 2.\n")
    refused = run("apply", file)
    assert isinstance(refused.exception, Refused)
    assert refused.exception.code == "base_moved_on"
    assert run("apply", file, "--onto").output.startswith("Release 3 is in force")


def test_a_release_that_says_nothing_new_is_none(home: Path, file: Path) -> None:
    run("apply", file)
    assert run("apply", file).output == "Nothing to release: release 1 says the same.\n"
    assert run("diff", file).output == "No changes against release 1.\n"


def test_a_reason_is_kept_with_the_release(home: Path, file: Path) -> None:
    file.write_text(SMALL.replace("    serves: first-meal\n", ""), encoding="utf-8")
    assert run("apply", file).exit_code == 1
    assert run("apply", file, "--reason", "no-success-event=It only points.").exit_code == 0
    assert Release.objects.get().reasons == {"no-success-event": "It only points."}


def test_a_program_with_errors_is_not_released_and_its_file_not_touched(home: Path, file: Path) -> None:
    broken = SMALL.replace("target: 1d", "target: soon")
    file.write_text(broken, encoding="utf-8")
    result = run("apply", file)
    assert result.exit_code == 1
    assert "'soon' is not a length of time." in result.output
    assert file.read_text(encoding="utf-8") == broken
    assert Release.objects.count() == 0


def test_an_empty_home_takes_a_first_release(file: Path, tmp_path: Path) -> None:
    code = "import typer; from milepost.cli import program; typer.run(program.apply)"
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("MILEPOST", "DJANGO"))}
    words: list[str | Path] = [sys.executable, "-c", code, file, "--home", tmp_path / "home"]
    done = subprocess.run(words, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout[:20]) == (0, "Release 1 is in forc"), done.stderr
    assert (tmp_path / "home" / "milepost.sqlite").exists()


def test_what_people_are_inside_of_is_not_released_away(
    home: None, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(STORY, encoding="utf-8")
    run("apply", file)
    events = stores.in_memory().events
    ws, at = Workspace.objects.get().pk, datetime(2026, 5, 1, tzinfo=UTC)
    rows = [
        Row(seq=n, ws=ws, uid=n, account=None, event="Goal Stated", ts=at, received=at, properties='{"goal": "fit"}')
        for n in (1, 2)
    ]
    events.append(rows, 2)
    monkeypatch.setattr(program, "event_store", lambda _: nullcontext(events))
    goal = "  fit: {ask: Get fit, measure: weight, milestones: [meal, jeans]}\n"
    other = file.read_text(encoding="utf-8").replace(goal, "").replace("{goal: fit}", "{goal: thin}")
    file.write_text(other, encoding="utf-8")
    shown = run("diff", file)
    assert shown.exit_code == 1
    assert "goals.fit: 2 people are inside. Say where they go: `moved: {fit: NEW-KEY}`." in shown.output
    refused = run("apply", file).exception
    assert isinstance(refused, Refused) and refused.code == "people_inside"

    file.write_text(other + "moved: {fit: thin}\n", encoding="utf-8")
    assert run("diff", file).exit_code == 0
    assert run("apply", file).output.startswith("Release 2 is in force")
