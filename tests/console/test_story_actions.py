"""What members do on the pages of the story, who may do it, and what stands there before there is anything."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from milepost.core import events
from milepost.runtime.snapshot import snapshot
from milepost.success import queries as success
from milepost.workspace.models import AuditEntry, Workspace
from tests.console.story import WORDS, story_world, thread_of, uid_of
from tests.console.world import OWNER, World, mail_server


@pytest.fixture
def story(db: None) -> Iterator[World]:
    """A world of one's own, to change it."""
    with mail_server():
        yield story_world()


@pytest.fixture
def anna(story: World) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=OWNER))
    return client


def test_a_member_vouches_for_an_outcome_and_the_note_is_kept_as_evidence(anna: Client, story: World) -> None:
    uid = uid_of("maria")
    address = f"/people/{uid}/attest/"
    assert anna.post(address, {"milestone": "back-in-my-jeans", "note": " "}).status_code == 400
    assert anna.post(address, {"milestone": "first-meal", "note": "I saw it"}).status_code == 403
    anna.post(address, {"milestone": "back-in-my-jeans", "note": "She told me on the phone"})
    story.waits(timedelta(seconds=1))
    reached = {each.key: each for each in snapshot(story.workspace.pk, uid).milestones()}["back-in-my-jeans"]
    assert reached.at is not None
    assert reached.evidence["kind"] == "attested"
    entry = AuditEntry.objects.get(action="milestone.attest")
    assert (entry.actor, entry.detail["note"]) == (OWNER, "She told me on the phone")


def test_a_member_leaves_a_milestone_out_of_a_plan(anna: Client, story: World) -> None:
    uid = uid_of("maria")
    anna.post(f"/people/{uid}/skip/", {"milestone": "invited-friend"})
    story.waits(timedelta(seconds=1))
    page = anna.get(f"/people/{uid}/").context["page"]
    assert [post.key for post in page.planned if post.skipped] == ["invited-friend"]
    assert anna.post(f"/people/{uid}/skip/", {"milestone": "eight-foods"}).status_code == 404


def test_a_member_states_another_goal_and_another_plan_follows(anna: Client, story: World) -> None:
    uid = uid_of("maria")
    anna.post(f"/people/{uid}/goal/", {"goal": "get-fit"})
    story.waits(timedelta(seconds=1))
    assert anna.get(f"/people/{uid}/").context["page"].goal == "get-fit"
    assert AuditEntry.objects.filter(action="goal.state").count() == 1
    assert anna.post(f"/people/{uid}/goal/", {"goal": "fly"}).status_code == 404


def test_a_member_opens_a_task_does_it_and_says_what_came_of_it(anna: Client, story: World) -> None:
    uid = uid_of("jonas")
    anna.post(f"/people/{uid}/task/", {"title": "Call about kasha", "due": "2026-12-24", "reason": "Stuck"})
    task = next(each for each in success.tasks_of(story.workspace.pk, uid) if each.title == "Call about kasha")
    assert "Call about kasha" in anna.get("/tasks/?whose=mine").content.decode()
    assert "Call about kasha" in anna.get("/").content.decode()
    anna.post(f"/tasks/{task.id}/complete/", {"outcome": "Added kasha for him"})
    assert "Added kasha for him" in anna.get("/tasks/?whose=done").content.decode()
    assert anna.post(f"/people/{uid}/task/", {"title": "x", "due": "soon"}).status_code == 400
    assert anna.post(f"/people/{uid}/task/", {"title": " "}).status_code == 400


def test_a_task_changes_hands_within_the_team_only(anna: Client, story: World) -> None:
    anna.post(f"/people/{uid_of('jonas')}/task/", {"title": "Call"})
    task = success.open_tasks(story.workspace.pk)[-1]
    anna.post(f"/tasks/{task.id}/assign/", {"assignee": "0"})
    assert "Call" in anna.get("/tasks/?whose=nobody").content.decode()
    assert anna.post(f"/tasks/{task.id}/assign/", {"assignee": "98765"}).status_code == 404


