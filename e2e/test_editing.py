"""A guide written on the product's own page: from the console to the page, by pointing, into the draft, to a newcomer."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.browser import violations

from e2e.installation import SECONDS, Installation, running

WAIT = SECONDS * 1000  # milliseconds, for what the server answers


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    home = tmp_path_factory.mktemp("editing") / "home"
    with running(home, "--example", "project-tool") as installation:
        yield installation


def sign_up(page: Page, projects: Installation, name: str) -> None:
    page.goto(f"{projects.url}/demo/")
    page.get_by_label("Your name").fill(name)
    page.get_by_label("E-mail").fill(f"{name.lower()}@example.com")
    page.get_by_role("button", name="Sign up").click()
    page.wait_for_url("**/demo/projects/")


def sign_in(page: Page, projects: Installation) -> None:
    page.goto(f"{projects.url}/sign-in/")
    page.get_by_label("E-mail").fill(projects.email)
    page.get_by_label("Password").fill(projects.password)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{projects.url}/")


def point_at(page: Page, desk: Locator, element: Locator) -> None:
    desk.get_by_role("button", name="Point at it on the page").click()
    box = element.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.click(box["x"] + 5, box["y"] + 5)
    expect(desk.get_by_text("Found on this page.")).to_be_visible()


def test_a_member_writes_a_guide_by_pointing_on_the_page_and_a_newcomer_is_led_by_it(
    projects: Installation, browser: Browser
) -> None:
    page = browser.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    sign_up(page, projects, "Anna")
    sign_in(page, projects)
    page.goto(f"{projects.url}/program/")
    page.get_by_role("link", name="Edit on my site").click()
    page.get_by_label("Address of the page").fill(f"{projects.url}/demo/projects/")
    page.get_by_role("button", name="Open the page").click()
    desk = page.get_by_role("region", name="Edit on this page")
    expect(desk).to_be_visible(timeout=WAIT)
    assert page.url == f"{projects.url}/demo/projects/"

    desk.get_by_role("button", name="+ Guide").click()
    page.evaluate(
        "for (const name of ['click', 'pointerdown', 'keydown']) document.addEventListener(name, heard, true);"
        "function heard(event) { if (event.target === document.body || event.target.closest('nav'))"
        " console.error('the page noticed', event.type) }"
    )
    point_at(page, desk, page.get_by_role("link", name="Team"))
    assert page.url == f"{projects.url}/demo/projects/"
    expect(desk.get_by_text("#nav-team")).to_be_visible()
    desk.get_by_label("Title", exact=True).fill("Your team is here")
    desk.get_by_label("Text", exact=True).fill("Invite **everybody**.")
    expect(desk.locator("strong", has_text="everybody")).to_be_visible(timeout=WAIT)
    desk.get_by_role("button", name="Add a step").click()
    point_at(page, desk, page.get_by_label("New project"))
    desk.get_by_label("Title", exact=True).fill("Give it a name")
    desk.get_by_label("What leads on").select_option("input")
    desk.get_by_text("Where, when and what for").click()
    desk.get_by_label("Leads to the milestone").select_option("Create your first project")
    assert violations(page) == []

    page.reload()
    expect(desk.get_by_label("Title", exact=True)).to_have_value("Give it a name", timeout=WAIT)
    desk.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("dialog", name="Your team is here")).to_be_visible(timeout=WAIT)
    expect(page.get_by_role("dialog").locator("strong", has_text="everybody")).to_be_visible()
    desk.get_by_role("button", name="Back").click()
    desk.get_by_role("button", name="Move up: Step 2").click()
    desk.get_by_role("button", name="Undo").click()
    desk.get_by_role("button", name="Save in the draft").click()
    expect(desk.get_by_text("Saved in the draft")).to_be_visible(timeout=WAIT)
    desk.get_by_role("button", name="Done").click()
    expect(desk).to_have_count(0)
    assert faults == []

    page.goto(f"{projects.url}/program/release/")
    page.get_by_role("button", name="Release").click()
    newcomer = browser.new_context().new_page()
    sign_up(newcomer, projects, "Boris")
    led_by_it(newcomer)


def led_by_it(page: Page) -> None:
    """The newcomer meets it among the rest of the program, one thing at a time; what comes before it is closed."""
    card = page.get_by_role("dialog", name="Your team is here")
    close = page.get_by_role("dialog").get_by_role("button", name="Close", exact=True)
    expect(close.first).to_be_visible(timeout=WAIT)
    while not card.is_visible():
        close.first.click()
        expect(close.first).to_be_visible(timeout=WAIT)
    card.get_by_role("button", name="Next").click()
    expect(page.get_by_role("dialog", name="Give it a name")).to_be_visible()
