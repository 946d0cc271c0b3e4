"""The console in a real browser: accessible in both themes and sizes, strict, and quick to answer what is typed."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from milepost.log.clock import SYSTEM
from milepost.people.models import Person
from milepost.program import queries as program
from tests.browser import launched, violations
from tests.console.world import OWNER, World, mail_server, small_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

NOWHERE = "/nowhere/"
PATHS = (
    "/", "/map/", "/people/", "/program/", "/program/edit/", "/program/release/", "/program/releases/",
    "/program/releases/1/", "/messages/", "/settings/", "/settings/keys/", "/settings/identity/",
    "/settings/team/", "/settings/audit/", "/settings/look/", "/settings/sites/", "/program/on-the-page/",
    "/settings/sample-data/", "/settings/password/",
    "/map/cohorts/", "/inbox/", "/tasks/", "/segments/", "/answers/", NOWHERE,
    "/accounts/", "/accounts/acme/", "/program/coverage/", "/program/audit/", "/program/tracking/",
    "/program/charts/", "/insights/flow/",
    "/insights/", "/insights/funnel/?step=Signed+Up&step=Meal+Logged", "/insights/retention/", "/insights/paths/",
)  # fmt: skip

#: What unfolds begins to load a moment later.
UNFOLD = """new Promise((then) => {
    document.querySelectorAll("details").forEach((each) => { each.open = true });
    requestAnimationFrame(() => requestAnimationFrame(then));
})"""
EMPTY = (
    "/", "/map/", "/people/", "/inbox/", "/tasks/", "/segments/", "/answers/", "/program/", "/messages/", "/sign-in/",
    "/accounts/", "/insights/", "/program/coverage/", "/program/audit/", "/program/tracking/",
)  # fmt: skip


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


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
        if line.type == "error" and not line.location["url"].endswith(NOWHERE):
            self.wrongs.append(line.text)

    def settled(self, path: str) -> None:
        """Goes there, unfolds everything, and waits until what is loaded then has come."""
        self.page.goto(path, wait_until="load")
        self.page.evaluate(UNFOLD)
        expect(self.page.locator(".htmx-request")).to_have_count(0)

    def faults(self, paths: Iterable[str], *, looks_only: bool = False) -> list[str]:
        """What is wrong with these pages for somebody who sees, hears or points differently, or has a small screen."""
        found = list[str]()
        for path in paths:
            self.settled(path)
            found += [f"{path} {each}" for each in violations(self.page, looks_only=looks_only)]
            if self.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append(f"{path} is wider than the screen")
        return found


def faults(browser: Browser, address: str, paths: Iterable[str]) -> list[str]:
    """Of these pages on a light desk and on a dark phone."""
    desk = Tab(browser, address, color_scheme="light", viewport={"width": 1440, "height": 900})
    phone = Tab(browser, address, color_scheme="dark", viewport={"width": 390, "height": 844})
    found = [*desk.faults(paths), *phone.faults(paths, looks_only=True)]
    return found + desk.wrongs + phone.wrongs


def test_every_page_is_accessible_and_keeps_its_own_policy(chromium: Browser, live_server: Any, world: World) -> None:
    uid = Person.objects.get(workspace=world.workspace).id
    assert faults(chromium, live_server.url, (*PATHS, f"/people/{uid}/")) == []


def test_the_pages_before_the_first_fact_are_accessible(
    chromium: Browser, live_server: Any, empty_world: World
) -> None:
    assert faults(chromium, live_server.url, EMPTY) == []


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
