"""What a release would change, in words."""

from hypothesis import given, settings

from milepost.core.program.codec import digest_of
from milepost.core.program.document import EMPTY
from milepost.core.review.diff import diff
from milepost.program.yaml_text import read
from tests.program.documents import SMALL, documents


def words(old: str, new: str) -> list[str]:
    return [change.words for change in diff(read(old).document, read(new).document)]


@settings(max_examples=25, deadline=None)
@given(documents, documents)
def test_there_are_changes_exactly_where_the_digest_differs(old, new):
    assert diff(old, old) == []
    assert bool(diff(old, new)) == (digest_of(old) != digest_of(new))


def test_a_changed_field_is_named_with_both_values():
    assert words(SMALL, SMALL.replace("target: 1d", "target: 2d")) == ["milestones.first-meal.target: 1d → 2d"]
    assert words(SMALL, SMALL.replace("    target: 1d\n", "")) == ["milestones.first-meal.target is gone (was: 1d)"]
    assert words(SMALL, SMALL.replace("title: Search", "title: Find")) == [
        "content.add-food.steps[0].title: Search → Find"
    ]


def test_a_new_definition_is_called_by_its_title():
    added = SMALL.replace("content:\n", "  week: {title: A week, reached: {did: X}}\ncontent:\n")
    assert words(SMALL, added) == ["milestones.week is new: A week"]
    assert words(added, SMALL) == ["milestones.week is gone (was: A week)"]


def test_a_renamed_definition_is_neither_new_nor_gone():
    renamed = SMALL.replace("confetti", "party") + "moved: {confetti: party}\n"
    assert words(SMALL, renamed) == [
        "milestones.first-meal.celebrate.content: confetti → party",
        "content.confetti is now called party, and keeps its history",
        "moved is new: {confetti: party}",
    ]


def test_true_is_not_the_number_one():
    one, true = (f"name: x\nstart: {{did: X, where: {{a: {value}}}}}\n" for value in ("1", "true"))
    assert words(one, true) == ["start.where.a: 1 → true"]


def test_against_the_empty_program_everything_is_new():
    said = [change.words for change in diff(EMPTY, read(SMALL).document)]
    assert said[0] == "name: Empty program → Small"
    assert all("is new" in line for line in said[1:])
