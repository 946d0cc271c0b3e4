"""A world with one person in it, and somebody of the team who is signed in."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from milepost.log.clock import SYSTEM
from milepost.workspace.models import Member, Workspace
from tests.console.world import OWNER, World, mail_server, small_world


@pytest.fixture(autouse=True)
def own_urls(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.console.urls"
    cache.clear()


@pytest.fixture
def empty_world(db: None) -> World:
    """A Milepost that was just started: no program, no facts."""
    return World(SYSTEM.now())


@pytest.fixture
def world(db: None) -> Iterator[World]:
    with mail_server():
        yield small_world(SYSTEM.now())


@pytest.fixture
def sign_in() -> Callable[..., Client]:
    """`sign_in(workspace, role)`: a browser of a new member with this role."""

    def as_member(workspace: Workspace, role: str = "owner", locale: str = "") -> Client:
        user = User.objects.create_user(f"{role}-{locale}@example.com", password="a-quiet-path-42")
        Member.objects.create(workspace=workspace, user=user, role=role, locale=locale)
        client = Client()
        client.force_login(user)
        return client

    return as_member


@pytest.fixture
def owner(world: World) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=OWNER))
    return client
