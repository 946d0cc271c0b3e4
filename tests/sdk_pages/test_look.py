"""How pieces look: as the team has said, as the page's own styles say, light or dark as the page is."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from milepost.core.delivery.look import read_look, stylesheet
from tests.sdk_pages.conftest import Open
from tests.sdk_pages.served import Server

STEP = {"title": "Here", "body_html": "", "on": [], "advance": {"on": "next"}}
PURPLE = read_look({"light-accent": "#5b3fd4", "dark-accent": "#b7a6ff", "radius": "3", "font": "Georgia, serif"})
LIGHT, DARK, OWN = "rgb(91, 63, 212)", "rgb(183, 166, 255)", "rgb(31, 111, 84)"
OWN_DARK = "rgb(108, 197, 161)"


def shown(page: Page) -> Any:
    """What the button and the card look like."""
    expect(page.get_by_role("button", name="Done")).to_be_visible()
    return page.evaluate("""() => {
      const root = [...document.querySelectorAll("*")].find((each) => each.shadowRoot?.querySelector(".card")).shadowRoot;
      const [button, card] = [root.querySelector(".main"), root.querySelector(".card")].map((e) => getComputedStyle(e));
      return [button.backgroundColor, card.borderRadius, card.fontFamily];
    }""")


@pytest.fixture
def guided(server: Server) -> Server:
    server.show("guide", steps=[STEP], labels={"done": "Done"})
    return server


@pytest.mark.parametrize(("theme", "colour"), [("", LIGHT), ("dark", DARK)])
def test_what_the_team_has_said_is_worn_on_light_and_dark_pages(
    guided: Server, visit: Open, theme: str, colour: str
) -> None:
    guided.theme, guided.look = theme, stylesheet(PURPLE)
    assert shown(visit()) == [colour, "3px", "Georgia, serif"]


@pytest.mark.req("R81")
def test_the_page_s_own_styles_go_before_it(guided: Server, visit: Open) -> None:
    guided.look = stylesheet(PURPLE)
    guided.theme = "styled"
    assert shown(visit())[:2] == ["rgb(10, 20, 30)", "3px"]


@pytest.mark.parametrize(("named", "colour"), [("", OWN), ("light", OWN), ("dark", OWN_DARK), ("corporate", OWN)])
def test_a_page_that_names_its_theme_is_believed_and_any_other_is_looked_at(
    guided: Server, visit: Open, named: str, colour: str
) -> None:
    guided.named = named
    assert shown(visit())[0] == colour


def test_a_second_tab_without_a_stream_wears_it_too(guided: Server, visit: Open) -> None:
    guided.look = stylesheet(PURPLE)
    first = visit()
    shown(first)
    guided.close(1)
    guided.show("banner", standing=True, title="News", labels={"close": "Close"}, place="top", actions=[])
    second = visit(context=first.context)
    expect(second.get_by_text("News").first).to_be_visible()
    worn = second.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--milepost-radius')")
    assert worn == "3px"
