"""The console in a real browser: accessible in both themes and sizes, strict, and quick to answer what is typed."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from milepost.log.clock import SYSTEM
from milepost.people.models import Person
from milepost.program import queries as program
from tests.console.world import OWNER, World, mail_server, small_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

AXE = Path(__file__).parents[2] / "src/milepost/console/assets/node_modules/axe-core/axe.min.js"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATHS = (
    "/", "/map/", "/people/", "/program/", "/program/edit/", "/program/release/", "/program/releases/",
    "/program/releases/1/", "/messages/", "/settings/", "/settings/keys/", "/settings/team/", "/settings/audit/",
    "/settings/password/", "/map/cohorts/", "/inbox/", "/tasks/", "/segments/", "/answers/", "/nowhere/",
)  # fmt: skip

EMPTY = (
    "/", "/map/", "/people/", "/inbox/", "/tasks/", "/segments/", "/answers/", "/program/", "/messages/", "/sign-in/",
)  # fmt: skip


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # the driver runs a loop in this thread; nothing else does
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def world(transactional_db: None) -> Iterator[World]:
    with mail_server():
        yield small_world(SYSTEM.now())


@pytest.fixture
def empty_world(transactional_db: None) -> World:
    return World(SYSTEM.now())


class Tab:
    """A signed-in tab that remembers everything that went wrong in it."""

    def __init__(self, browser: Browser, address: str, **options: Any) -> None:
        context = browser.new_context(base_url=address, reduced_motion="reduce", **options)
        client = Client()
        client.force_login(User.objects.get(username=OWNER))
        session = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": address}])
        self.page: Page = context.new_page()
        self.wrongs: list[str] = []
        self.page.on("pageerror", lambda error: self.wrongs.append(str(error)))
        self.page.on("console", self._said)

    def _said(self, line: ConsoleMessage) -> None:
        if line.type == "error":
            self.wrongs.append(line.text)

    def violations(self) -> list[str]:
        """What axe finds against WCAG 2.2 A and AA."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
        found = self.page.evaluate("tags => axe.run(document, {runOnly: tags})", tags)
        return [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found["violations"]]


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 390)])
def test_every_page_is_accessible(chromium: Browser, live_server: Any, world: World, theme: str, width: int) -> None:
    tab = Tab(chromium, live_server.url, color_scheme=theme, viewport={"width": width, "height": 900})
    uid, found = Person.objects.get(workspace=world.workspace).id, list[str]()
    for path in (*PATHS, f"/people/{uid}/"):
        tab.page.goto(path)
        for details in tab.page.locator("details").all():
            details.evaluate("each => { each.open = true }")
        tab.page.wait_for_load_state("networkidle")
        found += [f"{path} {each}" for each in tab.violations()]
        assert tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
            f"{path} is wider than the screen"
        )
    assert found == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_before_the_first_fact_are_accessible(
    chromium: Browser, live_server: Any, empty_world: World, theme: str
) -> None:
    tab = Tab(chromium, live_server.url, color_scheme=theme)
    for path in EMPTY:
        tab.page.goto(path)
        assert tab.violations() == [], path


def test_no_page_breaks_its_own_policy(chromium: Browser, live_server: Any, world: World) -> None:
    tab = Tab(chromium, live_server.url)
    uid = Person.objects.get(workspace=world.workspace).id
    for path in (*PATHS[:-1], f"/people/{uid}/"):
        tab.page.goto(path, wait_until="networkidle")
    assert tab.wrongs == []


def test_the_install_page_turns_green_by_itself_when_the_first_event_arrives(
    chromium: Browser, live_server: Any, empty_world: World
) -> None:
    tab = Tab(chromium, live_server.url)
    tab.page.goto("/")
    tab.page.get_by_text("Waiting for the first event").wait_for()
    empty_world.happens("maria", "Signed Up")
    empty_world.goes_on()
    tab.page.get_by_text("Events are arriving.").wait_for(timeout=5_000)


def test_what_is_typed_is_saved_and_checked_while_typing(chromium: Browser, live_server: Any, world: World) -> None:
    tab = Tab(chromium, live_server.url)
    tab.page.goto("/program/edit/")
    text = tab.page.get_by_label("The program as YAML")
    text.fill(world.texts.replace("at_least: 3", "at_lest: 3"))
    tab.page.get_by_text("Did you mean 'at_least'?").wait_for()
    tab.page.get_by_text("Everything is saved as a draft").wait_for()
    draft = program.draft(world.workspace.pk)
    assert draft is not None
    assert "at_lest" in draft.text
    tab.page.locator(".linelink").first.click()
    assert "at_lest" in text.evaluate("area => area.value.slice(area.selectionStart, area.selectionEnd)")
    assert tab.wrongs == []


def test_what_was_typed_while_the_server_was_away_is_offered_again(
    chromium: Browser, live_server: Any, world: World
) -> None:
    tab = Tab(chromium, live_server.url)
    tab.page.goto("/program/edit/")
    tab.page.route("**/program/draft/", lambda route: route.abort())
    tab.page.get_by_label("The program as YAML").fill("name: typed in a tunnel")
    tab.page.get_by_text("Not saved on the server").wait_for()
    tab.page.unroute("**/program/draft/")
    tab.page.on("dialog", lambda dialog: dialog.accept())
    tab.page.goto("/program/edit/")
    tab.page.get_by_role("button", name="Take it back").click()
    tab.page.get_by_text("Everything is saved as a draft").wait_for()
    draft = program.draft(world.workspace.pk)
    assert draft is not None
    assert draft.text == "name: typed in a tunnel"


def test_why_something_did_not_come_is_answered_in_place(chromium: Browser, live_server: Any, world: World) -> None:
    world.happens("jonas", "Food Searched")
    world.goes_on()
    tab = Tab(chromium, live_server.url)
    tab.page.goto(f"/people/{Person.objects.get(user_id='jonas').id}/")
    tab.page.locator("summary", has_text="Welcome").click()
    tab.page.get_by_text("Signed Up: 0 of 1").first.wait_for()


def test_searching_people_answers_while_typing(chromium: Browser, live_server: Any, world: World) -> None:
    tab = Tab(chromium, live_server.url)
    tab.page.goto("/people/")
    tab.page.get_by_role("searchbox").press_sequentially("zebra")
    tab.page.get_by_text("Nobody matches “zebra”").wait_for()


def test_the_chosen_theme_is_kept(chromium: Browser, live_server: Any, world: World) -> None:
    tab = Tab(chromium, live_server.url, color_scheme="light")
    tab.page.goto("/")
    tab.page.get_by_role("button", name="Your account").click()
    tab.page.get_by_role("button", name="Dark").click()
    tab.page.goto("/people/")
    assert tab.page.locator("html").get_attribute("data-theme") == "dark"
    assert tab.page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(15, 21, 19)"


def test_keys_are_revoked_only_after_a_second_yes(chromium: Browser, live_server: Any, world: World) -> None:
    tab = Tab(chromium, live_server.url)
    tab.page.goto("/settings/keys/")
    tab.page.get_by_role("button", name="Secret key").click()
    tab.page.get_by_text("it is shown only this once").wait_for()
    tab.page.get_by_role("button", name="Revoke").first.click()
    tab.page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    assert tab.page.get_by_role("button", name="Revoke").count() == 2
    tab.page.get_by_role("button", name="Revoke").first.click()
    tab.page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    tab.page.get_by_text("The key was revoked").wait_for()
