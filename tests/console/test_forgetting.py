"""From somebody's wish on their own page to the moment when nothing is known of them."""

from collections.abc import Callable

import pytest
from django.test import Client

from milepost.console.member_facts import say
from milepost.core.events import GOAL_STATED
from milepost.delivery.preferences import ask_to_be_forgotten
from milepost.people.models import Erasure, Person
from milepost.workspace.models import AuditEntry
from tests.console.world import OWNER, World


def uid_of(who: str) -> int:
    return Person.objects.get(user_id=who).id


def test_a_wish_to_be_forgotten_leads_to_the_button_that_does_it(owner: Client, world: World) -> None:
    uid = uid_of("maria")
    ask_to_be_forgotten(world.workspace.pk, uid)
    world.goes_on()
    there = f'href="/people/{uid}/#forget"'
    assert there in owner.get("/tasks/").content.decode()
    thread = next(line for line in owner.get("/inbox/").context["page"].lines if line.kind == "erasure")
    assert there in owner.get(f"/inbox/{thread.number}/").content.decode()
    assert 'id="forget-them"' in owner.get(f"/people/{uid}/").content.decode()

    answer = owner.post(f"/people/{uid}/forget/", {"typed": "maria"})
    assert (answer.status_code, answer["location"]) == (302, "/people/")
    assert owner.get(f"/people/{uid}/").context["page"].is_leaving
    world.goes_on()
    assert owner.get(f"/people/{uid}/").status_code == 404
    assert there not in owner.get("/tasks/").content.decode()
    assert all(line.kind != "erasure" for line in owner.get("/inbox/").context["page"].lines)


def test_the_audit_says_that_somebody_was_forgotten_and_by_whom_and_not_who(owner: Client, world: World) -> None:
    uid = uid_of("maria")
    said = {"goal": "lose", "by": OWNER}
    say(world.workspace.members.get(), Person.objects.get(id=uid), GOAL_STATED, said, action="goal.state")
    owner.post(f"/people/{uid}/task/", {"title": "Call Maria about her scale", "reason": "She asked"})
    owner.post(f"/people/{uid}/forget/", {"typed": "maria"})
    world.goes_on()
    entries = AuditEntry.objects.order_by("-id")
    assert [(entry.action, entry.actor) for entry in entries[:2]] == [
        ("person.forgotten", "milepost"),
        ("person.forget", OWNER),
    ]
    assert entries.filter(action__in=("goal.state", "task.ask"), actor=OWNER, subject="", detail={}).count() == 2
    assert "maria" not in owner.get("/settings/audit/").content.decode().lower()


@pytest.mark.parametrize("typed", ["", "Maria", "jonas", "maria@example.com"])
def test_whoever_types_another_id_forgets_nobody(owner: Client, world: World, typed: str) -> None:
    answer = owner.post(f"/people/{uid_of('maria')}/forget/", {"typed": typed}, follow=True)
    assert "nobody was forgotten" in answer.content.decode()
    assert not Erasure.objects.exists()


def test_only_an_owner_forgets_people(world: World, sign_in: Callable[..., Client]) -> None:
    uid, editor = uid_of("maria"), sign_in(world.workspace, "editor")
    assert editor.post(f"/people/{uid}/forget/", {"typed": "maria"}).status_code == 403
    assert "forget-them" not in editor.get(f"/people/{uid}/").content.decode()
    assert not Erasure.objects.exists()
