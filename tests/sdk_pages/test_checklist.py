"""The plan in the corner: it ticks itself, leads to help, and never stands in the way."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import violations
from tests.sdk_pages.conftest import Open, small
from tests.sdk_pages.served import Server, item

pytestmark = pytest.mark.e2e

FIRST = item("first", "Log your first meal", done=True)
DAY = item("day", "Stay within your budget", due="2026-11-30", due_text="30 November", start="how-to")
FRIEND = item("friend", "Invite a friend", url="/friends")
STEP = {"title": "Here", "body_html": "", "on": ["#search"], "advance": {"on": "next"}}


def plan(server: Server, **changes: Any) -> int:
    return server.show("checklist", title="Your plan", items=[FIRST, DAY, FRIEND], progress=0.33, next="day", **changes)


def card(page: Page) -> Any:
    return page.get_by_role("region", name="Your plan")


def test_what_comes_next_is_open_and_leads_to_its_guide(visit: Open, server: Server) -> None:
    plan(server)
    page = visit()
    expect(card(page).get_by_text("1 of 3 done")).to_be_visible()
    expect(card(page).get_by_text("by 30 November")).to_be_visible()
    expect(card(page).get_by_role("button", name="Stay within your budget")).to_have_attribute("aria-expanded", "true")
    card(page).get_by_role("button", name="Show me how").click()
    server.wait_for(lambda: server.actions("started"))
    assert server.actions("started")[0]["content"] == "how-to"
    card(page).get_by_role("button", name="Invite a friend").click()
    expect(card(page).get_by_role("link", name="Open")).to_have_attribute("href", "/friends")
    assert [told["action"] for told in server.actions()] == ["shown", "started"]


def test_it_gives_way_to_a_guide_and_comes_back(visit: Open, server: Server) -> None:
    plan(server)
    page = visit()
    expect(card(page)).to_be_visible()
    server.show("guide", steps=[STEP])
    expect(page.get_by_role("dialog", name="Here")).to_be_visible()
    expect(card(page)).to_be_hidden()
    expect(page.get_by_role("button", name="1 of 3 done")).to_be_visible()  # folded up, it may stay
    page.get_by_role("button", name="Done", exact=True).click()
    expect(card(page)).to_be_visible()


def test_it_ticks_itself(visit: Open, server: Server) -> None:
    number = plan(server)
    page = visit()
    card(page).get_by_role("button", name="Invite a friend").click()
    server.redraw(number, items=[FIRST, {**DAY, "done": True}, FRIEND], progress=0.67, next="friend")
    expect(card(page).get_by_text("2 of 3 done")).to_be_visible()
    expect(card(page).get_by_role("button", name="Invite a friend")).to_be_focused()
    expect(page.get_by_text("Your plan. 2 of 3 done")).to_be_attached()  # said to those who listen
    server.wait_for(lambda: server.actions("shown"))
    assert len(server.actions("shown")) == 1


def test_folded_up_it_stays_so(visit: Open, server: Server) -> None:
    plan(server)
    page = visit()
    card(page).get_by_role("button", name="Fold up").click()
    expect(card(page)).to_be_hidden()
    expect(page.get_by_role("button", name="1 of 3 done")).to_be_focused()
    page.reload()
    expect(page.get_by_role("button", name="1 of 3 done")).to_be_visible()
    expect(card(page)).to_be_hidden()
    page.keyboard.press("Tab")
    page.get_by_role("button", name="1 of 3 done").press("Enter")
    expect(card(page)).to_be_focused()
    page.keyboard.press("Escape")
    expect(card(page)).to_be_hidden()


def test_a_skipped_item_can_be_had_back_until_the_server_hears_of_it(visit: Open, server: Server) -> None:
    plan(server)
    page = visit()
    card(page).get_by_role("button", name="Skip this").click()
    expect(card(page).get_by_text("Stay within your budget (Skipped)")).to_be_visible()
    card(page).get_by_role("button", name="Undo").click()
    expect(card(page).get_by_role("button", name="Stay within your budget")).to_be_visible()
    card(page).get_by_role("button", name="Skip this").click()
    assert server.to("/client/plan") == []
    page.reload()  # whoever leaves meant it
    told = server.wait_for(lambda: server.to("/client/plan"))
    page.wait_for_timeout(300)
    assert {(each["milestone"], each["action"]) for each in told} == {("day", "skip")}
    assert len({each["messageId"] for each in server.to("/client/plan")}) == 1  # sent again, it counts once


def test_a_date_of_one_s_own(visit: Open, server: Server) -> None:
    plan(server)
    server.refusals["/client/plan"] = [(400, {"code": "past", "message": "That day is over."})]
    page = visit()
    for day in ("2020-01-01", "2027-01-01"):
        if day == "2020-01-01":
            card(page).get_by_role("button", name="Set a date").click()
        page.get_by_label("Set a date: Stay within your budget").fill(day)
        page.get_by_role("button", name="Save").click()
        if day == "2020-01-01":
            expect(page.get_by_role("alert")).to_have_text("That day is over.")
    told = server.wait_for(lambda: server.to("/client/plan"))
    assert (told[0]["milestone"], told[0]["action"], told[0]["on"]) == ("day", "date", "2027-01-01")
    expect(page.get_by_role("button", name="Save")).to_have_count(0)


def test_on_a_phone_it_begins_folded_up(visit: Open, server: Server) -> None:
    plan(server)
    page = visit(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    expect(page.get_by_role("button", name="1 of 3 done")).to_be_visible()
    expect(card(page)).to_be_hidden()
    page.get_by_role("button", name="1 of 3 done").click()
    expect(card(page)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert small(page) == []


@pytest.mark.parametrize(("theme", "direction"), [("", "ltr"), ("dark", "ltr"), ("", "rtl")])
def test_it_is_accessible(visit: Open, server: Server, theme: str, direction: str) -> None:
    server.theme = theme
    plan(server, dir=direction)
    page = visit(reduced_motion="reduce")
    expect(card(page)).to_be_visible()
    assert violations(page) == []
    assert small(page) == []
    box = card(page).bounding_box()
    assert box and (box["x"] < 100) == (direction == "rtl")
    card(page).get_by_role("button", name="Fold up").click()
    assert violations(page) == []


def test_it_can_be_left_for_good(visit: Open, server: Server) -> None:
    plan(server)
    page = visit()
    card(page).get_by_role("button", name="Don’t show this again").click()
    expect(card(page)).to_have_count(0)
    server.wait_for(lambda: server.actions("refused"))
