"""The example's page, as a newcomer meets it: guided by what they do, from a mail, in two tabs, never as another."""

import re

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from e2e.installation import Installation, Mailbox, until
from e2e.test_loop import sign_up as enter

CELEBRATION = re.compile("first meal is in", re.IGNORECASE)


def sign_up(page: Page, milepost: Installation, name: str) -> str:
    """Signs up and begins: the empty diary's own button starts the guide."""
    user = enter(page, milepost, name)
    page.get_by_role("button", name="Log my first meal").click()
    return user


def step(page: Page, number: int) -> Locator:
    """What the guide's card says of where one is; the live region says it too, for those who listen."""
    return page.get_by_text(f"Step {number} of 2", exact=True)


def link_in(mail: object) -> str:
    """The button of a mail, as its plain text shows it."""
    text = mail.get_body(("plain",)).get_content()  # type: ignore[attr-defined]  # an EmailMessage
    return re.findall(r"http\S+/demo/diary/\S*", text)[0]


@pytest.mark.req("R69", "R109")
def test_a_guide_follows_what_the_person_does_and_ends_in_a_celebration(
    milepost: Installation, browser: Browser
) -> None:
    page = browser.new_page()
    user = sign_up(page, milepost, "Olga")
    expect(step(page, 1)).to_be_visible()
    page.locator("#food-search").press_sequentially("appl", delay=30)
    expect(step(page, 2)).to_be_visible()
    page.locator("[data-food]").first.click()
    expect(page.get_by_role("dialog", name=CELEBRATION)).to_be_visible()
    expect(step(page, 2)).to_be_hidden()
    person = milepost.person(user)
    assert person is not None and person["milestones"][0]["reached_at"]
    page.close()


@pytest.mark.req("R96")
def test_the_contact_card_stands_in_the_guide_the_celebration_and_the_letter(
    milepost: Installation, mailbox: Mailbox, browser: Browser
) -> None:
    page = browser.new_page()
    user = sign_up(page, milepost, "Nina")
    guide = page.get_by_role("dialog").filter(has_text="Step 1 of 2")
    expect(guide.get_by_role("link", name="Anna from support")).to_be_visible()
    milepost.track(user, "Meal Logged")
    expect(page.get_by_role("dialog", name=CELEBRATION).get_by_role("link", name="Anna from support")).to_be_visible()
    (welcome,) = until(lambda: mailbox.to("nina@example.com"), "the welcome mail")
    for kind in ("plain", "html"):
        part = welcome.get_body((kind,))
        assert part is not None and "help@example.com" in part.get_content()
    page.close()


def test_a_guide_goes_on_at_the_same_step_after_a_reload(milepost: Installation, browser: Browser) -> None:
    page = browser.new_page()
    sign_up(page, milepost, "Petra")
    expect(step(page, 1)).to_be_visible()
    page.locator("#food-search").press_sequentially("soup", delay=30)
    expect(step(page, 2)).to_be_visible()
    page.wait_for_timeout(300)
    page.reload()
    page.locator("#food-search").press_sequentially("soup", delay=30)
    expect(step(page, 2)).to_be_visible()
    page.close()


def test_the_letter_opens_the_screen_and_starts_the_guide_once(
    milepost: Installation, mailbox: Mailbox, browser: Browser
) -> None:
    context = browser.new_context()
    page = context.new_page()
    sign_up(page, milepost, "Rosa")
    expect(step(page, 1)).to_be_visible()
    page.get_by_role("button", name=re.compile("don.t show this again", re.IGNORECASE)).click()
    (welcome,) = until(lambda: mailbox.to("rosa@example.com"), "the welcome mail")
    link = link_in(welcome)
    assert httpx.get(link, follow_redirects=True).status_code == 200  # a scanner looks: nothing is spent

    page.goto(link)
    expect(step(page, 1)).to_be_visible()
    page.get_by_role("button", name=re.compile("don.t show this again", re.IGNORECASE)).click()
    page.wait_for_timeout(500)
    page.goto(link)
    page.wait_for_timeout(2500)
    expect(step(page, 1)).to_be_hidden()
    context.close()


def test_two_tabs_of_a_browser_share_one_stream(milepost: Installation, browser: Browser) -> None:
    context = browser.new_context()
    streams: list[str] = []
    context.on("request", lambda request: streams.append(request.url) if "/client/stream" in request.url else None)
    first = context.new_page()
    user = sign_up(first, milepost, "Sofia")
    first.wait_for_timeout(1000)
    opened = len(streams)
    second = context.new_page()
    second.goto(f"{milepost.url}/demo/diary/")
    second.wait_for_timeout(1500)
    assert len(streams) == opened, "the second tab listens to the first one's stream"
    milepost.track(user, "Meal Logged")
    cards = [page.get_by_role("dialog", name=CELEBRATION) for page in (first, second)]
    until(lambda: any(card.is_visible() for card in cards), "one of the tabs to celebrate")
    context.close()


def claim(page: Page, milepost: Installation, user: str) -> None:
    """What anybody can do with the public write key: say that they are somebody, without a signature."""
    page.route(
        f"{milepost.url}/stranger/",
        lambda route: route.fulfill(
            content_type="text/html",
            body=f"<!doctype html><title>A page</title><script async src='/sdk/milepost.js'"
            f" data-key='{milepost.write_key}' data-user='{user}'></script><h1>A page</h1>",
        ),
    )
    page.goto(f"{milepost.url}/stranger/")


def test_who_only_claims_to_be_somebody_sees_nothing_of_theirs(milepost: Installation, browser: Browser) -> None:
    theirs = browser.new_page()
    user = sign_up(theirs, milepost, "Tanya")
    stranger = browser.new_context().new_page()
    said: list[str] = []
    stranger.on("response", lambda answer: said.append(answer.url))
    claim(stranger, milepost, user)
    stranger.wait_for_timeout(1500)
    milepost.track(user, "Meal Logged")

    expect(theirs.get_by_role("dialog", name=CELEBRATION)).to_be_visible()
    stranger.wait_for_timeout(1000)
    expect(stranger.get_by_role("dialog")).to_have_count(0)
    assert any("/client/open" in url for url in said)
    theirs.close()
    stranger.close()


def test_a_wrong_signature_opens_nothing(milepost: Installation) -> None:
    device = "0b9f2f0e-4f0f-4c51-9d3b-6a4f6f1f0a11"
    body = {"writeKey": milepost.write_key, "anonymousId": device, "userId": "demo-x", "signature": "0" * 64}
    answer = httpx.post(f"{milepost.url}/client/open", json=body)

    assert answer.status_code == 401 and answer.json()["code"] == "bad_signature"
