"""Every kind of piece, one after another on one page: what axe says, and what a keyboard alone reaches, in which order."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from milepost.delivery.channels.in_app.drawing import drawn_kinds
from tests.browser import violations
from tests.sdk_pages.conftest import Open, small
from tests.sdk_pages.served import Server, item, option, question

pytestmark = pytest.mark.e2e

STANDING = {"standing": True, "body_html": "<p>Words.</p>"}
STEP = {"title": "One", "body_html": "<p>Words.</p>", "on": ["#add"], "advance": {"on": "next"}}
PAGE = {"key": "goal", "title": "Goal", "body_html": "<p>Words.</p>"}
ACT = {"text": "Do it", "use_template": None, "template": None, "start": "how", "url": None}
OFFER = {"key": "premium", "title": "More", "why_html": "<p>Why.</p>", "url": "/premium", "button": "Show me"}
KINDS: dict[str, dict[str, Any]] = {
    "guide": {"steps": [STEP, STEP]},
    "checklist": {"items": [item("meal", "Log a meal", start="how")], "progress": 0.0, "next": "meal"},
    "survey": {"questions": [question("who", "choice", options=[option("a"), option("b")])]},
    "celebration": {"goal": "Jeans", "offer": OFFER},
    "invite": {"link": "https://example.com/?i=1"},
    "article": {"body_html": "<p>Words.</p>"},
    "announcement": {"actions": [ACT]},
    "modal": {"modal": True, "body_html": "<p>Words.</p>"},
    "briefing": {"modal": True, "body_html": "<p>Rules.</p>", "emergency_html": "<p>Call.</p>"},
    "reply": {"question": "Why?", "by": "Anna", "body_html": "<p>So.</p>"},
    "deck": {"pages": [PAGE, {**PAGE, "key": "way"}], "link": "/k/a"},
    "course": {"pages": [{**PAGE, "video": "https://example.com/v", "start": "how"}, PAGE]},
    "hint": {**STANDING, "on": ["#search"]},
    "term": {**STANDING, "title": "goal", "words": {"en": ["goal"]}, "on": []},
    "banner": {**STANDING, "actions": [ACT]},
    "resource_center": {**STANDING, "resources": [{"key": "how", "title": "How", "kind": "guide"}]},
    "empty_state": {"on": ["#today"], "actions": [ACT]},
}
OURS = "[popover], [data-inline]"
#: What can be reached in our shadow root, in the order in which it is read; of radio buttons one stands for its group.
READ = """() => {
    const root = document.querySelector("[popover], [data-inline]").shadowRoot;
    const seen = [...root.querySelectorAll("a[href], button:not([disabled]), input, textarea, select")]
        .filter((each) => each.checkVisibility());
    const first = (each, n) => n === seen.findIndex((one) => one.name === each.name);
    window.reached = seen.filter((each, n) => each.type !== "radio" || first(each, n));
    return reached.length;
}"""
FOCUSED = """() => {
    const host = document.activeElement;
    return reached.indexOf(host?.shadowRoot?.activeElement ?? host);
}"""


@pytest.mark.req("R82")
def test_each_kind_is_reached_and_read_in_order_by_keyboard_alone(visit: Open, server: Server) -> None:
    server.more = 'data-help="off"'
    page = visit(reduced_motion="reduce")
    assert KINDS.keys() == {kind for kind, _ in drawn_kinds()} - {"form"} | {"reply"}, (
        "a form is watched, and not drawn"
    )
    wrong: list[Any] = []
    for kind, body in KINDS.items():
        number = server.show(kind, **body)
        server.wait_for(lambda number=number: [each for each in server.actions("shown") if each.get("piece") == number])
        wrong += [(kind, each) for each in (*violations(page), *small(page))]
        count = page.evaluate(READ)
        if tabbed(page, count) != [*range(count)]:
            wrong.append((kind, tabbed(page, count), count))
        server.close(number)
        expect(page.locator(OURS)).to_have_count(0)
    assert wrong == []


def tabbed(page: Page, count: int) -> list[int]:
    """Which of the things that can be reached the Tab key comes to, from the first thing of the piece on."""
    page.evaluate("reached[0].focus()")
    places = [page.evaluate(FOCUSED)]
    for _ in range(count - 1):
        page.keyboard.press("Tab")
        places.append(page.evaluate(FOCUSED))
    return places
