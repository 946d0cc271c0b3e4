"""Keys, the team, the language, and who did what."""

from collections.abc import Callable

from django.contrib.auth.models import User
from django.test import Client

from milepost.workspace import keys
from milepost.workspace.models import Key, Member
from tests.console.world import OWNER, World


def test_the_install_page_has_the_snippet_with_the_write_key(owner: Client, world: World) -> None:
    page = owner.get("/settings/").content.decode()
    key = keys.reveal(Key.objects.get(workspace=world.workspace, kind=Key.WRITE))
    assert f"data-key=&quot;{key}&quot;" in page
    assert "Events are arriving" in page


def test_a_secret_key_is_shown_once_and_works_until_it_is_revoked(owner: Client, world: World) -> None:
    made = owner.post("/settings/keys/create/", {"kind": "secret"})
    token = made.context["page"].fresh
    assert token in made.content.decode()
    assert token not in owner.get("/settings/keys/").content.decode()
    assert keys.find(token, Key.SECRET) == world.workspace.pk
    fresh = Key.objects.filter(workspace=world.workspace, kind=Key.SECRET).latest("id")
    assert owner.post(f"/settings/keys/{fresh.pk}/revoke/").status_code == 302
    keys.forget()
    assert keys.find(token, Key.SECRET) is None


def test_the_last_key_of_a_kind_stays(owner: Client, world: World) -> None:
    last = Key.objects.get(workspace=world.workspace, kind=Key.SECRET)
    answer = owner.post(f"/settings/keys/{last.pk}/revoke/")
    assert answer.status_code == 409
    assert "Create a new one first" in answer.content.decode()


def test_an_invitation_is_a_link_and_a_member_can_be_changed_and_removed(owner: Client, world: World) -> None:
    made = owner.post("/settings/team/invite/", {"email": "new@example.com", "role": "viewer"})
    assert "/invitation/" in made.context["page"].invitation
    member = Member.objects.get(user__username="new@example.com")
    owner.post(f"/settings/team/{member.pk}/", {"role": "editor"})
    member.refresh_from_db()
    assert member.role == "editor"
    owner.post(f"/settings/team/{member.pk}/", {"remove": "yes"})
    assert not Member.objects.filter(pk=member.pk).exists()


def test_a_bad_address_and_the_last_owner_are_said_on_the_page(owner: Client, world: World) -> None:
    bad = owner.post("/settings/team/invite/", {"email": "nonsense", "role": "viewer"})
    assert bad.status_code == 400
    assert "is not an e-mail address" in bad.content.decode()
    me = Member.objects.get(user__username=OWNER)
    assert owner.post(f"/settings/team/{me.pk}/", {"role": "viewer"}).status_code == 409


def test_the_audit_says_who_did_what(owner: Client, world: World) -> None:
    owner.post("/settings/keys/create/", {"kind": "write"})
    page = owner.get("/settings/audit/").content.decode()
    assert "key.create" in page
    assert OWNER in page


def test_a_member_reads_in_the_language_that_they_chose(
    owner: Client, world: World, sign_in: Callable[..., Client]
) -> None:
    assert owner.post("/language/", {"language": "ru"}, headers={"Referer": "/people/"}).status_code == 302
    page = owner.get("/people/")
    assert page.headers["Content-Language"] == "ru"
    assert '<html lang="ru"' in page.content.decode()
    assert "1 из 2" in page.content.decode()
    assert "People" in sign_in(world.workspace, "editor", "en").get("/people/").content.decode()
    assert owner.post("/language/", {"language": "xx"}).status_code == 400


def test_a_member_of_two_workspaces_goes_from_one_to_the_other(owner: Client, world: World) -> None:
    from milepost.workspace.models import Workspace

    second = Workspace.objects.create(
        slug="second", name="Second", created_at=world.clock.now(), identity_secret=world.workspace.identity_secret
    )
    Member.objects.create(workspace=second, user=User.objects.get(username=OWNER), role="viewer")
    assert owner.post("/workspace/", {"workspace": "second"}).status_code == 302
    assert owner.get("/people/").context["page"].rows == ()
    owner.post("/workspace/", {"workspace": world.workspace.slug})
    assert len(owner.get("/people/").context["page"].rows) == 1
