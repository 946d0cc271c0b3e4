"""Drafts and releases: what is in force, what it was made on, and the way back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from milepost.core.program.document import EMPTY
from milepost.core.values import Refused
from milepost.program import actions, queries
from milepost.program.models import Draft, Release
from milepost.program.review import review
from milepost.workspace.models import Workspace
from tests.program import story
from tests.program.documents import SMALL

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
OTHER = SMALL.replace("target: 1d", "target: 2d")
THIRD = SMALL.replace("target: 1d", "target: 3d")

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace() -> int:
    return Workspace.objects.create(slug="w", name="W", created_at=NOW).pk


def apply(
    workspace: int, text: str, *, base: str | None = None, onto: bool = False, **reasons: str
) -> queries.Released:
    return actions.apply(workspace, text, by="anna", base=base, onto=onto, reasons=reasons, now=NOW)


def test_a_new_workspace_runs_the_empty_program_as_release_zero(workspace: int) -> None:
    current = queries.current(workspace)
    assert (current.number, current.document, current.released_at) == (0, EMPTY, None)
    assert queries.release(workspace, 0) is current
    assert queries.compiled(current).number == 0


def test_a_released_text_is_in_force_with_its_comments_and_its_author(workspace: int) -> None:
    text = f"# ours\n{SMALL}"
    released = apply(workspace, text)
    assert (released.number, released.text, released.released_by, released.released_at) == (1, text, "anna", NOW)
    assert queries.current(workspace) is released
    assert queries.release(workspace, 1) is released
    assert queries.compiled(released).document is released.document


def test_a_release_knows_the_steps_of_those_before_it_that_people_stay_in(workspace: int) -> None:
    def stays(steps: str, how: str = "stay") -> str:
        journey = f"starts: {{did: Signed Up}}, ends: {{reached: first-meal}}, migrate: {how}, steps: [{steps}]"
        return f"{SMALL}\njourneys: {{nudge: {{{journey}}}}}\n"

    reason: dict[str, Any] = {"no-map": "it is small"}
    first = apply(workspace, stays("{wait: 1d}, {send: praise}"), **reason)
    second = apply(workspace, stays("{wait: 2d}, {send: praise}"), base=first.digest, **reason)
    third = apply(workspace, stays("{wait: 3d}, {send: praise}", how="move"), base=second.digest, **reason)

    assert set(queries.compiled(second).itineraries) == {"nudge", "nudge@1"}
    assert set(queries.compiled(third).itineraries) == {"nudge"}


def test_a_text_made_on_an_older_release_is_refused(workspace: int) -> None:
    first = apply(workspace, SMALL)
    apply(workspace, OTHER, base=first.digest)
    with pytest.raises(Refused) as refused:
        apply(workspace, THIRD, base=first.digest)
    assert (refused.value.code, refused.value.status) == ("base_moved_on", 409)
    assert queries.current(workspace).number == 2
    assert apply(workspace, THIRD, base=first.digest, onto=True).number == 3


def test_a_text_that_names_no_base_is_refused_once_there_is_a_release(workspace: int) -> None:
    apply(workspace, SMALL)
    with pytest.raises(Refused, match="newer than what this text was made on"):
        apply(workspace, OTHER)


def test_a_text_that_means_the_same_is_no_new_release(workspace: int) -> None:
    first = apply(workspace, SMALL)
    assert apply(workspace, f"# a comment\n{SMALL}") is first
    assert Release.objects.count() == 1


def test_a_release_that_another_process_made_is_seen_at_once(workspace: int) -> None:
    first = apply(workspace, SMALL)
    document = Release.objects.get(number=1).document
    Release.objects.create(
        workspace_id=workspace, number=2, digest="d" * 32, text="", document=document, released_at=NOW
    )
    assert queries.current(workspace).number == 2
    assert queries.release(workspace, 1) is first


def test_asking_for_the_current_release_again_reads_one_small_row(
    workspace: int, django_assert_num_queries: Any
) -> None:
    apply(workspace, SMALL)
    queries.current(workspace)
    with django_assert_num_queries(1) as asked:
        queries.current(workspace)
    assert "document" not in asked.captured_queries[0]["sql"]


def test_errors_stand_in_the_way_all_of_them(workspace: int) -> None:
    with pytest.raises(actions.NotReleasable) as refused:
        apply(workspace, SMALL.replace("target: 1d", "target: soon").replace("message: praise", "message: prais"))
    assert [problem.rule for problem in refused.value.problems] == ["wrong-type", "unknown-reference"]
    assert (refused.value.code, refused.value.status) == ("program_not_releasable", 422)
    assert queries.current(workspace).number == 0


@pytest.mark.req("R29")
def test_a_flow_without_a_success_event_is_released_only_with_a_written_reason_which_is_kept(workspace: int) -> None:
    text = SMALL.replace("    serves: first-meal\n", "")
    for reasons in ({}, {"no-success-event": "  "}, {"no-contact": "another rule"}):
        with pytest.raises(actions.NotReleasable) as refused:
            actions.apply(workspace, text, by="anna", base=None, onto=False, reasons=reasons, now=NOW)
        assert [problem.rule for problem in refused.value.problems] == ["no-success-event"]
    given = {"no-success-event": "It only shows where the search is."}
    released = actions.apply(workspace, text, by="anna", base=None, onto=False, reasons=given, now=NOW)
    assert released.reasons == given


@pytest.mark.req("R157")
def test_a_stage_that_nothing_serves_is_named_and_released_only_with_a_written_reason(workspace: int) -> None:
    assert review(story.STORY).problems == (), "every step of its plans says its stage, and all seven are there"
    for text, said in (
        (story.STORY.replace(", stage: education", ""), "Nothing serves these stages: education."),
        (story.STORY.replace("    stage: habit\n", ""), "'three-days' is in a plan and says no stage."),
    ):
        with pytest.raises(actions.NotReleasable) as refused:
            apply(workspace, text)
        assert [(problem.rule, problem.message) for problem in refused.value.problems] == [("missing-stage", said)]
        given = {"missing-stage": "They learn it in a course."}
        released = actions.apply(workspace, text, by="anna", base=None, onto=True, reasons=given, now=NOW)
        assert released.reasons == given


@pytest.mark.req("R96")
def test_a_program_without_a_contact_card_is_not_released(workspace: int) -> None:
    with pytest.raises(actions.NotReleasable) as refused:
        apply(workspace, SMALL.replace("support: {name: Anna, email: anna@example.com}\n", ""))
    assert [problem.rule for problem in refused.value.problems] == ["no-contact"]


def test_going_back_releases_the_older_document_again_under_a_new_number(workspace: int) -> None:
    first = apply(workspace, SMALL)
    apply(workspace, OTHER, base=first.digest)
    back = actions.rollback(workspace, 1, by="anna", now=NOW + timedelta(hours=1))
    assert (back.number, back.digest, back.text) == (3, first.digest, first.text)
    assert queries.current(workspace) is back
    assert actions.rollback(workspace, 1, by="anna", now=NOW) is back


def test_going_back_to_before_the_first_release_gives_the_empty_program(workspace: int) -> None:
    apply(workspace, SMALL)
    back = actions.rollback(workspace, 0, by="anna", now=NOW)
    assert (back.number, back.document) == (2, EMPTY)


def test_a_release_that_never_was_cannot_be_gone_back_to(workspace: int) -> None:
    with pytest.raises(Refused, match="There is no release 7"):
        actions.rollback(workspace, 7, by="anna", now=NOW)


def test_releases_of_another_workspace_are_not_there(workspace: int) -> None:
    other = Workspace.objects.create(slug="o", name="O", created_at=NOW).pk
    apply(workspace, SMALL)
    assert queries.current(other).number == 0
    assert queries.releases(other) == []
    with pytest.raises(Refused):
        queries.release(other, 1)


def test_the_newest_releases_come_first(workspace: int) -> None:
    first = apply(workspace, SMALL)
    second = apply(workspace, OTHER, base=first.digest)
    assert queries.releases(workspace) == [second, first]
    assert queries.releases(workspace, limit=1) == [second]


def test_a_draft_keeps_the_base_on_which_it_was_begun(workspace: int) -> None:
    first = apply(workspace, SMALL)
    actions.save_draft(workspace, "name: half a wo", by="boris", now=NOW)
    apply(workspace, OTHER, base=first.digest)
    actions.save_draft(workspace, THIRD, by="boris", now=NOW)
    draft = queries.draft(workspace)
    assert draft is not None
    assert (draft.text, draft.base, draft.changed_by) == (THIRD, first, "boris")
    with pytest.raises(Refused, match="newer"):
        apply(workspace, draft.text, base=draft.base.digest)


def test_a_released_draft_is_no_draft_any_more(workspace: int) -> None:
    actions.save_draft(workspace, SMALL, by="boris", now=NOW)
    draft = queries.draft(workspace)
    assert draft is not None
    apply(workspace, SMALL, base=draft.base.digest)
    assert queries.draft(workspace) is None


def test_a_release_from_a_file_leaves_a_draft_with_another_text_alone(workspace: int) -> None:
    actions.save_draft(workspace, OTHER, by="boris", now=NOW)
    apply(workspace, SMALL)
    draft = queries.draft(workspace)
    assert draft is not None and draft.text == OTHER
    actions.discard_draft(workspace)
    assert Draft.objects.count() == 0
