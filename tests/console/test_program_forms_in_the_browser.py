"""The editor of one definition in a real browser: each side follows the other, and nothing typed is lost."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from milepost.program import actions, edits
from milepost.program import queries as program
from tests.console.test_browser import Tab, chromium, faults, world
from tests.console.world import EXAMPLE, OWNER, World

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
__all__ = ["chromium", "world"]

GUIDE = "/program/definitions/guide/add-food/"


def draft_of(world: World) -> str:
    draft = program.draft(world.workspace.pk)
    return draft.text if draft else ""


def test_form_and_yaml_follow_one_another_and_the_preview_is_drawn_by_the_sdk(
    chromium: Browser, live_server: Any, world: World
) -> None:
    tab = Tab(chromium, live_server.url, viewport={"width": 1440, "height": 1000})
    page = tab.page
    page.goto(GUIDE)
    inside = page.frame_locator("iframe[name=preview]")
    expect(inside.get_by_role("heading", name="What did you eat?")).to_be_visible()
    page.fill("#f-steps-0-title-en", "What was it?")
    expect(page.locator("#yaml")).to_have_value(re.compile("What was it"))
    expect(inside.get_by_role("heading", name="What was it?")).to_be_visible()
    page.locator("#yaml").fill(page.locator("#yaml").input_value().replace("What was it?", "And what now?"))
    expect(page.locator("#f-steps-0-title-en")).to_have_value("And what now?")
    page.locator("#f-steps-add").click()
    expect(page.locator("#f-steps-2-title-en")).to_be_visible()
    expect(page.locator("#checks")).to_contain_text("'title' is missing")
    expect(page.locator("[data-path='content.add-food.steps[2].title'] .field__error")).to_contain_text("missing")
    page.locator("#f-steps-2-remove").click()
    expect(page.locator("#f-steps-2-title-en")).to_have_count(0)
    page.locator("[data-save]").click()
    expect(page.get_by_text("Saved in the draft")).to_be_visible()
    assert "And what now?" in draft_of(world)
    assert tab.wrongs == []


def test_what_somebody_else_saved_meanwhile_is_shown_and_nothing_typed_is_lost(
    chromium: Browser, live_server: Any, world: World
) -> None:
    tab = Tab(chromium, live_server.url, viewport={"width": 1440, "height": 1000})
    page = tab.page
    page.goto(GUIDE)
    path = ("content", "add-food")
    theirs = "kind: guide\ntitle: Theirs\nsteps: [{title: One}]\n"
    edits.save(world.workspace.pk, path, theirs, was="", over=True, by="boris@example.com", now=world.clock.now())
    expect(page.locator("#definition[data-htmx-powered]")).to_have_count(1)
    page.fill("#f-title-en", "Mine")
    expect(page.locator("#yaml")).to_have_value(re.compile("Mine"))
    page.locator("[data-save]").click()
    expect(page.locator("#notice")).to_contain_text("boris@example.com has changed this")
    expect(page.locator("#f-title-en")).to_have_value("Mine")
    assert "Theirs" in draft_of(world)
    page.locator("[data-save-over]").click()
    expect(page.get_by_text("Saved in the draft")).to_be_visible()
    assert "Mine" in draft_of(world)
    assert "Theirs" not in draft_of(world)


def test_the_editor_of_every_kind_is_accessible(chromium: Browser, live_server: Any, world: World) -> None:
    actions.save_draft(world.workspace.pk, EXAMPLE.read_text(encoding="utf-8"), by=OWNER, now=world.clock.now())
    paths = (
        "/program/", GUIDE, "/program/definitions/milestone/first-meal/", "/program/definitions/message/welcome/",
        "/program/definitions/journey/first-day/", "/program/definitions/survey/intake/", "/program/new/goal/",
        "/program/definitions/limits/-/", "/messages/", "/messages/welcome/", "/messages/deliveries/",
    )  # fmt: skip
    assert faults(chromium, live_server.url, paths) == []
