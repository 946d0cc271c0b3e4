"""A guide in somebody's page, in a real browser: it leads on by the real action and never leaves anybody stuck.

The SDK's shadow root is closed, so a test looks at it as a person does: by the accessibility tree and by the pixels.
"""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from milepost.core import events
from tests.demo.conftest import Open
from tests.demo.host import Host, celebration, guide, step

pytestmark = pytest.mark.e2e

#: Texts that are wider than their place.
CLIPPED = """card => [card, ...card.querySelectorAll('h1, h2, h3, p, span')]
    .filter(each => each.clientWidth && each.scrollWidth > each.clientWidth).map(each => each.outerHTML)"""


def card(page: Page, title: str) -> Any:
    return page.get_by_role("dialog", name=title)


@pytest.fixture
def page(visit: Open) -> Page:
    return visit()


def steps_of(host: Host) -> list[tuple[str, Any]]:
    names = {events.CONTENT_SHOWN, events.CONTENT_STEP_SEEN, events.CONTENT_COMPLETED, events.CONTENT_DISMISSED}
    return [(fact.name, fact.properties.get("step")) for fact in host.facts() if fact.name in names]


@pytest.mark.req("R69")
def test_a_guide_is_led_on_by_what_the_person_really_does(page: Page, host: Host) -> None:
    host.show(guide())
    expect(card(page, "What did you eat?")).to_be_visible()
    page.locator("#food-search").fill("app")
    expect(card(page, "Choose it from the list")).to_be_visible()
    page.locator("[data-food]").nth(1).click()  # any of them will do, not only the one that is pointed at
    expect(card(page, "Choose it from the list")).to_be_hidden()
    host.wait_for("Meal Logged")
    done = host.wait_for(events.CONTENT_COMPLETED)
    assert (done.user_id, done.source, done.properties["piece"]) == ("demo-maria", "milepost", 1)
    assert steps_of(host) == [
        (events.CONTENT_SHOWN, 0),
        (events.CONTENT_STEP_SEEN, 1),
        (events.CONTENT_COMPLETED, 1),
    ]


def test_the_card_stands_beside_its_target_and_leaves_it_free(page: Page, host: Host) -> None:
    host.show(guide())
    box, target = card(page, "What did you eat?").bounding_box(), page.locator("#food-search").bounding_box()
    assert box and target
    assert box["y"] >= target["y"] + target["height"] or box["y"] + box["height"] <= target["y"]
    page.locator("#food-search").click()  # fails when anything lies over it


def test_the_card_follows_its_target(page: Page, host: Host) -> None:
    host.show(guide())
    before = card(page, "What did you eat?").bounding_box()
    page.evaluate("document.querySelector('main').insertAdjacentElement('afterbegin', document.createElement('hr'))")
    page.evaluate("document.querySelector('hr').animate({height: ['0px', '80px']}, {duration: 100, fill: 'forwards'})")
    page.wait_for_timeout(300)
    after = card(page, "What did you eat?").bounding_box()
    assert before and after and after["y"] >= before["y"] + 70


def test_a_target_that_comes_late_is_waited_for(page: Page, host: Host) -> None:
    host.show(guide(step("Here it is", "#late")))
    page.wait_for_timeout(700)
    assert page.get_by_role("dialog").count() == 0
    page.evaluate("""() => {
        const late = document.createElement('b');
        late.id = late.textContent = 'late';
        document.querySelector('#today').append(late);
    }""")
    expect(card(page, "Here it is")).to_be_visible()
    assert host.facts(events.TARGET_MISSING) == []


def test_another_anchor_does_when_the_best_is_missing(page: Page, host: Host) -> None:
    host.show(guide(step("What did you eat?", ("#renamed", "##broken", "#food-search"))))
    expect(card(page, "What did you eat?")).to_be_visible(timeout=4000)
    assert host.facts(events.TARGET_MISSING) == []