def test_a_question_is_answered_beside_what_is_known_of_who_asks(anna: Client, story: World) -> None:
    number = thread_of(story)
    answer = anna.get(f"/inbox/{number}/")
    thread, text = answer.context["page"].thread, answer.content.decode()
    assert (thread.status, thread.asker.goal, thread.asker.progress) == ("open", WORDS, (0, 6))
    assert "Searches and finds nothing" in thread.asker.stuck
    assert "automation is paused" in text
    empty = anna.post(f"/inbox/{number}/reply/", {"text": "  "})
    assert empty.status_code == 422
    anna.post(f"/inbox/{number}/reply/", {"text": "Type «buckwheat»."})
    after = anna.get(f"/inbox/{number}/").context["page"].thread
    assert (after.status, after.mine, after.sayings[-1].text) == ("answered", True, "Type «buckwheat».")
    anna.post(f"/inbox/{number}/close/")
    assert anna.get("/inbox/?status=closed").context["page"].lines[0].number == number
    assert anna.get("/inbox/?status=open").context["page"].lines == ()


def test_only_the_last_answer_counts_and_one_that_was_taken_back_is_none(anna: Client, story: World) -> None:
    for answer in ("get-fit", None):
        story.clock.advance(timedelta(seconds=1))
        story.happens("maria", events.QUESTION_ANSWERED, survey="intake", question="goal", answer=answer)
        story.goes_on()
    goal = next(card for card in anna.get("/answers/intake/").context["page"].cards if card.key == "goal")
    assert [(bar.text, bar.share.reached) for bar in goal.bars if bar.share.reached] == [("I want to lose weight", 1)]


def test_what_people_typed_is_no_formula_in_a_spreadsheet(anna: Client, story: World) -> None:
    story.happens("maria", events.QUESTION_ANSWERED, survey="intake", question="hope", answer="=HYPERLINK(1)")
    story.goes_on()
    rows = anna.get("/answers/intake/answers.csv").content.decode()
    assert "'=HYPERLINK(1)" in rows


READ = ("/map/", "/map/cohorts/", "/inbox/", "/tasks/", "/segments/", "/answers/")


def test_a_viewer_reads_all_of_it_and_changes_nothing(story: World, sign_in: Callable[..., Client]) -> None:
    viewer, uid, number = sign_in(story.workspace, "viewer"), uid_of("maria"), thread_of(story)
    for path in (*READ, f"/people/{uid}/", f"/inbox/{number}/"):
        assert viewer.get(path).status_code == 200, path
    writes = [f"/people/{uid}/{what}/" for what in ("task", "skip", "goal", "attest")]
    writes += [f"/inbox/{number}/{what}/" for what in ("reply", "take", "close")]
    data: dict[str, Any] = {"milestone": "back-in-my-jeans", "note": "x", "title": "x", "goal": "get-fit", "text": "x"}
    assert [viewer.post(path, data).status_code for path in writes] == [403] * len(writes)


def test_another_teams_threads_tasks_and_people_do_not_exist(story: World, sign_in: Callable[..., Client]) -> None:
    other = Workspace.objects.create(slug="other", name="Other", created_at=story.clock.now())
    stranger, uid, number = sign_in(other), uid_of("maria"), thread_of(story)
    for path in (f"/people/{uid}/task/", f"/people/{uid}/attest/", f"/inbox/{number}/reply/", f"/inbox/{number}/take/"):
        assert stranger.post(path, {"title": "x", "text": "x", "milestone": "x", "note": "x"}).status_code == 404, path
    assert stranger.get(f"/inbox/{number}/").status_code == 404
    assert stranger.get("/inbox/").context["page"].lines == ()


def test_looking_at_a_thread_changes_nothing(anna: Client, story: World) -> None:
    number = thread_of(story)
    for what in ("reply", "take", "close"):
        assert anna.get(f"/inbox/{number}/{what}/").status_code == 405


def test_before_there_is_anything_the_pages_teach(empty_world: World) -> None:
    client = Client()
    client.force_login(User.objects.get(username=OWNER))
    for path, words in {
        "/map/": "The way of your people will be drawn here",
        "/inbox/": "Questions of people will stand here",
        "/tasks/": "Nothing needs a person right now",
        "/segments/": "Groups of people with a name",
        "/answers/": "in their own words",
    }.items():
        assert words in client.get(path).content.decode(), path
