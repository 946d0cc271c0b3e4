"""One product's whole story: Maria looks around, says what she wants, gets a plan, is helped where she is stuck, and fits
into her jeans again. Step by step, in a real browser, against a whole installation."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from e2e.installation import Installation, Mailbox, until

WORDS = "Fit into my old jeans"


def zone_where_it_is_night() -> str:
    """A zone of fixed offset in which it is about two in the morning now (`Etc` zones count the other way round)."""
    offset = (2 - datetime.now(UTC).hour + 11) % 24 - 11
    return f"Etc/GMT{-offset:+d}" if offset else "Etc/GMT"


def look_and_sign_up(page: Page, milepost: Installation, name: str, arrive: str = "/demo/") -> str:
    """Through the host's own pages; the user id that its server signed."""
    page.goto(milepost.url + arrive if arrive.startswith("/") else arrive)
    page.locator("#food-search").press_sequentially("soup", delay=10)
    expect(page.get_by_text("Lentil soup")).to_be_visible()
    page.get_by_label("Your name").fill(name)
    page.get_by_label("E-mail").fill(f"{name.lower()}@example.com")
    page.get_by_role("button", name="Sign up").click()
    page.wait_for_url("**/demo/diary/**")
    return str(page.evaluate("document.body.dataset.user"))


def answer(page: Page, question: str, value: str) -> None:
    """Answers one question of the survey that is open, and goes on."""
    sheet = page.get_by_role("dialog").filter(has_text=question)
    expect(sheet).to_be_visible()
    field = sheet.locator("input[id^=field], textarea[id^=field]")
    if field.count():
        field.fill(value)
    elif value:
        sheet.get_by_text(value, exact=True).click()
    sheet.get_by_role("button", name=re.compile("^(Next|Skip)$")).click()


def state_goal(page: Page, goal: str, own_words: str, answers: dict[str, str]) -> None:
    answer(page, "What do you want to achieve?", goal)
    answer(page, "How would you say it yourself?", own_words)
    for question, value in answers.items():
        answer(page, question, value)
    page.get_by_role("dialog").get_by_role("button", name="Done", exact=True).click()


def plan_of(page: Page) -> Locator:
    return page.get_by_role("region", name="Your plan")


def opened(page: Page) -> Locator:
    """The plan, unfolded."""
    folded = page.get_by_role("button", name=re.compile("Your plan"))
    if folded.is_visible():
        folded.click()
    expect(plan_of(page)).to_be_visible()
    return plan_of(page)


def celebration(page: Page, name: str | re.Pattern[str]) -> Locator:
    card = page.get_by_role("dialog", name=name)
    expect(card).to_be_visible()
    return card


def put_off(page: Page, title: str) -> None:
    """Snoozes a piece that has come first."""
    card = page.get_by_role("dialog", name=title)
    expect(card).to_be_visible()
    card.get_by_role("button", name="Remind me later").click()


def in_the_past(milepost: Installation, user: str, event: str, days: list[int], **properties: Any) -> None:
    """What happened on earlier days, told by the product's server."""
    batch = [
        {
            "type": "track",
            "userId": user,
            "event": event,
            "properties": properties,
            "timestamp": (datetime.now(UTC) - timedelta(days=day)).isoformat(),
        }
        for day in days
    ]
    assert milepost.send("batch", {"batch": batch}).status_code == 200


def milestones(person: dict[str, Any]) -> list[str]:
    return [post["key"] for post in person["plan"]["posts"]]


@pytest.fixture(scope="module")
def her_browser(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(timezone_id=zone_where_it_is_night(), locale="en-GB")
    yield context
    context.close()


@pytest.fixture(scope="module")
def her(her_browser: BrowserContext) -> Page:
    return her_browser.new_page()


@pytest.fixture(scope="module")
def maria(her: Page, milepost: Installation) -> str:
    """Maria has looked around, signed up, and said what she wants."""
    user = look_and_sign_up(her, milepost, "Maria")
    tomorrow = datetime.now(UTC).date() + timedelta(days=90)
    state_goal(
        her,
        "I want to lose weight",
        WORDS,
        {
            "How much do you weigh now?": "82",
            "And how much would you like to weigh?": "74",
            "By when?": tomorrow.isoformat(),
            "What will be different in your life then?": "I dance again",
            "Have you counted calories before?": "No, or not for long",
        },
    )
    return user


@pytest.mark.req("R14", "R15")
def test_1_the_letter_is_there_at_night_and_the_plan_stands_in_her_own_words(
    milepost: Installation, mailbox: Mailbox, her: Page, maria: str
) -> None:
    (letter,) = until(lambda: mailbox.to("maria@example.com"), "the welcome mail")
    assert "Anna from support" in str(letter["From"]) and "Thank you" in letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]  # every letter has a plain part
    plan = opened(her)
    expect(plan).to_contain_text(WORDS)
    for title in ("Log your first meal", "Finish a day within your budget", "Fit in your favourite jeans again"):
        expect(plan).to_contain_text(title)
    person = until(lambda: milepost.person(maria), "Maria")
    assert person["plan"]["problem"] == WORDS and person["plan"]["posts"][0]["due_on"]


