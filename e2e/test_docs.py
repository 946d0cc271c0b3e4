"""Whoever types what the documentation says gets what the documentation shows."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.docs.pages import ROOT, blocks

from e2e.installation import Installation, running, until

_AT = "http://127.0.0.1:8000"
_NOT_HERE = re.compile(r"^(make|source|export|# )", re.MULTILINE)  # starts something; the test has done that


class Reader:
    """Somebody with a terminal beside a running Milepost."""

    def __init__(self, milepost: Installation, folder: Path) -> None:
        self.folder, self.url = folder, milepost.url
        self.environment = {
            **milepost.environment,
            "WRITE_KEY": milepost.write_key,
            "SECRET_KEY": milepost.secret_key,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }

    def types(self, text: str) -> str:
        """What is answered; every command has to succeed, but for `milepost check`, which may find something."""
        script = text.replace(_AT, self.url).replace("curl ", "curl --silent --show-error --fail-with-body ")
        done = subprocess.run(
            ["bash", "-u", *([] if "milepost check" in text else ["-e"]), "-c", script],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "milepost check" in text or done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"
        return done.stdout


def typed(page: Path) -> Iterator[str]:
    """The blocks of a page that are to be typed."""
    for block in blocks(page):
        if block.language == "sh" and not _NOT_HERE.search(block.text) and "MILEPOST_" not in block.text:
            yield block.text


def shows(answer: str, expected: str) -> bool:
    """Whether every line that the page shows is in the answer; `…` stands for anything."""
    patterns = (re.escape(line.strip()).replace("…", ".*?") for line in expected.splitlines())
    return all(re.search(pattern, answer) for pattern in patterns)


def test_the_lines_of_the_front_page_bring_ann_to_her_first_milestone(milepost: Installation, tmp_path: Path) -> None:
    reader = Reader(milepost, tmp_path)
    tell, ask = typed(ROOT / "README.md")
    assert reader.types(tell).count('{"success":true}') == 3
    until(lambda: milepost.reached("ann", "first-meal"), "Ann to reach her first meal")
    answer = reader.types(ask)
    assert '"key":"first-meal"' in answer and '"key":"three-days"' in answer


def test_the_lines_of_the_guides_and_of_the_reference_work(milepost: Installation, tmp_path: Path) -> None:
    reader = Reader(milepost, tmp_path)
    pages = ("how-to/people-and-accounts.md", "reference/http-api.md", "reference/http-ingest.md")
    group, *others = [text for page in pages for text in typed(ROOT / "docs" / page)]
    reader.types(group)
    until(lambda: milepost.get("accounts/acme").status_code == 200, "the account to be there")
    for text in others:
        reader.types(text)
    until(lambda: milepost.get("accounts/acme").json()["members"][0]["ended_at"], "the buyer's role to be ended")


def test_a_visit_by_the_client_api_goes_as_its_page_says(milepost: Installation, tmp_path: Path) -> None:
    """In one terminal: each line uses what the one before it has found out."""
    answers = Reader(milepost, tmp_path).types("\n".join(typed(ROOT / "docs/reference/client-api.md")))
    assert '"open":[' in answers and '"since":"' in answers and '"plan":null' in answers
    assert answers.endswith('{"success":true}')


def test_the_tutorial_can_be_followed_to_its_end(tmp_path: Path) -> None:
    page = ROOT / "docs/tutorial/first-milestone.md"
    with running(tmp_path / "home") as milepost:
        reader, answer, program = Reader(milepost, tmp_path), "", ""
        for block in blocks(page):
            if block.language == "yaml":
                head = program.partition("milestones:")[0]
                program = block.text if block.text.startswith("milepost:") else head + block.text
                (tmp_path / "notebook.yaml").write_text(program + made_on(tmp_path), encoding="utf-8")
            elif block.language == "sh":
                answer = reader.types(block.text)
            elif block.language == "text":
                assert shows(answer, block.text), f"{answer}\n--- is not what the page shows:\n{block.text}"


def made_on(folder: Path) -> str:
    """The last line of the reader's file, which names the release that it was made on; people leave it where it is."""
    file = folder / "notebook.yaml"
    last = file.read_text(encoding="utf-8").splitlines()[-1] if file.exists() else ""
    return last + "\n" if last.startswith("# made on release") else ""


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="the program sqlite3 is not installed")
def test_a_backup_made_as_described_is_a_whole_milepost(tmp_path: Path) -> None:
    (copying,) = [b.text for b in blocks(ROOT / "docs/how-to/operate.md") if "sqlite3" in b.text]
    backup = tmp_path / "backup"
    backup.mkdir()
    with running(tmp_path / "home", "--example", "calorie-counter") as milepost:
        milepost.track("ann", "Signed Up")
        milepost.track("ann", "Meal Logged")
        reached = until(lambda: milepost.reached("ann", "first-meal"), "the milestone")
        reader = Reader(milepost, tmp_path)
        reader.environment["BACKUP"] = str(backup)
        reader.types(copying)
        key = milepost.secret_key
    with running(backup) as restored:
        assert restored.secret_key == key
        assert restored.reached("ann", "first-meal") == reached
        until(lambda: restored.get("insights/activation").json()["rate"]["count"] == 1, "the event store to be filled")
