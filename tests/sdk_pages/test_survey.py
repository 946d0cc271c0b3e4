"""A survey in somebody's page: one question at a time, and no answer is ever lost."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import violations
from tests.sdk_pages.conftest import Open, small
from tests.sdk_pages.served import Server, option, question

pytestmark = pytest.mark.e2e

GOAL = question("goal", "goal", options=[option("jeans", "Fit into my jeans"), option("energy", "Have more energy")])
TROUBLE = question("trouble", "multi", options=[option("cake"), option("time")])
WEIGHT = question("weight", "number", unit="kg", at_least=30, at_most=300, optional=False)
WORDS = question("words", "text")
ORDER = question("order", "ranking", options=[option("taste"), option("price"), option("speed")])
PLAIN = ("text", "short text", "number", "date", "stars", "nps", "csat", "ces")
PICTURE = "/picture.svg"


def dialog(page: Page, name: str) -> Any:
    return page.get_by_role("dialog", name=name)


def answers(server: Server) -> list[tuple[str, Any]]:
    return [(body["question"], body["value"]) for body in server.to("/client/answer")]


def press(page: Page, button: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()


def test_each_answer_is_sent_as_it_is_given_and_the_end_says_thank_you(visit: Open, server: Server) -> None:
    number = server.show("survey", questions=[GOAL, TROUBLE, WEIGHT], thanks="That is all we need.")
    page = visit()
    page.get_by_label("Fit into my jeans").check()
    press(page, "Next")
    expect(dialog(page, "Trouble?")).to_be_visible()
    server.wait_for(lambda: answers(server) == [("goal", "jeans")])
    page.get_by_label("Cake").check()
    page.get_by_label("Time").check()
    press(page, "Next")
    page.get_by_role("dialog").get_by_role("textbox").fill("72,5")
    page.keyboard.press("Enter")
    expect(dialog(page, "That is all we need.")).to_be_visible()
    server.wait_for(lambda: server.actions("completed"))
    assert answers(server) == [("goal", "jeans"), ("trouble", ["cake", "time"]), ("weight", 72.5)]
    assert {(told["content"], told["piece"]) for told in server.to("/client/answer")} == {("survey", number)}
    assert [(told["action"], told["step"]) for told in server.actions()] == [
        ("shown", 0), ("step", 1), ("step", 2), ("completed", 2),
    ]  # fmt: skip
    server.close(number)
    page.wait_for_timeout(200)
    expect(dialog(page, "That is all we need.")).to_be_visible()  # the server's word ends nobody's reading
    press(page, "Done")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_what_is_asked_next_depends_on_what_was_said(visit: Open, server: Server) -> None:
    cake = question("cake", "text", **{"if": {"trouble": {"op": "contains", "value": "cake"}}})
    server.show("survey", questions=[TROUBLE, cake, WEIGHT])
    page = visit()
    page.get_by_label("Time").check()
    press(page, "Next")
    expect(dialog(page, "Weight?")).to_be_visible()
    press(page, "Back")
    page.get_by_label("Cake").check()
    press(page, "Next")
    expect(dialog(page, "Cake?")).to_be_visible()


def test_an_answer_that_does_not_fit_is_explained_beside_what_was_typed(visit: Open, server: Server) -> None:
    server.show("survey", questions=[WEIGHT, GOAL])
    server.refusals["/client/answer"] = [(400, {"code": "invalid_answer", "message": "That cannot be a weight."})]
    page = visit()
    field = page.get_by_role("dialog").get_by_role("textbox")
    press(page, "Next")
    expect(page.get_by_role("alert")).to_have_text("Please answer this one; the rest builds on it.")
    for text, wrong in (("much", "Please write a number."), ("3", "Please give a number between 30 and 300.")):
        field.fill(text)
        press(page, "Next")
        expect(page.get_by_role("alert")).to_have_text(wrong)
    field.fill("250")
    press(page, "Next")
    expect(page.get_by_role("alert")).to_have_text("That cannot be a weight.")
    expect(field).to_have_value("250")
    expect(field).to_be_focused()
    field.fill("70")
    press(page, "Next")
    expect(dialog(page, "Goal?")).to_be_visible()
    assert answers(server) == [("weight", 70)]


def test_answers_given_without_a_connection_are_sent_when_it_is_back(visit: Open, server: Server) -> None:
    server.show("survey", questions=[GOAL, WORDS])
    page = visit()
    expect(dialog(page, "Goal?")).to_be_visible()
    server.wait_for(lambda: server.actions("shown"))
    page.context.set_offline(True)
    page.get_by_label("Have more energy").check()
    press(page, "Next")
    expect(dialog(page, "Words?")).to_be_visible()
    assert answers(server) == []
    page.context.set_offline(False)
    server.wait_for(lambda: answers(server) == [("goal", "energy")])


def test_a_reload_goes_on_at_the_first_question_without_an_answer(visit: Open, server: Server) -> None:
    server.show("survey", questions=[GOAL, TROUBLE, WORDS])
    page = visit()
    page.get_by_label("Fit into my jeans").check()
    press(page, "Next")
    expect(dialog(page, "Trouble?")).to_be_visible()
    page.reload()
    expect(dialog(page, "Trouble?")).to_be_visible()
    press(page, "Back")
    expect(page.get_by_label("Fit into my jeans")).to_be_checked()


def test_what_is_known_is_not_asked_again_but_can_be_changed(visit: Open, server: Server) -> None:
    server.show("survey", questions=[{**GOAL, "answer": "jeans"}, WORDS])
    page = visit()
    expect(dialog(page, "Words?")).to_be_visible()
    press(page, "Back")
    expect(page.get_by_label("Fit into my jeans")).to_be_checked()
    press(page, "Next")
    page.get_by_role("dialog").get_by_role("textbox").fill("Lighter")
    press(page, "Next")
    server.wait_for(lambda: answers(server) == [("words", "Lighter")])


def test_what_is_being_typed_survives_a_new_version(visit: Open, server: Server) -> None:
    number = server.show("survey", questions=[WORDS])
    page = visit()
    page.get_by_role("dialog").get_by_role("textbox").fill("I would")
    server.redraw(number, title="Another title")
    expect(page.get_by_text("Another title")).to_be_visible()
    expect(page.get_by_role("dialog").get_by_role("textbox")).to_have_value("I would")
    assert page.get_by_role("dialog").count() == 1


@pytest.mark.parametrize(("button", "action"), [("Remind me later", "snoozed"), ("Close", "dismissed")])
def test_it_can_be_left_at_any_question(visit: Open, server: Server, button: str, action: str) -> None:
    server.show("survey", questions=[GOAL, WORDS])
    page = visit()
    press(page, "Skip")
    press(page, button)
    expect(page.get_by_role("dialog")).to_have_count(0)
    server.wait_for(lambda: server.actions(action))
    page.reload()
    page.wait_for_timeout(500)
    assert page.get_by_role("dialog").count() == 0


def test_the_keyboard_alone_answers_everything(visit: Open, server: Server) -> None:
    stars, nps = question("stars", "stars"), question("nps", "nps")
    server.show("survey", questions=[GOAL, stars, nps, WEIGHT])
    page = visit()
    expect(dialog(page, "Goal?")).to_be_focused()
    for keys in (["Space"], ["ArrowRight", "ArrowRight"], ["ArrowRight", "ArrowRight"]):
        page.keyboard.press("Tab")  # the cross
        page.keyboard.press("Tab")
        for key in keys:
            page.keyboard.press(key)
        page.keyboard.press("Enter")
        page.wait_for_timeout(150)
    expect(page.get_by_role("dialog").get_by_role("textbox")).to_be_focused()
    page.keyboard.type("70")
    page.keyboard.press("Enter")
    expect(dialog(page, "Thank you!")).to_be_focused()
    assert answers(server) == [("goal", "jeans"), ("stars", 3), ("nps", 2), ("weight", 70)]
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("theme", ["", "dark"])
def test_every_kind_of_question_is_accessible(visit: Open, server: Server, theme: str) -> None:
    server.theme = theme
    page = visit(reduced_motion="reduce", viewport={"width": 390, "height": 844})
    for kind in ("goal", "multi", "ranking", "picture", "pictures", *PLAIN):
        options = [] if kind in PLAIN else [{**option("cake"), "image": PICTURE}, {**option("time"), "image": PICTURE}]
        ends = {"least": "Not at all", "most": "Very much"} if kind in ("nps", "csat", "ces") else {}
        asked = question("it", kind, options=options, hint="A hint.", unit="kg", ask=f"This {kind}?", **ends)
        number = server.show("survey", questions=[asked, WORDS])
        expect(dialog(page, f"This {kind}?")).to_be_visible()
        assert violations(page, looks_only=theme == "dark") == [], kind
        assert small(page) == [], kind
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), kind
        server.close(number)
        expect(page.get_by_role("dialog")).to_have_count(0)


def test_several_questions_of_one_page_are_answered_together(visit: Open, server: Server) -> None:
    city, years = question("city", "short text"), question("years", "number", together=True, at_most=99)
    server.show("survey", title="About you", questions=[city, years, GOAL])
    page = visit()
    form = dialog(page, "About you")
    expect(form).to_be_visible()
    form.get_by_role("textbox", name="City?").fill("Varna")
    form.get_by_role("textbox", name="Years?").fill("112")
    press(page, "Next")
    expect(page.get_by_role("alert")).to_have_text("Please give a number that is at most 99.")
    expect(form.get_by_role("textbox", name="Years?")).to_be_focused()
    form.get_by_role("textbox", name="Years?").fill("12")
    assert violations(page) == []
    press(page, "Next")
    expect(dialog(page, "Goal?")).to_be_visible()
    assert answers(server) == [("city", "Varna"), ("years", 12)]
    press(page, "Back")
    expect(form.get_by_role("textbox", name="City?")).to_have_value("Varna")


def test_an_order_is_made_by_buttons_and_by_dragging(visit: Open, server: Server) -> None:
    server.show("survey", questions=[ORDER, {**ORDER, "key": "again", "ask": "Again?"}, WORDS])
    page = visit()
    expect(dialog(page, "Order?")).to_be_visible()
    up = page.get_by_role("button", name="Move up: Speed")
    up.focus()
    page.keyboard.press("Enter")
    expect(up).to_be_focused()
    expect(page.get_by_role("status").filter(has_text="place")).to_have_text("Speed: place 2 of 3")
    press(page, "Next")
    server.wait_for(lambda: answers(server) == [("order", ["taste", "speed", "price"])])
    expect(dialog(page, "Again?")).to_be_visible()
    rows = page.get_by_role("listitem")
    from_, to = (rows.nth(n).bounding_box() or {} for n in (0, 2))
    page.mouse.move(from_["x"] + 60, from_["y"] + 20)
    page.mouse.down()
    page.mouse.move(to["x"] + 60, to["y"] + 30, steps=8)
    page.mouse.up()
    press(page, "Next")
    server.wait_for(lambda: answers(server)[1:] == [("again", ["price", "speed", "taste"])])


def test_an_order_that_was_not_touched_is_no_answer(visit: Open, server: Server) -> None:
    server.show("survey", questions=[ORDER, WORDS])
    page = visit()
    press(page, "Skip")
    expect(dialog(page, "Words?")).to_be_visible()
    assert answers(server) == []


def test_a_question_recalls_what_was_answered_before_it(visit: Open, server: Server) -> None:
    again = question("again", "text", ask="Why \ue000goal\ue001, and not \ue000trouble\ue001?")
    server.show("survey", questions=[GOAL, {**TROUBLE, "answer": ["cake", "time"]}, again])
    page = visit()
    page.get_by_label("Have more energy").check()
    press(page, "Next")
    expect(dialog(page, "Why Have more energy, and not Cake, Time?")).to_be_visible()


def test_what_was_answered_elsewhere_is_passed_over(visit: Open, server: Server) -> None:
    server.show("survey", questions=[GOAL, {**TROUBLE, "answer": ["cake"]}, WEIGHT])
    page = visit()
    page.get_by_label("Fit into my jeans").check()
    press(page, "Next")
    expect(dialog(page, "Weight?")).to_be_visible()
    press(page, "Back")
    expect(page.get_by_label("Cake")).to_be_checked()


def test_the_page_hears_each_answer_at_once(visit: Open, server: Server) -> None:
    server.show("survey", questions=[GOAL, WORDS])
    page = visit()
    page.evaluate("milepost.on('answered', (told) => (window.told = told))")
    page.get_by_label("Fit into my jeans").check()
    press(page, "Next")
    expect(dialog(page, "Words?")).to_be_visible()
    assert page.evaluate("told") == {"content": "survey", "question": "goal", "value": "jeans"}


def test_at_its_end_somebody_chooses_how_to_go_on(visit: Open, server: Server) -> None:
    ways = [{"text": "Create a profile", "url": "#profile"}, {"text": "Continue exploring", "start": "tour"}]
    server.show("survey", questions=[GOAL], actions=ways)
    page = visit()
    page.get_by_label("Fit into my jeans").check()
    press(page, "Next")
    expect(page.get_by_role("link", name="Create a profile")).to_be_visible()
    press(page, "Continue exploring")
    expect(page.get_by_role("dialog")).to_have_count(0)
    server.wait_for(lambda: [told["content"] for told in server.actions("started")] == ["tour"])
