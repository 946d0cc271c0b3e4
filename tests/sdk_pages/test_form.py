"""A form that is watched: what is told of filling it in, and what never is."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.sdk_pages.conftest import Open
from tests.sdk_pages.served import Server

pytestmark = pytest.mark.e2e

FORM = """<form id="join"><input name="name" required><input name="email" type="email" required>
<input name="pin" type="password" minlength="8"><input name="city"><button>Join</button></form>"""
LOADED = "performance.getEntriesByType('resource').some((each) => each.name.includes('/form'))"
STAY = "document.querySelector('#join').addEventListener('submit', (event) => event.preventDefault())"


@pytest.fixture
def form(visit: Open, server: Server) -> Page:
    server.inside = FORM
    server.show("form", on=["#join"], sent="Signed Up", standing=True)
    with_form = visit()
    with_form.evaluate(STAY)
    server.wait_for(lambda: with_form.evaluate(LOADED))
    with_form.wait_for_timeout(100)
    return with_form


def fill(page: Page, name: str, text: str) -> None:
    page.locator(f"[name={name}]").press_sequentially(text)


def told(server: Server, event: str) -> dict[str, Any]:
    [fact] = server.wait_for(lambda: server.facts(event))
    properties: dict[str, Any] = fact["properties"]
    return properties


def of(fact: dict[str, Any], name: str) -> dict[str, Any]:
    [field] = [each for each in fact["fields"] if each["name"] == name]
    return field


@pytest.mark.req("R80")
def test_a_form_that_is_sent_tells_its_fields_their_times_corrections_and_faults(form: Page, server: Server) -> None:
    fill(form, "name", "Maria")
    fill(form, "email", "maria")
    form.wait_for_timeout(150)
    fill(form, "pin", "secret-8")
    assert told(server, "Form Started") == {"form": "form"}
    fill(form, "email", "@example.com")
    form.get_by_role("button", name="Join").click()
    fact = told(server, "Form Submitted")
    assert (fact["form"], fact["last"], [each["name"] for each in fact["fields"]]) == (
        "form",
        "email",
        ["name", "email", "pin"],
    )
    email = of(fact, "email")
    assert (email["corrections"], email["errors"]) == (1, ["typeMismatch"])
    assert 0.1 <= email["seconds"] <= fact["seconds"]


def test_nothing_that_was_typed_leaves_the_browser_and_of_a_password_only_its_time(form: Page, server: Server) -> None:
    fill(form, "name", "Maria-Petrova")
    fill(form, "email", "maria@example.com")
    fill(form, "pin", "short")
    form.get_by_role("button", name="Join").click()  # the browser refuses it: the password is too short
    form.goto("/elsewhere")
    fact = told(server, "Form Abandoned")
    assert set(of(fact, "pin")) == {"name", "seconds"}
    everything = json.dumps([body for _path, body in server.told])
    assert not [word for word in ("Maria-Petrova", "maria@example.com", "short", "secret") if word in everything]


def test_who_leaves_is_told_with_the_field_where_they_stopped(form: Page, server: Server) -> None:
    fill(form, "name", "Maria")
    form.locator("[name=email]").focus()
    form.goto("about:blank")  # nothing of ours is there to send it later
    fact = told(server, "Form Abandoned")
    assert (fact["last"], [each["name"] for each in fact["fields"]]) == ("email", ["name", "email"])
    assert server.facts("Form Submitted") == []


def test_what_the_page_itself_finds_wrong_was_not_sent(form: Page, server: Server) -> None:
    form.evaluate("""document.querySelector('#join').addEventListener('submit', () =>
        document.querySelector('[name=city]').setAttribute('aria-invalid', 'true'), {once: true})""")
    fill(form, "name", "Maria")
    fill(form, "email", "maria@example.com")
    fill(form, "city", "Nowhere")
    form.get_by_role("button", name="Join").click()
    form.evaluate("new Promise((done) => setTimeout(done, 20))")
    form.evaluate("document.querySelector('[name=city]').removeAttribute('aria-invalid')")
    fill(form, "city", "!")
    form.get_by_role("button", name="Join").click()
    fact = told(server, "Form Submitted")
    assert of(fact, "city")["errors"] == ["page"]


def test_a_form_without_a_sending_of_its_own_was_sent_when_the_page_says_so(form: Page, server: Server) -> None:
    fill(form, "name", "Maria")
    form.evaluate("milepost.track('Signed Up')")
    assert told(server, "Form Submitted")["last"] == "name"
    form.goto("/elsewhere")
    assert server.facts("Form Abandoned") == []


def test_who_types_nothing_has_begun_nothing_and_other_fields_are_no_part_of_it(form: Page, server: Server) -> None:
    form.locator("[name=name]").focus()
    form.locator("#search").press_sequentially("Soup")
    form.goto("/elsewhere")
    server.wait_for(lambda: len(server.to("/v1/batch")) > 1)
    assert [server.facts(name) for name in ("Form Started", "Form Abandoned")] == [[], []]
