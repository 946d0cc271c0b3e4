"""Charts in the console: drawn, with what nothing explains; edited beside their YAML; taken along as files."""

from collections.abc import Callable
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.test import Client

from milepost.program import queries as program
from tests.console.test_program_forms import address_of, form_at
from tests.console.world import PROGRAM, World

TEXT = PROGRAM.read_text(encoding="utf-8")
CHART = """functions:
  diary: {title: Food diary, milestones: []}
charts:
  first-day:
    title: The <first> day
    steps:
      begin: {did: Signed Up, next: [first-meal]}
      first-meal: {reached: first-meal, functions: [diary], next: [{to: begin, label: again}]}
"""


@pytest.fixture
def charted(world: World, owner: Client) -> Client:
    owner.post("/program/draft/", {"text": TEXT + CHART})
    return owner


def test_before_the_first_chart_the_page_teaches_what_one_is_for(owner: Client) -> None:
    shown = owner.get("/program/charts/").content.decode()
    assert "The way that people take will be drawn here" in shown
    assert 'href="/program/new/chart/"' in shown


def test_a_chart_is_drawn_with_its_functions_and_what_nothing_explains(charted: Client) -> None:
    [row] = charted.get("/program/charts/").context["page"].rows
    assert (row.key, row.title, row.steps, row.gaps) == ("first-day", "The <first> day", 2, ("Food diary",))
    answer = charted.get("/program/charts/first-day/")
    page, shown = answer.context["page"], answer.content.decode()
    drawing = ElementTree.fromstring(page.drawing)
    assert {"Log your first meal", "Food diary", "again"} <= set(drawing.itertext())
    assert "<first>" not in shown
    [link] = [each.get("href") for each in drawing.iter() if each.tag.endswith("}a")]
    assert charted.get(link).status_code == 200
    [function] = page.functions
    assert (function.step, function.key, function.explained_by) == ("Log your first meal", "diary", ())
    assert charted.get("/program/coverage/").context["page"].unexplained == ["Food diary"]
    assert charted.get("/program/charts/nothing/").status_code == 404


def test_a_chart_is_taken_along_in_each_format(charted: Client) -> None:
    for ending, begins in (("svg", b"<svg"), ("png", b"\x89PNG"), ("mmd", b"---")):
        answer = charted.get(f"/program/charts/first-day.{ending}")
        assert answer.content.startswith(begins)
        assert answer.headers["Content-Disposition"] == f'attachment; filename="first-day.{ending}"'
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert charted.get("/program/charts/first-day.pdf").status_code == 404
    assert charted.get("/program/charts/nothing.svg").status_code == 404


def test_a_chart_is_edited_as_a_form_and_the_drawing_follows(charted: Client, world: World) -> None:
    address = address_of("chart", "first-day")
    assert "pathway" in charted.get(address).content.decode()
    values = form_at(charted, address)
    draft = program.draft(world.workspace.pk)
    assert draft is not None
    assert charted.post(address_of("chart", "first-day", "save/"), values).status_code == 200
    kept = program.draft(world.workspace.pk)
    assert kept is not None and kept.text == draft.text, "a form that nobody typed into changes nothing"
    values |= {name: "Signs up" for name in values if name.startswith("f/steps/0/title/")}
    checked = charted.post(address_of("chart", "first-day", "check/"), values)
    assert "Signs up" in checked.content.decode()
    assert charted.post(address_of("chart", "first-day", "save/"), values).status_code == 200
    kept = program.draft(world.workspace.pk)
    assert kept is not None and "Signs up" in kept.text and "next: [first-meal]" in kept.text


@pytest.mark.req("R52")
def test_how_people_really_go_is_drawn_taken_over_edited_and_exported(owner: Client, world: World) -> None:
    functions = "functions:\n  diary: {title: Food diary, milestones: [first-meal]}\n"
    owner.post("/program/draft/", {"text": TEXT + functions})
    world.release(TEXT + functions)
    for name in ("one", "two", "three"):
        world.happens(name, "Signed Up")
        world.waits(timedelta(minutes=5))
        world.happens(name, "Food Searched")
        world.waits(timedelta(minutes=5))
        world.happens(name, "Meal Logged")
    world.goes_on()
    answer = owner.get("/insights/flow/")
    drawing = ElementTree.fromstring(answer.context["page"].report.drawing)
    words = set(drawing.itertext())
    assert {"Food Searched", "Log your first meal", "Food diary"} <= words
    assert answer.context["page"].report.tables[0].rows[0][0] == "Signed Up"
    taken = owner.post("/insights/flow/take/", {"query": answer.context["page"].query})
    assert taken.headers["Location"] == "/program/definitions/chart/how-people-go/"
    values = form_at(owner, taken.headers["Location"])
    assert "food-searched" in values.values()
    values |= {name: "Looks for food" for name in values if name.startswith("f/steps/1/title/")}
    assert owner.post(f"{taken.headers['Location']}save/", values).status_code == 200
    shown = owner.get("/program/charts/how-people-go/").context["page"]
    assert {row.key for row in shown.functions} == {"diary"}
    svg, png, text = (owner.get(f"/program/charts/how-people-go.{each}").content for each in ("svg", "png", "mmd"))
    assert "Looks for food" in set(ElementTree.fromstring(svg).itertext())
    assert png.startswith(b"\x89PNG")
    assert "Looks for food" in text.decode() and "Food diary" in text.decode()
    again = owner.post("/insights/flow/take/", {"query": ""})
    assert again.headers["Location"] == "/program/definitions/chart/how-people-go-2/"


def test_who_may_only_look_takes_nothing_over(world: World, sign_in: Callable[..., Client]) -> None:
    viewer = sign_in(world.workspace, "viewer")
    assert viewer.get("/insights/flow/").status_code == 200
    assert "flow/take" not in viewer.get("/insights/flow/").content.decode()
    assert viewer.post("/insights/flow/take/", {"query": ""}).status_code == 403
    assert program.draft(world.workspace.pk) is None
