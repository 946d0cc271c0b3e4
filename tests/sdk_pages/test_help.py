"""The help: always one press away, and nothing is asked of the server before."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import violations
from tests.sdk_pages.conftest import Open, small
from tests.sdk_pages.served import CONTACT, Server

pytestmark = pytest.mark.e2e

REQUEST = {
    "id": 1,
    "text": "How do I log soup?",
    "status": "answered",
    "at": "2026-11-20T10:00:00Z",
    "replies": [{"text": "Search for soup.", "by": "Anna", "at": "2026-11-20T10:30:00Z"}],
}
NAMES = ["Cake at work", "Calories", "Friends", "Meals", "Goals", "Data", "Recipes"]


@pytest.fixture
def filled(server: Server) -> Server:
    server.help = {
        "contact": CONTACT,
        "how": "A person reads every question.",
        "community": "https://example.com/talk",
        "next": {"title": "Log a meal", "reason": "It is your next step.", "start": "how-to", "url": None},
        "articles": [{"key": f"a{n}", "title": name} for n, name in enumerate(NAMES)],
        "requests": [REQUEST],
    }
    server.articles = {"a0": {"key": "a0", "title": "Cake at work", "body_html": "<p>Eat <em>half</em>.</p>"}}
    return server


def launcher(page: Page) -> Any:
    return page.get_by_role("button", name="Help", exact=True)


def panel(page: Page) -> Any:
    return page.get_by_role("dialog", name="Help")


def test_it_is_loaded_when_it_is_opened(visit: Open, filled: Server) -> None:
    page = visit()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    launcher(page).click()
    expect(panel(page)).to_be_focused()
    assert len([url for url in asked if url.endswith("/panel.js")]) == 1
    assert filled.asked == ["/client/help"]
    expect(launcher(page)).to_have_count(0)
    page.keyboard.press("Escape")
    expect(panel(page)).to_have_count(0)
    expect(launcher(page)).to_be_focused()


def test_it_says_what_comes_next_and_begins_it(visit: Open, filled: Server) -> None:
    page = visit()
    launcher(page).click()
    expect(panel(page).get_by_text("It is your next step.")).to_be_visible()
    panel(page).get_by_role("button", name="Show me how").click()
    filled.wait_for(lambda: filled.actions("started"))
    assert filled.actions("started")[0]["content"] == "how-to"
    expect(panel(page)).to_have_count(0)


@pytest.mark.parametrize("shown", [True, False])
def test_a_question_is_taken_and_it_is_said_who_answers_and_when(visit: Open, filled: Server, shown: bool) -> None:
    filled.refusals["/client/ask"] = [] if shown else [(400, {"code": "too_long", "message": "That is too long."})]
    page = visit()
    launcher(page).click()
    page.get_by_label("Write what you would like to know").fill("Where is soup?")
    page.get_by_role("button", name="Send").click()
    if not shown:
        expect(page.get_by_role("alert")).to_have_text("That is too long.")
        expect(page.get_by_label("Write what you would like to know")).to_have_value("Where is soup?")
        return
    expect(panel(page).get_by_text("Anna from support will answer you here and by mail.")).to_be_visible()
    expect(panel(page).get_by_text("Monday to Friday, 9–18 CET").first).to_be_visible()
    told = filled.to("/client/ask")
    assert [(each["text"], each["page"].endswith("/diary")) for each in told] == [("Where is soup?", True)]


def test_earlier_questions_show_what_became_of_them(visit: Open, filled: Server) -> None:
    page = visit()
    launcher(page).click()
    panel(page).get_by_text("How do I log soup?").click()
    expect(panel(page).get_by_text("Search for soup.")).to_be_visible()
    expect(panel(page).get_by_text("Answered")).to_be_visible()


@pytest.mark.req("R83")
def test_articles_are_found_by_what_is_in_them_and_read(visit: Open, filled: Server) -> None:
    page = visit()
    launcher(page).click()
    search, found = page.get_by_label("Search the articles"), panel(page).get_by_role("list").get_by_role("button")
    search.press_sequentially("work ca", delay=20)
    expect(found).to_have_count(1)  # by its title, at once
    search.fill("zebra")
    expect(panel(page).get_by_text("No article about that.")).to_be_visible()
    filled.found = [{"key": "a0", "title": "Cake at work"}]
    search.fill("birthday")
    expect(found).to_have_count(1)
    page.get_by_role("button", name="Cake at work").click()
    expect(page.get_by_role("dialog", name="Cake at work")).to_contain_text("Eat half.")
    page.get_by_role("button", name="Back").click()
    expect(panel(page)).to_be_visible()
    asked = [path for path in filled.asked if "work" not in path]
    looked = [f"/client/help/search?text={text}" for text in ("zebra", "birthday")]
    assert asked == ["/client/help", *looked, "/client/help/articles/a0"]


@pytest.mark.req("R114")
def test_who_follows_the_link_to_the_community_has_joined_it(visit: Open, filled: Server) -> None:
    page = visit()
    page.route("https://example.com/**", lambda route: route.fulfill(body="Talk"))
    launcher(page).click()
    with page.expect_popup():
        panel(page).get_by_role("link", name="Talk with others").click()
    filled.wait_for(lambda: filled.to("/client/community"))
    expect(panel(page)).to_be_visible()


def test_a_server_that_is_away_leaves_nobody_before_a_blank_panel(visit: Open, filled: Server) -> None:
    page = visit()
    page.route("**/client/help", lambda route: route.abort())
    launcher(page).click()
    expect(panel(page).get_by_text("The help cannot be reached just now.")).to_be_visible()
    page.unroute("**/client/help")
    page.get_by_role("button", name="Try again").click()
    expect(panel(page).get_by_text("It is your next step.")).to_be_visible()


def test_pieces_wait_while_somebody_reads_the_help(visit: Open, filled: Server) -> None:
    page = visit()
    launcher(page).click()
    expect(panel(page)).to_be_visible()
    filled.show("article", title="News")
    page.wait_for_timeout(500)
    assert page.get_by_role("dialog").count() == 1
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="News")).to_be_visible()


def test_a_page_may_do_without_the_launcher_and_open_the_help_itself(visit: Open, filled: Server) -> None:
    filled.more = 'data-help="off"'
    page = visit()
    page.wait_for_timeout(500)
    assert launcher(page).count() == 0
    page.evaluate("milepost.help()")
    expect(panel(page)).to_be_visible()


def test_it_gives_way_to_what_must_be_read(visit: Open, filled: Server) -> None:
    page = visit()
    expect(launcher(page)).to_be_visible()
    filled.show("article", title="Read this", modal=True)
    expect(page.get_by_role("dialog", name="Read this")).to_be_visible()
    expect(launcher(page)).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(launcher(page)).to_be_visible()


@pytest.mark.parametrize(("theme", "width"), [("", 1440), ("dark", 390)])
def test_it_is_accessible(visit: Open, filled: Server, theme: str, width: int) -> None:
    filled.theme = theme
    page = visit(viewport={"width": width, "height": 844}, reduced_motion="reduce")
    launcher(page).click()
    expect(panel(page)).to_be_visible()
    panel(page).get_by_text("How do I log soup?").click()
    assert violations(page) == []
    assert small(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
