"""The pages of a product for teams: what is counted is its accounts, and the lists lead to them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client

from milepost.log import stores
from tests.console.world import OWNER, World, mail_server

CRM = Path(__file__).parents[2] / "examples/crm/milepost.yaml"
DAY = timedelta(days=1)


def _history() -> World:
    """Acme and Globex have paid, and the people of Acme have come on together; Anna of Initech only looks."""
    world = World(datetime.now(UTC) - 20 * DAY)
    world.release(CRM.read_text(encoding="utf-8"))
    for who, account in (("anna", "acme"), ("boris", "acme"), ("gus", "globex"), ("ina", "initech")):
        world.tells(who, name=who.title())
        world.joins(who, account, name=account.title(), plan="starter", role="buyer")
    for who in ("anna", "gus"):
        world.happens(who, "Contract Signed", plan="team")
    world.waits(DAY)
    world.happens("boris", "Deals Imported", deals=40)
    for who in ("anna", "boris", "boris"):
        world.happens(who, "User Invited", role="seller")
    world.waits(15 * DAY)
    return world


@pytest.fixture(scope="module")
def crm(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), mail_server(), transaction.atomic():
        yield _history()
        transaction.set_rollback(True)


@pytest.fixture
def reader(crm: World, db: None) -> Client:
    stores.use(crm.stores)
    client = Client()
    client.force_login(User.objects.get(username=OWNER))
    return client


def _page(reader: Client, path: str) -> Any:
    response = reader.get(path, follow=True)
    assert response.status_code == 200
    return response.context["page"]


@pytest.mark.req("R32")
def test_the_milestones_of_a_customer_program_are_counted_by_account(reader: Client) -> None:
    grid = _page(reader, "/insights/milestones/?by=plan").report.tables[0]
    assert grid.head[1] == "Accounts"
    assert [(row[0], row[1], row[2].count, row[3].count) for row in grid.rows] == [("starter", 2, 1, 1)]
    waited = _page(reader, "/insights/time-to-value/").report
    assert waited.n == 2 and waited.tables[0].rows[0][1:3] == (2, 1)


def test_who_left_a_funnel_is_a_list_of_accounts(reader: Client) -> None:
    page = _page(reader, "/insights/funnel/?step=Contract+Signed&step=milestone:team-inside&after=1")
    assert [row[1] for row in page.report.tables[0].rows] == [2, 1]
    [(uid, name)] = page.who.people
    assert name == "Globex"
    assert reader.get(f"/people/{uid}/").headers["Location"] == "/accounts/globex/"


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/people/?reached=deals-inside", ["Acme"]),
        ("/people/?ahead=team-inside", ["Globex", "Initech"]),
        ("/people/?stuck=deals-inside/list-is-a-mess", ["Globex"]),
        ("/people/?segment=stalled", ["Globex"]),
    ],
)
def test_a_list_of_who_reached_or_is_stuck_is_one_of_accounts(reader: Client, path: str, found: list[str]) -> None:
    assert sorted(row.title for row in _page(reader, path).rows) == found


def test_a_segment_of_a_customer_program_has_accounts_in_it(reader: Client) -> None:
    page = _page(reader, "/segments/stalled/")
    assert page.size == 1 and page.people is None
    assert [row.title for row in page.accounts.rows] == ["Globex"]


def test_home_map_and_cohorts_count_accounts(reader: Client) -> None:
    home, cohorts = _page(reader, "/"), _page(reader, "/map/cohorts/?by=plan")
    assert (home.activation.reached, home.activation.n) == (1, 2)
    assert home.first_value == "Your open deals are in the pipeline"
    assert {each.key: each.reach.reached for each in home.waypoints if each.reach.reached} == {
        "deals-inside": 1,
        "team-inside": 1,
    }
    assert [row.n for row in cohorts.rows] == [2] and len(cohorts.rows[0].cells) == len(cohorts.milestones)
    assert "1 of 2 accounts that began" in reader.get("/").content.decode()
    [mess] = _page(reader, "/map/").posts[0].obstacles
    assert (mess.stuck, mess.detected, mess.resolved) == (1, 1, 0)
    assert "2 accounts that began" in reader.get("/map/").content.decode()
    assert _page(reader, "/insights/retention/").report.n == 2
    assert _page(reader, "/insights/searches/").answer.counted == "persons"
