"""Words explained where they stand: found in the page's text, which is left as it is."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import violations
from tests.sdk_pages.conftest import Open, small
from tests.sdk_pages.served import Server

pytestmark = pytest.mark.e2e

FILL = """() => {
    const main = document.querySelector("main");
    main.insertAdjacentElement("beforeend", Object.assign(document.createElement("section"), {id: "text"}));
    const add = (tag, text, more = {}) => {
        const made = Object.assign(document.createElement(tag), {textContent: text, ...more});
        document.querySelector("#text").append(made);
        return made;
    };
    add("a", "kcal in a link", {href: "#x"});
    add("code", "kcal in code");
    add("p", "kcal that somebody writes", {contentEditable: "true"});
    add("p", "kcal that nobody sees", {hidden: true});
    window.nodes = [add("p", "A day has 2000 kcal, and kcal again."), add("p", "Ваши калории за день", {lang: "ru"})];
    window.texts = window.nodes.map((each) => each.firstChild);
}"""
KCAL = {"en": ["kcal", "kilocalorie*"], "ru": ["калори*"]}


def term(server: Server, title: str = "kcal", words: dict[str, list[str]] = KCAL, **changes: Any) -> int:
    said = {"body_html": "<p>A unit of energy.</p>", "standing": True, "on": [], **changes}
    return server.show("term", title=title, words=words, **said)


def word(page: Page, name: str = "kcal") -> Locator:
    return page.get_by_role("button", name=f"Explain: {name}", exact=True)


def card(page: Page, name: str = "kcal") -> Locator:
    return page.get_by_role("dialog", name=name)


def over(page: Page, button: Locator, text: str) -> bool:
    """Whether the button lies over the first of these words in the page's text."""
    box = button.bounding_box()
    assert box
    at = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
    found = page.evaluate(
        """([x, y]) => document.elementsFromPoint(x, y).find((each) => !each.shadowRoot).textContent""", at
    )
    return text in str(found)


@pytest.mark.req("R71")
@pytest.mark.parametrize("how", ["click", "Enter", "touch"])
def test_the_first_mention_is_explained_to_whoever_asks_and_nothing_of_the_page_is_changed(
    visit: Open, server: Server, how: str
) -> None:
    page = visit(has_touch=True)
    page.evaluate(FILL)
    before = page.evaluate("document.querySelector('main').outerHTML")
    term(server)
    expect(word(page)).to_have_count(1)
    assert over(page, word(page), "A day has 2000 kcal")
    server.wait_for(lambda: server.actions("shown"))
    {"click": word(page).click, "Enter": lambda: word(page).press("Enter"), "touch": word(page).tap}[how]()
    expect(card(page)).to_be_focused()
    expect(card(page)).to_contain_text("A unit of energy.")
    page.keyboard.press("Escape")
    expect(card(page)).to_have_count(0)
    expect(word(page)).to_be_focused()
    acted = server.wait_for(lambda: server.actions("acted"))
    assert [each["act"] for each in acted] == ["opened"]  # each view is counted
    assert page.evaluate("document.querySelector('main').outerHTML") == before
    assert page.evaluate("nodes.every((each, n) => each.isConnected && each.firstChild === texts[n])")
    assert page.evaluate("CSS.highlights.get('milepost-term').size") == 1


def test_what_the_pointer_rests_on_stays_while_it_is_read_and_goes_with_escape(visit: Open, server: Server) -> None:
    """WCAG 1.4.13: hoverable, dismissible, persistent."""
    page = visit()
    page.evaluate(FILL)
    term(server)
    word(page).hover()
    expect(card(page)).to_be_visible()
    assert page.evaluate("document.activeElement === document.body")
    card(page).hover()
    page.wait_for_timeout(600)
    expect(card(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(card(page)).to_have_count(0)
    word(page).hover()
    expect(card(page)).to_be_visible()
    page.mouse.move(5, 5)
    expect(card(page)).to_have_count(0)


def test_a_page_that_is_drawn_anew_and_scrolled_keeps_its_words_explained(visit: Open, server: Server) -> None:
    page = visit()
    page.evaluate(FILL)
    term(server, lang="en")
    term(server, "day", {"en": ["day", "diary"]}, body_html="<p>A day.</p>")
    expect(word(page, "diary")).to_have_count(1)
    expect(word(page)).to_have_count(1)
    page.evaluate("document.querySelector('#text').replaceChildren()")
    expect(word(page)).to_have_count(0)
    page.evaluate(
        "document.querySelector('#text').replaceChildren('Ваши калории: 2000', document.createElement('hr')); "
        "document.documentElement.lang = 'ru'"
    )
    expect(word(page, "калории")).to_have_count(1)
    page.evaluate("document.querySelector('main').style.paddingTop = '300px'")
    expect(word(page, "калории")).to_be_visible()
    server.wait_for(lambda: over(page, word(page, "калории"), "Ваши калории"))
    cover = "position: fixed; inset: 0; background: #fff"
    page.evaluate("css => document.body.append(Object.assign(document.createElement('aside'), {style: css}))", cover)
    expect(word(page, "калории")).to_be_hidden()  # something lies over it


def test_it_is_accessible_on_a_dark_phone(visit: Open, server: Server) -> None:
    server.theme = "dark"
    page = visit(viewport={"width": 390, "height": 844})
    page.evaluate(FILL)
    page.evaluate("document.querySelector('#text a').remove()")  # its own colours are the page's affair
    term(server)
    word(page).click()
    expect(card(page)).to_be_visible()
    assert violations(page) == []
    assert small(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
