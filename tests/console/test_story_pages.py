"""The pages of one product's whole story, as they are read: map, cohorts, person, segments, answers, inbox, home."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client

from milepost.log import stores
from tests.console.story import WORDS, story_world, uid_of
from tests.console.world import OWNER, World, mail_server


@pytest.fixture(scope="module")
def one_story(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The same world for everybody who only looks."""
    with django_db_blocker.unblock(), mail_server(), transaction.atomic():
        yield story_world()
        transaction.set_rollback(True)


@pytest.fixture
def reader(one_story: World, db: None) -> Client:
    stores.use(one_story.stores)
    client = Client()
    client.force_login(User.objects.get(username=OWNER))
    return client


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


@pytest.mark.req("R32")
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


def test_the_answers_of_a_survey_are_counted_and_quoted(reader: Client) -> None:
    cards = {card.key: card for card in reader.get("/answers/intake/").context["page"].cards}
    assert next((bar.text, bar.share.reached, bar.share.n) for bar in cards["goal"].bars) == (
        "I want to lose weight",
        2,
        2,
    )
    assert (cards["start-weight"].numbers.median, cards["start-weight"].n) == (86, 2)
    assert {each.text for each in cards["in-my-words"].verbatims} == {WORDS}
    rows = reader.get("/answers/intake/answers.csv").content.decode().splitlines()
    assert rows[0] == "person,question,answer,at"
    assert any(row.startswith(f"maria,in-my-words,{WORDS}") for row in rows)
    assert reader.get("/answers/intake/in-my-words/").context["page"].rows[0].text == WORDS
    assert reader.get("/answers/no-such/").status_code == 404


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
