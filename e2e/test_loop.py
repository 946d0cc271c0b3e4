"""The loop: a fact comes in, a milestone is reached, the open page celebrates, one mail goes out, the page says why."""

import re
import time

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.installation import Installation, Mailbox, until


def sign_up(page: Page, milepost: Installation, name: str, *, asked: bool = False) -> str:
    """Goes through the example's own sign-up; the user id that its server signed. Whoever does not want to be asked what
    it is for says so once, and comes to the guide."""
    page.goto(f"{milepost.url}/demo/")
    page.get_by_label("Your name").fill(name)
    page.get_by_label("E-mail").fill(f"{name.lower()}@example.com")
    page.get_by_role("button", name="Sign up").click()
    page.wait_for_url("**/demo/diary/**")
    if not asked:
        survey = page.get_by_role("dialog", name="What do you want to achieve?")
        survey.get_by_role("button", name=re.compile("Don.t show this again")).click()
    return str(page.evaluate("document.body.dataset.user"))


@pytest.mark.req("R85", "R109")
def test_a_fact_from_a_server_is_celebrated_on_the_open_page_and_mailed_once(
    milepost: Installation, mailbox: Mailbox, browser: Browser
) -> None:
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    user = sign_up(page, milepost, "Vera")
    (welcome,) = until(lambda: mailbox.to("vera@example.com"), "the welcome mail")

    answer = milepost.track(user, "Meal Logged", meal="lunch", calories=320)
    assert answer.status_code == 200
    card = page.get_by_role("dialog", name=re.compile("first meal", re.IGNORECASE))
    expect(card).to_be_visible()

    milestone = until(lambda: milepost.reached(user, "first-meal"), "the milestone")
    assert milestone["evidence"]["name"] == "Meal Logged" and "Meal Logged" in milestone["reason"]["text"]
    time.sleep(1)
    assert len(mailbox.to("vera@example.com")) == 1
    assert welcome["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert {part.get_content_type() for part in welcome.iter_parts()} == {"text/plain", "text/html"}
    assert complaints == []
    page.close()


def test_one_click_unsubscribes_and_a_look_does_not(milepost: Installation, mailbox: Mailbox) -> None:
    milepost.send("identify", {"userId": "uri", "traits": {"email": "uri@example.com"}})
    milepost.track("uri", "Signed Up")
    (mail,) = until(lambda: mailbox.to("uri@example.com"), "the welcome mail")
    link = str(mail["List-Unsubscribe"]).strip("<>").split(">")[0]

    assert httpx.get(link).status_code == 200
    answer = httpx.post(link, data={"List-Unsubscribe": "One-Click"}, follow_redirects=False)
    assert answer.status_code == 200
    facts = until(lambda: milepost.person("uri"), "the person")
    assert facts["deliveries"][0]["status"] == "sent"


def test_nobody_who_is_not_signed_in_sees_the_console(milepost: Installation) -> None:
    answer = httpx.get(f"{milepost.url}/people/", follow_redirects=False)

    assert answer.status_code == 302 and "/sign-in/" in answer.headers["location"]
