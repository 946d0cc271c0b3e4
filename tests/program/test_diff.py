"""What a release would change, in words."""

from hypothesis import given, settings

from milepost.core.program.codec import digest_of
from milepost.core.program.document import EMPTY, Document
from milepost.core.review.diff import diff
from tests.program.documents import SMALL, document_of, documents
from tests.program.story import STORY


def words(old: str, new: str) -> list[str]:
    return [change.words for change in diff(document_of(old), document_of(new))]


@settings(max_examples=25, deadline=None)
@given(documents, documents)
def test_there_are_changes_exactly_where_the_digest_differs(old: Document, new: Document) -> None:
    assert diff(old, old) == []
    assert bool(diff(old, new)) == (digest_of(old) != digest_of(new))


def test_a_changed_field_is_named_with_both_values() -> None:
    assert words(SMALL, SMALL.replace("target: 1d", "target: 2d")) == ["milestones.first-meal.target: 1d → 2d"]
    assert words(SMALL, SMALL.replace("    target: 1d\n", "")) == ["milestones.first-meal.target is gone (was: 1d)"]
    assert words(SMALL, SMALL.replace("title: Search", "title: Find")) == [
        "content.add-food.steps[0].title: Search → Find"
    ]


def test_a_new_definition_is_called_by_its_title() -> None:
    added = SMALL.replace("content:\n", "  week: {title: A week, reached: {did: X}}\ncontent:\n")
    assert words(SMALL, added) == ["milestones.week is new: A week"]
    assert words(added, SMALL) == ["milestones.week is gone (was: A week)"]


def test_a_renamed_definition_is_neither_new_nor_gone() -> None:
    renamed = SMALL.replace("confetti", "party") + "moved: {confetti: party}\n"
    assert words(SMALL, renamed) == [
        "milestones.first-meal.celebrate.content: confetti → party",
        "content.confetti is now called party, and keeps its history",
        "moved is new: {confetti: party}",
    ]


def test_true_is_not_the_number_one() -> None:
    one, true = (f"name: x\nstart: {{did: X, where: {{a: {value}}}}}\n" for value in ("1", "true"))
    assert words(one, true) == ["start.where.a: 1 → true"]


def test_against_the_empty_program_everything_is_new() -> None:
    said = [change.words for change in diff(EMPTY, document_of(SMALL))]
    assert said[0] == "name: Empty program → Small"
    assert all("is new" in line for line in said[1:])


def test_a_longer_list_says_what_came_in_and_not_that_it_is_another() -> None:
    longer = STORY.replace(
        "Get fit, measure: weight, milestones: [meal, jeans]",
        "Get fit, measure: weight, milestones: [meal, three-days, jeans]",
    )
    assert words(STORY, longer) == ["goals.fit.milestones[1] is new: three-days"]
    assert words(longer, STORY) == ["goals.fit.milestones[1] is gone (was: three-days)"]


def test_a_question_is_called_by_what_it_asks() -> None:
    more = STORY.replace(
        "      - {key: stars,", "      - {key: why, ask: Why is that?, kind: text}\n      - {key: stars,"
    )
    assert words(STORY, more) == ["content.weekly.questions[3] is new: Why is that?"]
    asked = STORY.replace("ask: How do we do?", "ask: How are we?")
    assert words(STORY, asked) == ["content.weekly.questions[3].ask: How do we do? → How are we?"]


def test_a_step_of_a_journey_is_named_by_its_place() -> None:
    later = STORY.replace("at_most: 1d}", "at_most: 2d}").replace(
        "then: [{send: tip}]", "then: [{send: tip}, {send: nudge}]"
    )
    assert words(STORY, later) == [
        "journeys.first.steps[0].wait.at_most: 1d → 2d",
        "journeys.first.steps[1].then[1] is new: {send: nudge}",
    ]


def test_what_has_no_title_says_what_it_is() -> None:
    new = STORY.replace("segments:\n", "segments:\n  eaters: {did: Meal Logged}\n").replace(
        "jeans, day]}", "jeans, day], day: [day]}"
    )
    assert words(STORY, new) == ["functions.day is new: [day]", "segments.eaters is new: {did: Meal Logged}"]
    assert words(STORY, STORY.replace("thin: {ask: Lose weight", "thin: {ask: Be lighter")) == [
        "goals.thin.ask: Lose weight → Be lighter"
    ]


def test_a_goal_that_is_renamed_keeps_its_history() -> None:
    renamed = (
        STORY.replace("  fit: {ask", "  strong: {ask").replace("{goal: fit}", "{goal: strong}")
        + "moved: {fit: strong}\n"
    )
    assert "goals.fit is now called strong, and keeps its history" in words(STORY, renamed)
