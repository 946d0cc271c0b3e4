"""The insights page: every question has an answer with a chart, tables, what was counted, and an address of its own."""

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client

from milepost.console.pages.questions import ASKED
from milepost.console.pages.report_makers import MAKERS
from milepost.console.pages.reports import Table
from milepost.insights.questions import QUESTIONS
from milepost.log import stores
from tests.console.story import story_world
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


def test_the_page_and_the_api_ask_the_same_questions() -> None:
    assert set(ASKED) == set(MAKERS) == set(QUESTIONS)


@pytest.mark.parametrize("name", ASKED)
def test_every_question_is_answered_with_its_definition_and_its_sql(reader: Client, name: str) -> None:
    response = reader.get(f"/insights/{name}/")
    page, text = response.context["page"], response.content.decode()
    assert response.status_code == 200
    assert page.unknown or "What exactly was counted" in text
    assert page.answer is None or (
        page.answer.definition in page.answer.definition and page.answer.sql.startswith("with")
    )
    taken = reader.get(f"/insights/{name}.csv")
    assert taken.status_code == 200 if page.report else taken.status_code >= 400


def test_a_funnel_is_asked_by_its_address_and_says_who_left(reader: Client) -> None:
    asked = "step=Signed+Up&step=milestone:first-meal&window=30d&anchor=first"
    page = reader.get(f"/insights/funnel/?{asked}").context["page"]
    assert [row[:2] for row in page.report.tables[0].rows] == [("Signed Up", 2), ("Log your first meal", 1)]
    [(step, query)] = page.losses
    assert step == "Signed Up"
    left = reader.get(f"/insights/funnel/?{query}")
    assert [name for _uid, name in left.context["page"].who.people] == ["Jonas Weber"]
    assert "Jonas Weber" in left.content.decode()
    rows = list(csv.reader(io.StringIO(reader.get(f"/insights/funnel.csv?{asked}").content.decode())))
    assert rows[0][:5] == ["Step", "People", "Of the first share", "Of the first low", "Of the first high"]
    assert rows[2][:3] == ["Log your first meal", "1", "0.5"]


def test_words_stand_at_the_start_of_their_column_and_numbers_at_its_end() -> None:
    table = Table(
        "Lost", ("Why", "After", "Interval", "People"), (("Price", "–", "1.0 – 2.0", 3), ("Time", "Setup", "–", 4))
    )
    assert [head.words for head in table.heads] == [True, True, False, False]
    assert [[cell.words for cell in cells[1:]] for cells, _ in table.shown] == [[True, False, False]] * 2


def test_what_was_asked_stays_in_the_form(reader: Client) -> None:
    page = reader.get("/insights/retention/?unit=month&bounded=false&from=2026-01-05").context["page"]
    chosen = {field.name: field.values[0] for field in page.fields}
    assert (chosen["unit"], chosen["bounded"], chosen["from"]) == ("month", "false", "2026-01-05")


@pytest.mark.parametrize(
    "query", ["funnel/?step=Signed+Up", "milestones/?by=nothing", "retention/?units=0", "funnel/?from=soon"]
)
def test_what_cannot_be_asked_is_said_on_the_page(reader: Client, query: str) -> None:
    page = reader.get(f"/insights/{query}")
    assert page.status_code == 200 and page.context["page"].unknown.reason
    assert page.context["page"].unknown.reason in page.content.decode().replace("&#x27;", "'")


def test_a_question_that_is_none_is_not_there(reader: Client) -> None:
    assert reader.get("/insights/everything/").status_code == 404


def test_an_empty_product_is_told_what_will_stand_here(empty_world: World, sign_in: Callable[..., Client]) -> None:
    reader = sign_in(empty_world.workspace)
    for name in ASKED:
        text = reader.get(f"/insights/{name}/").content.decode()
        assert "Nothing to count yet" in text or "notice--warn" in text, name
    assert "engagement:" in reader.get("/insights/engagement/").content.decode()
