"""A win is marked at the moment of the win, once, and asks nothing of anybody."""

import pytest
from playwright.sync_api import Page, expect

from milepost.core import events
from tests.demo.conftest import Open
from tests.demo.host import Host, celebration, guide

pytestmark = pytest.mark.e2e
WIN = "Your first meal is in!"


def test_a_win_is_celebrated_where_the_person_is_and_told_once(visit: Open, host: Host) -> None:
    page = visit()
    page.evaluate("scrollTo(0, 0)")
    host.show(celebration())
    dialog = page.get_by_role("dialog", name=WIN)
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("link", name="Anna from support")).to_have_attribute("href", "mailto:help@example.com")
    host.wait_for(events.CONTENT_SHOWN)
    page.get_by_role("button", name="Onwards").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    host.wait_for(events.CONTENT_COMPLETED)
    page.reload()
    page.wait_for_timeout(600)
    assert page.get_by_role("dialog").count() == 0
    assert len(host.facts(events.CONTENT_SHOWN)) == 1


def test_a_win_is_pushed(visit: Open, host: Host) -> None:
    page = visit()
    host.wait_for_stream()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    host.show(celebration())
    expect(page.get_by_role("dialog", name=WIN)).to_be_visible()
    assert not [url for url in asked if "/client/stream" in url or "/client/open" in url]


def test_the_focus_stays_where_somebody_is_typing(visit: Open, host: Host) -> None:
    page = visit()
    page.locator("#food-search").press_sequentially("so")
    host.show(celebration())
    expect(page.get_by_role("dialog", name=WIN)).to_be_visible()
    page.keyboard.type("up")
    expect(page.locator("#food-search")).to_have_value("soup")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def paper(page: Page) -> int:
    """How many canvases the page was asked to draw on."""
    return int(page.evaluate("window.canvases || 0"))


COUNT_CANVASES = """
    const make = document.createElement.bind(document);
    document.createElement = (name, ...more) => {
        if (name === "canvas") window.canvases = (window.canvases || 0) + 1;
        return make(name, ...more);
    };
"""


@pytest.mark.parametrize(("motion", "expected"), [("no-preference", 1), ("reduce", 0)])
def test_paper_flies_only_for_those_who_like_motion(visit: Open, host: Host, motion: str, expected: int) -> None:
    page = visit(reduced_motion=motion)
    page.evaluate(COUNT_CANVASES)
    host.show(celebration())
    expect(page.get_by_role("dialog", name=WIN)).to_be_visible()
    host.wait_for(events.CONTENT_SHOWN)
    page.wait_for_timeout(100)
    assert paper(page) == expected


def test_a_win_that_was_seen_before_a_reload_waits_without_paper(visit: Open, host: Host) -> None:
    host.show(celebration(), status="shown")
    page = visit()
    page.evaluate(COUNT_CANVASES)
    expect(page.get_by_role("dialog", name=WIN)).to_be_visible()
    page.wait_for_timeout(200)
    assert paper(page) == 0
    assert host.facts(events.CONTENT_SHOWN) == []


def test_the_page_does_not_move(visit: Open, host: Host) -> None:
    page = visit()
    page.evaluate("""() => {
        window.shift = 0;
        new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) window.shift += entry.value;
        }).observe({type: 'layout-shift'});
    }""")
    host.show(guide())
    expect(page.get_by_role("dialog", name="What did you eat?")).to_be_visible()
    host.show(celebration())
    expect(page.get_by_role("dialog", name=WIN)).to_be_visible()
    page.get_by_role("button", name="Onwards").click()
    expect(page.get_by_role("dialog", name="What did you eat?")).to_be_visible()
    assert page.evaluate("window.shift") == 0
