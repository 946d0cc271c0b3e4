"""What the sign-up form of the project tool leaves out is asked later, through the running loop."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from milepost.core import events
from milepost.delivery.models import Piece
from milepost.program.actions import apply
from tests.world import World

EXAMPLE = Path(__file__).parents[2] / "examples/project-tool/milepost.yaml"


@pytest.fixture
def tool(world: World) -> World:
    apply(world.workspace, EXAMPLE.read_text("utf-8"), by="t", base=None, onto=True, reasons={}, now=world.clock.now())
    comes(world, "Signed Up")
    return world


def comes(world: World, name: str = "Page Viewed", **properties: Any) -> None:
    world.happens(world.fact(name, properties=properties))


def says(world: World, name: str, **properties: Any) -> None:
    world.happens(world.fact(name, properties=properties, source="milepost"))


def asked() -> list[dict[str, Any]]:
    return [json.loads(bytes(row.body)) for row in Piece.objects.filter(content="about-you").order_by("id")]


def keys() -> list[list[str]]:
    return [[question["key"] for question in body["questions"]] for body in asked()]


@pytest.mark.req("R80")
def test_what_registration_leaves_out_is_asked_one_question_a_week_and_what_is_known_never(tool: World) -> None:
    comes(tool, "Project Created")
    tool.later(timedelta(days=1))
    comes(tool)
    assert asked() == [], "not in the first days"
    tool.later(timedelta(days=2))
    assert asked() == [], "not while they are elsewhere"
    comes(tool)
    assert keys() == [["line-of-work"]], "alone on its card, with what is needed to answer it"
    assert asked()[0]["title"] == "One thing about you" and len(asked()[0]["questions"][0]["options"]) == 3
    says(tool, events.QUESTION_ANSWERED, survey="about-you", question="line-of-work", answer="craft")
    says(tool, events.CONTENT_COMPLETED, content="about-you")

    tool.happens(tool.fact("Identified", kind="identify", properties={"came-from": "paper"}))
    tool.later(timedelta(days=8))
    comes(tool)
    assert keys() == [["line-of-work"]], "their host has told us the rest; how many they are is for teams"
    says(tool, events.GOAL_STATED, goal="deliver-together")
    assert keys()[1:] == [["team-size"]], "now it fits, and at once"
    tool.later(timedelta(days=8))
    comes(tool)
    assert len(asked()) == 2, "it was passed over, and rests"
