"""The pages of the story in a real browser: accessible, whole on a phone, usable by keyboard alone."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser import violations
from tests.console.story import story_world, thread_of, uid_of
from tests.console.test_browser import Tab, chromium, faults
from tests.console.world import World, mail_server

__all__ = ["chromium"]
pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def story(transactional_db: None) -> Iterator[World]:
    with mail_server():
        yield story_world()


def test_the_pages_of_the_story_are_accessible(chromium: Browser, live_server: Any, story: World) -> None:
    paths = (
        "/", "/map/?goal=lose-weight&show=milestone:first-meal", "/map/?show=obstacle:first-meal/cannot-find-food",
        "/map/cohorts/?by=plan", f"/people/{uid_of('maria')}/", f"/people/{uid_of('jonas')}/",
        "/people/?stuck=first-meal/cannot-find-food", f"/inbox/{thread_of(story)}/", "/inbox/", "/tasks/",
        "/segments/", "/segments/losing-weight/", "/answers/", "/answers/intake/", "/answers/intake/in-my-words/",
    )  # fmt: skip
    assert faults(chromium, live_server.url, paths) == []


def test_the_map_is_walked_by_keyboard(chromium: Browser, live_server: Any, story: World) -> None:
    tab = Tab(chromium, live_server.url)
    tab.page.goto("/map/")
    tab.page.get_by_role("link", name="Log your first meal").focus()
    tab.page.keyboard.press("Enter")
    tab.page.get_by_role("heading", name="Log your first meal").wait_for()
    tab.page.keyboard.press("Tab")
    tab.page.keyboard.press("Enter")
    tab.page.get_by_role("heading", name="Searches and finds nothing").wait_for()
    tab.page.get_by_role("link", name="Who is stuck now").click()
    tab.page.get_by_role("link", name="Jonas Weber").wait_for()
    assert tab.wrongs == []


def test_on_a_phone_what_was_chosen_on_the_map_comes_into_view(
    chromium: Browser, live_server: Any, story: World
) -> None:
    tab = Tab(chromium, live_server.url, viewport={"width": 390, "height": 844})
    tab.page.goto("/map/")
    tab.page.get_by_role("link", name="Log your first meal").click()
    tab.page.get_by_role("heading", name="Log your first meal").wait_for()
    tab.page.wait_for_function("document.querySelector('[data-chosen]').getBoundingClientRect().top < innerHeight")


def test_on_a_phone_the_rest_of_the_pages_is_one_tap_away(chromium: Browser, live_server: Any, story: World) -> None:
    tab = Tab(chromium, live_server.url, viewport={"width": 390, "height": 844})
    tab.page.goto("/")
    tab.page.get_by_role("button", name="More").click()
    tab.page.locator("#more").get_by_role("link", name="Segments").click()
    tab.page.get_by_role("heading", name="Segments").wait_for()
    assert violations(tab.page) == []


def test_an_answer_is_sent_from_the_keyboard(chromium: Browser, live_server: Any, story: World) -> None:
    tab = Tab(chromium, live_server.url)
    tab.page.goto(f"/inbox/{thread_of(story)}/")
    tab.page.get_by_label("Your answer").fill("Type buckwheat.")
    tab.page.keyboard.press("Control+Enter")
    tab.page.locator(".saying--ours").get_by_text("Type buckwheat.").wait_for()
    assert tab.wrongs == []


def test_a_member_vouches_for_an_outcome_on_the_persons_page(chromium: Browser, live_server: Any, story: World) -> None:
    tab = Tab(chromium, live_server.url)
    tab.page.goto(f"/people/{uid_of('maria')}/")
    jeans = tab.page.get_by_role("listitem").filter(has_text="Fit in your favourite jeans again")
    jeans.get_by_text("I know that they reached it").click()
    jeans.get_by_label("How you know").fill("She sent me a picture")
    jeans.get_by_role("button", name="Vouch for it").click()
    tab.page.get_by_text("Noted, with you as the witness.").wait_for()
    story.goes_on()
    tab.page.reload()
    assert jeans.get_by_text("I know that they reached it").count() == 0
