"""Feedback from anywhere, and the wish to be forgotten: both are in the inbox."""

from typing import Any

from django.test import Client, override_settings

from milepost.client import asking
from milepost.client.help import help_for
from milepost.client.tokens import LIFETIME, Session
from milepost.core import events
from milepost.help import queries
from milepost.help.models import Conversation
from tests.world import World


def gives(world: World, **said: Any) -> Conversation:
    session = Session(world.workspace, "device-1", "ann", world.clock.now() + LIFETIME)
    told = asking.Feedback(text="Too many clicks.", message_id="f-1", page="/diary", **said)
    _, fact = asking.fed_back(told, "first-meal", session, world.clock.now())
    world.happens(fact)
    return Conversation.objects.get()


def test_feedback_is_in_the_inbox_with_its_mood_and_where_they_were_on_their_way(world: World) -> None:
    row = gives(world, mood=1, contact=True)
    assert (row.kind, row.mood, row.contact, row.milestone, row.page) == ("feedback", 1, True, "first-meal", "/diary")
    [line] = queries.inbox(world.workspace).items
    assert (line.text, line.kind) == ("Too many clicks.", "feedback")


def test_feedback_is_no_question_that_waits_and_silences_nothing(world: World) -> None:
    row = gives(world)
    assert (row.mood, row.contact) == (None, False)
    assert queries.count_open(world.workspace) == 0 and queries.requests_of(world.workspace, uid=row.uid) == []


def test_a_public_key_can_ask_in_nobody_s_name_to_be_forgotten(world: World) -> None:
    world.happens(world.fact(events.ERASURE_ASKED, properties={"text": "Forget me"}))
    assert not Conversation.objects.exists()


def test_one_s_own_page_is_linked_from_the_help_and_asks_to_be_forgotten_there(world: World) -> None:
    world.happens(world.fact("Identified", kind="identify", properties={"email": "ann@example.org"}))
    until = world.clock.now() + LIFETIME
    assert help_for(Session(world.workspace, "device-1", None, until), "en").preferences is None
    address = help_for(Session(world.workspace, "device-1", "ann", until), "en").preferences
    assert address is not None
    with override_settings(ROOT_URLCONF="tests.delivery.urls"):
        page = Client(enforce_csrf_checks=True)
        path = address[address.index("/u/") :]
        assert page.get(path).status_code == 200
        for _ in range(2):
            assert "within a month" in page.post(path, {"forget": "yes"}).content.decode()
    world.loop.catch_up()
    assert [row.kind for row in Conversation.objects.all()] == ["erasure"]
