"""Hints, banners, collections, what is new, and what has to be read, on a page."""

import pytest
from playwright.sync_api import expect

from tests.browser import violations
from tests.sdk_pages.conftest import Open, small
from tests.sdk_pages.served import Server

pytestmark = pytest.mark.e2e


def test_what_stands_in_the_page_leaves_the_stage_to_others_and_opens_when_somebody_looks(
    visit: Open, server: Server
) -> None:
    quiet = {"standing": True}
    server.show("hint", title="Search here", body_html="<p>By name.</p>", on=["#search"], **quiet)
    server.show("banner", title="We have moved", place="bottom", actions=[], **quiet)
    learn = [{"key": "how", "title": "How to", "kind": "guide"}]
    server.show("resource_center", title="Learn more", resources=learn, **quiet)
    server.show("announcement", title="Scales", actions=[])
    page = visit()
    expect(page.get_by_role("dialog", name="Scales")).to_be_visible()
    expect(page.get_by_text("We have moved").first).to_be_visible()
    page.get_by_role("dialog", name="Scales").get_by_role("button", name="Done").click()
    assert len(server.wait_for(lambda: server.actions("shown") if len(server.actions("shown")) == 4 else [])) == 4
    assert small(page) == [] and violations(page) == []

    page.get_by_role("button", name="Explain: Search here").click()
    page.get_by_role("dialog", name="Search here").get_by_role("button", name="Done").click()
    expect(page.get_by_role("button", name="Explain: Search here")).to_have_count(0)
    page.get_by_role("button", name="Learn more").click()
    page.get_by_role("button", name="How to").click()
    started = server.wait_for(lambda: server.actions("started"))
    assert [each["content"] for each in started] == ["how"]
    assert [each["content"] for each in server.actions("completed")] == ["announcement", "hint"]


@pytest.mark.req("R65")
def test_a_briefing_has_to_be_acknowledged_and_says_what_to_do_if_something_goes_wrong(
    visit: Open, server: Server
) -> None:
    emergency = "<p>Call <a href='tel:112'>Anna</a>.</p>"
    server.show(
        "briefing",
        title="Rules",
        body_html="<p>Be kind.</p>",
        emergency_html=emergency,
        modal=True,
        button="I have read this",
    )
    page = visit()
    card = page.get_by_role("dialog", name="Rules")
    expect(card.get_by_role("heading", name="If something goes wrong")).to_be_visible()
    expect(card.get_by_role("link", name="Anna", exact=True)).to_be_visible()
    expect(card.get_by_text("Don’t show this again")).to_have_count(0)
    page.keyboard.press("Escape")
    server.wait_for(lambda: server.actions("snoozed"))  # it can be put off, and not refused
    page = visit()
    page.get_by_role("button", name="I have read this").click()
    server.wait_for(lambda: server.actions("completed"))
    assert server.actions("dismissed", "refused") == []


def test_what_must_be_read_lets_the_page_neither_scroll_nor_move(visit: Open, server: Server) -> None:
    page = visit()
    page.evaluate("document.querySelector('main').style.minHeight = '3000px'")
    edge = "document.querySelector('#add').getBoundingClientRect().right"
    before = page.evaluate(edge)
    server.show("modal", title="Rules", body_html="<p>Be kind.</p>", modal=True)
    expect(page.get_by_role("dialog", name="Rules")).to_be_visible()
    page.mouse.wheel(0, 500)
    page.wait_for_timeout(200)
    assert (page.evaluate("scrollY"), page.evaluate(edge)) == (0, before)
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.mouse.wheel(0, 500)
    server.wait_for(lambda: page.evaluate("scrollY > 0"))


@pytest.mark.parametrize(
    ("place", "fixed", "edge"), [("top", "", "top"), ("bottom", "", "bottom"), ("top", "header", "bottom")]
)
def test_a_banner_covers_nothing_of_the_page(visit: Open, server: Server, place: str, fixed: str, edge: str) -> None:
    page = visit(viewport={"width": 390, "height": 600})
    if fixed:
        page.evaluate(
            "Object.assign(document.querySelector('h1').style, {position: 'fixed', inset: '0 0 auto', margin: 0})"
        )
    top = page.evaluate("document.querySelector('main').getBoundingClientRect().top")
    number = server.show(
        "banner", title="We have moved", body_html="<p>A longer line about it.</p>", place=place, standing=True
    )
    bar = page.get_by_role("region", name="We have moved")
    box = bar.bounding_box()
    assert box and (box["y"] < 1 if edge == "top" else box["y"] + box["height"] > 599)
    page.evaluate("scrollTo(0, 1e6)")
    rect = page.evaluate("document.querySelector('main').getBoundingClientRect().toJSON()")
    assert rect["top"] >= box["height"] if edge == "top" else rect["bottom"] <= box["y"]
    launcher = page.get_by_role("button", name="Help", exact=True).bounding_box()
    assert launcher and (edge == "top" or launcher["y"] + launcher["height"] <= box["y"])
    server.close(number)
    expect(bar).to_have_count(0)
    server.wait_for(lambda: page.evaluate("document.querySelector('main').getBoundingClientRect().top") <= top)
