"""The smaller pieces, and when and where each may stand."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import violations
from tests.sdk_pages.conftest import Open, small
from tests.sdk_pages.served import Server

pytestmark = pytest.mark.e2e

OFFER = {"key": "premium", "title": "Recipes", "why_html": "<p>They help.</p>", "url": "/premium", "button": "Show me"}
SAMPLE = {"key": "day", "title": "A day", "data": {"meals": [1, 2]}}
ACTIONS = [
    {"text": "Fill in a day", "use_template": "day", "template": SAMPLE, "start": None, "url": None},
    {"text": "Show me", "use_template": None, "template": None, "start": "how-to", "url": None},
]
LATE = "const late = document.createElement('b'); late.id = late.textContent = 'late'; document.body.append(late)"
LINK = "https://diary.example/?milepost_invite=abc"


def dialog(page: Page, name: str) -> Any:
    return page.get_by_role("dialog", name=name)


@pytest.mark.parametrize(("name", "action"), [("Show me", "offer_accepted"), ("No, thank you", "offer_declined")])
def test_an_offer_stands_inside_the_celebration(visit: Open, server: Server, name: str, action: str) -> None:
    server.show("celebration", title="Well done!", goal="Fit into my jeans", offer=OFFER)
    page = visit()
    expect(dialog(page, "Well done!").get_by_text("Your goal: “Fit into my jeans”")).to_be_visible()
    server.wait_for(lambda: server.actions("offer_shown"))
    page.get_by_text(name, exact=True).click()
    told = server.wait_for(lambda: server.actions(action))
    assert told[0]["offer"] == "premium"
    if action == "offer_accepted":
        page.wait_for_url("**/premium")
        server.wait_for(lambda: server.actions("completed"))
    else:
        expect(dialog(page, "Well done!").get_by_text("Recipes")).to_have_count(0)
        expect(dialog(page, "Well done!")).to_be_focused()


@pytest.mark.parametrize(
    ("name", "action", "end"), [("Show me", "accepted", "completed"), ("No, thank you", "declined", "dismissed")]
)
def test_an_offer_by_itself_is_a_card_with_nothing_else_to_do(
    visit: Open, server: Server, name: str, action: str, end: str
) -> None:
    server.show("article", title="Recipes", body_html="<p>Made for you.</p>", offer=OFFER)
    page = visit()
    card = dialog(page, "Recipes")
    expect(card.get_by_text("Made for you.")).to_be_visible()
    expect(card.get_by_role("button", name="Done")).to_have_count(0)
    assert server.wait_for(lambda: server.actions("offer_shown"))[0]["offer"] == "premium"
    card.get_by_text(name, exact=True).click()
    assert server.wait_for(lambda: server.actions(f"offer_{action}"))[0]["offer"] == "premium"
    server.wait_for(lambda: server.actions(end))
    if action == "accepted":
        page.wait_for_url("**/premium")
    else:
        expect(card).to_have_count(0)


def test_an_empty_state_stands_in_its_place_and_asks_for_sample_data(visit: Open, server: Server) -> None:
    server.show("empty_state", on=["#today"], title="Nothing yet", actions=ACTIONS)
    page = visit()
    page.evaluate("milepost.on('template', (asked) => { window.asked = asked })")
    inside = page.locator("#today").get_by_role("region", name="Nothing yet")
    expect(inside).to_be_visible()
    inside.get_by_role("button", name="Fill in a day").click()
    assert page.evaluate("window.asked") == {"key": "day", "data": {"meals": [1, 2]}}
    inside.get_by_role("button", name="Show me").click()
    server.wait_for(lambda: server.actions("started"))
    assert [told["action"] for told in server.actions()] == ["shown", "acted", "acted", "started"]


def test_where_the_hosts_server_makes_the_sample_data_its_button_waits_fails_and_can_be_pressed_again(
    visit: Open, server: Server
) -> None:
    def acts(status: str, at: str | None, *ids: str) -> list[dict[str, Any]]:
        return [{**ACTIONS[0], "template": {**SAMPLE, "status": status, "ids": ids, "at": at}}, ACTIONS[1]]

    piece = server.show("empty_state", on=["#today"], title="Nothing yet", actions=acts("ready", None))
    page = visit()
    page.evaluate("window.asked = []; milepost.on('template', (asked) => { window.asked.push(asked) })")
    page.evaluate("window.made = []; milepost.on('template_made', (made) => { window.made.push(made) })")
    inside = page.locator("#today").get_by_role("region", name="Nothing yet")
    button = inside.get_by_role("button", name="Fill in a day")
    button.focus()
    for turn in ("2026-11-22T12:00:00Z", "2026-11-22T12:00:05Z"):
        page.keyboard.press("Enter")
        expect(inside.get_by_role("status")).to_have_text("One moment…")
        page.keyboard.press("Enter")
        inside.get_by_role("button", name="Show me").click(force=True)
        server.redraw(piece, actions=acts("failed", turn))
        expect(inside.get_by_role("status")).to_have_text("That did not work. Please try again.")
        button.focus()
    page.keyboard.press("Enter")
    expect(inside.get_by_role("status")).to_have_text("One moment…")
    server.redraw(piece, actions=acts("made", "2026-11-22T12:00:09Z", "m1", "m2"))
    page.wait_for_function("window.made.length")
    assert page.evaluate("window.made") == [{"key": "day", "ids": ["m1", "m2"]}]
    assert page.evaluate("window.asked") == [], "the page is not asked too"
    assert [told["act"] for told in server.actions("acted")] == ["day", "day", "day"]
    assert server.actions("started") == []
    assert violations(page) == []


def test_an_empty_state_comes_and_goes_with_its_place(visit: Open, server: Server) -> None:
    server.show("empty_state", on=["#today:empty"], title="Nothing yet", actions=ACTIONS)
    server.show("empty_state", on=["#goals"], title="No goal", actions=ACTIONS)
    server.show("article", title="News")
    page = visit()
    for name in ("Nothing yet", "No goal"):
        expect(page.get_by_role("region", name=name)).to_be_visible()
    expect(dialog(page, "News")).to_be_visible()  # it is in nobody's way
    page.wait_for_timeout(600)
    expect(page.get_by_role("region", name="Nothing yet")).to_be_visible()  # it does not shut itself out
    page.evaluate("document.querySelector('#today').append(document.createElement('p'))")
    expect(page.get_by_role("region", name="Nothing yet")).to_have_count(0)
    page.evaluate("document.querySelector('#goals').replaceChildren()")  # a page that draws its part anew
    expect(page.get_by_role("region", name="No goal")).to_be_visible()
    page.evaluate("document.querySelector('#goals').remove()")
    expect(page.get_by_role("region", name="No goal")).to_have_count(0)


def test_an_invite_gives_the_person_s_own_link(visit: Open, server: Server) -> None:
    server.show("invite", title="Bring a friend", link=LINK)
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    expect(page.get_by_label("Your link")).to_have_value(LINK)
    page.get_by_role("button", name="Copy the link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == LINK
    server.wait_for(lambda: server.actions("invite_sent"))
    page.keyboard.press("Escape")
    server.wait_for(lambda: server.actions("completed"))


def test_a_reply_shows_the_question_and_a_way_to_ask_on(visit: Open, server: Server) -> None:
    server.show("reply", title="", question="Where is soup?", by="Anna", body_html="<p>Search for it.</p>")
    page = visit()
    expect(dialog(page, "Anna has answered").get_by_role("blockquote")).to_contain_text("Where is soup?")
    page.get_by_role("button", name="Ask further").click()
    expect(dialog(page, "Help")).to_be_visible()
    server.wait_for(lambda: server.actions("completed"))


def test_what_must_be_read_keeps_the_keyboard_until_it_is_left(visit: Open, server: Server) -> None:
    server.show("article", title="Read this", modal=True, body_html="<p>First.</p>")
    page = visit()
    expect(dialog(page, "Read this")).to_be_visible()
    for _ in range(8):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") not in ("search", "add")
    page.get_by_role("button", name="Done").click()
    server.wait_for(lambda: server.actions("completed"))


@pytest.mark.parametrize(
    ("part", "happens"),
    [
        ({"element": "#late"}, LATE),
        ({"focus": "#search"}, "document.querySelector('#search').focus()"),
        ({"error": "Search Failed"}, "milepost.track('Search Failed')"),
        ({"url": ["/goals*"]}, "history.pushState(null, '', '/goals/1')"),
    ],
)
def test_a_piece_waits_for_its_moment(visit: Open, server: Server, part: dict[str, Any], happens: str) -> None:
    server.show("article", title="Now", page={"url": ["*"], **part})
    page = visit()
    page.wait_for_timeout(500)
    assert page.get_by_role("dialog").count() == 0
    page.evaluate(happens)
    expect(dialog(page, "Now")).to_be_visible()


def test_a_first_visit_is_the_first_view_of_a_path_on_this_device(visit: Open, server: Server) -> None:
    page = visit("/diary")
    page.wait_for_timeout(300)
    server.show("article", title="Welcome", page={"url": ["*"], "first_visit": True})
    expect(dialog(page, "Welcome")).to_be_visible()  # it came during the first view
    server.pieces[1]["status"] = "waiting"
    server.wait_for(lambda: server.actions("shown"))
    page.reload()
    page.wait_for_timeout(600)
    assert page.get_by_role("dialog").count() == 0
    page.goto("/goals")
    expect(dialog(page, "Welcome")).to_be_visible()


def test_a_friend_s_link_is_told_once_when_somebody_is_known(visit: Open, server: Server) -> None:
    page = visit("/diary?a=1&milepost_invite=abc123")
    told = server.wait_for(lambda: server.facts("Invited"))
    assert told[0]["properties"] == {"code": "abc123"}
    assert page.evaluate("location.search") == "?a=1"
    page.reload()
    page.wait_for_timeout(500)
    assert len(server.facts("Invited")) == 1


def test_a_guide_that_was_drawn_anew_keeps_its_place(visit: Open, server: Server) -> None:
    steps = [{"title": name, "body_html": "", "on": ["#search"], "advance": {"on": "next"}} for name in ("One", "Two")]
    number = server.show("guide", steps=steps)
    page = visit()
    page.get_by_role("button", name="Next").click()
    expect(dialog(page, "Two")).to_be_visible()
    server.redraw(number, steps=[steps[0], {**steps[1], "title": "Two, better"}])
    expect(dialog(page, "Two, better")).to_be_visible()
    assert page.get_by_role("dialog").count() == 1


KINDS: list[tuple[str, dict[str, Any]]] = [
    ("celebration", {"goal": "Jeans", "offer": OFFER}),
    ("empty_state", {"on": ["#today"], "actions": ACTIONS}),
    ("invite", {"link": LINK}),
    ("article", {"body_html": "<p>Words.</p>"}),
    ("reply", {"question": "Why?", "by": "Anna", "body_html": "<p>So.</p>"}),
    ("article", {"modal": True}),
]


@pytest.mark.parametrize(("kind", "body"), KINDS)
@pytest.mark.parametrize(("theme", "width", "direction"), [("", 1440, "rtl"), ("dark", 390, "ltr")])
def test_each_is_accessible_in_both_themes_and_sizes(
    visit: Open, server: Server, kind: str, body: dict[str, Any], theme: str, width: int, direction: str
) -> None:
    server.theme, server.dir = theme, direction
    server.show(kind, **body, dir=direction)
    page = visit(viewport={"width": width, "height": 844}, reduced_motion="reduce")
    expect(page.get_by_role("heading", name="A title")).to_be_visible()
    assert violations(page) == []
    assert small(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
