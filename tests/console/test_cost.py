"""What a page costs: questions to the database, and weight on the wire."""

import gzip
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from milepost.people.models import Person
from tests.console.world import World

BUILT = Path(__file__).parents[2] / "src/milepost/static/built/console"
LIMITS = {
    "/": 24,
    "/map/": 11,
    "/map/cohorts/": 10,
    "/people/": 10,
    "/inbox/": 12,
    "/tasks/": 12,
    "/segments/": 9,
    "/answers/": 10,
    "/program/": 11,
    "/program/edit/": 9,
    "/program/releases/": 9,
    "/messages/": 12,
    "/messages/deliveries/": 9,
    "/messages/welcome/": 14,
    "/program/definitions/guide/add-food/": 10,
    "/program/definitions/milestone/first-meal/": 9,
    "/settings/": 9,
    "/settings/keys/": 8,
    "/settings/identity/": 8,
    "/settings/sample-data/": 9,
    "/settings/team/": 8,
    "/settings/look/": 10,
    "/settings/audit/": 8,
    "/settings/password/": 8,
}


@pytest.fixture
def crowd(world: World) -> World:
    for number in range(30):
        world.tells(f"p{number}", name=f"Person {number}", email=f"p{number}@example.com")
        world.happens(f"p{number}", "Signed Up")
        world.happens(f"p{number}", "Meal Logged", meal="apple")
    world.waits(timedelta(minutes=1))
    return world


def test_a_page_asks_a_bounded_number_of_questions_however_many_people_there_are(
    owner: Client, crowd: World, django_assert_max_num_queries: Callable[[int], AbstractContextManager[Any]]
) -> None:
    owner.get("/")
    for path, limit in LIMITS.items():
        with django_assert_max_num_queries(limit):
            assert owner.get(path).status_code == 200, path


def test_a_persons_page_asks_a_bounded_number_of_questions(
    owner: Client, crowd: World, django_assert_max_num_queries: Callable[[int], AbstractContextManager[Any]]
) -> None:
    for number in range(100):
        crowd.happens("maria", f"Click {number}")
    crowd.goes_on()
    uid = Person.objects.get(workspace=crowd.workspace, user_id="maria").id
    owner.get(f"/people/{uid}/")
    with django_assert_max_num_queries(18):
        owner.get(f"/people/{uid}/")


def test_a_page_with_all_it_loads_weighs_under_150_kilobytes(owner: Client, crowd: World) -> None:
    files = [BUILT / name for name in ("styles.css", "console.js", "editor.js", "definition.js", "icons.svg")]
    fonts = [BUILT / f"fonts/inter-{part}-wght-normal.woff2" for part in ("latin", "cyrillic")]
    loaded = sum(len(gzip.compress(file.read_bytes())) for file in files) + sum(font.stat().st_size for font in fonts)
    for path in LIMITS:
        page = gzip.compress(owner.get(path).content)
        assert len(page) + loaded < 150_000, path
