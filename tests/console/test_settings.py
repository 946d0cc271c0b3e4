"""Keys, the team, the language, and who did what."""

from collections.abc import Callable
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.contrib.auth.models import User
from django.test import Client

from milepost.core.values import Refused
from milepost.delivery.models import SampleRequest
from milepost.people.queries import uid_of_user
from milepost.workspace import identity, keys
from milepost.workspace.models import IdentityKey, Key, Member
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


def test_an_identity_secret_is_shown_once_and_signs_until_it_is_revoked(owner: Client, world: World) -> None:
    made = owner.post("/settings/identity/secret/", {"name": "Web server"}, follow=True)
    fresh = made.context["page"].fresh
    assert made.status_code == 201 and fresh.secret in made.content.decode()
    assert fresh.secret not in owner.get("/settings/identity/").content.decode()
    identity.forget()
    token = jwt.encode({"sub": "maria", "exp": 9e9}, fresh.secret, "HS256", headers={"kid": fresh.kid})
    assert identity.read(world.workspace.pk, token, world.clock.now())[1].sub == "maria"
    key = IdentityKey.objects.get(kid=fresh.kid)
    page = owner.post(f"/settings/identity/{key.pk}/revoke/", follow=True).content.decode()
    assert "Web server" in page and "Revoked" in page
    identity.forget()
    with pytest.raises(Refused, match="revoked"):
        identity.read(world.workspace.pk, token, world.clock.now())


def test_a_public_key_that_is_none_keeps_what_was_typed_and_says_what_is_wrong(owner: Client, world: World) -> None:
    answer = owner.post("/settings/identity/key/", {"name": "Web <1>", "pem": "nonsense", "kid": "k"})
    page = answer.content.decode()
    assert answer.status_code == 400 and "not a public key" in page and "Web &lt;1&gt;" in page
    assert 'name="pem" rows="5" required spellcheck="false" aria-invalid="true"' in page
    pem = Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    made = owner.post("/settings/identity/key/", {"name": "Web", "pem": pem.decode(), "kid": "k"}, follow=True)
    assert "EdDSA" in made.content.decode() and IdentityKey.objects.get(kid="k").algorithm == "EdDSA"


def test_requiring_signed_identities_quotes_how_many_are_signed(owner: Client, world: World) -> None:
    world.happens("maria", "App Opened")
    world.goes_on()
    page = owner.get("/settings/identity/").content.decode()
    assert "<strong>0 %</strong>" in page and "would have been refused" in page
    assert owner.post("/settings/identity/require/", {"required": "yes"}).status_code == 302
    identity.forget()
    assert identity.signed_only(world.workspace.pk)
    assert "Signed identities are required" in owner.get("/settings/identity/").content.decode()
    owner.post("/settings/identity/require/")
    identity.forget()
    assert not identity.signed_only(world.workspace.pk)


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


def test_a_server_for_sample_data_gets_a_secret_that_is_shown_once(owner: Client, world: World) -> None:
    bad = owner.post("/settings/sample-data/name/", {"url": "http://app.example.com/samples"})
    assert bad.status_code == 400 and 'value="http://app.example.com/samples"' in bad.content.decode()
    assert "could be read on its way" in bad.content.decode()
    made = owner.post("/settings/sample-data/name/", {"url": "https://app.example.com/samples"})
    secret = made.context["page"].fresh
    assert made.status_code == 201 and secret.startswith("whsec_") and secret in made.content.decode()
    assert secret not in owner.get("/settings/sample-data/").content.decode()
    again = owner.post("/settings/sample-data/name/", {"url": "https://app.example.com/other"}, follow=True)
    assert 'value="https://app.example.com/other"' in again.content.decode() and "whsec_" not in again.content.decode()
    assert owner.post("/settings/sample-data/secret/").context["page"].fresh not in ("", secret)
    owner.post("/settings/sample-data/forget/")
    assert 'value=""' in owner.get("/settings/sample-data/").content.decode()
    assert "host.forget" in owner.get("/settings/audit/").content.decode()


def test_the_last_requests_for_sample_data_say_how_they_ended(owner: Client, world: World) -> None:
    world.happens("maria", "Signed Up")
    now, uid = world.clock.now(), uid_of_user(world.workspace.pk, "maria")
    told = {"workspace": world.workspace, "uid": uid, "template": "sample-day", "asked_at": now}
    SampleRequest.objects.create(request="a", status="asking", **told)
    SampleRequest.objects.create(
        request="b", status="failed", error="It answered 500.", settled_at=now + timedelta(seconds=44), **told
    )
    page = owner.get("/settings/sample-data/").content.decode()
    assert "on its way" in page and "It answered 500." in page and "44.0 s" in page
    assert f'href="/people/{uid}/"' in page


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

    second = Workspace.objects.create(slug="second", name="Second", created_at=world.clock.now())
    Member.objects.create(workspace=second, user=User.objects.get(username=OWNER), role="viewer")
    assert owner.post("/workspace/", {"workspace": "second"}).status_code == 302
    assert owner.get("/people/").context["page"].rows == ()
    owner.post("/workspace/", {"workspace": world.workspace.slug})
    assert len(owner.get("/people/").context["page"].rows) == 1
