"""Before a visitor has said yes nothing is kept and nothing is sent; and a member of the team looks into it on the page."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from playwright.sync_api import Browser, Page, Request, expect

from milepost.console.pages import debugging
from milepost.console.pages.debugging_words import words
from milepost.core.events import is_test
from milepost.log import stores
from milepost.log.clock import SYSTEM
from milepost.program import actions as program
from milepost.program import queries as drafts
from milepost.workspace import keys, queries
from milepost.workspace.editing import open_editing
from milepost.workspace.models import Key, Member, Site
from tests.browser import violations
from tests.console.world import PROGRAM as CALORIES
from tests.demo.conftest import DIARY, Front
from tests.demo.host import Host

SDK = Path(__file__).parents[2] / "sdk/src"
BLANK = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Shop</title>
<script async src="/sdk/milepost.js" data-key="{key}" data-user="maria" data-consent="required"></script>
<main><h1>Shop</h1></main></html>"""
KEPT = "() => [Object.keys(localStorage), Object.keys(sessionStorage), document.cookie]"
#: One of its pieces made to stand elsewhere.
PROGRAM = CALORIES.read_text(encoding="utf-8").replace(
    "page: {url: /demo/*}", 'page: {url: /shop/*, element: "#basket"}'
)


@pytest.fixture
def shop(chromium: Browser, host: Host, front: tuple[Front, str]) -> Iterator[tuple[Page, list[Request]]]:
    """A page that asks first, and everything that it has asked for."""
    key = keys.reveal(queries.live_keys(queries.workspace_ids()[0], Key.WRITE)[0])
    context = chromium.new_context()
    page, asked = context.new_page(), list[Request]()
    page.route("**/shop/", lambda route: route.fulfill(body=BLANK.format(key=key), content_type="text/html"))
    page.on("request", lambda request: asked.append(request))
    page.goto(f"{front[1]}/shop/")
    page.wait_for_function("typeof milepost === 'object' && 'consent' in milepost")
    yield page, asked
    context.close()


def paths(asked: list[Request], base: str) -> list[str]:
    return [request.url.removeprefix(base) for request in asked]


@pytest.mark.req("R148")
def test_nothing_is_kept_or_sent_before_consent_and_consent_travels_with_facts(
    shop: tuple[Page, list[Request]], host: Host, front: tuple[Front, str]
) -> None:
    page, asked = shop
    page.evaluate(
        "milepost.track('Looked'); milepost.identify({plan: 'free'}); milepost.start('x'); milepost.page('Two')"
    )
    page.wait_for_timeout(700)
    assert paths(asked, front[1]) == ["/shop/", "/sdk/milepost.js"]
    assert page.evaluate(KEPT) == [[], [], ""] and page.context.cookies() == []

    page.evaluate("milepost.consent({functional: true, marketing: true})")
    looked = host.wait_for("Looked")
    assert looked.context["consent"] == {"categoryPreferences": {"functional": True, "marketing": True}}
    page.evaluate("milepost.consent({functional: true, marketing: false})")
    assert host.wait_for("Consent Changed").context["consent"]["categoryPreferences"]["marketing"] is False

    page.evaluate("milepost.consent(false)")
    withdrawn = host.wait_for("Consent Withdrawn")
    assert withdrawn.context["consent"] == {"categoryPreferences": {"functional": False, "marketing": False}}
    assert withdrawn.user_id == "maria"
    page.wait_for_timeout(200)  # what was on its way has come
    before = len(asked)
    page.evaluate("milepost.track('Later'); milepost.consent(false); milepost.identify('eve')")
    page.wait_for_timeout(1800)  # longer than anything is put off
    assert (
        paths(asked[before:], front[1]) == []
        and host.facts("Later") == []
        and len(host.facts("Consent Withdrawn")) == 1
    )
    assert page.evaluate(KEPT) == [[], [], ""] and page.context.cookies() == []


@pytest.fixture
def link(host: Host, front: tuple[Front, str]) -> Callable[[str], str]:
    """The page that a member is led to from the console."""
    stores.use(stores.in_memory(SYSTEM))
    member = Member.objects.get()
    Site.objects.create(workspace=member.workspace, origin=front[1], page=f"{front[1]}/")
    reasons = {"support": "A test needs none."}
    program.apply(member.workspace_id, PROGRAM, by="me", base=None, onto=True, reasons=reasons, now=SYSTEM.now())
    return lambda path: f"{path}#milepost=debug.{open_editing(member, front[1] + path, SYSTEM.now(), kind='debug')}"


