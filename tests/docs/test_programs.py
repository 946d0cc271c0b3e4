"""The programs that the documentation shows can be released as they stand."""

import re
from pathlib import Path
from typing import get_args

import pytest

from milepost.core.program.kinds.content import Content
from milepost.program.review import review
from tests.docs.pages import ROOT, blocks

HOW_TO, GOAL, TUTORIAL, README, PATTERNS = (
    ROOT / page
    for page in (
        "docs/how-to/write-a-program.md",
        "docs/how-to/lead-to-a-goal.md",
        "docs/tutorial/first-milestone.md",
        "README.md",
        "docs/reference/patterns.md",
    )
)
#: A program for the pieces of the page about patterns.
NOTES = """\
milepost: 1
name: Notes
facts: {Signed Up: {}, Moved: {}, Note Written: {}, Note Shared: {}}
milestones:
  first-note: {title: Write a note, reached: {did: Note Written}, first_value: true, celebrate: {content: well-done}}
  first-share: {title: Share one, reached: {did: Note Shared}}
decks:
  plan: {pages: [milestones, contact]}
"""
_MENDED = ("    first_value: true\n", "    first_value: true\n    celebrate: {content: well-done}\n")


def yaml_of(page: Path) -> list[str]:
    return [block.text for block in blocks(page) if block.language == "yaml"]


def test_the_parts_of_the_how_to_make_one_program_without_a_fault() -> None:
    program = "\n".join(yaml_of(HOW_TO)).replace(*_MENDED, 1)
    assert review(program).problems == ()


def test_the_parts_of_the_page_about_journeys_make_one_program_without_an_error() -> None:
    page = ROOT / "docs/how-to/send-over-time.md"
    assert [each for each in review("\n".join(yaml_of(page))).problems if each.level == "error"] == []


def test_the_parts_of_the_page_about_goals_make_one_program_without_a_fault() -> None:
    assert review(goal_program()).problems == ()


def goal_program() -> str:
    head, about_you, milestones, check_in, later = yaml_of(GOAL)
    return head + about_you + check_in + milestones + later


def test_the_table_of_conditions_holds_conditions() -> None:
    conditions = re.findall(r"^\| [^|]+ \| `(\{[^`]+\})` \|$", HOW_TO.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(conditions) == 12
    for condition in conditions:
        segment = f"segments:\n  asked: {condition}\n"
        notebook = "\n".join(yaml_of(HOW_TO)).replace(*_MENDED, 1) + segment
        club = goal_program().replace("segments:\n", segment)
        assert not (errors(notebook) and errors(club)), condition


def errors(program: str) -> list[str]:
    return [problem.message for problem in review(program).problems if problem.level == "error"]


def test_the_heart_of_the_example_is_as_the_front_page_shows_it() -> None:
    piece = "content: {first-meal-confetti: {kind: celebration, title: Done}}\n"
    shown = review("name: X\n" + yaml_of(README)[0] + piece).document
    whole = review((ROOT / "examples/calorie-counter/milepost.yaml").read_text(encoding="utf-8")).document
    assert shown is not None and whole is not None
    ours, theirs = shown.milestones["first-meal"], whole.milestones["first-meal"]
    assert (ours.reached, ours.first_value, ours.target) == (theirs.reached, theirs.first_value, theirs.target)
    assert ours.celebrate == theirs.celebrate


def test_the_first_draft_of_the_tutorial_has_the_faults_that_it_speaks_of() -> None:
    draft, mended, celebrated = yaml_of(TUTORIAL)
    assert [problem.rule for problem in review(draft).problems] == ["no-first-value", "untracked-fact"]
    head = draft.partition("milestones:")[0]
    assert review(head + mended).problems == ()
    assert review(head + celebrated).problems == ()


@pytest.mark.req("R81")
def test_the_library_of_patterns_has_every_kind_of_piece_and_each_can_be_released_as_it_stands() -> None:
    [pieces] = yaml_of(PATTERNS)
    content = "\n".join(f"  {line}" for line in pieces.splitlines())
    shown = review(f"{NOTES}content:\n{content}\n")
    assert shown.document is not None and [each for each in shown.problems if each.level == "error"] == []
    kinds = {str(each.__struct_config__.tag) for each in shown.document.content.values()}
    assert kinds == {str(kind.__struct_config__.tag) for kind in get_args(Content)}
    named = set(re.findall(r"\| `([a-z-]+)` \|$", PATTERNS.read_text(encoding="utf-8"), re.MULTILINE))
    assert named == shown.document.content.keys(), "each stands in the table with what it is for"
