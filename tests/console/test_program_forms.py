"""Definitions as forms beside YAML: one way of typing follows the other, and saving touches nothing else."""

from html.parser import HTMLParser
from typing import Any

from django.test import Client

from milepost.console.pages.definitions_kinds import KINDS, kind_of
from milepost.program import actions
from milepost.program import queries as program
from milepost.program.yaml_text import load
from tests.console.world import EXAMPLE, PROGRAM, World

TEXT = PROGRAM.read_text(encoding="utf-8")


class Form(HTMLParser):
    """What a browser would post of the form of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._select, self._area, self._inside, self._fresh = "", "", False, False
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form" and given.get("id") == "definition":
            self._inside = True
        if not self._inside:
            return
        name = given.get("name", "")
        if tag == "input" and name and (given.get("type") != "checkbox" or "checked" in given):
            self.values[name] = "on" if given.get("type") == "checkbox" else given.get("value", "")
        elif tag == "select":
            self._select = name
            self.values[name] = ""
            self._fresh = True
        elif tag == "option" and self._select and (self._fresh or "selected" in given):
            self.values[self._select] = given.get("value", "")
            self._fresh = False
        elif tag == "textarea":
            self._area, self.values[name] = name, ""

    def handle_endtag(self, tag: str) -> None:
        self._select = "" if tag == "select" else self._select
        self._area = "" if tag == "textarea" else self._area
        self._inside = self._inside and tag != "form"

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area] += data if self.values[self._area] else data.removeprefix("\n")


def form_at(client: Client, address: str) -> dict[str, str]:
    return Form(client.get(address).content.decode()).values


def address_of(kind: str, key: str, then: str = "") -> str:
    return f"/program/definitions/{kind}/{key}/{then}"


def save(client: Client, kind: str, key: str, **typed: str) -> Any:
    values = form_at(client, address_of(kind, key))
    return client.post(
        address_of(kind, key, "save/"), values | {name.replace("__", "/"): v for name, v in typed.items()}
    )


def text_of(world: World) -> str:
    draft = program.draft(world.workspace.pk)
    return draft.text if draft else program.current(world.workspace.pk).text


def test_a_form_that_nobody_typed_into_changes_nothing(owner: Client, world: World) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    actions.save_draft(world.workspace.pk, text, by="anna@example.com", now=world.clock.now())
    data = load(text).data
    for kind in KINDS:
        held = data.get(kind.section) or {}
        keys = ["-"] if kind.alone else [key for key, value in held.items() if kind_of(kind.section, value) is kind]
        for key in keys:
            values = form_at(owner, address_of(kind.name, key))
            answer = owner.post(address_of(kind.name, key, "check/"), values)
            assert answer.status_code == 200
            assert answer.context["page"].checked.typed == values["yaml"], (kind.name, key)


def test_saving_a_form_changes_one_field_and_keeps_every_other_line_and_comment(owner: Client, world: World) -> None:
    assert save(owner, "message", "welcome", **{"f/purpose": "care"}).status_code == 200
    changed = TEXT.replace(
        "    purpose: service              # part of signing up: sent at once\n    when: {did: Signed Up}\n    serves",
        "    purpose: care                 # part of signing up: sent at once\n    when: {did: Signed Up}\n    serves",
    )
    assert text_of(world) == changed
