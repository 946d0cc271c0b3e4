"""The project tool: a letter that names what there is, a tour over the sections, two guides that the real action leads on,
and another plan with other sample data for who plans alone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from e2e.installation import Installation, Mailbox, running, until
from e2e.test_story import answer, milestones

FUNCTIONS = ("Projects", "My tasks", "Team", "Progress")


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory, mailbox: Mailbox) -> Iterator[Installation]:
    home = tmp_path_factory.mktemp("projects") / "home"
    with running(home, "--example", "project-tool", mail=mailbox.url) as installation:
        yield installation


def come(page: Page, projects: Installation, name: str, goal: str, own_words: str) -> str:
    """Signs up and says what it is for; the user id that the product's server signed."""
    page.goto(f"{projects.url}/demo/")
    page.get_by_label("Your name").fill(name)
    page.get_by_label("E-mail").fill(f"{name.lower()}@example.com")
    page.get_by_role("button", name="Sign up").click()
    page.wait_for_url("**/demo/projects/")
    kind = {"clear-head": "I want my own things off my mind", "deliver-together": "I want our team to finish on time"}
    before = {"clear-head": "things slip your mind", "deliver-together": "tasks of your team are late"}
    questions = {"How would you say it yourself?": own_words, before[goal]: "6", "And how many may it be?": "1"}
    for question, value in {"What should be different soon?": kind[goal], **questions}.items():
        answer(page, question, value)
    page.get_by_role("dialog").get_by_role("button", name="Done", exact=True).click()
    return str(page.evaluate("document.body.dataset.user"))


def step(page: Page, number: int, of: int) -> Locator:
    return page.get_by_role("dialog").filter(has_text=f"Step {number} of {of}")


def sample(page: Page, title: str) -> None:
    """What the example in the empty list is made of; it is taken out again."""
    page.get_by_role("button", name="Show me an example").click()
    expect(page.get_by_role("link", name=title)).to_be_visible()
    page.get_by_role("button", name="Remove the example").click()
    expect(page.get_by_role("link", name=title)).to_be_hidden()


@pytest.mark.req("R59")
def test_a_letter_with_the_functions_a_tour_over_the_sections_and_two_guides_that_follow_the_real_work(
    projects: Installation, mailbox: Mailbox, browser: Browser
) -> None:
    page = browser.new_page()
    user = come(page, projects, "Greta", "deliver-together", "Ship on Fridays, not on Sundays")

    (letter,) = until(lambda: mailbox.to("greta@example.com"), "the welcome letter")
    text = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]  # every letter has a plain part
    for function in FUNCTIONS:
        assert function in text
    assert f"{projects.url}/demo/team/" in text

    page.get_by_role("dialog", name="One minute to look around?").get_by_role("button", name="Look around").click()
    sections = ("/demo/tasks/", "/demo/team/", "/demo/progress/", "/demo/projects/")
    said = ("Your day is here", "These are your people", "How far is it?", "And here it begins")
    for section, name, words in zip(sections, (*FUNCTIONS[1:], FUNCTIONS[0]), said, strict=True):
        expect(page.get_by_role("heading", name=words)).to_be_visible()
        page.get_by_role("link", name=name, exact=True).click()
        page.wait_for_url(f"**{section}")

    expect(step(page, 1, 2)).to_contain_text("Give it a name")
    page.get_by_label("New project").fill("New website")
    expect(step(page, 2, 2)).to_contain_text("And create it")
    page.get_by_role("button", name="Create", exact=True).click()
    card = page.get_by_role("dialog", name="Your first project is there")
    expect(card).to_contain_text("Ship on Fridays")
    card.get_by_role("button", name="Onwards").click()
    assert until(lambda: projects.reached(user, "first-project"), "the first project")

    expect(step(page, 1, 3)).to_contain_text("Open your project")
    page.get_by_role("link", name="New website").click()
    expect(step(page, 2, 3)).to_contain_text("What has to be done?")
    page.get_by_label("New task").fill("Agree on the pages")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(step(page, 3, 3)).to_contain_text("Who does it?")
    page.get_by_label("Who does “Agree on the pages”?").select_option("I do")
    expect(page.get_by_role("dialog", name="It has a name on it")).to_be_visible()
    assert until(lambda: projects.reached(user, "task-assigned"), "the task with a name")
    page.close()


@pytest.mark.req("R17")
def test_who_plans_alone_gets_another_plan_another_example_and_another_guide(
    projects: Installation, browser: Browser
) -> None:
    alone, together = browser.new_context().new_page(), browser.new_context().new_page()
    hers = come(alone, projects, "Paula", "clear-head", "Sleep on Sundays")
    his = come(together, projects, "Tomas", "deliver-together", "No more chasing")
    plans = [until(lambda user=user: projects.person(user), "a person") for user in (hers, his)]
    assert milestones(plans[0]) == ["first-project", "week-planned", "five-done", "free-head"]
    assert "team-invited" in milestones(plans[1]) and "week-planned" not in milestones(plans[1])

    for page, title in ((alone, "Move to the new flat"), (together, "New website")):
        sample(page, title)
    for page, lead, user in ((alone, "When will you do it?", hers), (together, "Who does it?", his)):
        guided_to(page, projects, user, lead)
        page.context.close()


def guided_to(page: Page, projects: Installation, user: str, lead: str) -> None:
    """With a first project each is led on to what their own plan says next."""
    leave_the_tour(page)
    page.get_by_label("New project").fill("My project")
    page.get_by_role("button", name="Create", exact=True).click()
    page.get_by_role("dialog", name="Your first project is there").get_by_role("button", name="Onwards").click()
    assert until(lambda: projects.reached(user, "first-project"), "the first project")
    expect(step(page, 1, 3)).to_contain_text("Open your project")
    page.get_by_role("link", name="My project").click()
    page.get_by_label("New task").fill("Begin")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(step(page, 3, 3)).to_contain_text(lead)


def leave_the_tour(page: Page) -> None:
    tour = page.get_by_role("dialog", name="One minute to look around?")
    tour.get_by_role("button", name="Don’t show this again").click()
