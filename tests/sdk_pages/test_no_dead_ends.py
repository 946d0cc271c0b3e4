"""Every piece of the example, drawn by the server and walked to its end in a browser: at each step there is a way on, a way
out, and somebody to ask."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Locator, Page, expect

from milepost.core.delivery.piece import ReplyBody
from milepost.core.engine.effects import ShowContent
from milepost.core.program.document import Document
from milepost.core.success.personal import Told, personal_plan
from milepost.core.success.plan import Course, make
from milepost.delivery.channels.in_app.drawing import draw, frame
from milepost.delivery.rendering import Occasion
from milepost.program.yaml_text import read
from tests.sdk_pages.conftest import Open
from tests.sdk_pages.served import Server

pytestmark = pytest.mark.e2e

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
EXAMPLE = Path(__file__).parents[2] / "examples/calorie-counter/milepost.yaml"
#: What leads on, and what leads out, of any step of any piece.
ON = ("Next", "Skip", "Skip this step", "Done")
OUT = ("Close", "Fold up", "Remind me later", "Don’t show this again")
_MOST_STEPS = 30


@lru_cache
def document() -> Document:
    found = read(EXAMPLE.read_text(encoding="utf-8")).document
    assert found is not None
    return found


def occasion(goal: str) -> Occasion:
    """Of somebody who wants this, at their first milestone, when an offer may be made."""
    known = {"goal": {"key": goal, "ask": document().goals[goal].ask}}
    effect = ShowContent(
        workspace=1, key="k", person=1, at=NOW, release=1, content="", milestone="three-days", known=known
    )
    plan = personal_plan(document(), make(document(), goal, NOW, Course()), Told(reached={}), NOW.date())
    link = "http://127.0.0.1/demo/?milepost_invite=abc"
    return Occasion(
        document=document(),
        effect=effect,
        milestone="three-days",
        person=None,
        locale="en",
        plan=plan,
        offer="premium",
        invite_url=link,
    )


def pieces(goal: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(key, body) of everything that can stand on a page. The page that they stand on here has one place for all."""
    moment = occasion(goal)
    for key, content in {**document().content, **document().articles}.items():
        body = msgspec.to_builtins(draw(content, key, moment))
        steps = [{**step, "on": ["#search"]} for step in body["steps"]]
        yield key, {**body, "steps": steps, "page": {"url": ["*"]}, "on": ["#today"]}
    reply = ReplyBody(
        key="r",
        kind="reply",
        content="@reply",
        title="Anna has answered",
        question="How?",
        **frame("reply", moment, "en"),
    )
    yield "@reply", {**msgspec.to_builtins(reply), "page": {"url": ["*"]}}


def buttons(card: Locator) -> set[str]:
    """The names of everything on it that can be pressed."""
    return {
        (each.get_attribute("aria-label") or each.inner_text()).strip()
        for each in (*card.get_by_role("button").all(), *card.get_by_role("link").all())
    }


def card_of(page: Page) -> Locator:
    card = page.locator("[role=dialog], dialog, [role=region], section.empty").first
    expect(card).to_be_visible()
    return card


def is_no_dead_end(card: Locator, kind: str, key: str) -> None:
    names = buttons(card)
    assert names & set(OUT), f"{key}: no way out among {names}"
    assert "Anna from support" in names, f"{key}: nobody to ask among {names}"
    rest = names - set(OUT) - {"Anna from support", "Back"}
    assert rest, f"{key}: no way on"
    if kind in ("guide", "survey"):
        assert rest & set(ON), f"{key}: no way on among {rest}"


def answered(card: Locator, question: dict[str, Any]) -> None:
    """Chooses where there is a choice; what is typed is skipped, where that may be."""
    choices = card.locator("input[type=radio], input[type=checkbox]")
    if choices.count():
        choices.first.check(force=True)
    elif question["kind"] == "number":
        card.locator("input[id^=field], textarea[id^=field]").fill(str(question["at_least"] or 1))
    elif not question["optional"]:
        card.locator("input[id^=field], textarea[id^=field]").fill("Words")


def walk(page: Page, body: dict[str, Any], key: str) -> None:
    """To the end of what has several steps."""
    asked = {question["ask"]: question for question in body.get("questions", ())}
    for _ in range(_MOST_STEPS):
        if not page.locator("[role=dialog], dialog").count():
            return
        card = card_of(page)
        title = card.get_by_role("heading").inner_text()
        if asked.keys() & {title} or body["kind"] == "guide":
            is_no_dead_end(card, body["kind"], key)
        if title in asked:
            answered(card, asked[title])
        card.locator(".actions button").last.click()
        expect(page.get_by_role("heading", name=title, exact=True)).to_have_count(0)
    raise AssertionError(f"{key} has no end")


@pytest.mark.req("R160")
def test_each_step_of_every_piece_has_a_way_on_a_way_out_and_somebody_to_ask(visit: Open, server: Server) -> None:
    page, kinds = visit(), set()
    for key, body in pieces("lose-weight"):
        if body["kind"] == "term":  # a word of the page's own text, which opens when somebody asks: `test_terms`
            continue
        number = server.show(**body)
        is_no_dead_end(card_of(page), body["kind"], key)
        kinds.add(body["kind"])
        if body["kind"] in ("guide", "survey"):
            walk(page, body, key)
        server.close(number)
        expect(page.locator("[role=dialog], dialog, [role=region], section.empty")).to_have_count(0)
    assert kinds == {"guide", "survey", "checklist", "celebration", "empty_state", "invite", "article", "reply"}


@pytest.mark.req("R160")
@pytest.mark.parametrize("goal", ["lose-weight", "get-fit", "eat-healthier"])
def test_each_step_of_a_plan_can_be_begun_and_left_out(visit: Open, server: Server, goal: str) -> None:
    [body] = [body for _, body in pieces(goal) if body["kind"] == "checklist"]
    server.show(**body)
    card = card_of(visit())
    for item in body["items"]:
        assert item["start"] in (*document().content, None)
        assert item["start"] or item["url"], f"{goal}: nothing leads to {item['key']}"
        row = card.get_by_role("listitem").filter(has_text=item["title"])
        if not row.get_by_role("button", name="Skip this").count():
            row.get_by_role("button").first.click()
        expect(row.get_by_role("button", name="Skip this")).to_be_visible()
        assert row.get_by_role("link").count() or row.get_by_role("button", name="Show me how").count(), item["key"]
