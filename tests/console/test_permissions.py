"""What each role may do, and that another team's people do not exist."""

from collections.abc import Callable

import pytest
from django.test import Client

from milepost.people.models import Person
from milepost.program import queries as program
from milepost.workspace import identity
from milepost.workspace.models import AuditEntry, IdentityKey, Key, Workspace
from tests.console.world import PROGRAM, World

READ = (
    "/",
    "/people/",
    "/program/",
    "/program/edit/",
    "/program/releases/",
    "/messages/",
    "/messages/deliveries/",
    "/settings/",
    "/settings/team/",
    "/settings/password/",
    "/settings/sites/",
)
WRITE = (
    "/program/draft/",
    "/program/discard/",
    "/program/release/",
    "/program/releases/1/roll-back/",
    "/settings/keys/create/",
    "/settings/identity/secret/",
    "/settings/identity/key/",
    "/settings/identity/1/revoke/",
    "/settings/identity/require/",
    "/settings/team/invite/",
    "/settings/sites/add/",
    "/settings/sites/remove/",
    "/program/on-the-page/",
)


@pytest.fixture
def other_team(world: World) -> Workspace:
    return Workspace.objects.create(slug="other", name="Other", created_at=world.clock.now())


def test_a_member_of_another_workspace_sees_nobody_of_this_one(
    world: World, other_team: Workspace, sign_in: Callable[..., Client]
) -> None:
    stranger = sign_in(other_team)
    uid = Person.objects.get(workspace=world.workspace).id
    assert stranger.get(f"/people/{uid}/").status_code == 404
    assert stranger.get(f"/people/{uid}/timeline/").status_code == 404
    assert stranger.get(f"/people/{uid}/why/message/welcome/").status_code == 404
    assert "Maria" not in stranger.get("/people/?q=maria").content.decode()
    assert stranger.get("/program/releases/1/").status_code == 404
    assert stranger.get("/messages/").context["page"].reports == ()
    assert stranger.get("/messages/deliveries/").context["page"].rows == ()


def test_a_member_cannot_choose_a_workspace_that_is_not_theirs(
    world: World, other_team: Workspace, sign_in: Callable[..., Client]
) -> None:
    stranger = sign_in(other_team)
    assert stranger.post("/workspace/", {"workspace": world.workspace.slug}).status_code == 404
    assert stranger.get("/people/").context["page"].rows == ()


def test_a_viewer_reads_everything_and_changes_nothing(world: World, sign_in: Callable[..., Client]) -> None:
    viewer = sign_in(world.workspace, "viewer")
    assert [viewer.get(path).status_code for path in READ] == [200] * len(READ)
    assert [viewer.post(path).status_code for path in WRITE] == [403] * len(WRITE)
    assert viewer.get("/settings/keys/").status_code == 403
    assert program.draft(world.workspace.pk) is None


def test_nobody_sees_an_identity_secret_and_a_viewer_not_even_its_name(
    world: World, sign_in: Callable[..., Client]
) -> None:
    secret = identity.unseal(IdentityKey.objects.get(workspace=world.workspace))
    page = sign_in(world.workspace, "editor").get("/settings/identity/").content.decode()
    assert "First secret" in page and secret not in page
    assert sign_in(world.workspace, "viewer").get("/settings/identity/").status_code == 403


def test_an_editor_releases_but_does_not_touch_keys_or_the_team(world: World, sign_in: Callable[..., Client]) -> None:
    editor = sign_in(world.workspace, "editor")
    text = PROGRAM.read_text(encoding="utf-8").replace("Calorie counter", "Diary")
    assert editor.post("/program/draft/", {"text": text}).status_code == 200
    assert editor.post("/program/release/").status_code == 302
    assert editor.post("/settings/keys/create/", {"kind": "secret"}).status_code == 403
    assert editor.post("/settings/sample-data/name/", {"url": "https://app.example.com/"}).status_code == 403
    assert editor.post("/settings/sample-data/secret/").status_code == 403
    assert editor.post("/settings/team/invite/", {"email": "x@example.com", "role": "owner"}).status_code == 403


def test_looking_changes_nothing(owner: Client, world: World) -> None:
    before = (AuditEntry.objects.count(), Key.objects.count(), program.current(world.workspace.pk).number)
    for path in (
        *READ,
        "/program/release/",
        "/settings/keys/",
        "/settings/identity/",
        "/settings/audit/",
        "/program/releases/1/",
    ):
        assert owner.get(path).status_code == 200
    for path in ("/program/draft/", "/settings/keys/create/", "/program/releases/1/roll-back/"):
        assert owner.get(path).status_code == 405
    assert before == (AuditEntry.objects.count(), Key.objects.count(), program.current(world.workspace.pk).number)


def test_a_form_without_proof_of_origin_is_refused(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.login(username="anna@example.com", password="a-quiet-path-42")
    assert client.post("/program/draft/", {"text": "milepost: 1"}).status_code == 403
    assert program.draft(world.workspace.pk) is None
