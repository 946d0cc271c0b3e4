"""Who brought whom: a link of one's own, and the credit for a friend who came by it."""

from datetime import timedelta
from typing import Any

import pytest

from milepost.core import events
from milepost.core.events import Fact
from milepost.people.models import Friend, Referral
from milepost.people.queries import uid_of_any
from milepost.people.referrals import code_of
from milepost.runtime import queries
from tests.world import World


@pytest.fixture
def code(world: World) -> str:
    """Ann's."""
    world.happens(world.fact("Opened"))
    return code_of(world.workspace, _uid(world, "ann"))


def _uid(world: World, key: str) -> int:
    uid = uid_of_any(world.workspace, key)
    assert uid is not None
    return uid


def invited(world: World, code: object, user: str | None = "ben", **more: Any) -> None:
    world.happens(world.fact(events.INVITED, user, properties={"code": code}, **more))


def credits(world: World) -> list[Fact]:
    return [fact for fact in world.stores.log.read(0, 1000) if fact.name == events.INVITE_ACCEPTED]


def test_a_friend_is_credited_to_who_brought_them(world: World, code: str) -> None:
    invited(world, code)
    [credit] = credits(world)
    assert (credit.user_id, credit.source, credit.properties) == ("ann", "milepost", {"code": code, "friend": "ben"})
    names = [fact.name for fact in queries.facts_of(world.stores, world.workspace, _uid(world, "ann"))]
    assert events.INVITE_ACCEPTED in names


def test_a_friend_is_credited_once_and_to_one_person(world: World, code: str) -> None:
    world.happens(world.fact("Opened", "cat"))
    other = code_of(world.workspace, _uid(world, "cat"))
    for each in (code, code, other):
        invited(world, each)
        world.later(timedelta(days=3))
    assert {fact.properties["code"] for fact in credits(world)} == {code} and Friend.objects.count() == 1


@pytest.mark.parametrize("code_", ["", "unknown", None, 5, ["x"]])
def test_a_code_that_nobody_has_credits_nobody(world: World, code: str, code_: object) -> None:
    invited(world, code_)
    assert credits(world) == []


def test_nobody_brings_themselves_nor_whom_the_product_knew_before(world: World, code: str) -> None:
    invited(world, code, "ann")
    world.happens(world.fact("Opened", "old"))
    world.later(timedelta(days=31))
    invited(world, code, "old")
    assert credits(world) == []


def test_a_visitor_counts_once_they_say_who_they_are(world: World, code: str) -> None:
    invited(world, code, None, anonymous_id="device-1")
    assert credits(world) == []
    world.happens(world.fact("Signed Up", "ben", anonymous_id="device-1"))
    invited(world, code)
    assert len(credits(world)) == 1


def test_an_imported_history_credits_nobody(world: World, code: str) -> None:
    invited(world, code, source="import")
    assert credits(world) == []


def test_a_code_leads_to_whom_its_person_became(world: World) -> None:
    world.happens(world.fact("Opened", None, anonymous_id="device-1"))
    code = code_of(world.workspace, _uid(world, "device-1"))
    world.happens(world.fact("Opened"), world.fact("Signed In", anonymous_id="device-1"))
    assert Referral.objects.get().person_id == _uid(world, "ann")
    assert code_of(world.workspace, _uid(world, "ann")) == code
    invited(world, code)
    assert credits(world)[0].user_id == "ann"


def test_who_turns_out_to_be_one_is_one_friend(world: World, code: str) -> None:
    invited(world, code)
    invited(world, code, "ben-2")
    world.happens(world.fact("Aliased", "ben", kind="alias", previous_id="ben-2"))
    assert {row.person_id for row in Friend.objects.all()} >= {_uid(world, "ben")}
    invited(world, code)
    assert len(credits(world)) == 2


def test_a_round_that_is_applied_again_credits_once(world: World, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ended after the commit of the round, before the log had the credit, it is told when the loop resumes."""

    class Killed(BaseException):
        pass

    def die(name: str) -> None:
        if name == "runtime.committed":
            raise Killed

    world.stores.log.append([world.fact(events.INVITED, "ben", properties={"code": code})])
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr("milepost.runtime.loop.failpoint", die)
        world.loop.catch_up()
    assert not credits(world) and Friend.objects.count() == 1
    world.loop.catch_up()
    assert len(credits(world)) == 1 == Friend.objects.count()
