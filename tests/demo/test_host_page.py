"""What the SDK does to a page that hosts it: nothing that the page has not asked for."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from milepost.core import events
from tests.demo.conftest import DIARY, Open
from tests.demo.host import Host, celebration, guide, step

pytestmark = pytest.mark.e2e
WIN = "Your first meal is in!"


def test_the_strictest_policy_is_kept(visit: Open, host: Host) -> None:
    """The `visit` fixture fails the test on any violation and any error in the console."""
    page = visit()
    policy = page.request.get(DIARY).headers["content-security-policy"]
    assert "script-src 'self'" in policy and "style-src 'self'" in policy and "unsafe" not in policy
    assert "require-trusted-types-for 'script'" in policy
    text = "<p>Type <strong>apple</strong><script>window.hacked = 1</script></p>"
    host.show(guide(step("Bold", "#food-search", "input", text)))
    expect(page.get_by_role("dialog", name="Bold").locator("strong")).to_have_text("apple")
    page.get_by_role("button", name="Skip this step").click()
    host.show(celebration())
    expect(page.get_by_role("dialog", name=WIN)).to_be_visible()
    assert page.evaluate("window.hacked") is None


def test_the_page_s_styles_stay_out_and_ours_in(visit: Open, host: Host) -> None:
    page = visit()
    page.evaluate("""() => {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(`* { font-size: 90px !important; color: red !important }
            div { display: none !important; transform: scale(3) !important; pointer-events: none !important }
            section, h2, button { position: static !important; background: lime !important }`);
        document.adoptedStyleSheets = [sheet];
    }""")
    before = page.evaluate("getComputedStyle(document.querySelector('h1')).fontSize")
    host.show(celebration())
    dialog = page.get_by_role("dialog", name=WIN)
    expect(dialog).to_be_visible()
    box = dialog.bounding_box()
    assert box and 300 < box["width"] <= 400 and box["height"] < 420
    assert dialog.evaluate("element => getComputedStyle(element).fontSize") == "15px"
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontSize") == before
    page.get_by_role("button", name="Onwards").click()


def test_a_page_gives_its_own_colours(visit: Open, host: Host) -> None:
    page = visit()
    page.evaluate("document.documentElement.style.setProperty('--milepost-accent', 'rgb(120, 40, 200)')")
    host.show(celebration())
    button = page.get_by_role("button", name="Onwards")
    assert button.evaluate("element => getComputedStyle(element).backgroundColor") == "rgb(120, 40, 200)"


def test_after_shutdown_nothing_is_left(visit: Open, host: Host) -> None:
    page = visit()
    host.show(guide())
    expect(page.get_by_role("dialog")).to_have_count(1)
    page.evaluate("milepost.shutdown()")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.evaluate("document.body.lastElementChild.tagName") == "FOOTER"
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    host.show(celebration())
    page.evaluate("milepost.track('After')")
    page.wait_for_timeout(500)
    assert (asked, page.get_by_role("dialog").count()) == ([], 0)
    assert len(host.client.hub) == 0


def test_a_server_that_is_away_loses_nothing_and_the_page_does_not_notice(visit: Open, host: Host) -> None:
    host.refuse = True
    page = visit()
    page.evaluate("milepost.track('While away', {n: 1})")
    page.wait_for_timeout(400)
    assert host.facts("While away") == []
    host.refuse = False
    page.reload()
    assert host.wait_for("While away").properties == {"n": 1}
    page.wait_for_timeout(300)
    assert len(host.facts("While away")) == 1


def test_what_happens_in_the_very_moment_of_leaving_arrives(visit: Open, host: Host) -> None:
    page = visit()
    with page.expect_navigation():  # a browser that is closed in the middle of one may never answer
        page.evaluate("milepost.track('Left'); location.href = '/demo/'")
    host.wait_for("Left")


def test_two_tabs_share_one_stream_and_the_other_goes_on_when_one_goes(visit: Open, host: Host) -> None:
    first = visit()
    second = visit(context=first.context)
    second.wait_for_timeout(600)
    assert len(host.client.hub) == 1
    first.close()
    second.wait_for_timeout(600)
    assert len(host.client.hub) == 1
    host.show(celebration())
    expect(second.get_by_role("dialog", name=WIN)).to_be_visible()


def test_a_piece_is_on_one_screen_at_a_time_and_over_in_all_tabs(visit: Open, host: Host) -> None:
    first = visit()
    second = visit(context=first.context)
    second.wait_for_timeout(400)
    host.show(guide())
    second.wait_for_timeout(800)
    shown = [page for page in (first, second) if page.get_by_role("dialog").count()]
    assert len(shown) == 1
    shown[0].get_by_role("button", name="Don’t show this again").click()
    second.wait_for_timeout(700)
    assert [page.get_by_role("dialog").count() for page in (first, second)] == [0, 0]
    assert len(host.facts(events.CONTENT_REFUSED)) == 1


@pytest.mark.req("R155")
def test_the_page_before_sign_up_and_the_app_behind_it_are_one_identity(visit: Open, host: Host) -> None:
    page = visit("/demo/")
    before = host.wait_for("Page Viewed")
    page.fill("[name=name]", "Maria Petrova")
    page.fill("[name=email]", "maria@example.com")
    page.click("#sign-up button")
    signed_up = host.wait_for("Signed Up")
    assert before.user_id is None and str(signed_up.user_id).startswith("demo-")
    assert signed_up.anonymous_id == before.anonymous_id
    traits = [fact.properties for fact in host.facts("Identified") if fact.properties]
    assert traits == [{"name": "Maria Petrova", "email": "maria@example.com", "plan": "free", "locale": "en"}]


def test_after_logging_out_the_stream_is_closed_and_whoever_comes_is_somebody_else(visit: Open, host: Host) -> None:
    page = visit()
    maria = host.wait_for("Page Viewed")
    host.show(celebration())
    expect(page.get_by_role("dialog", name=WIN)).to_be_visible()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/demo/")
    page.wait_for_timeout(600)
    assert page.get_by_role("dialog").count() == 0
    after = host.wait_for("Page Viewed", 2)
    assert after.user_id is None and after.anonymous_id != maria.anonymous_id


NEEDS_CONSENT = """
    new MutationObserver(() => {
        const tag = document.querySelector("script[data-key]");
        if (tag) tag.dataset.consent = "required";
    }).observe(document, { childList: true, subtree: true });