@pytest.mark.req("R17")
def test_2_who_answers_differently_gets_another_plan(milepost: Installation, browser: Browser, maria: str) -> None:
    page = browser.new_page()
    other = look_and_sign_up(page, milepost, "Boris")
    state_goal(
        page,
        "I want to get fit",
        "Run after my kids",
        {
            "On how many days of a week do you move for half an hour?": "1",
            "And how many should it be?": "4",
            "By when?": "",
            "What will be different in your life then?": "",
            "Have you counted calories before?": "",
        },
    )
    expect(opened(page)).to_contain_text("Take the stairs without stopping")
    his, hers = (until(lambda user=user: milepost.person(user), "a person") for user in (other, maria))
    assert milestones(his) != milestones(hers)
    page.close()


@pytest.mark.req("R73", "R74")
def test_3_the_products_own_server_is_asked_for_an_example_and_its_removal_is_told(
    milepost: Installation, her: Page, maria: str
) -> None:
    her.evaluate("milepost.on('template', () => { window.asked = true })")
    her.get_by_role("button", name=re.compile("example", re.IGNORECASE)).first.click()
    expect(her.get_by_text("Greek yogurt")).to_be_visible(timeout=3000)
    assert not her.evaluate("window.asked"), "its server was asked, and not the page"
    her.get_by_role("button", name="Remove the example").click()
    expect(her.get_by_text("Greek yogurt")).to_be_hidden()

    def report() -> dict[str, Any]:
        (sample,) = milepost.get("insights/samples").json()["templates"]
        return dict(sample)

    told = until(lambda: report()["removed"]["value"] and report(), "the answer about examples")
    assert (told["used"], told["times"], told["removed"]["value"], told["failed"]) == (1, 1, 1.0, 0)
    assert told["soon"]["value"] == 1.0 and 0 < told["seconds"] < 3
    empty = milepost.get("insights/samples").json()["empty_states"]
    assert [state["acted"]["count"] for state in empty if state["content"] == "empty-diary"] == [1]


@pytest.mark.req("R68")
def test_4_the_plan_starts_the_guide_which_survives_a_reload_and_ends_in_a_celebration_of_her_goal(
    her: Page, maria: str
) -> None:
    guide = her.get_by_role("dialog").filter(has_text=re.compile("Step 1 of 2"))
    if not guide.is_visible():
        opened(her).get_by_role("button", name="Show me how").first.click()
    expect(guide).to_be_visible()
    her.locator("#food-search").press_sequentially("appl", delay=10)
    expect(her.get_by_text("Step 2 of 2", exact=True)).to_be_visible()
    her.reload()
    her.locator("#food-search").press_sequentially("appl", delay=10)
    expect(her.get_by_text("Step 2 of 2", exact=True)).to_be_visible()
    her.locator("[data-food]").first.click()
    card = celebration(her, re.compile("first meal", re.IGNORECASE))
    expect(card).to_contain_text(WORDS)
    card.get_by_role("button", name="Onwards").click()
    expect(card).to_be_hidden()
    expect(opened(her).get_by_text("Log your first meal")).to_contain_text("Done")


@pytest.mark.req("R116")
def test_5_two_milestones_later_the_offer_stands_inside_the_celebration(
    milepost: Installation, her: Page, maria: str
) -> None:
    in_the_past(milepost, maria, "Meal Logged", [2, 1], meal="dinner", food="Salmon", calories=312)
    her.locator("#food-search").press_sequentially("soup", delay=10)
    her.locator("[data-food]").first.click()
    card = celebration(her, re.compile("three days", re.IGNORECASE))
    offer = card.get_by_role("region", name="See what helps you")
    expect(offer).to_be_visible()
    offer.get_by_role("button", name="No, thank you").click()
    expect(offer).to_be_hidden()
    card.get_by_role("button").last.click()


@pytest.mark.req("R44")
def test_6_three_searches_without_a_meal_bring_the_right_help_once(milepost: Installation, browser: Browser) -> None:
    page = browser.new_page()
    user = look_and_sign_up(page, milepost, "Timur")
    for title in ("What do you want to achieve?", "What did you eat?"):
        card = page.get_by_role("dialog", name=title)
        card.get_by_role("button", name=re.compile("Don.t show this again")).click()
    for word in ("qwerty", "asdf", "zxcv"):
        milepost.track(user, "Food Searched", query=word, results=0)
    expect(page.get_by_role("dialog", name="How to find any food")).to_be_visible(timeout=40_000)
    person = until(lambda: milepost.person(user), "Timur")
    stuck = [each for each in person["obstacles"] if each["obstacle"] == "cannot-find-food"]
    assert len(stuck) == 1 and stuck[0]["help"]
    page.close()


