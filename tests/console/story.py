"""Two people of the calorie counter: Maria is on her way, Jonas is stuck and asks."""

from datetime import timedelta

from milepost.core import events
from milepost.help import queries as help
from milepost.log.clock import SYSTEM
from milepost.people.models import Person
from tests.console.world import EXAMPLE, World

WORDS = "to fit in my jeans again"


def story_world() -> World:
    """Maria wants to lose weight and has logged a meal; Jonas searches in vain, and asks."""
    world = World(SYSTEM.now() - timedelta(days=3))
    world.release(EXAMPLE.read_text(encoding="utf-8"))
    _begins(world, "maria", "Maria Ivanova", plan="pro")
    _begins(world, "jonas", "Jonas Weber", plan="free")
    for _ in range(3):
        world.happens("jonas", "Food Searched", query="kasha", results=0)
    world.waits(timedelta(hours=2))
    world.happens("maria", "Meal Logged", meal="lunch", food="soup", calories=400)
    world.happens("jonas", events.QUESTION_ASKED, text="Where is kasha?", page="/diary/")
    world.waits(timedelta(days=1))
    _weighs(world, 84)
    world.waits(timedelta(hours=1))
    return world


def _begins(world: World, who: str, name: str, *, plan: str) -> None:
    world.tells(who, name=name, email=f"{who}@example.com", plan=plan)
    world.happens(who, "Signed Up", plan=plan)
    world.happens(who, events.QUESTION_ANSWERED, survey="intake", question="goal", answer="lose-weight")
    world.happens(who, events.GOAL_STATED, goal="lose-weight")
    world.happens(who, events.QUESTION_ANSWERED, survey="intake", question="in-my-words", answer=WORDS)
    for role, question, value in (("baseline", "start-weight", 86), ("target", "target-weight", 78)):
        world.happens(who, events.QUESTION_ANSWERED, survey="intake", question=question, answer=value)
        world.happens(who, events.MEASURE_RECORDED, measure="weight", value=value, **{"as": role})
    world.goes_on()


def _weighs(world: World, value: int) -> None:
    world.happens("maria", events.MEASURE_RECORDED, measure="weight", value=value, **{"as": "value"})


def uid_of(who: str) -> int:
    return Person.objects.get(user_id=who).id


def thread_of(story: World) -> int:
    return help.inbox(story.workspace.pk).items[0].number
