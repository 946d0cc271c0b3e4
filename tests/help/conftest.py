"""The loop, and a team that answers."""

import pytest
from django.contrib.auth.models import User

from milepost.core.conditions.types import Did
from milepost.core.program.document import Document
from milepost.core.program.kinds.content import Article
from milepost.core.program.kinds.limits import Locales, Support
from milepost.core.program.kinds.milestone import Milestone
from milepost.workspace.models import Member, Workspace
from tests.delivery.world import release
from tests.world import World

DOCUMENT = Document(
    name="Crumb",
    locales=Locales(default="en", others=("ru",)),
    support=Support(
        name="Anna from support",
        email="anna@example.com",
        how={"en": "We answer within a day.", "ru": "Отвечаем за день."},
        community="https://example.com/together",
    ),
    milestones={"first-meal": Milestone(title="First meal", reached=Did(name="Meal Logged"))},
    articles={"cake": Article(title={"en": "Cake at work", "ru": "Торт на работе"}, body="Say *no*.")},
)


@pytest.fixture
def world(world: World) -> World:
    release(Workspace.objects.get(pk=world.workspace), DOCUMENT)
    return world


@pytest.fixture
def member(world: World) -> Member:
    return a_member(world, "boris@example.com", "editor", "Boris")


def a_member(world: World, email: str, role: str, name: str = "") -> Member:
    user = User.objects.create(username=email, email=email, first_name=name)
    return Member.objects.create(workspace_id=world.workspace, user=user, role=role)