@pytest.mark.req("R110")
def test_7_the_weekly_check_in_praises_progress_with_its_number_and_asks_for_the_obstacle_without(
    milepost: Installation, her: Page, maria: str
) -> None:
    her.evaluate("milepost.start('weekly-weigh-in')")
    answer(her, "How much do you weigh today?", "80.5")
    sheet = her.get_by_role("dialog")
    expect(sheet).not_to_contain_text("What stood in the way")
    answer(her, "And your favourite jeans?", "Not yet")
    answer(her, "How well do we help you?", "")
    her.get_by_role("dialog").get_by_role("button", name="Done", exact=True).click()
    praise = her.get_by_role("dialog").filter(has_text="1.5 kg less than last time")
    expect(praise).to_be_visible()
    praise.get_by_role("button", name="Done", exact=True).click()
    put_off(her, "Finish the day here")  # she logged meals for two days and finished none

    her.evaluate("milepost.start('weekly-weigh-in')")
    answer(her, "How much do you weigh today?", "81")
    answer(her, "What was in the way?", "Cake at work")
    answer(her, "And your favourite jeans?", "They fit again")
    answer(her, "How well do we help you?", "")
    her.get_by_role("dialog").get_by_role("button", name="Done", exact=True).click()


@pytest.mark.req("R24")
def test_8_the_jeans_fit_is_an_outcome_with_its_evidence(
    milepost: Installation, mailbox: Mailbox, her: Page, maria: str
) -> None:
    celebration(her, "You have done it").get_by_role("button", name="Done", exact=True).click()
    reached = until(lambda: milepost.reached(maria, "back-in-my-jeans"), "the outcome")
    assert reached["evidence"]["kind"] == "self_report"
    until(lambda: [mail for mail in mailbox.to("maria@example.com") if "done it" in str(mail["Subject"])], "the letter")
    person = milepost.person(maria)
    assert person and person["plan"]["verdict"] == "solved"
    obstacles = {each["obstacle"] for each in person["obstacles"]}
    assert "cake-at-work" in obstacles


@pytest.mark.req("R113")
def test_9_a_friend_comes_by_her_link_is_credited_and_starts_on_a_goal_of_their_own(
    milepost: Installation, browser: Browser, her: Page, maria: str
) -> None:
    her.evaluate("milepost.start('invite-a-friend')")
    card = her.get_by_role("dialog").filter(has_text=re.compile("friend|somebody", re.IGNORECASE))
    link = card.locator("input[readonly]").input_value()
    assert "milepost_invite=" in link
    card.get_by_role("button", name=re.compile("copy", re.IGNORECASE)).click()
    until(lambda: milepost.reached(maria, "invited-friend"), "the invitation")
    celebration(her, "Together it is easier").get_by_role("button", name="Done", exact=True).click()

    page = browser.new_context().new_page()
    look_and_sign_up(page, milepost, "Fiona", arrive=link)
    expect(page.get_by_role("dialog").filter(has_text="What do you want to achieve?")).to_be_visible()
    member = sign_in(browser, milepost)
    member.goto(f"{milepost.url}/people/?q={maria}")
    member.get_by_role("link", name="Maria").first.click()
    expect(member.get_by_text("Invite Accepted").first).to_be_visible()
    page.close()
    member.close()


@pytest.mark.req("R95")
def test_10_a_question_is_answered_by_a_person_in_the_product_and_by_mail_while_automation_pauses(
    milepost: Installation, mailbox: Mailbox, browser: Browser, her: Page, maria: str
) -> None:
    her.get_by_role("button", name="Help", exact=True).click()
    panel = her.get_by_role("dialog", name="Help")
    panel.get_by_role("textbox", name=re.compile("question|know", re.IGNORECASE)).fill("Can I log a whole recipe?")
    panel.get_by_role("button", name="Send").click()
    expect(panel).to_contain_text("on its way")
    panel.get_by_role("button", name=re.compile("close", re.IGNORECASE)).click()

    member = sign_in(browser, milepost)
    member.goto(f"{milepost.url}/inbox/")
    member.get_by_text("Can I log a whole recipe?").first.click()
    member.get_by_role("textbox").fill("Yes: log its biggest part, the rest is small.")
    member.get_by_role("button", name="Answer", exact=True).click()

    expect(her.get_by_role("dialog").filter(has_text="log its biggest part")).to_be_visible()
    until(
        lambda: [m for m in mailbox.to("maria@example.com") if "biggest part" in m.get_body(("plain",)).get_content()],
        "the answer by mail",
    )
    member.close()


def sign_in(browser: Browser, milepost: Installation) -> Page:
    page = browser.new_context().new_page()
    page.goto(f"{milepost.url}/sign-in/")
    page.get_by_label("mail", exact=False).fill(milepost.email)
    page.locator("[type=password]").fill(milepost.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{milepost.url}/")
    return page


def test_11_the_console_shows_the_story(milepost: Installation, browser: Browser, maria: str) -> None:
    page = sign_in(browser, milepost)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    for path, seen in (
        ("/", "Activation"),
        ("/map/", "Fit in your favourite jeans again"),
        ("/people/", "Maria"),
        ("/segments/", "regulars"),
        ("/answers/", "First of all"),
        ("/inbox/", "Can I log a whole recipe?"),
        ("/messages/", "Welcome"),
        ("/program/", "first-meal"),
    ):
        page.goto(milepost.url + path)
        expect(page.get_by_text(seen, exact=False).first).to_be_visible()
    assert complaints == []
    page.close()