def test_a_missing_target_is_told_and_the_card_stands_alone_with_a_way_on(page: Page, host: Host) -> None:
    host.show(guide(step("Click it", "#gone", "click"), step("The end", "#gone-too", "click")))
    expect(card(page, "Click it")).to_be_visible(timeout=8000)
    assert host.wait_for(events.TARGET_MISSING).properties["step"] == 0
    page.get_by_role("button", name="Next").click()
    expect(card(page, "The end")).to_be_visible(timeout=8000)
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    host.wait_for(events.CONTENT_DISMISSED)  # nothing of it could be done, so nothing is claimed
    assert host.facts(events.CONTENT_COMPLETED) == []


def test_a_step_whose_target_is_missing_is_passed_over_when_the_page_is_further(page: Page, host: Host) -> None:
    host.show(guide(step("Gone", "#gone", "click"), step("Here", "#food-search", "input")))
    expect(card(page, "Here")).to_be_visible(timeout=8000)
    assert host.wait_for(events.TARGET_MISSING).properties["step"] == 0


def test_a_target_that_goes_away_is_looked_for_again(page: Page, host: Host) -> None:
    host.show(guide(step("Here", "#food-search")))
    expect(card(page, "Here")).to_be_visible()
    page.evaluate("document.querySelector('.search').hidden = true")
    expect(card(page, "Here")).to_be_hidden()
    page.evaluate("document.querySelector('.search').hidden = false")
    expect(card(page, "Here")).to_be_visible()


def test_a_reload_resumes_at_the_same_step(page: Page, host: Host) -> None:
    host.show(guide())
    expect(card(page, "What did you eat?")).to_be_visible()
    page.locator("#food-search").fill("app")
    expect(card(page, "Choose it from the list")).to_be_visible()
    page.reload()
    page.locator("#food-search").fill("soup")
    expect(card(page, "Choose it from the list")).to_be_visible()


def test_the_server_s_step_counts_on_another_device(visit: Open, host: Host) -> None:
    host.show(guide(step("One"), step("Two"), step("Three")), status="shown", step=1)
    expect(card(visit(), "Two")).to_be_visible()


@pytest.mark.parametrize(
    ("button", "fact"),
    [
        ("Remind me later", events.CONTENT_SNOOZED),
        ("Don’t show this again", events.CONTENT_REFUSED),
        ("Close", events.CONTENT_DISMISSED),
    ],
)
def test_a_person_can_always_leave_and_stays_left_alone(page: Page, host: Host, button: str, fact: str) -> None:
    host.show(guide())
    page.get_by_role("button", name=button).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert host.wait_for(fact).properties["content"] == "add-food"
    page.reload()  # the engine has not heard of it yet: the piece is still open
    page.wait_for_timeout(800)
    assert page.get_by_role("dialog").count() == 0


def test_back_and_next_walk_through_and_the_end_is_the_end(page: Page, host: Host) -> None:
    host.show(guide(step("One"), step("Two", "h1"), step("Three")))
    page.get_by_role("button", name="Next").click()
    expect(card(page, "Two")).to_be_visible()
    page.get_by_role("button", name="Back").click()
    expect(card(page, "One")).to_be_visible()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    host.wait_for(events.CONTENT_COMPLETED)


def test_the_keyboard_alone_walks_through(page: Page, host: Host) -> None:
    host.show(guide())
    expect(card(page, "What did you eat?")).to_be_focused()
    for _ in range(5):  # close, skip, later, never, contact
        page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator("#food-search")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("link", name="Anna from support")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("app")
    expect(card(page, "Choose it from the list")).to_be_visible()
    expect(page.locator("#food-search")).to_be_focused()  # whoever types keeps typing
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    host.wait_for(events.CONTENT_COMPLETED)


def test_escape_leaves_but_not_from_another_field_of_the_page(page: Page, host: Host) -> None:
    host.show(guide())
    expect(card(page, "What did you eat?")).to_be_visible()
    page.locator("#meal").focus()
    page.keyboard.press("Escape")
    expect(card(page, "What did you eat?")).to_be_visible()
    page.locator("#food-search").focus()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_step_is_told_to_those_who_listen_to_the_page(page: Page, host: Host) -> None:
    host.show(guide())
    expect(page.get_by_text("Step 1 of 2. What did you eat?. Type a word, for example apple.")).to_be_attached()


