"""The feed of pictures: what somebody likes fills their first screen, and what a visitor is good at goes with them."""

import hashlib
import hmac
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from e2e.installation import Installation, running, until

HTML = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Feed</title>
<script async src="{url}/sdk/milepost.js" data-key="{key}" {more}></script></head>
<body><h1>Feed</h1><main id="first-screen">For you</main><aside id="ideas">Ideas</aside></body></html>"""


@pytest.fixture(scope="module")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with running(tmp_path_factory.mktemp("feed") / "home", "--example", "interest-feed") as installation:
        yield installation


def signature(feed: Installation, user: str) -> str:
    return hmac.new(feed.identity_secret.encode(), user.encode(), hashlib.sha256).hexdigest()


def opens(browser: Browser, feed: Installation, path: str, user: str = "") -> Page:
    more = f'data-user="{user}" data-signature="{signature(feed, user)}"' if user else ""

    def serve(route: Route) -> None:
        route.fulfill(body=HTML.format(url=feed.url, key=feed.write_key, more=more), content_type="text/html")

    page = browser.new_page()
    page.route(f"{feed.url}{path}", serve)
    page.goto(feed.url + path)
    page.wait_for_function("() => !!window.milepost")
    return page


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


@pytest.mark.req("R77", "R78")
def test_what_they_like_fills_their_first_screen_within_three_seconds(browser: Browser, feed: Installation) -> None:
    feed.track("mia", "Signed Up")
    page = opens(browser, feed, "/feed/", "mia")
    page.get_by_label("I want to cook something else").check()
    press(page, "Next")
    expect(page.get_by_role("dialog", name="Choose what you like to look at")).to_be_visible()
    expect(page.get_by_role("button", name="Skip", exact=True)).to_be_visible()
    page.get_by_label("Food").check()
    begin = time.monotonic()
    press(page, "Next")
    expect(page.get_by_text("Twelve dishes for tonight")).to_be_visible(timeout=3000)
    assert time.monotonic() - begin < 3
    until(lambda: (feed.person("mia") or {"traits": {}})["traits"].get("topics") == ["food"], "the trait")
    page.get_by_role("dialog", name="And why?").get_by_label("Close").click()
    page.evaluate("milepost.start('interests')")
    expect(page.get_by_label("Food")).to_be_checked()
    page.get_by_label("Food").uncheck()
    page.get_by_label("Art").check()
    press(page, "Next")
    until(lambda: (feed.person("mia") or {})["traits"].get("topics") == ["art"], "what was chosen again")
    page.close()


@pytest.mark.req("R79")
def test_a_visitor_is_placed_goes_on_exploring_and_keeps_it_when_they_sign_up(
    browser: Browser, feed: Installation
) -> None:
    page = opens(browser, feed, "/try/")
    page.evaluate("milepost.track('Ideas Tried')")
    for answer in ("Yeast", "Primer"):
        page.get_by_label(answer).check()
        press(page, "Next")
    profile = page.get_by_role("link", name="Create a profile")
    expect(profile).to_have_attribute("href", "/sign-up/")
    expect(page.get_by_text("Ideas with tools")).to_be_visible()
    page.get_by_role("link", name="Continue exploring").click()
    page.wait_for_function("() => !!window.milepost")
    expect(page.get_by_text("Ideas with tools")).to_be_visible()
    page.evaluate("([user, signature]) => milepost.identify(user, {}, {signature})", ["pam", signature(feed, "pam")])
    until(lambda: (feed.person("pam") or {"traits": {}})["traits"].get("skill") == "maker", "the level, carried over")
    page.close()
