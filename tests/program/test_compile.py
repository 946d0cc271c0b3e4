"""A compiled program knows who has to look again when something happens."""

from typing import Any

import pytest

from milepost.core.program.codec import digest_of
from milepost.core.program.compile import START, Program, compile_program
from tests.program.documents import document_of

TEXT = """\
name: x
start: {did: Signed Up}
milestones:
  meal: {title: Meal, reached: {did: Meal Logged}}
  streak: {title: Streak, reached: {did: Meal Logged, at_least: 3, distinct: day, within: 7d}}
  pro: {title: Pro, reached: [{trait: plan, is: pro}, {reached: meal}]}
  late: {title: Late, reached: {did: Meal Logged, since: start, where: {meal: dinner}}}
  again: {title: Again, reached: {did: Meal Logged, since: milestone:streak}}
content:
  howto: {kind: guide, when: [{did: Signed Up}, {not: {reached: meal}}], steps: [{title: a}]}
  party: {kind: celebration, title: x}
messages:
  hello: {channel: email, purpose: service, subject: a, body: b, when: {did: Signed Up}}
  bye: {channel: email, purpose: service, subject: a, body: b}
"""


def compiled(text: str = TEXT) -> Program:
    document = document_of(text)
    return compile_program(document, digest=digest_of(document), number=1)


def rules_read_by(program: Program, atoms: Any) -> set[str]:
    return {rule.key for atom in atoms for rule in program.readers[atom.id]}


def test_only_what_has_a_condition_is_a_rule() -> None:
    assert set(compiled().rules) == {
        START,
        *(("milestone", key) for key in ("meal", "streak", "pro", "late", "again")),
        ("content", "howto"),
        ("message", "hello"),
    }


def test_a_fact_leads_to_the_rules_that_ask_for_it_and_to_no_other() -> None:
    program = compiled()
    assert rules_read_by(program, program.atoms_by_event["Meal Logged"]) == {"meal", "streak", "late", "again"}
    assert rules_read_by(program, program.atoms_by_event["Signed Up"]) == {"start", "howto", "hello"}
    assert rules_read_by(program, program.atoms_by_trait["plan"]) == {"pro"}
    assert "Page Viewed" not in program.atoms_by_event


def test_rules_that_remember_the_same_share_one_atom() -> None:
    assert len(compiled().atoms_by_event["Signed Up"]) == 1


def test_a_milestone_leads_to_the_rules_that_wait_for_it() -> None:
    program = compiled()
    assert set(program.readers_of_milestone["meal"]) == {("milestone", "pro"), ("content", "howto")}
    assert program.anchored["milestone:streak"] == (("milestone", "again"),)
    assert program.anchored["start:start"] == (("milestone", "late"),)


def test_what_was_renamed_twice_keeps_its_first_key() -> None:
    program = compiled(TEXT + "moved: {first: food, food: meal}\n")
    assert program.rules["milestone", "meal"].origin == "first"
    assert program.origin("meal") == "first"
    assert program.origin("streak") == "streak"


@pytest.mark.parametrize("moved", ["{meal: meal}", "{meal: streak, streak: meal}"])
def test_a_circle_of_renames_ends(moved: Any) -> None:
    program = compiled(f"{TEXT}moved: {moved}\n")
    assert program.origin("meal") in ("meal", "streak")


def test_a_program_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        setattr(compiled(), "number", 2)  # noqa: B010 - what the types forbid
