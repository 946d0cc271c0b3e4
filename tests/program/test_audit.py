"""`milepost audit` and what a program covers."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer
from typer.testing import CliRunner, Result

from milepost.cli import audit as command
from milepost.core.review.audit import AREAS, Audit
from milepost.core.review.coverage import coverage
from milepost.log.clock import SYSTEM
from milepost.program import actions
from milepost.program.audits import audit_text
from milepost.program.review import ALL_RULES
from milepost.workspace.models import Workspace
from tests.program.documents import SMALL, document_of
from tests.program.story import STORY

FROZEN = (Path(__file__).parent / "frozen/calorie-counter-3.yaml").read_text(encoding="utf-8")


def run(*args: object) -> Result:
    app = typer.Typer()
    app.command()(command.audit)
    return CliRunner().invoke(app, [str(arg) for arg in args])


def test_every_rule_belongs_to_an_area() -> None:
    assert {rule.area for rule in ALL_RULES} == set(AREAS)


def test_what_stands_in_the_way_is_mended_first_then_what_weighs_most() -> None:
    text = (
        SMALL.replace("    target: 1d\n", "").replace("    serves: first-meal\n", "").replace("title: Done", "title: x")
    )
    found = audit_text(text, "a file")
    assert [(fix.rule, fix.level) for fix in found.fixes] == [
        ("no-success-event", "reason"),
        ("no-target-time", "warning"),
    ]
    assert found.fixes[0].gain == pytest.approx(3 * found.fixes[1].gain, abs=0.02)
    assert found.releasable
    assert 90 < found.score < 100
    assert [area.area for area in found.areas if area.broken] == ["measuring", "links"]


def test_a_program_that_cannot_be_released_says_so_first() -> None:
    found = audit_text(SMALL.replace("target: 1d", "target: soon"), "a file")
    assert (found.fixes[0].rule, found.fixes[0].level, found.releasable) == ("wrong-type", "error", False)


def test_a_program_without_mistakes_has_the_whole_score() -> None:
    assert audit_text(STORY, "story").score == 100
    assert audit_text(STORY, "story").fixes == ()


@pytest.mark.req("R13")
def test_a_file_a_folder_and_the_release_in_force_are_scored_with_a_list_of_what_to_mend(
    db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = SMALL.replace("    target: 1d\n", "")
    (tmp_path / "milepost.yaml").write_text(text, encoding="utf-8")
    for path in (tmp_path, tmp_path / "milepost.yaml"):
        said = run(path).output
        assert "99 of 100" in said and "  1  of" not in said
        assert "1. Without a target nobody can say who is late" in said
        assert f"{tmp_path / 'milepost.yaml'}:8: 'first-meal' has no target time." in said

    workspace = Workspace.objects.create(slug="w", name="W", created_at=SYSTEM.now())
    monkeypatch.setattr(command, "setup", lambda _: SimpleNamespace(workspace_id=workspace.pk))
    actions.apply(workspace.pk, text, by="a", base=None, onto=True, reasons={}, now=SYSTEM.now())
    found = json.loads(run("--json").output)
    assert [fix["rule"] for fix in found["fixes"]] == ["no-target-time"]
    assert found["fixes"][0]["places"][0]["file"] == "release 1"
    assert {area["area"] for area in found["areas"]} == set(AREAS)


def found_of(text: str) -> Audit:
    return audit_text(text, "text")


# --- coverage --------------------------------------------------------------------------------------------------------


@pytest.mark.req("R11")
def test_every_stage_also_those_after_being_onboarded_is_listed_with_its_guidance() -> None:
    stages = {line.stage: line for line in coverage(document_of(FROZEN)).stages}
    assert "messages.tip-weekends" in stages["habit"].guidance
    assert "content.invite-a-friend" in stages["expansion"].guidance
    assert not any(line.missing for line in stages.values())
    without = STORY.replace("serves: three-days, stage: expansion", "serves: three-days")
    [expansion] = [line for line in coverage(document_of(without)).stages if line.stage == "expansion"]
    assert expansion.missing and coverage(document_of(without)).gaps


@pytest.mark.req("R53")
def test_a_function_on_the_chart_that_nothing_explains_is_listed() -> None:
    text = STORY.replace("jeans, day]}", "jeans, day], export: [day]}")
    lines = {line.function: line.explained_by for line in coverage(document_of(text)).functions}
    assert "articles.find" in lines["diary"]
    assert lines["export"] == ()
    assert [fix.rule for fix in found_of(text).fixes] == ["unexplained-function"]
    term = text.replace("  howto:", "  what-export-is: {kind: term, text: Export, explain: A file of it}\n  howto:")
    assert found_of(term).fixes == ()


@pytest.mark.req("R28")
def test_functions_for_nothing_and_milestones_served_by_nothing_are_listed() -> None:
    text = STORY.replace("jeans, day]}", "jeans], idle: []}")
    found = coverage(document_of(text))
    assert {line.function: line.milestones for line in found.functions}["idle"] == ()
    assert found.unserved == ("day",)
    assert {fix.rule for fix in found_of(text).fixes} == {"idle-function", "unserved-milestone"}


@pytest.mark.req("R163")
def test_a_step_that_serves_no_milestone_is_offered_to_be_tried_without() -> None:
    text = STORY.replace("  howto:", "  profile: {kind: banner, title: Add a photo, when: {did: X}}\n  howto:")
    [orphan] = coverage(document_of(text)).orphans
    assert orphan.step == "content.profile"
    tried = document_of(text + orphan.experiment)
    assert tried.experiments["without-profile"].on == "content.profile"
    assert "orphan-step" in {fix.rule for fix in found_of(text).fixes}
    assert coverage(document_of(STORY)).orphans == ()


@pytest.mark.req("R158")
def test_materials_stand_by_role_goal_and_language_and_gaps_show() -> None:
    text = STORY.replace("name: Story", "name: Story\nlocales: {others: [ru]}").replace(
        "articles:\n",
        "articles:\n  for-coaches: {title: {en: For coaches, ru: Тренерам}, body: {en: A, ru: Б}, functions: [diary]}\n",
    )
    text = text.replace(
        "  howto:",
        "  coach: {kind: banner, title: {en: Coach, ru: Тренер}, serves: meal, when: {trait: role, is: coach}}\n  howto:",
    )
    cells = {(cell.role, cell.goal, cell.language): cell for cell in coverage(document_of(text)).matrix}
    assert set(cells) == {("coach", goal, language) for goal in ("thin", "fit") for language in ("en", "ru")}
    russian = cells["coach", "fit", "ru"]
    assert set(russian.steps) == {"content.coach", "articles.for-coaches"}
    assert russian.specific == 1
    gap = text.replace("ru: Тренер}", "ru: ''}").replace("{en: A, ru: Б}", "{en: A}")
    assert [cell.steps for cell in coverage(document_of(gap)).matrix if cell.language == "ru"] == [(), ()]


def test_what_is_personal_is_counted() -> None:
    found = coverage(document_of(STORY))
    assert "content.hooray" in found.personal  # it names their goal
    assert "messages.tip" not in found.personal
    assert 0 < found.personal_share < 1
