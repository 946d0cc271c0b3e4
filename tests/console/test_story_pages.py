"""The pages of one product's whole story: map, person, segments, answers, inbox, tasks, and what members do there."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client

from milepost.core import events
from milepost.help import queries as help
from milepost.log import stores
from milepost.log.clock import SYSTEM
from milepost.people.models import Person
from milepost.runtime import queries as runtime
from milepost.success import queries as success
from milepost.workspace.models import AuditEntry, Workspace
from tests.console.world import EXAMPLE, OWNER, World, mail_server

WORDS = "to fit in my jeans again"


def _story() -> World:
    """Maria wants to lose weight and has logged a meal; Jonas searches in vain, and asks."""
    world = World(SYSTEM.now() - timedelta(days=3))
    world.release(EXAMPLE.read_text(encoding="utf-8"))
    _begins(world, "maria", "Maria Ivanova", plan="pro")
    _begins(world, "jonas", "Jonas Weber", plan="free")
    for _ in range(3):
        world.happens("jonas", "Food Searched", query="kasha", results=0)
    world.waits(timedelta(hours=2))
    world.happens("maria", "Meal Logged", meal="lunch", food="soup", calories=400)
    world.happens("jonas", events.QUESTION_ASKED, text="Where is kasha?", page="/diary/")
    world.waits(timedelta(days=1))
    _weighs(world, 84)
    world.waits(timedelta(hours=1))
    return world


@pytest.fixture
def story(db: None) -> Iterator[World]:
    """A world of one's own, to change it."""
    with mail_server():
        yield _story()


