"""What somebody's own product may show of their plan, besides pieces."""

from milepost.client.tokens import LIFETIME, Session
from milepost.client.way import Way, way_for
from milepost.core import events
from milepost.workspace.models import Workspace
from tests.delivery.world import release
from tests.success_app.conftest import DOCUMENT
from tests.world import World


def way(world: World, user: str | None, device: str = "device-1") -> Way:
    return way_for(Session(world.workspace, device, user, world.clock.now() + LIFETIME), "en")


def test_the_plan_stands_with_what_is_done_and_what_comes_next(world: World) -> None:
    release(Workspace.objects.get(pk=world.workspace), DOCUMENT)
    world.happens(world.fact("Opened"))
    before = way(world, "ann")
    assert before.plan is None and before.next is not None and before.next.start == "intake"
    world.happens(world.fact(events.GOAL_STATED, properties={"goal": "lose"}), world.fact("Meal Logged"))
    now = way(world, "ann")
    assert now.plan is not None and now.next is not None
    assert [(item.key, item.reached_at is not None) for item in now.plan.items] == [("meal", True), ("jeans", False)]
    assert (now.plan.goal, now.plan.progress, now.plan.standing) == ("lose", 0.5, "on track")
    assert (now.plan.items[0].start, now.plan.items[0].url) == ("add-food", "/diary")
    assert now.next.title == now.plan.items[1].title


def test_an_unsigned_device_sees_nothing_of_a_known_person_s_way(world: World) -> None:
    release(Workspace.objects.get(pk=world.workspace), DOCUMENT)
    told = {"anonymous_id": "device-1"}
    world.happens(world.fact(events.GOAL_STATED, properties={"goal": "lose"}, **told))
    assert way(world, "ann").plan is not None
    assert (way(world, None).plan, way(world, None).next) == (None, None)
