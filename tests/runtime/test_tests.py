"""What somebody of the team tries out counts for the person, and in no number: neither the test nor what it leads to."""

from milepost.console.pages.home import HomePage, gather_home
from milepost.core.events import is_test
from milepost.people.queries import uid_of_any
from milepost.runtime import audiences, queries
from milepost.runtime.models import MilestoneReached
from milepost.runtime.snapshot import snapshot
from milepost.workspace.models import Member
from tests.programs.gym import Gym
from tests.world import PROGRAM, World

TEST = {"context": {"test": True}}


def numbers(world: World) -> tuple[int, dict[str, int], list[int], int]:
    """Wins of the day, people by milestone, who is listed, and what reports read of it."""
    facts = world.stores.events.query("SELECT count(*) FROM facts WHERE event = 'Segment Entered'", {})
    return (
        queries.reached_since(world.workspace, world.clock.now()),
        queries.reached_by_milestone(world.workspace),
        sorted(row["uid"] for row in audiences.reached(world.workspace, "first-meal")),
        facts[0][0],
    )


def uid_of(world: World, user: str) -> int:
    uid = uid_of_any(world.workspace, user)
    assert uid is not None
    return uid


def test_a_milestone_that_a_test_reached_is_the_person_s_and_no_number(world: World) -> None:
    world.release(PROGRAM + "segments: {eaters: {did: Meal Logged}}\n")
    world.happens(world.fact("Meal Logged", user="tester", **TEST))
    assert numbers(world) == (0, {}, [], 0)
    assert [view.key for view in snapshot(world.workspace, uid_of(world, "tester")).milestones() if view.at] == [
        "first-meal"
    ]
    [told] = [fact for fact in world.stores.log.read(0, 100) if fact.name == "Segment Entered"]
    assert is_test(told) and told.source == "derived"

    world.happens(world.fact("Meal Logged", user="ann"))
    assert numbers(world) == (1, {"first-meal": 1}, [uid_of(world, "ann")], 1)
    home = gather_home(Member.objects.get(), world.clock.now())
    assert isinstance(home, HomePage)
    assert (home.won, [arrival.who for arrival in home.arrivals]) == (1, ["ann"])


def test_whoever_began_with_a_test_is_counted_for_what_they_really_do(world: World) -> None:
    world.happens(world.fact("Meal Logged", **TEST))
    world.happens(*(world.fact("Meal Logged") for _ in range(2)))
    assert queries.reached_by_milestone(world.workspace) == {"three-meals": 1}


def test_a_release_makes_no_win_of_a_test(world: World) -> None:
    """Neither of one that was reached before, nor of one that it finds in the past."""
    world.happens(world.fact("Meal Logged", **TEST), world.fact("Recipe Saved", **TEST), world.fact("Meal Shared"))
    more = "\n  {0}: {{title: A, target: 1d, reached: {{did: {1}}}}}"
    found = more.format("saved", "Recipe Saved") + more.format("shared", "Meal Shared")
    world.release(PROGRAM.replace("\ncontent:", f"{found}\ncontent:", 1))
    world.loop.catch_up()
    assert set(MilestoneReached.objects.values_list("milestone", "test")) == {
        ("first-meal", True), ("saved", True), ("shared", False),
    }  # fmt: skip


def test_what_an_account_s_people_hear_of_a_test_is_one(world: World) -> None:
    gym = Gym(world)
    gym.does("Subscription Started", "bea")
    for _ in range(3):
        gym.does("Trainer Added", "tom", **TEST)
    told = [fact for fact in world.stores.log.read(0, 1000) if fact.name == "Account Milestone Reached"]
    assert len(told) == 3 and all(map(is_test, told))
    assert gym.reached() == {"trainers"} and "trainers" not in queries.reached_by_milestone(world.workspace)
