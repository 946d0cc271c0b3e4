"""The hotel of five stars through the running loop: from the airport to the room, from host to host."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from milepost.core import events
from milepost.delivery.models import Piece
from milepost.people.accounts import account_id
from milepost.program.actions import apply
from milepost.program.review import review
from milepost.success import actions
from milepost.success.models import Task
from milepost.workspace.models import Member
from tests.world import World

EXAMPLE = Path(__file__).parents[2] / "examples/concierge/milepost.yaml"


class Hotel:
    """Bea has booked for her family, and has said what these days are to be."""

    def __init__(self, world: World, member: Member) -> None:
        self.world, self.member = world, member
        apply(
            world.workspace, EXAMPLE.read_text("utf-8"), by="t", base=None, onto=True, reasons={}, now=world.clock.now()
        )
        family = {"kind": "group", "group_id": "family", "properties": {"name": "The Bergs", "role": "buyer"}}
        world.happens(world.fact("Grouped", "bea", **family))
        self.does("Booking Confirmed")
        for question, answer in (("goal", "rest-at-last"), ("occasion", "Ten years married"), ("pillow", "soft")):
            self.says("before-you-come", question, answer)
        world.happens(self._own(events.GOAL_STATED, {"goal": "rest-at-last"}))

    def _own(self, name: str, properties: dict[str, Any]) -> Any:
        return self.world.fact(name, "bea", properties=properties, source="milepost")

    def does(self, name: str) -> None:
        self.world.happens(self.world.fact(name, "bea"))

    def says(self, survey: str, question: str, answer: str) -> None:
        told = {"survey": survey, "question": question, "answer": answer}
        self.world.happens(self._own(events.QUESTION_ANSWERED, told))

    def later(self, minutes: float) -> None:
        self.world.later(timedelta(minutes=minutes))
        self.world.loop.catch_up()

    def task(self, title: str) -> Task:
        uid = account_id(self.world.workspace, "family")
        return Task.objects.get(uid=uid, title__startswith=title)

    def open(self) -> set[str]:
        return set(Task.objects.filter(done_at=None, about="plan_template:five-stars").values_list("title", flat=True))

    def finish(self, title: str, outcome: str = "") -> None:
        actions.complete(self.member, self.task(title), outcome)
        self.later(0)

    def told(self, name: str) -> list[dict[str, Any]]:
        return [fact.properties for fact in self.world.stores.log.read(after=0, limit=1000) if fact.name == name]

    def asked(self) -> list[dict[str, Any]]:
        rows = Piece.objects.filter(content="how-is-it-going").order_by("id")
        return [json.loads(bytes(row.body)) for row in rows]


@pytest.fixture
def hotel(world: World, member: Member) -> Hotel:
    return Hotel(world, member)


@pytest.mark.req("R64")
def test_nobody_stands_alone_and_nothing_is_asked_twice(hotel: Hotel) -> None:
    hotel.later(60)
    hotel.does("Guest Met")
    over = hotel.task("Take them over: At the door")
    assert over.due_at == hotel.world.clock.now() + timedelta(minutes=10)
    assert [(line["name"], line["said"]) for line in over.carried] == [
        ("We want to sleep and be left in peace", "Ten years married"),
        ("Is there an occasion?", "Ten years married"),
        ("Which pillow?", "Soft"),
    ]
    assert "Meet them by name, and ask how the flight was" not in hotel.open(), "it was seen to be done"
    [asked] = hotel.asked()
    assert "At the door Joseph takes your bags" in asked["body_html"]
    assert [each["key"] for each in asked["questions"]] == ["disturbs", "needs-now"], "how it is, and nothing of before"

    hotel.later(4)
    hotel.finish("Take the bags", "They slept on the plane.")
    assert [(each["to"], each["seconds"], each["late"]) for each in hotel.told(events.TAKEN_OVER)] == [
        ("porter Joseph", 240, False)
    ]
    assert "Take them over: At the door" not in hotel.open()
    hotel.says("how-is-it-going", "needs-now", "Tea")
    hotel.later(6)
    hotel.does("Checked In")
    over = hotel.task("Take them over: In the room")
    assert [line["said"] for line in over.carried if line["of"] == "notes"] == ["They slept on the plane."]
    assert [line["said"] for line in over.carried if line["name"] == "What would be good now?"] == ["Tea"]
    assert "Eva walks you to your room" in hotel.asked()[-1]["body_html"]
    assert [each["answer"] for each in hotel.asked()[-1]["questions"]] == [None, None], "how it is now"


@pytest.mark.req("R64")
def test_a_gap_that_is_too_long_alarms_the_concierge_and_is_measured(hotel: Hotel) -> None:
    hotel.does("Guest Met")
    hotel.later(9)
    assert not any(title.startswith("Alone") for title in hotel.open())
    hotel.later(2)
    alarm = hotel.task("Alone for more than 10m: At the door")
    assert alarm.reason == "driver Karl is done, and porter Joseph has not begun: for the concierge."
    page = signed_in(hotel.member).get("/tasks/").content.decode()
    assert "Alone for more than 10m: At the door" in page and "Ten years married" in page and "The Bergs" in page
    account = signed_in(hotel.member).get("/accounts/family/").content.decode()
    assert "Alone for more than 10m: At the door" in account and "Ten years married" in account
    hotel.later(9)
    hotel.does("Checked In")
    assert not any(title.startswith(("Alone", "Take them over")) for title in hotel.open())
    assert [(each["to"], each["at_most"]) for each in hotel.told(events.HAND_OFF_LATE)] == [("porter Joseph", "10m")]
    assert [(each["seconds"], each["late"]) for each in hotel.told(events.TAKEN_OVER)] == [(1200, True)]
    late = next(fact for fact in hotel.world.stores.log.read(after=0, limit=1000) if fact.name == events.HAND_OFF_LATE)
    assert (late.group_id, late.source) == ("family", "derived")


@pytest.mark.req("R64")
def test_what_a_later_host_asks_again_is_an_error() -> None:
    text = EXAMPLE.read_text("utf-8").replace("ask: What would be good now?", "ask: Is there an occasion?")
    assert [(each.rule, each.level) for each in review(text).problems] == [("asked-twice", "error")]


def signed_in(member: Member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client