@pytest.fixture(scope="module")
def one_story(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The same world for everybody who only looks."""
    with django_db_blocker.unblock(), mail_server(), transaction.atomic():
        yield _story()
        transaction.set_rollback(True)


def _begins(world: World, who: str, name: str, *, plan: str) -> None:
    world.tells(who, name=name, email=f"{who}@example.com", plan=plan)
    world.happens(who, "Signed Up", plan=plan)
    world.happens(who, events.QUESTION_ANSWERED, survey="intake", question="goal", answer="lose-weight")
    world.happens(who, events.GOAL_STATED, goal="lose-weight")
    world.happens(who, events.QUESTION_ANSWERED, survey="intake", question="in-my-words", answer=WORDS)
    for role, question, value in (("baseline", "start-weight", 86), ("target", "target-weight", 78)):
        world.happens(who, events.QUESTION_ANSWERED, survey="intake", question=question, answer=value)
        world.happens(who, events.MEASURE_RECORDED, measure="weight", value=value, **{"as": role})
    world.goes_on()


def _weighs(world: World, value: int) -> None:
    world.happens("maria", events.MEASURE_RECORDED, measure="weight", value=value, **{"as": "value"})


@pytest.fixture
def anna(story: World) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=OWNER))
    return client


@pytest.fixture
def reader(one_story: World, db: None) -> Client:
    stores.use(one_story.stores)
    client = Client()
    client.force_login(User.objects.get(username=OWNER))
    return client


def uid_of(who: str) -> int:
    return Person.objects.get(user_id=who).id


def thread_of(story: World) -> int:
    return help.inbox(story.workspace.pk).items[0].number


def test_the_map_says_how_many_reach_each_milestone_and_what_holds_the_others_back(reader: Client) -> None:
    page = reader.get("/map/?goal=lose-weight").context["page"]
    first = page.posts[0]
    assert (first.key, first.reach.reached, first.reach.n) == ("first-meal", 1, 2)
    assert first.reach.low < 0.5 < first.reach.high
    assert first.drop.rate == 0.5
    stuck = {each.key: each for each in first.obstacles}
    assert stuck["cannot-find-food"].stuck == 1
    assert [tab.n for tab in page.goals if tab.key == "lose-weight"] == [2]


def test_everything_on_the_map_opens_to_its_definition_its_people_and_its_numbers(reader: Client) -> None:
    whole = reader.get("/map/?show=obstacle:first-meal/cannot-find-food").content.decode()
    part = reader.get("/map/?show=milestone:first-meal", headers={"HX-Request": "true"}).content.decode()
    assert "Food Searched at least 3 times within 1 hour" in whole
    assert "How to find any food" in whole
    assert "Meal Logged" in part
    assert "<html" not in part
    assert "/people/?reached=first-meal" in part
    assert reader.get("/map/?show=milestone:no-such").status_code == 404
    assert reader.get("/map/?goal=no-such").status_code == 404


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("reached=first-meal", ["Maria Ivanova"]),
        ("ahead=first-meal", ["Jonas Weber"]),
        ("stuck=first-meal/cannot-find-food", ["Jonas Weber"]),
    ],
)
def test_the_list_of_people_can_be_those_of_one_place_on_the_map(reader: Client, query: str, names: list[str]) -> None:
    page = reader.get(f"/people/?{query}").context["page"]
    assert [row.name for row in page.rows] == names
    assert page.total == 1
    assert reader.get("/people/?reached=no-such").status_code == 404


@pytest.mark.parametrize("by", ["week", "plan", "source", "role", "goal"])
def test_cohorts_stand_beside_milestones_with_their_intervals(reader: Client, by: str) -> None:
    page = reader.get(f"/map/cohorts/?by={by}").context["page"]
    assert sum(row.n for row in page.rows) == 2
    assert all(len(row.cells) == len(page.milestones) for row in page.rows)
    lines = reader.get(f"/map/cohorts.csv?by={by}").content.decode().splitlines()
    assert lines[0] == "cohort,milestone,n,reached,share,low,high,median_seconds,p75_seconds"
    assert len(lines) > 1


def test_cohorts_by_plan_tell_who_comes_how_far(reader: Client) -> None:
    rows = {row.title: row.cells[0].reach.rate for row in reader.get("/map/cohorts/?by=plan").context["page"].rows}
    assert rows == {"pro": 1.0, "free": 0.0}
    assert reader.get("/map/cohorts/?by=shoe-size").status_code == 400


def test_a_persons_page_shows_their_plan_in_their_words_with_dates_and_progress(reader: Client) -> None:
    page = reader.get(f"/people/{uid_of('maria')}/").context["page"]
    assert page.way.plan.problem == WORDS
    assert (page.way.plan.reached, page.way.plan.total, page.way.plan.verdict) == (1, 6, "unknown")
    assert [post.key for post in page.planned][:2] == ["first-meal", "first-day-in-budget"]
    assert page.planned[1].is_next
    assert page.planned[1].due_on is not None


def test_a_persons_measure_is_drawn_against_what_they_wanted(reader: Client) -> None:
    answer = reader.get(f"/people/{uid_of('maria')}/")
    chart = answer.context["page"].way.measure
    assert (chart.baseline, chart.last, chart.target, chart.change, chart.better) == (86, 84, 78, -2, True)
    assert len(chart.dots) == 2
    assert chart.target_y > chart.dots[1][1] > chart.dots[0][1]  # a drawing's y grows downwards
    assert "plot__line" in answer.content.decode()


def test_a_persons_page_shows_what_they_see_where_they_are_stuck_and_what_they_said(reader: Client) -> None:
    page = reader.get(f"/people/{uid_of('jonas')}/").context["page"]
    assert "Your plan" in [sight.title for sight in page.way.sights]
    assert [each.title for each in page.way.stuck if not each.resolved_at][-1] == "Searches and finds nothing"
    assert ("How would you say it yourself?", WORDS) in [(each.ask, each.answer) for each in page.way.answers]
    assert [each.text for each in page.way.questions] == ["Where is kasha?"]


def test_a_member_vouches_for_an_outcome_and_the_note_is_kept_as_evidence(anna: Client, story: World) -> None:
    uid = uid_of("maria")
    address = f"/people/{uid}/attest/"
    assert anna.post(address, {"milestone": "back-in-my-jeans", "note": " "}).status_code == 400
    assert anna.post(address, {"milestone": "first-meal", "note": "I saw it"}).status_code == 403
    anna.post(address, {"milestone": "back-in-my-jeans", "note": "She told me on the phone"})
    story.waits(timedelta(seconds=1))
    reached = {each.key: each for each in runtime.milestones(story.workspace.pk, uid)}["back-in-my-jeans"]
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


def test_the_answers_of_a_survey_are_counted_and_quoted(reader: Client) -> None:
    cards = {card.key: card for card in reader.get("/answers/intake/").context["page"].cards}
    assert [(bar.text, bar.share.reached, bar.share.n) for bar in cards["goal"].bars][0] == ("I want to lose weight", 2, 2)
    assert (cards["start-weight"].numbers.median, cards["start-weight"].n) == (86, 2)
    assert {each.text for each in cards["in-my-words"].verbatims} == {WORDS}
    rows = reader.get("/answers/intake/answers.csv").content.decode().splitlines()
    assert rows[0] == "person,question,answer,at"
    assert any(row.startswith(f"maria,in-my-words,{WORDS}") for row in rows)
    assert reader.get("/answers/intake/in-my-words/").context["page"].rows[0].text == WORDS
    assert reader.get("/answers/no-such/").status_code == 404


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


def test_a_segment_says_who_is_in_it(reader: Client) -> None:
    rows = {row.key: row for row in reader.get("/segments/").context["page"].rows}
    assert rows["losing-weight"].size == 1
    page = reader.get("/segments/losing-weight/").context["page"]
    assert [row.name for row in page.people.rows] == ["Maria Ivanova"]
    assert [(move.who, move.entered) for move in page.moves] == [("Maria Ivanova", True)]
    part = reader.get("/segments/losing-weight/?q=jonas", headers={"HX-Request": "true"}).content.decode()
    assert "Nobody matches" in part
    assert reader.get("/segments/no-such/").status_code == 404


def test_home_says_who_is_stuck_on_what_and_what_needs_a_person(reader: Client) -> None:
    page = reader.get("/").context["page"]
    assert "Where is kasha?" in [line.text for line in page.today.questions]
    assert page.waypoints[0].reach.reached == 1
    stuck = {each.title: each for each in page.stuck}
    assert stuck["Searches and finds nothing"].people[0][1] == "Jonas Weber"


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
    other = Workspace.objects.create(
        slug="other", name="Other", created_at=story.clock.now(), identity_secret=story.workspace.identity_secret
    )
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
