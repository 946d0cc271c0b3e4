"""Whose fact is it: the rules by which ids lead to persons, and what is left of two that become one."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from milepost.core.events import Fact
from milepost.core.people.identity import Known, attribute, uid_of
from milepost.people import accounts
from milepost.people.actions import Placed, place, prove
from milepost.people.models import Identity, Membership, Person
from milepost.people.queries import person_view, uid_of_any
from milepost.workspace.models import Workspace

START = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
SIGNED = {"milepost": {"signed": True}}
counter = iter(range(1, 10**9))


def fact(name: str = "Opened", *, minutes: int = 0, **ids: Any) -> Fact:
    seq = next(counter)
    return Fact(
        workspace=1,
        kind=ids.pop("kind", "track"),
        name=name,
        at=START + timedelta(minutes=minutes),
        received_at=START + timedelta(minutes=minutes),
        message_id=f"m{seq}",
        seq=seq,
        **ids,
    )


@pytest.fixture
def workspace(db: None) -> Workspace:
    return Workspace.objects.create(id=1, slug="w", name="W", created_at=START)


def placed(*facts: Fact) -> list[Placed]:
    with transaction.atomic():
        return place(facts)


pytestmark = pytest.mark.django_db


@pytest.mark.req("R4", "R155")
def test_an_anonymous_visitor_stays_the_same_person_when_they_sign_up(workspace: Workspace) -> None:
    before, after, later = placed(
        fact(anonymous_id="device"), fact(anonymous_id="device", user_id="ann"), fact(user_id="ann")
    )

    assert before.uid == after.uid == later.uid
    assert not before.known and after.known
    assert Person.objects.get().key == "ann"


def test_a_second_device_joins_the_person_that_signs_in_on_it(workspace: Workspace) -> None:
    placed(fact(user_id="ann", anonymous_id="phone"))
    (stray,) = placed(fact(anonymous_id="laptop"))
    (joined,) = placed(fact(user_id="ann", anonymous_id="laptop"))

    assert joined.merged == stray.uid
    assert uid_of_any(1, "laptop") == joined.uid
    view = person_view(1, stray.uid)
    assert view is not None and view.uid == joined.uid


def test_another_user_on_the_same_device_leaves_the_first_ones_history_alone(workspace: Workspace) -> None:
    (first,) = placed(fact(user_id="ann", anonymous_id="device"))
    (second,) = placed(fact(user_id="bob", anonymous_id="device"))
    (third,) = placed(fact(anonymous_id="device"))

    assert second.uid != first.uid and second.merged is None
    assert third.uid == first.uid


def test_two_known_ids_become_one_person_only_by_alias(workspace: Workspace) -> None:
    ann, bob = placed(fact(user_id="ann"), fact(user_id="bob"))
    (alias,) = placed(fact("Aliased", kind="alias", user_id="ann", previous_id="bob"))

    assert ann.uid != bob.uid and alias.merged == bob.uid and alias.uid == ann.uid
    (again,) = placed(fact("Aliased", kind="alias", user_id="ann", previous_id="bob"))
    assert again.uid == ann.uid and again.merged is None


def test_who_has_proven_who_they_are_is_taken_over_by_nobodys_alias(workspace: Workspace) -> None:
    victim, thief = placed(fact(user_id="victim"), fact(user_id="thief"))
    prove(1, "victim")
    taken, renamed, early = placed(
        fact("Aliased", kind="alias", user_id="thief", previous_id="victim"),
        fact("Aliased", kind="alias", user_id="other", previous_id="victim"),
        fact("Aliased", kind="alias", user_id="thief", previous_id="not-seen-yet"),
    )
    (back, later) = placed(fact(user_id="victim"), fact(user_id="not-seen-yet"))

    assert taken.uid == thief.uid and taken.merged is None and back.uid == victim.uid
    assert renamed.uid not in (victim.uid, thief.uid)
    assert early.uid == thief.uid and later.uid != thief.uid


def test_an_alias_still_joins_an_anonymous_visitor_to_a_proven_person_when_it_is_signed(workspace: Workspace) -> None:
    ann, visitor = placed(fact(user_id="ann"), fact(anonymous_id="device"))
    prove(1, "ann")
    (claimed,) = placed(fact("Aliased", kind="alias", user_id="ann", previous_id="device"))
    assert claimed.uid == ann.uid and claimed.merged is None
    (joined,) = placed(fact("Aliased", kind="alias", user_id="ann", previous_id="device", context=SIGNED))

    assert joined.uid == ann.uid and joined.merged == visitor.uid


def test_an_unsigned_fact_makes_no_device_that_of_somebody_who_has_been_signed_for(workspace: Workspace) -> None:
    ann, visitor, still = placed(
        fact(user_id="ann", context=SIGNED), fact(anonymous_id="device"), fact(user_id="ann", anonymous_id="device")
    )
    (alone,) = placed(fact("Identified", kind="identify", anonymous_id="device", properties={"email": "eve@x.org"}))

    assert still.uid == ann.uid and still.merged is None and alone.uid == visitor.uid != ann.uid
    assert person_view(1, ann.uid).email == ""  # type: ignore[union-attr]
    (joined,) = placed(fact(user_id="ann", anonymous_id="device", context=SIGNED))
    assert joined.merged == visitor.uid


def test_a_late_trait_does_not_overwrite_a_later_one(workspace: Workspace) -> None:
    placed(fact("Identified", kind="identify", user_id="ann", minutes=10, properties={"plan": "pro", "name": "Ann"}))
    placed(fact("Identified", kind="identify", user_id="ann", minutes=5, properties={"plan": "free", "age": 30}))

    assert Person.objects.get().traits == {"plan": "pro", "name": "Ann", "age": 30}


def test_a_merge_keeps_the_later_written_trait_of_both(workspace: Workspace) -> None:
    placed(fact("Identified", kind="identify", user_id="ann", minutes=1, properties={"plan": "free", "name": "Ann"}))
    placed(
        fact("Identified", kind="identify", user_id="bob", minutes=2, properties={"plan": "pro", "email": "b@x.org"})
    )
    placed(fact("Aliased", kind="alias", user_id="ann", previous_id="bob", minutes=3))
    ann = Person.objects.get(key="ann")

    assert ann.traits == {"plan": "pro", "name": "Ann", "email": "b@x.org"} and ann.email == "b@x.org"


def test_the_same_facts_twice_change_nothing(workspace: Workspace) -> None:
    facts = [fact(anonymous_id="device"), fact(anonymous_id="device", user_id="ann"), fact(user_id="bob")]
    once, twice = placed(*facts), placed(*facts)

    assert [p.uid for p in once] == [p.uid for p in twice]
    assert Person.objects.count() == 2 and Identity.objects.count() == 3


@pytest.mark.req("R1")
def test_ending_the_payers_role_leaves_the_user_and_their_history(workspace: Workspace) -> None:
    joins = [
        fact("Grouped", kind="group", user_id="ann", group_id="acme", properties={"name": "Acme", "role": role})
        for role in ("user", "buyer")
    ]
    leaves = fact("Account Removed User", user_id="ann", properties={"groupId": "acme", "role": "buyer"}, minutes=5)
    every = [*joins, leaves]
    accounts.place([(each, where.uid) for each, where in zip(every, placed(*every), strict=True)])

    held = {row.role: row.ended_at for row in Membership.objects.all()}
    assert held == {"user": None, "buyer": START + timedelta(minutes=5)}
    assert Person.objects.get().key == "ann"


def test_a_join_from_the_past_does_not_reopen_a_membership_that_ended_later(workspace: Workspace) -> None:
    join = {"kind": "group", "user_id": "ann", "group_id": "acme"}
    leave = {"user_id": "ann", "properties": {"groupId": "acme"}}
    every = [
        fact("Grouped", minutes=5, **join),
        fact("Account Removed User", minutes=10, **leave),
        fact("Grouped", minutes=1, source="import", **join),
    ]
    for each in every:
        accounts.place([(each, placed(each)[0].uid)])

    assert Membership.objects.get().ended_at == START + timedelta(minutes=10)


ids = st.sampled_from(["a", "b", "c"])
calls = st.one_of(
    st.builds(lambda a: {"anonymous_id": a}, ids),
    st.builds(lambda u: {"user_id": u}, ids),
    st.builds(lambda u, a: {"user_id": u, "anonymous_id": a}, ids, ids),
    st.builds(lambda u, p: {"user_id": u, "previous_id": p, "kind": "alias", "name": "Aliased"}, ids, ids),
)


@given(st.lists(calls, max_size=12))
def test_every_id_leads_to_one_person_however_calls_arrive(history: list[dict[str, str]]) -> None:
    """The rules alone, on a table in memory: no fact is without a person, no person is merged away and still found."""
    table: dict[tuple[str, str], int] = {}
    users: dict[int, str | None] = {}
    gone: set[int] = set()

    def find(kind: str, value: str) -> Known | None:
        uid = table.get((kind, value))
        return None if uid is None else Known(uid, users[uid])

    for call in history:
        told: dict[str, Any] = dict(call)
        found = attribute(fact(**told), find)
        users.setdefault(found.uid, None)
        users[found.uid] = found.becomes or users[found.uid]
        table.update(dict.fromkeys(found.bind, found.uid))
        if found.merge is not None:
            gone.add(found.merge)
            table = {key: found.uid if uid == found.merge else uid for key, uid in table.items()}
        assert found.uid not in gone or found.uid == uid_of(1, "user", call.get("user_id", ""))
    assert not gone & set(table.values())
