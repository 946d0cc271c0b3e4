"""What the team is asked to do for somebody, and what the engine writes down for the log's readers."""

from datetime import timedelta
from threading import Event
from typing import Any

import msgspec
import pytest

from milepost.conf.wiring import WIRING
from milepost.core.engine.effects import OpenTask, TellBuyers
from milepost.core.events import PLAN_MADE, Fact
from milepost.core.values import Refused
from milepost.log.outbox import Entry
from milepost.people.queries import uid_of_any
from milepost.runtime.models import OutboxEntry
from milepost.runtime.relay import Relay
from milepost.runtime.store import entry_of
from milepost.success import actions, queries
from milepost.success.access import access_task
from milepost.success.models import Task
from milepost.workspace.models import AuditEntry, Member, Workspace
from tests.world import World


def ann(world: World) -> int:
    uid = uid_of_any(world.workspace, "ann")
    assert uid is not None
    return uid


def put(world: World, kind: type[Any], key: str = "task:x", *, person: int | None = None, **fields: Any) -> Entry:
    uid = person or ann(world)
    now = world.clock.now()
    effect = kind(workspace=world.workspace, key=f"{uid}:{key}", person=uid, at=now, release=2, **fields)
    entry = entry_of(effect, now)
    world.outbox.put([entry])
    return entry


def a_task(world: World, key: str = "task:x", **more: Any) -> None:
    put(world, OpenTask, key, title="Call Ann", about="obstacle:meal/lost", reason="Stuck for a day.", **more)
    world.loop.resume()


def derived(world: World) -> list[Fact]:
    return [fact for fact in world.stores.log.read(0, 1000) if fact.source == "derived"]


def test_a_task_is_opened_once(world: World) -> None:
    world.happens(world.fact("Opened"))
    for _ in range(2):
        a_task(world)
    [task] = queries.open_tasks(world.workspace)
    assert (task.title, task.about, task.reason) == ("Call Ann", "obstacle:meal/lost", "Stuck for a day.")
    assert task.uid == ann(world) and task.assignee is None and task.done_at is None


def test_a_task_is_taken_done_and_opened_again(world: World, member: Member) -> None:
    world.happens(world.fact("Opened"))
    a_task(world)
    task = access_task(member, Task.objects.get().pk)
    actions.assign(member, task, member)
    actions.complete(member, task, " She had not seen the search. ")
    world.clock.advance(timedelta(hours=1))
    actions.complete(member, access_task(member, task.pk), "Again")
    [done] = queries.done_tasks(world.workspace)
    assert (done.done_by, done.outcome) == ("boris@example.com", "She had not seen the search.")
    assert done.done_at == world.clock.now() - timedelta(hours=1) and queries.open_tasks(world.workspace) == []
    actions.reopen(member, access_task(member, task.pk))
    assert queries.count_open(world.workspace) == 1 == len(queries.tasks_of(world.workspace, ann(world)))
    assert queries.open_tasks(world.workspace, assignee=member.pk)[0].id == task.pk
    assert list(AuditEntry.objects.filter(action__startswith="task.").values_list("action", flat=True)) == [
        "task.assign",
        "task.complete",
        "task.reopen",
    ]


def test_who_may_only_look_and_who_is_of_elsewhere_do_nothing(world: World, member: Member) -> None:
    world.happens(world.fact("Opened"))
    a_task(world)
    number = Task.objects.get().pk
    other = Workspace.objects.create(slug="other", name="Other", created_at=world.clock.now())
    stranger = Member.objects.create(workspace=other, user=member.user, role="owner")
    with pytest.raises(Refused) as unseen:
        access_task(stranger, number)
    with pytest.raises(Refused):
        actions.assign(member, access_task(member, number), stranger)
    member.role = "viewer"
    with pytest.raises(Refused) as small:
        actions.complete(member, access_task(member, number))
    assert (unseen.value.status, small.value.status) == (404, 403)


def test_what_was_to_do_for_two_halves_of_somebody_is_to_do_once(world: World) -> None:
    world.happens(world.fact("Opened"), world.fact("Opened", None, anonymous_id="device-1"))
    half = uid_of_any(world.workspace, "device-1")
    for person in (ann(world), half):
        a_task(world, "task:same", person=person)
    a_task(world, "task:other", person=half)
    world.happens(world.fact("Signed In", anonymous_id="device-1"))
    assert [task.uid for task in queries.open_tasks(world.workspace)] == [ann(world)] * 2


def test_a_client_cannot_pass_its_words_off_as_conclusions(world: World) -> None:
    from milepost.ingest.decode import Call

    assert "source" not in Call.__struct_fields__
    world.happens(world.fact(PLAN_MADE, properties={"source": "derived"}))
    assert world.stores.log.read(0, 10)[0].source == "live" and derived(world) == []


def test_those_who_pay_are_each_told(world: World) -> None:
    joins = [
        world.fact("Grouped", user, kind="group", group_id="acme", properties={"role": role})
        for user, role in (("ann", "user"), ("ben", "buyer"), ("cat", "buyer"), ("dan", "admin"))
    ]
    elsewhere = world.fact("Grouped", "eve", kind="group", group_id="other", properties={"role": "buyer"})
    named = world.fact("Identified", kind="identify", properties={"name": "Ann Lee"})
    world.happens(*joins, elsewhere, named)
    put(
        world,
        TellBuyers,
        "tell:meal",
        message="hooray",
        milestone="meal",
        known={"goal": {"key": "lose", "ask": "Lose"}},
    )
    relay = Relay(world.stores, world.outbox, WIRING, Event(), Event())
    relay._carry_out(world.outbox.claim(["tell_buyers"], now=world.clock.now(), lease=timedelta(1), limit=1)[0])
    rows = [msgspec.json.decode(bytes(row.payload)) for row in OutboxEntry.objects.filter(kind="send_message")]
    buyers = {uid_of_any(world.workspace, "ben"), uid_of_any(world.workspace, "cat")}
    assert {row["person"] for row in rows} == buyers and len({row["key"] for row in rows}) == 2
    assert all(row["known"]["about"] == {"name": "Ann Lee", "first_name": "Ann"} for row in rows)
    assert all(row["known"]["goal"]["key"] == "lose" and row["milestone"] == "meal" for row in rows)


def test_those_who_pay_are_told_of_each_occurrence_once(world: World) -> None:
    joins = [
        world.fact("Grouped", user, kind="group", group_id="acme", properties={"role": role})
        for user, role in (("ann", "user"), ("ben", "buyer"))
    ]
    world.happens(*joins)
    relay = Relay(world.stores, world.outbox, WIRING, Event(), Event())
    for occurrence in ("buyers:hooray:meal:1", "buyers:hooray:meal:2"):
        put(world, TellBuyers, occurrence, message="hooray", milestone="meal")
        [claimed] = world.outbox.claim(["tell_buyers"], now=world.clock.now(), lease=timedelta(1), limit=1)
        relay._carry_out(claimed)
        WIRING.handlers["tell_buyers"](msgspec.json.decode(claimed.payload, type=TellBuyers), 2)
    keys = OutboxEntry.objects.filter(kind="send_message").values_list("key", flat=True)
    assert len(keys) == 2 == len(set(keys))
