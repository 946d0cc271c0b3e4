"""An account with a buyer, an admin and a trainer, and what may be asked of it."""

from typing import Any

from milepost.core.engine.state import State
from milepost.people.accounts import account_id
from milepost.people.queries import uid_of_any
from milepost.program.actions import apply
from milepost.program.review import review
from milepost.runtime import store
from milepost.runtime.models import Decision, MilestoneReached
from tests.programs.documents import ALL
from tests.world import World


class Gym:
    """An account with a buyer, an admin and a trainer, in a workspace of three programs."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.release(world, ALL)
        self.joins("bea", role="buyer", name="Gym", plan="free")
        self.joins("ann", role="admin")
        self.joins("tom", role="user")

    @staticmethod
    def release(world: World, text: str) -> None:
        reasons = {problem.rule: "A test." for problem in review(text).problems}
        apply(world.workspace, text, by="t", base=None, onto=True, reasons=reasons, now=world.clock.now())

    def joins(self, user: str, key: str = "gym", **traits: Any) -> None:
        self.world.happens(self.world.fact("Grouped", user, kind="group", group_id=key, properties=traits))

    def does(self, name: str, user: str | None = "tom", **more: Any) -> None:
        self.world.happens(self.world.fact(name, user, **more))

    @property
    def uid(self) -> int:
        return account_id(self.world.workspace, "gym")

    def number(self, user: str | None) -> int:
        """The uid of somebody, or of the account."""
        uid = self.uid if user is None else uid_of_any(self.world.workspace, user)
        assert uid is not None
        return uid

    def state(self, user: str | None = None) -> State:
        uid = self.number(user)
        return store.load([uid])[uid]

    def sent(self, user: str) -> list[str]:
        rows = Decision.objects.filter(uid=self.number(user), kind="message", outcome="sent").order_by("id")
        return list(rows.values_list("definition", flat=True))

    def reached(self, user: str | None = None) -> set[str]:
        return set(MilestoneReached.objects.filter(uid=self.number(user)).values_list("milestone", flat=True))
