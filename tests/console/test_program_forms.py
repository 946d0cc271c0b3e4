"""Definitions as forms beside YAML: one way of typing follows the other, and saving touches nothing else."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from milepost.console.pages.definitions_kinds import KINDS, kind_of
from milepost.program import actions
from milepost.program import queries as program
from milepost.program.yaml_text import load
from tests.console.world import EXAMPLE, PROGRAM, World
from tests.program import test_plans
from tests.simulate.test_ways import PROGRAM as WAYS

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


@pytest.mark.parametrize("text", [EXAMPLE.read_text(encoding="utf-8"), test_plans.USERS, test_plans.CUSTOMERS, WAYS])
def test_a_form_that_nobody_typed_into_changes_nothing(owner: Client, world: World, text: str) -> None:
    actions.save_draft(world.workspace.pk, text, by="anna@example.com", now=world.clock.now())
    data = load(text).data
    for kind in KINDS:
        held = data.get(kind.section) or {}
        alone = ["-"] if kind.section in data else []
        keys = alone if kind.alone else [key for key, value in held.items() if kind_of(kind.section, value) is kind]
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


def test_every_definition_stands_in_the_list_with_who_names_it_and_is_found(owner: Client, world: World) -> None:
    page = owner.get("/program/").context["page"]
    kinds = {group.kind.name: [row.key for row in group.rows] for group in page.groups}
    assert kinds["milestone"] == ["first-meal", "three-days"]
    assert kinds["celebration"] == ["first-meal-confetti", "three-days-confetti"]
    rows = {row.key: row for group in page.groups for row in group.rows}
    assert rows["first-meal"].happened == 1
    assert rows["welcome"].happened == 1
    assert rows["add-food"].used == 1
    found = owner.get("/program/?q=THREE", headers={"HX-Request": "true"}).context["page"]
    assert {row.key for group in found.groups for row in group.rows} == {
        "three-days", "three-days-confetti", "three-days-praise",
    }  # fmt: skip


def test_the_list_marks_what_the_draft_changes(owner: Client, world: World) -> None:
    save(owner, "message", "welcome", **{"f/purpose": "care"})
    page = owner.get("/program/").context["page"]
    assert [row.key for group in page.groups for row in group.rows if row.change] == ["welcome"]


def test_a_mistake_is_said_with_its_field_and_may_wait_in_the_draft(owner: Client, world: World) -> None:
    values = form_at(owner, address_of("milestone", "first-meal"))
    values["f/target"] = "soon"
    checked = owner.post(address_of("milestone", "first-meal", "check/"), values).context["page"].checked
    assert [problem.path for problem in checked.problems] == ["milestones.first-meal.target"]
    assert owner.post(address_of("milestone", "first-meal", "save/"), values).status_code == 200
    assert "target: soon" in text_of(world)


def test_yaml_that_cannot_be_read_is_not_saved(owner: Client, world: World) -> None:
    values = form_at(owner, address_of("milestone", "first-meal")) | {"source": "yaml", "yaml": "title: [oops\n"}
    assert owner.post(address_of("milestone", "first-meal", "save/"), values).status_code == 422
    assert text_of(world) == TEXT


def test_what_another_member_saved_meanwhile_is_not_overwritten_silently(owner: Client, world: World) -> None:
    values = form_at(owner, address_of("milestone", "first-meal")) | {"f/stage": "setup"}
    theirs = TEXT.replace("    target: 1d\n", "    target: 2d\n")
    actions.save_draft(world.workspace.pk, theirs, by="boris@example.com", now=world.clock.now())
    answer = owner.post(address_of("milestone", "first-meal", "save/"), values)
    assert answer.status_code == 409
    assert "boris@example.com" in answer.content.decode()
    assert text_of(world) == theirs
    assert owner.post(address_of("milestone", "first-meal", "save/"), values | {"over": "yes"}).status_code == 200
    assert "stage: setup" in text_of(world)


def test_two_members_on_different_definitions_do_not_disturb_one_another(owner: Client, world: World) -> None:
    values = form_at(owner, address_of("milestone", "first-meal")) | {"f/stage": "setup"}
    theirs = TEXT.replace("target: 7d", "target: 8d")
    actions.save_draft(world.workspace.pk, theirs, by="boris@example.com", now=world.clock.now())
    assert owner.post(address_of("milestone", "first-meal", "save/"), values).status_code == 200
    assert text_of(world) == theirs.replace("    stage: quick win\n    effort", "    stage: setup\n    effort")


def test_the_last_save_is_taken_back(owner: Client, world: World) -> None:
    save(owner, "milestone", "first-meal", **{"f/stage": "setup"})
    assert text_of(world) != TEXT
    assert owner.post("/program/undo/").status_code == 302
    assert text_of(world) == TEXT


def test_a_new_definition_is_added_and_its_key_must_be_free(owner: Client, world: World) -> None:
    values = form_at(owner, "/program/new/segment/")
    values |= {"f/join": "all", "f/form": "bare", "f/of/0/op": "trait", "f/of/0/trait": "plan"}
    values |= {"f/of/0/test": "is", "f/of/0/value": "free"}
    taken = owner.post("/program/new/segment/save/", values | {"key": "first-meal"})
    assert taken.status_code == 422
    assert owner.post("/program/new/segment/save/", values | {"key": "free-users"}).status_code == 200
    text = text_of(world)
    assert text.startswith(TEXT)
    assert load(text).data["segments"] == {"free-users": {"trait": "plan", "is": "free"}}
    page = owner.get("/program/definitions/segment/free-users/").context["page"]
    assert page.held.n == 1
    assert page.held.people[0][1] == "Maria Ivanova"


def test_a_renamed_definition_is_renamed_everywhere_and_keeps_its_history(owner: Client, world: World) -> None:
    owner.post(address_of("milestone", "first-meal", "rename/"), {"key": "first-entry"})
    text = text_of(world)
    data = load(text).data
    assert list(data["milestones"]) == ["first-entry", "three-days"]
    assert data["messages"]["welcome"]["serves"] == "first-entry"
    assert data["content"]["add-food"]["when"][1] == {"not": {"reached": "first-entry"}}
    assert data["moved"] == {"first-meal": "first-entry"}
    assert "# stops the time-to-first-value clock" in text
    owner.post(address_of("milestone", "first-entry", "rename/"), {"key": "first-meal"})
    assert "moved" not in load(text_of(world)).data


def test_what_is_still_named_is_not_deleted_and_says_by_whom(owner: Client, world: World) -> None:
    answer = owner.post(address_of("guide", "add-food", "delete/"), follow=True)
    assert "messages.welcome" in answer.content.decode()
    assert text_of(world) == TEXT
    owner.post(address_of("message", "glad-you-are-here", "delete/"))
    assert "glad-you-are-here" not in text_of(world)


def test_a_copy_stands_behind_the_original(owner: Client, world: World) -> None:
    owner.post(address_of("message", "welcome", "copy/"))
    assert list(load(text_of(world)).data["messages"])[:2] == ["welcome", "welcome-copy"]


def test_a_viewer_reads_and_changes_nothing(world: World, sign_in: Any) -> None:
    client = sign_in(world.workspace, "viewer")
    values = form_at(client, address_of("milestone", "first-meal"))
    assert client.post(address_of("milestone", "first-meal", "save/"), values).status_code == 403
    assert client.post(address_of("milestone", "first-meal", "delete/")).status_code == 403


def test_parts_of_a_form_are_added_moved_and_removed(owner: Client, world: World) -> None:
    values = form_at(owner, address_of("guide", "add-food"))

    def steps(operation: str) -> list[Any]:
        typed = owner.post(address_of("guide", "add-food", "check/"), values | {"op": operation}).context["page"]
        found: list[Any] = load(typed.checked.typed).data["steps"]
        return found

    first, second = steps("")
    assert steps("up f/steps/1") == [second, first]
    assert steps("remove f/steps/0") == [second]
    assert steps("add f/steps") == [first, second, {}]


def test_comments_inside_a_definition_survive_its_form(owner: Client, world: World) -> None:
    save(owner, "milestone", "first-meal", **{"f/target": "2d"})
    line = next(line for line in text_of(world).splitlines() if "first_value" in line)
    assert re.search(r"first_value: true +# stops the time-to-first-value clock", line)
