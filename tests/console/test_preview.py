"""What is typed is drawn as people will see it, before anything is saved."""

from typing import Any

import pytest
from django.test import Client

from milepost.console.pages.preview_flow import flow_of
from milepost.program import actions
from milepost.program.yaml_text import read
from tests.console.test_program_forms import address_of, form_at
from tests.console.world import EXAMPLE, World


@pytest.fixture
def story(world: World) -> World:
    text = EXAMPLE.read_text(encoding="utf-8")
    actions.save_draft(world.workspace.pk, text, by="anna@example.com", now=world.clock.now())
    return world


def drawn(owner: Client, kind: str, key: str, **chosen: str) -> Any:
    values = form_at(owner, address_of(kind, key))
    return owner.post(address_of(kind, key, "preview/"), values | chosen)


def test_a_piece_of_every_kind_is_drawn_by_the_sdks_own_code(owner: Client, story: World) -> None:
    kinds = {}
    for kind in ("guide", "checklist", "survey", "celebration", "empty-state", "invite", "article"):
        group = next(g for g in owner.get("/program/").context["page"].groups if g.kind.name == kind)
        answer = drawn(owner, kind, group.rows[0].key)
        frame = answer.context["page"]
        assert frame.refusal == "", kind
        kinds[kind] = frame.body["kind"]
        assert frame.chunk.endswith(".js"), kind
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert len(set(kinds.values())) == 7


def test_a_piece_speaks_the_chosen_language_of_what_is_typed_and_not_saved(owner: Client, story: World) -> None:
    values = form_at(owner, address_of("guide", "add-food"))
    typed = values | {"yaml": values["yaml"].replace("Что вы съели?", "Что было на обед?"), "locale": "ru"}
    body = owner.post(address_of("guide", "add-food", "preview/"), typed).context["page"].body
    assert body["steps"][0]["title"] == "Что было на обед?"
    assert body["lang"] == "ru"


def test_a_mail_is_drawn_for_a_real_person_with_its_plain_text(owner: Client, story: World) -> None:
    page = owner.get(address_of("message", "welcome")).context["page"]
    uid, name = page.preview.people[1]
    assert name == "Maria Ivanova"
    answer = drawn(owner, "message", "welcome", who=uid, width="wide")
    assert "Maria" in answer.content.decode()
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert "<pre" in drawn(owner, "message", "welcome", width="text").content.decode()


def test_what_cannot_be_drawn_yet_says_so(owner: Client, story: World) -> None:
    assert "cannot be drawn yet" in drawn(owner, "guide", "add-food", yaml="kind: guide\n").content.decode()


def test_a_journey_is_drawn_with_its_waits_and_branches(owner: Client, story: World) -> None:
    page = owner.get(address_of("journey", "first-day")).context["page"]
    assert [box.kind for box in page.flow.boxes][:2] == ["start", "send"]
    assert {"wait", "if", "end"} <= {box.kind for box in page.flow.boxes}
    assert {line.word for line in page.flow.lines} >= {"yes", "no"}


def test_boxes_of_a_journey_never_lie_upon_one_another() -> None:
    text = """
milepost: 1
name: x
messages: {}
journeys:
  deep:
    starts: {did: A}
    steps:
      - if: {did: B}
        then:
          - if: {did: C}
            then: [{send: a}, {send: b}]
            else: [{wait: {for: 1d}}, {send: c}]
        else: [{task: Call}]
      - split: {x: 1, y: 2, z: 1}
        arms: {x: [{wait: {at: "18:00", on: friday}}], y: [{repeat: {at_most: 2, steps: [{send: a}, {wait: 1d}]}}]}
      - wait: {day: {trait: start_date, days_after: 1}, at_most: 9d}
      - send: d
"""
    flow = flow_of(read(text).sketch.journeys["deep"], {})
    words = {box.whole for box in flow.boxes} | {line.word for line in flow.lines}
    assert {"x 25 %", "y 50 %", "z 25 %", "2 times", "Wait until Friday, 18:00"} <= words
    assert "Wait until 1 day after the day in “start_date”, at 10:00, at most 9 days" in words
    for one in flow.boxes:
        for other in flow.boxes:
            apart = abs(one.x - other.x) >= 216 or abs(one.y - other.y) >= 52
            assert one is other or apart
        assert 0 <= one.x <= flow.width - 216
