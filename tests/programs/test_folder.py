"""A folder of programs at the command line: checked together, each mistake in its own file, released as one."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from milepost.cli import program
from milepost.core.review.diff import diff_folders
from milepost.program.files import note_base, sources
from milepost.program.review import review
from milepost.program.writing import base_of
from tests.programs.documents import ALL, COMMON, CUSTOMER, EMPLOYEE, USER

app = typer.Typer()
for command in (program.check, program.diff):
    app.command()(command)


def run(*args: object) -> Result:
    return CliRunner().invoke(app, [str(arg) for arg in args])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "ours"
    path.mkdir()
    for name, text in (("a-common", COMMON), ("b-users", USER), ("c-customers", CUSTOMER), ("d-employees", EMPLOYEE)):
        (path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return path


def test_the_documents_of_a_folder_are_checked_together_each_with_its_own_lines(folder: Path) -> None:
    users = folder / "b-users.yaml"
    users.write_text(USER.replace("reached: trainers", "reached: trainer"), encoding="utf-8")
    twice = folder / "d-employees.yaml"
    twice.write_text(EMPLOYEE.replace("  desk:", "  paid-up:"), encoding="utf-8")

    result = run("check", folder)
    assert result.exit_code == 1
    assert f"{users}:12: error: milestones.trainers-are-in.reached: There is no milestone 'trainer'." in result.output
    assert f"{twice}:5: error: milestones.paid-up: 'paid-up' is already the key of a milestone" in result.output


def test_folders_beside_one_another_are_workspaces_of_their_own(folder: Path) -> None:
    other = folder.parent / "theirs"
    other.mkdir()
    (other / "users.yaml").write_text(USER.replace("  trainers-are-in", "  other"), encoding="utf-8")
    found = sources(folder.parent)
    assert [len(source.texts) for source in found] == [4, 1]
    assert "already the key" not in run("check", folder.parent).output
    assert "name one of them" in run("diff", folder.parent).output


def test_what_is_released_of_a_folder_is_one_text_and_each_file_knows_its_release(folder: Path) -> None:
    [source] = sources(folder)
    assert [line for line in source.text.split("\n") if line.startswith("---")] == [
        f"--- # {name}.yaml" for name in ("a-common", "b-users", "c-customers", "d-employees")
    ]
    assert review(source.text).folder == review(ALL).folder

    assert note_base(source, 3, "a" * 32) == []
    [noted] = sources(folder)
    assert noted.text == source.text and noted.bases == {"a" * 32}
    assert all(base_of(text) == "a" * 32 for text in noted.texts.values())


def test_a_difference_names_the_program_and_what_moved_between_two() -> None:
    old, new = (
        review(ALL).folder,
        review(ALL.replace("for: employee\n", "for: employee\ntimezone: Europe/Sofia\n")).folder,
    )
    assert old is not None and new is not None
    assert [change.words for change in diff_folders(old, new)] == ["programs.new-hires.timezone is new: Europe/Sofia"]
    assert diff_folders(old, old) == []

    alone = review(USER.replace("{reached: trainers}", "{did: X}")).folder
    assert alone is not None
    words = [change.words for change in diff_folders(alone, new)]
    assert "programs.accounts is new: Accounts" in words and "milestones.desk is new: Desk set up" in words
