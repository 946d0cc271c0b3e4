"""A person's page: what came and what did not, in the words that the person read."""

from typing import Any

import pytest
from django.test import Client
from django.utils import formats, translation

from milepost.core.values import Unavailable
from milepost.delivery.models import Delivery
from milepost.people.models import Person
from milepost.runtime.models import MilestoneReached
from milepost.workspace.models import Member
from tests.console.world import OWNER, World


def uid_of(who: str) -> int:
    return Person.objects.get(user_id=who).id


def page_of(client: Client, who: str) -> Any:
    return client.get(f"/people/{uid_of(who)}/").context["page"]


def entries_of(client: Client, who: str) -> list[Any]:
    return [entry for _, day in page_of(client, who).timeline.days for entry in day]


def waiting_for(client: Client, who: str) -> list[str]:
    return [each.key for each in page_of(client, who).waiting]


def test_only_what_did_not_come_is_asked_about(owner: Client, world: World) -> None:
    assert waiting_for(owner, "maria") == ["three-days-confetti", "glad-you-are-here", "three-days-praise"]
    world.happens("jonas", "Food Searched")
    world.goes_on()
    assert waiting_for(owner, "jonas") == [
        "add-food",
        "first-meal-confetti",
        "three-days-confetti",
        "welcome",
        "glad-you-are-here",
        "three-days-praise",
    ]


def test_help_that_a_milestone_brings_waits_for_what_the_milestone_waits_for(owner: Client, world: World) -> None:
    answer = owner.get(f"/people/{uid_of('maria')}/why/content/three-days-confetti/").content.decode()
    assert "1 of 3" in answer
    came = owner.get(f"/people/{uid_of('maria')}/why/content/first-meal-confetti/").content.decode()
    assert "It has come" in came


def test_a_message_is_called_by_the_subject_that_was_sent(owner: Client, world: World) -> None:
    titles = [entry.title for entry in entries_of(owner, "maria") if entry.kind == "message"]
    assert titles == ["Welcome, Maria"]
    sent = next(entry for entry in entries_of(owner, "maria") if entry.title == "Message Sent")
    assert sent.of == "Welcome, Maria"


def test_a_fact_about_a_piece_says_which(owner: Client, world: World) -> None:
    world.happens("maria", "Content Shown", content="add-food")
    world.happens("maria", "Content Completed", content={"not": "a key"})
    world.happens("maria", "Meal Logged", content="add-food")
    world.goes_on()
    said = {entry.title: entry.of for entry in entries_of(owner, "maria") if entry.kind == "fact"}
    assert said["Content Shown"] == "Your first meal in a minute"
    assert (said["Content Completed"], said["Meal Logged"]) == ("", "")
    assert "Your first meal in a minute</span>" in owner.get(f"/people/{uid_of('maria')}/").content.decode()


@pytest.mark.req("R119")
def test_what_somebody_pays_stands_on_the_same_way_as_what_they_reach(owner: Client, world: World) -> None:
    world.happens("maria", "Subscription Started", revenue=9)
    world.happens("maria", "Subscription Updated", revenue=19.5)
    world.happens("maria", "Order Refunded", revenue=4)
    world.happens("maria", "Meal Logged", revenue=7)
    world.goes_on()
    entries = entries_of(owner, "maria")
    assert {entry.title: entry.revenue for entry in entries if entry.revenue is not None} == {
        "Subscription Started": 9,
        "Subscription Updated": 19.5,
        "Order Refunded": -4,
    }
    assert "milestone" in {entry.tone for entry in entries}
    page = owner.get(f"/people/{uid_of('maria')}/").content.decode()
    assert ">+9<" in page and ">+19.50<" in page and ">-4<" in page


@pytest.mark.parametrize(
    ("status", "error", "tone", "badge"),
    [
        ("sent", "", "decision", ">Sent<"),
        ("sending", "", "decision", ">On its way<"),
        ("retrying", "The mail server is away.", "decision", ">On its way<"),
        ("failed", "550 no such mailbox", "failed", ">Failed<"),
        ("skipped", "They do not want it.", "held", ">Not sent:<"),
    ],
)
def test_a_decided_message_looks_sent_only_when_it_was(
    owner: Client, world: World, status: str, error: str, tone: str, badge: str
) -> None:
    Delivery.objects.update(status=status, error=error)
    (welcome,) = [entry for entry in entries_of(owner, "maria") if entry.kind == "message"]
    assert welcome.tone == tone
    page = owner.get(f"/people/{uid_of('maria')}/").content.decode()
    assert badge in page
    assert (">Sent<" in page) == (status == "sent")
    assert error in page


def test_a_message_that_nobody_has_begun_to_send_is_on_its_way(owner: Client, world: World) -> None:
    Delivery.objects.all().delete()
    (welcome,) = [entry for entry in entries_of(owner, "maria") if entry.kind == "message"]
    assert (welcome.ending, welcome.title) == ("underway", "Welcome, ‹first name›")


@pytest.mark.parametrize("locale", ["en", "ru"])
def test_days_and_instants_are_written_in_one_way(owner: Client, world: World, locale: str) -> None:
    Member.objects.filter(user__username=OWNER).update(locale=locale)
    page = owner.get(f"/people/{uid_of('maria')}/").content.decode()
    reached = MilestoneReached.objects.get(milestone="first-meal").at
    with translation.override(locale):
        day = formats.date_format(reached, "DATE_FORMAT")
        instant = formats.date_format(reached, "DATETIME_FORMAT")
        short = formats.date_format(reached, "SHORT_DATE_FORMAT")
    assert instant.startswith(day)
    assert f'timeline__day">{day}<' in page
    assert f">{instant}<" in page
    assert short not in page


def test_while_facts_cannot_be_read_the_decisions_still_stand_there(
    owner: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any) -> Any:
        raise Unavailable("The event store is away.")

    monkeypatch.setattr(world.stores.events, "query", away)
    entries = entries_of(owner, "maria")
    assert {entry.kind for entry in entries} == {"milestone", "content", "message"}
    assert "Welcome, Maria" in [entry.title for entry in entries]
    assert "The facts cannot be read right now" in owner.get(f"/people/{uid_of('maria')}/").content.decode()
