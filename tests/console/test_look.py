"""Settings, Look: colours are chosen beside the pieces themselves, and are kept only when they can be read."""

from collections.abc import Iterator

import pytest
from django.test import Client

from milepost.client.feed import _admit
from milepost.workspace import keys, looks
from milepost.workspace.models import AuditEntry, Key
from tests.console.world import World


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """What one test saved is nothing to the next, whose workspace may have the same number."""
    yield
    looks.forget()


PURPLE = {"light-accent": "#5b3fd4", "dark-accent": "#b7a6ff", "radius": "8"}


def test_a_look_is_kept_and_told_to_browsers(owner: Client, world: World) -> None:
    assert owner.post("/settings/look/save/", PURPLE).status_code == 302
    page = owner.get("/settings/look/").content.decode()
    assert 'name="light-accent" value="#5b3fd4"' in page and 'name="radius" min="0" max="32" value="8"' in page
    key = keys.reveal(Key.objects.get(workspace=world.workspace, kind=Key.WRITE))
    assert "light-dark(#5b3fd4,#b7a6ff)" in _admit(key, None, "", world.clock.now()).look
    assert AuditEntry.objects.filter(workspace=world.workspace, action="look.save").count() == 1


def test_colours_that_cannot_be_read_are_told_and_not_kept(owner: Client, world: World) -> None:
    answer = owner.post("/settings/look/save/", {"light-accent": "#f2c14e"})
    page = answer.content.decode()
    assert answer.status_code == 400 and "Words on buttons on Buttons and links" in page and "4.5 to 1" in page
    assert 'name="light-accent" value="#f2c14e"' in page, "what was typed stays"
    assert looks.look(world.workspace.pk).light == {}


def test_the_frames_draw_what_is_typed(owner: Client) -> None:
    frame = owner.get("/settings/look/preview/", {**PURPLE, "view": "rtl"})
    page = frame.content.decode()
    assert "light-dark(#5b3fd4,#b7a6ff)" in page and '<html lang="en" dir="rtl" data-theme="light">' in page
    assert (
        "style-src 'self'" in frame["Content-Security-Policy"]
        and "frame-ancestors 'self'" in frame["Content-Security-Policy"]
    )
    dark = owner.get("/settings/look/preview/", {"view": "dark", "light-accent": "no colour"}).content.decode()
    assert 'data-theme="dark"' in dark and "light-dark" not in dark