@pytest.fixture
def bench(link: Callable[[str], str], front: tuple[Front, str]) -> str:
    """The page that a member is led to, to write on it."""
    token = open_editing(Member.objects.get(), front[1] + DIARY, SYSTEM.now())
    return f"{DIARY}#milepost=edit.{token}"


def test_a_member_writes_a_piece_on_the_page_and_it_is_in_the_draft(visit: Callable[..., Page], bench: str) -> None:
    page = visit(bench)
    desk = page.locator("section.desk")
    expect(desk).to_be_visible()
    assert "milepost=" not in page.url
    desk.get_by_role("button", name="Your first meal in a minute").click()
    desk.get_by_text("↓").first.click()
    save = desk.get_by_role("button", name="Save in the draft")
    save.click()
    expect(save).to_be_disabled()
    expect(desk.get_by_role("button", name="Undo")).to_be_enabled()
    draft = drafts.draft(Member.objects.get().workspace_id)
    assert draft and draft.text.index("Choose it from the list") < draft.text.index("What did you eat?")


def test_the_panel_tells_who_is_here_and_why_a_piece_is_not(
    visit: Callable[..., Page], host: Host, link: Callable[[str], str]
) -> None:
    page = visit(link(DIARY))
    panel = page.get_by_role("region", name="Milepost: debug")
    expect(panel).to_contain_text("demo-maria (signed)")
    expect(panel).to_contain_text("a tab of this browser holds the stream")
    expect(panel).to_contain_text(
        "and on this page: the address is none of /shop/*; and on this page: nothing matches #basket"
    )
    assert "milepost=" not in page.url
    assert [each for each in violations(page) if "finish-day" not in each] == []  # a button of the example's own
    page.evaluate("milepost.track('Tried')")
    expect(panel).to_contain_text("Tried")
    assert not is_test(host.wait_for("Tried"))

    panel.get_by_role("button", name="Test mode").click()
    expect(page.get_by_role("button", name="Test mode is on")).to_be_visible()
    page.evaluate("milepost.track('Tested')")
    assert is_test(host.wait_for("Tested"))
    page.get_by_role("button", name="Close").click()
    page.reload()
    page.evaluate("milepost.track('Real')")
    assert not is_test(host.wait_for("Real"))
    expect(panel).to_have_count(0)


def test_every_word_of_the_panel_is_the_server_s_in_the_member_s_language(
    visit: Callable[..., Page], link: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Member.objects.update(locale="ru")
    with translation.override("ru"):
        title, held = (words()[key] for key in ("title", "held_stream"))
    monkeypatch.setattr(debugging, "words", lambda: {key: f"~{text}~" for key, text in words().items()})
    page = visit(link(DIARY))
    panel = page.get_by_role("region", name=f"~{title}~")
    expect(panel).to_contain_text(f"~{held}~")
    said = panel.locator("h3, header button, div:nth-of-type(1) dt").all_inner_texts()
    assert len(said) == 11 and all(text.startswith("~") and text.endswith("~") for text in said)
    assert panel.evaluate("panel => panel.closest('[lang]').lang") == "ru"


def test_the_panel_has_a_word_for_everything_that_it_says() -> None:
    named = (SDK / "debug/words.ts").read_text(encoding="utf-8")
    assert set(re.findall(r'\| "(\w+)"', named)) == set(words())


def test_no_panel_opens_by_an_address_alone(visit: Callable[..., Page], host: Host) -> None:
    page = visit(f"{DIARY}#milepost=debug.made-up")
    host.wait_for_stream()
    page.wait_for_timeout(300)
    expect(page.get_by_role("region", name="Milepost: debug")).to_have_count(0)
    assert page.evaluate("[localStorage['milepost.test'] ?? '', sessionStorage['milepost.tool'] ?? '']") == ["", ""]


def test_diagnose_answers_with_a_plain_object(visit: Callable[..., Page], host: Host) -> None:
    page = visit(DIARY)
    host.wait_for_stream()
    found: dict[str, Any] = page.evaluate("milepost.diagnose()")
    assert (found["server_answers"], found["key"], found["signed"], found["storage"]) == (True, True, True, "works")
    assert found["identity"]["userId"] == "demo-maria" and found["identity"]["proof"] == "signature"
    assert abs(found["clock_skew"]) <= 2 and (found["csp"], found["unanswered"]) == ([], [])
    assert found["stream"] == "held by a tab of this browser"
