"""Changes of a workspace: each is one transaction and leaves an entry of who did what."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from milepost.core.values import Refused
from milepost.log.secrets import sealer
from milepost.workspace import identity, keys, queries
from milepost.workspace.audit import record
from milepost.workspace.identity_actions import mint_secret
from milepost.workspace.models import IdentityKey, Key, Member, Workspace

SLUG = "default"
OWNER = "owner@milepost.local"
# No letter that is read as another, and no vowel, so that no word comes out. 20 of 24 letters: 91 bits.
_READABLE = "bcdfghjkmnpqrstvwxz23456"


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """What `milepost serve` prints. Absent: `password` is None once the owner has chosen another, `identity_secret` is
    empty once only public keys are registered."""

    workspace_id: int
    write_key: str
    secret_key: str
    identity_secret: str
    email: str
    password: str | None


def bootstrap(now: datetime) -> Bootstrap:
    """Sets up what is missing and says how to get in; later calls change nothing and say the same."""
    with transaction.atomic():
        workspace, created = Workspace.objects.get_or_create(slug=SLUG, defaults=_new_workspace(now))
        if created:
            _furnish(workspace, now)
    owner = queries.members(workspace.pk)[0]
    return Bootstrap(
        workspace_id=workspace.pk,
        write_key=keys.reveal(queries.live_keys(workspace.pk, Key.WRITE)[0]),
        secret_key=keys.reveal(queries.live_keys(workspace.pk, Key.SECRET)[0]),
        identity_secret=_identity_secret(workspace.pk),
        email=owner.user.username,
        password=_first_password(owner),
    )


def _new_workspace(now: datetime) -> dict[str, object]:
    return {"name": "Default", "created_at": now}


def _identity_secret(workspace_id: int) -> str:
    """The oldest live one."""
    live = [key for key in queries.identity_keys(workspace_id, live=True) if key.kind == IdentityKey.SECRET]
    return identity.unseal(live[-1]) if live else ""


def _furnish(workspace: Workspace, now: datetime) -> None:
    password = _readable_password()
    user = User.objects.create_user(OWNER, OWNER, password)
    sealed = sealer(settings.SECRET_KEY).encrypt(password.encode())
    Member.objects.create(workspace=workspace, user=user, role="owner", first_password=sealed)
    for kind in keys.PREFIXES:
        keys.mint(workspace, kind, now)
    mint_secret(workspace, "First secret", now)
    record(workspace, now, actor="milepost", action="workspace.create", subject=workspace.slug)


def _readable_password() -> str:
    groups = ("".join(secrets.choice(_READABLE) for _ in range(5)) for _ in range(4))
    return "-".join(groups)


def _first_password(member: Member) -> str | None:
    """The password that was made at the start, while it is the one that opens; forgotten for good once it is not."""
    if member.first_password is None:
        return None
    password = sealer(settings.SECRET_KEY).decrypt(bytes(member.first_password)).decode()
    if member.user.check_password(password):
        return password
    member.first_password = None
    member.save(update_fields=["first_password"])
    return None


def create_key(workspace: Workspace, kind: str, now: datetime, *, actor: str) -> str:
    """A new key's text. Raises Refused for a kind that does not exist."""
    if kind not in keys.PREFIXES:
        raise Refused(
            "key_kind", f"There is no kind of key '{kind}'.", mend=f"Kinds are {' and '.join(keys.PREFIXES)}."
        )
    with transaction.atomic():
        token = keys.mint(workspace, kind, now)
        record(workspace, now, actor=actor, action="key.create", subject=f"{kind} key …{token[-4:]}")
    return token


@transaction.atomic
def revoke_key(workspace: Workspace, key_id: int, now: datetime, *, actor: str) -> None:
    """Closes the door that a key opens, within a second in every process. Revoking twice changes nothing.

    Raises Refused for another workspace's key, and for the last one of its kind: its clients would have nowhere to go.
    """
    key = Key.objects.select_for_update().filter(workspace=workspace, pk=key_id).first()
    if key is None:
        raise Refused("not_found", f"This workspace has no key {key_id}.", status=404)
    if key.revoked_at is not None:
        return
    if len(queries.live_keys(workspace.pk, key.kind)) == 1:
        raise Refused(
            "last_key",
            f"This is the last {key.kind} key.",
            mend="Create a new one first, then revoke this.",
            status=409,
        )
    key.revoked_at = now
    key.save(update_fields=["revoked_at"])
    record(workspace, now, actor=actor, action="key.revoke", subject=f"{key.kind} key {key.hint}")
    transaction.on_commit(keys.forget)
