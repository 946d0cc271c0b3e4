"""Decks and courses, page by page."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import violations
from tests.sdk_pages.conftest import Open, small
from tests.sdk_pages.served import Server

pytestmark = pytest.mark.e2e

DECK = [
    {"key": name, "title": name.capitalize(), "body_html": f"<p>About {name}.</p>"}
    for name in ("goal", "way", "contact")
]
QUIZ = {
    "ask": "How many meals?",
    "options": [{"value": "a", "text": "One", "right": False}, {"value": "b", "text": "Three", "right": True}],
    "why_html": "<p>Morning, noon and night.</p>",
}
LESSONS = [
    {"key": "lesson-1", "title": "Read", "body_html": "<p>Eat.</p>", "quiz": [QUIZ]},
    {"key": "lesson-2", "title": "Do", "video": "https://example.com/v", "start": "add-food"},
]


def card(page: Page, name: str) -> Locator:
    return page.get_by_role("dialog", name=name)


def test_a_deck_turns_by_buttons_keys_and_swipes_and_tells_each_page_that_was_read(visit: Open, server: Server) -> None:
    server.show("deck", title="Your plan", pages=DECK, link="/k/abc")
    page = visit(has_touch=True)
    expect(card(page, "Goal")).to_contain_text("Page 1 of 3")
    expect(card(page, "Goal").get_by_role("link", name="Open as a page")).to_have_attribute("href", "/k/abc")
    page.keyboard.press("ArrowRight")
    expect(card(page, "Way")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.get_by_role("button", name="Next").click()
    expect(card(page, "Way")).to_be_visible()
    swipe(page, 300, 100)
    expect(card(page, "Contact")).to_be_visible()
    page.reload()
    expect(card(page, "Contact")).to_contain_text("Page 3 of 3")  # it goes on where it was
    page.get_by_role("button", name="Done").click()
    server.wait_for(lambda: server.actions("completed"))
    viewed = server.actions("page_viewed")
    assert [each["page"] for each in viewed] == ["goal", "way", "goal", "way", "contact"]
    assert all(0 <= each["seconds"] < 60 for each in viewed)


def swipe(page: Page, start: int, end: int) -> None:
    touch = """([type, x]) => {
        const at = document.querySelector("div[popover]").shadowRoot.querySelector(".stage dialog");
        const touches = [new Touch({identifier: 1, target: at, clientX: x, clientY: 200})];
        at.dispatchEvent(new TouchEvent(type, {changedTouches: touches, bubbles: true, composed: true}));
    }"""
    page.evaluate(touch, ["touchstart", start])
    page.evaluate(touch, ["touchend", end])


@pytest.mark.req("R169")
def test_a_course_goes_on_once_the_quiz_is_right_and_ends_with_a_certificate(visit: Open, server: Server) -> None:
    server.show("course", title="The basics", pages=LESSONS, link="/k/abc", button="Knows the basics")
    page = visit()
    on = page.get_by_role("button", name="Next")
    expect(on).to_be_disabled()
    page.keyboard.press("ArrowRight")
    page.get_by_label("One").check()
    expect(page.get_by_text("Not quite. Try again.")).to_be_visible()
    expect(on).to_be_disabled()
    page.get_by_label("Three").check()
    expect(page.get_by_text("Morning, noon and night.")).to_be_visible()
    on.click()
    expect(card(page, "Do").get_by_role("link", name="Watch")).to_have_attribute("href", "https://example.com/v")
    page.get_by_role("button", name="Done").click()
    expect(card(page, "Knows the basics").get_by_role("link", name="Your certificate")).to_be_visible()
    server.wait_for(lambda: server.actions("completed"))
    told = [(each["page"], each.get("answers")) for each in server.actions("lesson_finished")]
    assert told == [("lesson-1", ["b"]), ("lesson-2", None)]
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_lesson_is_left_for_the_guide_that_does_it_and_the_course_waits(visit: Open, server: Server) -> None:
    server.show("course", title="The basics", pages=LESSONS, step=1)
    page = visit()
    page.get_by_role("button", name="Show me how").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    [left] = server.wait_for(lambda: server.actions("snoozed"))
    assert left["step"] == 1 and [each["content"] for each in server.actions("started")] == ["add-food"]


@pytest.mark.parametrize(
    ("kind", "pages", "theme", "width", "direction"),
    [("deck", DECK, "", 1440, "rtl"), ("course", LESSONS, "dark", 390, "ltr")],
)
def test_both_are_accessible(
    visit: Open, server: Server, kind: str, pages: Any, theme: str, width: int, direction: str
) -> None:
    server.theme, server.dir = theme, direction
    server.show(kind, title="Your plan", pages=pages, link="/k/abc", dir=direction)
    page = visit(viewport={"width": width, "height": 844}, reduced_motion="reduce")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert violations(page) == []
    assert small(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
