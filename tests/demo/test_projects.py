"""The project tool by itself: projects, tasks and people, kept in its visitor's session."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import include, path

from milepost.demo.projects import board
from tests.demo.test_pages import browser  # noqa: F401 - the fixture


@pytest.fixture
def visitor(browser: Client, settings: Any) -> Client:  # noqa: F811
    settings.ROOT_URLCONF = (path("demo/", include("milepost.demo.projects.urls")),)
    browser.post("/demo/sign-up/", {"name": "Greta", "email": "greta@example.com"})
    return browser


def post(visitor: Client, place: str, **fields: str) -> Any:
    answer = visitor.post(f"/demo/{place}", fields)
    assert answer.status_code == 200, answer.content
    return answer.json()


def made(visitor: Client) -> str:
    """A project with two tasks; its address."""
    post(visitor, "projects/new/", name="New website")
    key = board.projects(visitor.session)[0]["id"]
    for title in ("Agree on the pages", "Go live"):
        post(visitor, f"projects/{key}/tasks/", title=title)
    return f"projects/{key}/tasks/"


def tasks(visitor: Client) -> list[str]:
    return [task["id"] for task in board.projects(visitor.session)[0]["tasks"]]


def test_a_project_lives_from_its_name_to_its_last_task_and_tells_each_step(visitor: Client) -> None:
    place = made(visitor)
    first, last = tasks(visitor)
    post(visitor, "team/", name="Ann")
    assert post(visitor, f"{place}{first}/", who="Ann")["tell"] == [["Task Assigned", {"to": "teammate"}]]
    assert post(visitor, f"{place}{last}/", who="me")["tell"] == [["Task Assigned", {"to": "me"}]]
    planned = post(visitor, f"{place}{last}/", due="2026-05-01")
    assert planned["tell"] == [["Task Planned", {"due": "2026-05-01"}]]
    assert "Go live" in visitor.get("/demo/tasks/").content.decode()
    assert [name for name, _ in post(visitor, f"{place}{first}/", done="yes")["tell"]] == ["Task Completed"]
    told = post(visitor, f"{place}{last}/", done="yes")["tell"]
    assert told[-1] == ["Project Completed", {"name": "New website"}]
    assert "2 / 2" in visitor.get("/demo/progress/").content.decode()


def test_who_is_not_in_the_team_gets_no_task_and_what_is_not_there_is_not_found(visitor: Client) -> None:
    place = made(visitor)
    task = tasks(visitor)[0]
    for fields, status in (({"who": "Bob"}, 400), ({"due": "soon"}, 400)):
        assert visitor.post(f"/demo/{place}{task}/", fields).status_code == status
    assert visitor.post("/demo/projects/nothing/tasks/", {"title": "x"}).status_code == 404
    assert visitor.post(f"/demo/{place}nothing/", {"who": "me"}).status_code == 404
    assert visitor.get("/demo/projects/nothing/").status_code == 404
    assert visitor.post("/demo/projects/new/", {"name": "  "}).json()["code"] == "nothing_said"


def test_a_sample_project_is_shown_as_an_example_and_taken_out_again(visitor: Client) -> None:
    made(visitor)
    sample = post(visitor, "sample/", data=json.dumps({"name": "Move", "tasks": ["Order boxes"]}))
    assert len(sample["ids"]) == 2 and "an example" in sample["html"]
    assert post(visitor, "sample/remove/")["removed"] == 1
    assert [each["name"] for each in board.projects(visitor.session)] == ["New website"]


@pytest.mark.parametrize("data", ["", "{}", "[]", '{"name": "x"}', '{"name": "", "tasks": []}', '{"tasks": [""]}'])
def test_a_sample_that_is_no_project_is_refused(visitor: Client, data: str) -> None:
    assert visitor.post("/demo/sample/", {"data": data}).status_code == 400


def test_business_is_told_with_its_revenue_on_the_next_page(visitor: Client) -> None:
    visitor.post("/demo/business/")
    page = visitor.get("/demo/business/").content.decode()
    assert "Subscription Started" in page and "29.0" in page and 'data-plan="business"' in page


def test_what_somebody_types_is_text(visitor: Client) -> None:
    assert "<b>" not in post(visitor, "projects/new/", name="<b>x")["html"]
