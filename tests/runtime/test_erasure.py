"""Somebody is forgotten: nothing that is kept says who, everything else is as if they had never come."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model

from milepost.core.engine.state import decode
from milepost.core.events import ERASURE_ASKED, INVITE_ACCEPTED, QUESTION_ASKED
from milepost.delivery.actions import choose
from milepost.delivery.models import Delivery, Piece, Suppression
from milepost.delivery.queries import may_send
from milepost.delivery.tokens import Subscription
from milepost.help.models import Conversation
from milepost.people import erasure
from milepost.people.models import Erasure, Forgotten, Identity, Person
from milepost.people.queries import uid_of_any
from milepost.people.referrals import code_of
from milepost.runtime.erasure import Eraser
from milepost.runtime.models import Decision, MilestoneReached, OutboxEntry, SubjectState
from milepost.success.models import Task
from milepost.workspace.models import AuditEntry, Editing, Member
from tests.world import World

NAMES = ("ann-4711", "ann-4711@example.com", "Ann Example", "ann-4711s-phone", "ann-4711s-laptop")


def uid_of(world: World, key: str) -> int:
    uid = uid_of_any(world.workspace, key)
    assert uid is not None
    return uid


def forget(world: World, key: str = "ann") -> None:
    erasure.ask(world.workspace, uid_of(world, key), world.clock.now(), actor="me")
    world.loop.catch_up()


def lives(world: World, user: str = "ann", name: str = "Ann Example") -> None:
    """On two devices, with a question, letters, pieces and a merge."""
    world.happens(world.fact("Meal Logged", user=None, anonymous_id=f"{user}s-phone"))
    world.happens(world.fact("Signed Up", user=user, anonymous_id=f"{user}s-laptop"))
    world.happens(world.fact("Meal Logged", user=user, anonymous_id=f"{user}s-phone"))
    traits = {"email": f"{user}@example.com", "name": name}
    world.happens(world.fact("Identified", user=user, kind="identify", properties=traits))
    asked = {"conversation": 1, "text": f"I am {name}. Where is it?", "page": "/"}
    world.happens(world.fact(QUESTION_ASKED, user=user, source="milepost", properties=asked))
    world.happens(*(world.fact("Meal Logged", user=user) for _ in range(3)))


def letter(world: World, uid: int, address: str, key: str = "") -> None:
    common = {"channel": "email", "message": "welcome", "purpose": "service", "created_at": world.clock.now()}
    Delivery.objects.create(
        workspace_id=world.workspace,
        key=key or f"{uid}:welcome",
        uid=uid,
        address=address,
        subject="Ann Example",
        **common,
    )


def everything(world: World) -> str:
    """All that any table, the log and the columns hold, as text."""
    models: list[type[Model]] = [
        model for model in apps.get_models() if not model._meta.label.startswith("contenttypes")
    ]
    rows = [_text(value) for model in models for row in model._default_manager.values_list() for value in row]
    columns = world.stores.events.query("FROM all_facts", {})
    return " ".join([*rows, *map(repr, world.stores.log.read(0, 10_000)), *map(repr, columns)])


def _text(value: Any) -> str:
    return bytes(value).decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)


def test_nothing_says_who_was_forgotten(world: World) -> None:
    lives(world, "ann-4711")
    letter(world, uid_of(world, "ann-4711"), "ann-4711@example.com")
    letter(world, 5, "boss@example.com", key=f"5:tell:of:{uid_of(world, 'ann-4711')}")
    uids = [str(person.id) for person in Person.objects.all()]
    looked = {"origin": "https://x.org", "kind": "debug", "key": uids[0], "made_at": world.clock.now()}
    Editing.objects.create(workspace_id=world.workspace, member=Member.objects.get(), **looked)
    kept = (Piece, OutboxEntry, MilestoneReached, Conversation, SubjectState, Decision)
    assert len(uids) == 2 and all(model._default_manager.exists() for model in kept)
    assert all(name in everything(world) for name in (*NAMES, *uids))
    facts = world.stores.events.query("SELECT count(*) FROM all_facts", {})[0][0]
    forget(world, "ann-4711")

    about = Delivery.objects.get()
    assert (about.uid, about.subject) == (5, "")
    about.delete()  # its key ends with a number that only their id leads to
    left = everything(world)
    assert [name for name in (*NAMES, *uids) if name in left] == []
    wish = Erasure.objects.get()
    assert (wish.uid, wish.done_at, wish.facts) == (None, world.clock.now(), facts)
    assert AuditEntry.objects.filter(action="person.forgotten", detail={"facts": facts}).count() == 1


def of_somebody(model: type[Model], uid: int, world: World) -> dict[str, Any]:
    """A row of theirs in this table, filled with whatever fits."""
    fitting = {
        "CharField": "x",
        "TextField": "x",
        "DateTimeField": world.clock.now(),
        "BinaryField": b"x",
        "JSONField": {},
    }
    row: dict[str, Any] = {"uid": uid, "workspace_id": world.workspace}
    for field in model._meta.concrete_fields:
        if field.attname not in row and not (field.null or field.has_default() or field.auto_created):
            row[field.attname] = fitting.get(field.get_internal_type(), 1)
    return row


def test_every_table_of_people_is_emptied_of_them(world: World) -> None:
    """A table that is added later is looked at too."""
    world.happens(world.fact("Opened"))
    uid = uid_of(world, "ann")
    tables = [model for model in apps.get_models() if any(f.name == "uid" for f in model._meta.concrete_fields)]
    assert len(tables) > 10
    for model in tables:
        if not model._default_manager.filter(uid=uid).exists() and model is not Erasure:
            model._default_manager.create(**of_somebody(model, uid, world))
    forget(world)
    assert [model.__name__ for model in tables if model._default_manager.filter(uid=uid).exists()] == []


def test_others_are_as_they_were(world: World) -> None:
    lives(world)
    lives(world, "bob", "Bob Other")
    before = world.stores.events.query(
        "SELECT seq, event FROM all_facts WHERE uid = $uid", {"uid": uid_of(world, "bob")}
    )
    state = SubjectState.objects.get(uid=uid_of(world, "bob")).body
    forget(world)

    after = world.stores.events.query("SELECT seq, event FROM all_facts ORDER BY seq", {})
    assert after == sorted(before) and len(after) == len(world.stores.log.read(0, 1000))
    assert bytes(SubjectState.objects.get().body) == bytes(state)
    assert list(Person.objects.filter(merged_into=None).values_list("key", flat=True)) == ["bob"]


def test_who_comes_again_begins_anew(world: World) -> None:
    lives(world)
    forget(world)
    world.clock.advance(timedelta(minutes=1))
    world.happens(world.fact("Signed Up", anonymous_id="anns-laptop"))

    assert list(MilestoneReached.objects.all()) == []
    assert [piece.content for piece in Piece.objects.all()] == ["add-food"]
    assert OutboxEntry.objects.filter(kind="send_message").count() == 1, "they are welcomed like anybody"
    person = Person.objects.get()
    assert (person.traits, person.email, person.first_seen_at) == ({}, "", world.clock.now())
    assert decode(bytes(SubjectState.objects.get().body)).reached == {}


def test_what_happened_before_does_not_come_back(world: World) -> None:
    """Neither from a phone that was offline, nor by an import of old files; what was told and not applied yet goes too."""
    lives(world)
    then = world.clock.now()
    erasure.ask(world.workspace, uid_of(world, "ann"), then, actor="me")
    world.clock.advance(timedelta(hours=1))
    world.loop.catch_up()
    offline = world.fact("Meal Logged", user=None, anonymous_id="anns-phone", at=then)
    old = world.fact("Meal Logged", at=then - timedelta(days=90), source="import")
    world.happens(offline, old, world.fact("Opened", user="bob", at=then))

    assert [fact.user_id for fact in world.stores.log.read(0, 100)] == ["bob"]
    assert [person.key for person in Person.objects.all()] == ["bob"]
    assert world.stores.events.query("SELECT event FROM all_facts", {}) == [("Opened",)]


def test_what_was_begun_and_ended_in_between_is_finished(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    lives(world)
    facts = world.stores.events.query("SELECT count(*) FROM all_facts", {})[0][0]
    with monkeypatch.context() as broken:
        broken.setattr(Eraser, "_remove", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            forget(world)
    assert Person.objects.exists() and Erasure.objects.get().done_at is None
    world.loop.catch_up()
    assert not Person.objects.exists() and Erasure.objects.get().facts == facts


def test_a_letter_that_is_being_sent_is_waited_for(world: World) -> None:
    lives(world)
    [sending] = world.outbox.claim(["send_message"], now=world.clock.now(), lease=timedelta(seconds=30), limit=1)
    forget(world)
    assert Person.objects.exists()
    world.outbox.done(sending.workspace, sending.key, attempt=sending.attempts)
    world.loop.catch_up()
    assert not Person.objects.exists() and not OutboxEntry.objects.exists()


def test_an_address_that_was_not_to_be_written_to_stays_so_and_is_not_known(world: World) -> None:
    lives(world)
    who = Subscription(world.workspace, uid_of(world, "ann"), "email", "Ann@example.com", "care")
    choose(who, ())
    forget(world)

    assert not may_send(world.workspace, "email", "ann@EXAMPLE.com", "care")
    assert may_send(world.workspace, "email", "bob@example.com", "care")
    assert all(row.address.startswith("#") for row in Suppression.objects.all())
    choose(who, ("service", "care"))
    assert may_send(world.workspace, "email", "ann@example.com", "care")


def test_a_friend_who_is_forgotten_stays_a_friend_without_a_name(world: World) -> None:
    world.happens(world.fact("Signed Up", user="bob"))
    code = code_of(world.workspace, uid_of(world, "bob"))
    lives(world)
    world.happens(world.fact("Invited", properties={"code": code}))
    forget(world)

    [told] = [fact for fact in world.stores.log.read(0, 100) if fact.name == INVITE_ACCEPTED]
    assert (told.user_id, told.properties) == ("bob", {"code": code})
    [(kept,)] = world.stores.events.query("SELECT properties::VARCHAR FROM facts WHERE event = 'Invite Accepted'", {})
    assert "ann" not in kept and code in kept


def test_a_wish_on_their_own_page_is_a_task_with_a_month_and_goes_with_them(world: World) -> None:
    lives(world)
    for _ in range(2):
        asked = {"text": "Forget me.", "conversation": 2}
        world.happens(world.fact(ERASURE_ASKED, source="milepost", properties=asked))
    world.happens(world.fact(ERASURE_ASKED, user="bob", properties={"text": "I am a page and may say anything"}))
    task = Task.objects.get()
    assert (task.uid, task.about) == (uid_of(world, "ann"), "erasure")
    assert task.due_at == world.clock.now() + timedelta(days=30)
    forget(world)
    assert not Task.objects.exists()


def test_who_asks_twice_is_forgotten_once_and_somebody_else_not_at_all(world: World) -> None:
    lives(world)
    lives(world, "bob", "Bob Other")
    uid = uid_of(world, "ann")
    assert erasure.ask(world.workspace, uid, world.clock.now(), actor="me") == erasure.ask(
        world.workspace, uid, world.clock.now(), actor="me"
    )
    world.loop.catch_up()
    erasure.ask(world.workspace, uid, world.clock.now(), actor="me")
    world.loop.catch_up()
    assert Identity.objects.filter(value="bob").exists() and Forgotten.objects.count() == 3
    assert not Erasure.objects.filter(done_at=None).exists()
