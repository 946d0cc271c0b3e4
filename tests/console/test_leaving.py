"""Who is about to leave, as the team sees it: on home, in the list of people, among the tasks, and by the API."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.http import QueryDict
from django.test import Client

from milepost.api.people import list_people, one_person
from milepost.core.values import Refused
from milepost.log.clock import SYSTEM
from milepost.success.models import Task
from tests.console.world import OWNER, World

PROGRAM = """\
milepost: 1
name: Diary
facts: {Signed Up: {}, Meal Logged: {}}
support: {name: Anna, email: anna@example.com}
silent: {after: 7d, task: Write to them}
risk: {angry: {when: {did: Refund Asked}, recovered: {did: Meal Logged}, task: Say sorry}}
milestones:
  meal: {title: Log a meal, reached: {did: Meal Logged}, first_value: true, target: 1d}
"""


@pytest.mark.req("R45")
@pytest.mark.req("R43")
def test_who_vanished_is_listed_and_who_is_at_risk_is_a_task_until_they_recover(db: None) -> None:
    world, owner = World(SYSTEM.now() - timedelta(days=9)), Client()
    world.release(PROGRAM)
    owner.force_login(User.objects.get(username=OWNER))
    world.happens("zoe", "Signed Up")
    world.happens("max", "Signed Up")
    world.happens("max", "Meal Logged")
    world.happens("max", "Refund Asked")
    world.goes_on()
    assert "No newcomer left in silence" in owner.get("/").content.decode()
    world.waits(timedelta(days=8))
    home = owner.get("/").content.decode()
    assert "1 newcomer left in silence" in home and "/people/?segment=silent-leavers" in home
    listed = owner.get("/people/?segment=silent-leavers").content.decode()
    assert "zoe" in listed and "max" not in listed and "In the segment “Silent leavers”" in listed
    assert "zoe" in owner.get("/segments/silent-leavers/").content.decode()

    workspace = world.workspace.pk
    found = list_people(workspace, QueryDict("segment=silent-leavers"))
    assert [each.id for each in found.items] == ["zoe"]
    with pytest.raises(Refused):
        list_people(workspace, QueryDict("segment=gone"))
    assert sorted(Task.objects.values_list("title", "about")) == [
        ("Say sorry", "risk:angry"),
        ("Write to them", "segment:silent-leavers"),
    ]
    assert one_person(workspace, QueryDict(""), "max").risks[0].recovered_at is None
    assert "At risk: Angry" in owner.get("/tasks/").content.decode()
    world.happens("max", "Meal Logged")
    world.goes_on()
    assert one_person(workspace, QueryDict(""), "max").risks[0].recovered_at is not None