"""


@pytest.mark.req("R148")
def test_before_consent_nothing_is_stored_or_sent(visit: Open, host: Host) -> None:
    blank = visit("/demo/foods/")
    blank.context.add_init_script(NEEDS_CONSENT)
    page = visit(context=blank.context)
    page.evaluate("milepost.track('Too early')")
    page.wait_for_timeout(500)
    assert host.facts() == []
    assert page.evaluate("Object.keys(localStorage).length") == 0
    assert len(host.client.hub) == 0
    page.evaluate("milepost.consent({functional: true})")
    fact = host.wait_for("Too early")
    assert fact.context["consent"] == {"categoryPreferences": {"functional": True}}


def test_a_wrong_signature_is_said_to_the_developer_and_shows_nothing(visit: Open, host: Host) -> None:
    page = visit()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "warning" else None)
    page.evaluate("milepost.identify('demo-eve', {}, {signature: '00'})")
    page.wait_for_timeout(500)
    assert any("signature" in text for text in said)
    host.show(celebration())
    page.wait_for_timeout(500)
    assert page.get_by_role("dialog").count() == 0


#: Each takes away what browsers have had since 2023 at the latest.
OLDER = {
    "no decoding of streams": "delete window.TextDecoderStream",
    "no styles of our own": "delete Document.prototype.adoptedStyleSheets",
    "neither, and few others": """["TextDecoderStream", "structuredClone", "BroadcastChannel", "CSSStyleSheet"]
        .forEach((name) => delete window[name]); delete HTMLElement.prototype.showPopover""",
}


@pytest.mark.req("R147")
@pytest.mark.parametrize("older", OLDER)
def test_an_older_browser_hears_nothing_of_us_and_the_team_hears_of_it_once(
    chromium: Browser, visit: Open, host: Host, front: tuple[Any, str], older: str
) -> None:
    context = chromium.new_context(base_url=front[1])
    context.add_init_script(OLDER[older])
    said: list[str] = []
    context.on("console", lambda message: said.append(message.text))
    loaded: list[str] = []
    context.on("request", lambda request: loaded.append(request.url))
    page = visit(context=context)
    host.wait_for("Browser Unsupported")
    host.show(celebration())
    page.reload()
    page.fill("#food-search", "apple")
    page.locator("[data-food]").first.click()
    host.wait_for("Meal Logged")
    host.wait_for("Page Viewed", 2)
    assert [page.locator("[popover]").count(), page.get_by_role("dialog").count()] == [0, 0]
    assert said == [] and not any("/chunks/" in url or "/client/" in url for url in loaded)
    assert len(host.facts("Browser Unsupported")) == 1
    context.close()
