"""The loop over a program with a goal, a plan and people of the team."""

import pytest
from django.contrib.auth.models import User

from milepost.core.conditions.types import Did
from milepost.core.program.document import Document
from milepost.core.program.kinds.content import Checklist, Guide, Question, Step, Survey
from milepost.core.program.kinds.goal import Function, Goal
from milepost.core.program.kinds.limits import Locales, Support
from milepost.core.program.kinds.message import Message
from milepost.core.program.kinds.milestone import Evidence, Help, Milestone, Obstacle
from milepost.workspace.models import Member, Workspace
from tests.delivery.world import release
from tests.world import World

DOCUMENT = Document(
    name="Crumb",
    locales=Locales(default="en", others=("ru",)),
    support=Support(name="Anna", email="anna@example.com"),
    goals={"lose": Goal(ask={"en": "Lose weight", "ru": "Похудеть"}, milestones=("meal", "jeans"))},
    functions={"diary": Function(milestones=("meal",), url="/diary")},
    milestones={
        "meal": Milestone(
            title={"en": "Log a meal", "ru": "Запишите еду"},
            reached=Did(name="Meal Logged"),
            first_value=True,
            obstacles={
                "lost": Obstacle(stuck=Did(name="Food Searched", at_least=3), help=(Help(ask_support=True),)),
            },
        ),
        "jeans": Milestone(title="Jeans", kind="outcome", evidence=Evidence(attested=("account manager",))),
    },
    segments={"searchers": Did(name="Food Searched")},
    content={
        "intake": Survey(title="What for?", questions=(Question(key="goal", ask="What for?", kind="goal"),)),
        "add-food": Guide(steps=(Step(title="Here"),), serves="meal"),
        "your-plan": Checklist(title="Your plan", from_="goal"),
        "two-things": Checklist(title="Two things", items=("jeans", "meal"), when=Did(name="Signed Up")),
    },
    messages={"hooray": Message(channel="email", purpose="care", subject="{{ about.name }}", body="Hi")},
)


@pytest.fixture
def world(world: World) -> World:
    release(Workspace.objects.get(pk=world.workspace), DOCUMENT)
    return world


@pytest.fixture
def member(world: World) -> Member:
    user = User.objects.create(username="boris@example.com")
    return Member.objects.create(workspace_id=world.workspace, user=user, role="editor")
