"""Who leaves is asked why, to whom and over what; the answers stand by the milestone that they had reached last."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from milepost.core import events
from milepost.delivery.models import Piece
from milepost.program.actions import apply
from milepost.workspace.actions import bootstrap
from tests.api.test_work import Api
from tests.world import World

EXAMPLE = Path(__file__).parents[2] / "examples/interest-feed/milepost.yaml"


def says(world: World, user: str, **answers: str) -> None:
    for question, answer in answers.items():
        told = {"survey": "why-they-go", "question": question.replace("_", "-"), "answer": answer}
        world.happens(world.fact(events.QUESTION_ANSWERED, user, properties=told, source="milepost"))


@pytest.mark.req("R164")
def test_who_leaves_says_why_to_whom_and_over_what_and_it_stands_by_their_last_milestone(world: World) -> None:
    apply(world.workspace, EXAMPLE.read_text("utf-8"), by="t", base=None, onto=True, reasons={}, now=world.clock.now())
    for user in ("ann", "ben", "cid"):
        world.happens(world.fact("Signed Up", user))
    for _ in range(5):
        world.later(timedelta(seconds=1))
        world.happens(world.fact("Pin Saved", "ann"))
    world.later(timedelta(hours=1))
    for user in ("ann", "ben"):
        world.happens(world.fact("Account Closed", user))
    asked = Piece.objects.filter(content="why-they-go")
    assert asked.count() == 2, "who stays is not asked"
    questions = json.loads(bytes(asked[0].body))["questions"]
    assert [each["key"] for each in questions] == ["gone-because", "gone-to", "gone-after", "easy-to-begin"]
    assert all(each["optional"] for each in questions), "nobody is held at the door"
    says(world, "ann", gone_because="elsewhere", gone_to="Pinboard", gone_after="Nothing new after a week")
    says(world, "ben", gone_because="no-time")
    world.later(timedelta(minutes=1))

    found = Api(bootstrap(world.clock.now()).secret_key).get("insights/lost-to")[1]
    assert found["n"] == 2
    assert sorted((each["milestone"], each["what"], each["answer"], each["n"]) for each in found["lost"]) == [
        ("", "reason", "no-time", 1),
        ("five-saved", "competitor", "Pinboard", 1),
        ("five-saved", "obstacle", "Nothing new after a week", 1),
        ("five-saved", "reason", "elsewhere", 1),
    ]
