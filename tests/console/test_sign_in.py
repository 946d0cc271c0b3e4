"""Who gets in, and how."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from milepost.console import throttle
from milepost.workspace.members import invite_member
from tests.console.world import OWNER, PASSWORD, World


def test_whoever_is_not_signed_in_is_led_to_the_sign_in_and_back(world: World) -> None:
    client = Client()
    asked = client.get("/people/")
    assert asked.headers["Location"] == "/sign-in/?next=/people/"
    answer = client.post("/sign-in/", {"email": OWNER.upper(), "password": PASSWORD, "next": "/people/"})
    assert answer.headers["Location"] == "/people/"
    assert client.get("/people/").status_code == 200


def test_a_wrong_password_says_so_and_keeps_the_email(world: World) -> None:
    answer = Client().post("/sign-in/", {"email": OWNER, "password": "wrong"})
    assert answer.status_code == 422
    assert "do not belong together" in answer.content.decode()
    assert OWNER in answer.content.decode()


def test_after_many_tries_even_the_right_password_has_to_wait(world: World) -> None:
    client = Client()
    for _ in range(throttle.TRIES_FROM_ONE_PLACE):
        client.post("/sign-in/", {"email": OWNER, "password": "wrong"})
    answer = client.post("/sign-in/", {"email": OWNER, "password": PASSWORD})
    assert answer.status_code == 429
    assert "_auth_user_id" not in client.session


def test_the_way_back_never_leads_to_another_site(world: World) -> None:
    answer = Client().post("/sign-in/", {"email": OWNER, "password": PASSWORD, "next": "https://evil.example/"})
    assert answer.headers["Location"] == "/"


def test_signing_out_needs_a_button_not_a_link(owner: Client) -> None:
    assert owner.get("/sign-out/").status_code == 405
    assert owner.post("/sign-out/").headers["Location"] == "/sign-in/"
    assert owner.get("/").status_code == 302


def test_a_fragment_tells_its_page_to_go_to_the_sign_in(world: World) -> None:
    answer = Client().get("/home/first-event/", headers={"HX-Request": "true", "HX-Current-URL": "/people/"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"].startswith("/sign-in/")


def test_somebody_who_was_invited_chooses_a_password_and_is_in(world: World) -> None:
    made = invite_member(world.workspace, "new@example.com", "viewer", world.clock.now(), actor=OWNER)
    client, address = Client(), f"/invitation/{made.user_id}/{made.token}/"
    weak = client.post(address, {"password": "short"})
    assert weak.status_code == 422
    assert client.post(address, {"password": PASSWORD}).headers["Location"] == "/"
    assert client.get("/").status_code == 200
    assert Client().post(address, {"password": "another-long-one"}).status_code == 422


def test_somebody_without_a_workspace_is_told_so(db: None, empty_world: World) -> None:
    client = Client()
    client.force_login(User.objects.create_user("nobody@example.com"))
    assert client.get("/").status_code == 404


@pytest.mark.parametrize("path", ["/", "/people/", "/sign-in/", "/nowhere/"])
def test_every_page_runs_and_styles_only_its_own_files(owner: Client, path: str) -> None:
    client = Client() if path == "/sign-in/" else owner
    policy = client.get(path).headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