def test_everything_to_press_is_large_enough(page: Page, host: Host) -> None:
    host.show(guide(step("One", "h1"), step("Two", "h1")), step=1)
    dialog = card(page, "Two")
    expect(dialog).to_be_visible()
    for one in [*dialog.get_by_role("button").all(), *dialog.get_by_role("link").all()]:
        box = one.bounding_box()
        assert box and box["width"] >= 24 and box["height"] >= 24, one.inner_text()


def test_one_thing_at_a_time(page: Page, host: Host) -> None:
    host.show(guide(step("First")), guide(step("Second"), key="second"))
    expect(card(page, "First")).to_be_visible()
    assert page.get_by_role("dialog").count() == 1
    page.get_by_role("button", name="Done").click()
    expect(card(page, "Second")).to_be_visible()


def test_a_win_comes_first_and_the_guide_goes_on_after_it(page: Page, host: Host) -> None:
    host.show(guide(step("First"), step("Second")))
    page.get_by_role("button", name="Next").click()
    expect(card(page, "Second")).to_be_visible()
    host.show(celebration())
    expect(card(page, "Your first meal is in!")).to_be_visible()
    assert page.get_by_role("dialog").count() == 1
    page.get_by_role("button", name="Onwards").click()
    expect(card(page, "Second")).to_be_visible()
    host.wait_for(events.CONTENT_STEP_SEEN)
    assert len([fact for fact in host.facts(events.CONTENT_SHOWN) if fact.properties["piece"] == 1]) == 1


def test_a_guide_that_was_ended_elsewhere_goes_away(page: Page, host: Host) -> None:
    host.show(guide())
    expect(card(page, "What did you eat?")).to_be_visible()
    host.close_piece(1)
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_guide_stands_only_on_its_own_pages(page: Page, host: Host) -> None:
    host.show(guide(step("Elsewhere"), page={"url": ("/demo/goals*",)}))
    page.wait_for_timeout(600)
    assert page.get_by_role("dialog").count() == 0
    page.evaluate("history.pushState(null, '', '/demo/goals/7')")
    expect(card(page, "Elsewhere")).to_be_visible()
    page.evaluate("history.back()")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_guide_reaches_into_the_page_s_own_modal_dialog(page: Page, host: Host) -> None:
    page.evaluate("""() => {
        const dialog = document.createElement('dialog');
        const field = document.createElement('input');
        field.id = 'inner';
        dialog.append(field);
        document.body.append(dialog);
        dialog.showModal();
    }""")
    host.show(guide(step("Inside", "#inner", "input")))
    expect(card(page, "Inside")).to_be_visible()
    page.get_by_role("button", name="Skip this step").click()
    expect(page.get_by_role("dialog", name="Inside")).to_have_count(0)


@pytest.mark.req("R153")
def test_right_to_left_the_card_is_mirrored_and_thai_stands_whole(page: Page, host: Host) -> None:
    labels = {"next": "التالي", "step": "الخطوة {n} من {total}", "close": "إغلاق"}
    thai = step("ยินดีต้อนรับสู่สมุดบันทึกอาหาร", text=f"<p>{'บันทึกมื้ออาหารแรกของคุณ' * 6}</p>")
    host.show(guide(step("ماذا أكلت؟", "#food-search"), thai, lang="ar", dir="rtl", labels=labels))
    dialog = card(page, "ماذا أكلت؟")
    expect(dialog).to_be_visible()
    box, target = dialog.bounding_box(), page.locator("#food-search").bounding_box()
    assert box and target and abs(box["x"] + box["width"] - target["x"] - target["width"]) < 12
    middle = box["x"] + box["width"] / 2
    closing, onward = (page.get_by_role("button", name=name).bounding_box() for name in ("إغلاق", "التالي"))
    assert closing and onward and closing["x"] < middle and onward["x"] + onward["width"] < middle
    page.get_by_role("button", name="التالي").click()
    expect(card(page, "ยินดีต้อนรับสู่สมุดบันทึกอาหาร")).to_be_visible()
    assert card(page, "ยินดีต้อนรับสู่สมุดบันทึกอาหาร").evaluate(CLIPPED) == []
