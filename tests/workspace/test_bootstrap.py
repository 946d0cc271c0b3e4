import hashlib
import hmac
from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User

from milepost.workspace import identity, keys
from milepost.workspace.actions import Bootstrap, bootstrap
from milepost.workspace.models import AuditEntry, IdentityKey, Key, Member, Workspace

from .conftest import NOW

pytestmark = pytest.mark.django_db


def test_an_empty_database_gets_a_workspace_its_keys_and_one_sign_in(start: Bootstrap) -> None:
    assert Workspace.objects.get().slug == "default"
    assert keys.find(start.write_key, Key.WRITE) == start.workspace_id
    assert keys.find(start.secret_key, Key.SECRET) == start.workspace_id
    user = authenticate(username=start.email, password=start.password)
    assert user is not None and Member.objects.get(user=user).role == "owner"


def test_starting_again_says_the_same_and_makes_nothing_new(start: Bootstrap) -> None:
    assert bootstrap(NOW + timedelta(days=1)) == start
    assert (Workspace.objects.count(), Key.objects.count(), User.objects.count()) == (1, 2, 1)
    assert AuditEntry.objects.count() == 1


def test_the_first_password_is_shown_until_it_is_changed(start: Bootstrap) -> None:
    user = User.objects.get(username=start.email)
    user.set_password("a password of their own")
    user.save()
    assert bootstrap(NOW).password is None
    assert Member.objects.get(user=user).first_password is None


def test_nothing_secret_stands_in_the_database_as_text(start: Bootstrap) -> None:
    stored = b" ".join(
        bytes(value or b"")
        for value in (
            *Key.objects.values_list("sealed", flat=True),
            *IdentityKey.objects.values_list("sealed", flat=True),
            *Member.objects.values_list("first_password", flat=True),
        )
    )
    assert start.password is not None
    for secret in (start.write_key, start.secret_key, start.identity_secret, start.password):
        assert secret.encode() not in stored


def test_the_password_can_be_read_aloud_and_is_long(start: Bootstrap) -> None:
    assert start.password is not None
    assert [len(group) for group in start.password.split("-")] == [5, 5, 5, 5]
    assert not set(start.password) & set("aeiou0O1lI")


def test_a_host_signs_a_user_id_in_one_line(start: Bootstrap) -> None:
    by_the_host = hmac.new(start.identity_secret.encode(), b"user-42", hashlib.sha256).hexdigest()
    assert identity.sign(start.workspace_id, "user-42") == by_the_host
    assert identity.verify(start.workspace_id, "user-42", by_the_host)


@pytest.mark.parametrize("signature", ["", "0" * 64, "ä", "\ud800"])
def test_a_wrong_signature_vouches_for_nobody(start: Bootstrap, signature: str) -> None:
    assert not identity.verify(start.workspace_id, "user-42", signature)


def test_a_signature_is_for_one_user_of_one_workspace(start: Bootstrap) -> None:
    signature = identity.sign(start.workspace_id, "user-42")
    assert not identity.verify(start.workspace_id, "user-43", signature)
    assert not identity.verify(start.workspace_id + 1, "user-42", signature)
