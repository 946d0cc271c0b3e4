"""Gently: each kind waits for its moment, one at a time has the screen, and a wish to be left alone counts."""

from typing import Any, get_args

import pytest
from playwright.sync_api import expect

from milepost.core.program.kinds.content import Article, Content, Page
from tests.sdk_pages.conftest import Open
from tests.sdk_pages.served import Server, item, question

pytestmark = pytest.mark.e2e

ACTS = [{"text": "Begin", "use_template": None, "template": None, "start": "how-to", "url": None}]
STEP = {"title": "A title", "body_html": "", "on": [], "advance": {"on": "next"}}
KINDS: dict[str, dict[str, Any]] = {
    "guide": {"steps": [STEP]},
    "survey": {"questions": [question("a title", "text", ask="A title")]},
    "checklist": {"items": [item("one", "One")], "progress": 0.0, "next": "one"},
    "celebration": {},
    "empty_state": {"on": ["#today"], "actions": ACTS},
    "invite": {"link": "https://diary.example/?milepost_invite=abc"},
    "article": {},
    "reply": {"question": "Why?", "by": "Anna"},
}
#: What nobody asked for, and can be put off.
PUT_OFF = ("guide", "survey", "checklist", "invite", "article")


@pytest.mark.req("R76")
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_wait_for_a_focus_an_error_or_a_first_visit(visit: Open, server: Server, kind: str) -> None:
    page = visit("/goals")
    title = page.get_by_role("heading", name="A title")
    for moment, happens in (
        ({"focus": "#search"}, "document.querySelector('#search').focus()"),
        ({"error": "Search Failed"}, "milepost.track('Search Failed')"),
    ):
        number = server.show(kind, **KINDS[kind], page={"url": ["*"], **moment})
        page.wait_for_timeout(350)
        assert title.count() == 0
        page.evaluate(happens)
        expect(title).to_be_visible()
        server.close(number)
        expect(title).to_have_count(0)
    server.show(kind, **KINDS[kind], page={"url": ["/diary"], "first_visit": True})
    page.goto("/diary")
    expect(title).to_be_visible()


@pytest.mark.req("R76")
def test_every_kind_of_content_says_where_and_when_it_may_stand() -> None:
    for kind in (*get_args(Content), Article):
        assert kind.__struct_fields__.count("page") == 1 and isinstance(kind.__struct_defaults__, tuple), kind
        assert any(isinstance(default, Page) for default in kind.__struct_defaults__), kind


@pytest.mark.req("R75")
@pytest.mark.parametrize("kind", PUT_OFF)
@pytest.mark.parametrize(("wish", "action"), [("Remind me later", "snoozed"), ("Don’t show this again", "refused")])
def test_a_wish_to_be_left_alone_is_told_and_kept(
    visit: Open, server: Server, kind: str, wish: str, action: str
) -> None:
    server.show(kind, **KINDS[kind])
    page = visit()
    page.get_by_role("button", name=wish).click()
    told = server.wait_for(lambda: server.actions(action))
    assert told[0]["content"] == kind
    expect(page.get_by_role("heading", name="A title")).to_have_count(0)
    page.reload()  # the server has not said anything yet
    page.wait_for_timeout(400)
    assert page.get_by_role("heading", name="A title").count() == 0


@pytest.mark.req("R75")
def test_of_everything_that_takes_the_screen_one_at_a_time_does(visit: Open, server: Server) -> None:
    for kind, body in KINDS.items():
        server.show(kind, **body)
    page = visit()
    for _ in range(len(KINDS)):
        page.wait_for_timeout(400)
        dialogs = page.locator("[role=dialog], dialog")
        if not dialogs.count():
            break
        assert dialogs.count() == 1
        assert page.get_by_role("region", name="A title").count() <= 2, "the empty place, and the folded plan"
        assert not page.evaluate("!!document.querySelector('dialog:modal')"), "nothing stands in the way"
        dialogs.get_by_role("button", name="Close").click()
    assert page.locator("[role=dialog], dialog").count() == 0
