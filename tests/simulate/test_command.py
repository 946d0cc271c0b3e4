"""`milepost simulate`, as it is typed."""

import json
from pathlib import Path

from typer.testing import CliRunner

from milepost.cli.__main__ import app
from tests.simulate.test_simulate import EXAMPLE


def simulate(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["simulate", *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_the_report_is_tables_for_people() -> None:
    status, out, _ = simulate(str(EXAMPLE), "--days", "10")

    assert status == 0
    for heading in ("First value: first-meal", "Load per person and week", "People", "Dead ends", "Never helped"):
        assert heading in out


def test_the_report_is_json_for_programs_and_the_same_for_the_same_seed() -> None:
    one, two = (simulate(str(EXAMPLE), "--personas", "5", "--days", "10", "--seed", "7", "--json") for _ in range(2))
    report = json.loads(one[1])

    assert one == two and one[0] == 0
    assert (len(report["people"]), report["days"], report["seed"]) == (5, 10, 7)
    assert set(report) >= {"load", "first_value", "dead_ends", "never_helped", "suppressed", "unused"}


def test_a_program_with_an_error_is_not_tried(tmp_path: Path) -> None:
    file = tmp_path / "milepost.yaml"
    file.write_text("milepost: 1\nname: Broken\nmilestones: {one: {title: One, reached: {segment: nobody}}}\n")
    status, out, errors = simulate(str(file))

    assert status == 1 and out == "" and "nobody" in errors
