"""Changes of what user ids are signed with: each is one transaction and leaves an entry of who did what."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from milepost.core.values import Refused
from milepost.log.secrets import sealer
from milepost.workspace import identity, queries, tokens
from milepost.workspace.audit import record
from milepost.workspace.models import IdentityKey, Workspace

_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A secret just made; it is shown this once."""

    kid: str
    secret: str


def create_secret(workspace: Workspace, name: str, now: datetime, *, actor: str) -> NewSecret:
    """A secret for signatures and for tokens in HS256. Raises Refused for a bad name."""
    with transaction.atomic():
        made = mint_secret(workspace, name, now)
        record(workspace, now, actor=actor, action="identity.key.create", subject=f"{name} ({made.kid})")
    return made


def mint_secret(workspace: Workspace, name: str, now: datetime) -> NewSecret:
    made = NewSecret(f"s_{secrets.token_hex(4)}", secrets.token_urlsafe(32))
    _keep(
        workspace, name, IdentityKey(kind=IdentityKey.SECRET, algorithm=tokens.SHARED, kid=made.kid), made.secret, now
    )
    return made


def register_public_key(workspace: Workspace, name: str, pem: str, kid: str, now: datetime, *, actor: str) -> str:
    """Takes the public half of a key that the host product keeps; the `kid` of it, made up where none is given.

    Raises Refused for what is no good public key, and for a kid that another key of the workspace has or had.
    """
    pem, kid = pem.strip(), kid.strip() or f"p_{secrets.token_hex(4)}"
    key = IdentityKey(kind=IdentityKey.PUBLIC, algorithm=tokens.algorithm_of(pem), kid=kid)
    if len(kid) > _LONGEST_NAME:
        raise Refused("kid", f"A 'kid' has at most {_LONGEST_NAME} characters.", path="kid")
    try:
        with transaction.atomic():
            _keep(workspace, name, key, pem, now)
            record(workspace, now, actor=actor, action="identity.key.create", subject=f"{name} ({kid})")
    except IntegrityError as error:
        raise Refused("kid", f"Another key has, or had, the kid '{kid}'.", path="kid", status=409) from error
    return kid


def _keep(workspace: Workspace, name: str, key: IdentityKey, material: str, now: datetime) -> None:
    called = name.strip()
    if not 0 < len(called) <= _LONGEST_NAME:
        raise Refused("name", f"A key has a name, of at most {_LONGEST_NAME} characters.", path="name")
    key.workspace, key.name, key.created_at = workspace, called, now
    key.sealed = sealer(settings.SECRET_KEY).encrypt(material.encode())
    key.save()
    transaction.on_commit(identity.forget)


@transaction.atomic
def revoke_identity_key(workspace: Workspace, key_id: int, now: datetime, *, actor: str) -> None:
    """What was signed with this key is not believed any more, within a second in every process, and the sessions that it
    opened end. Revoking twice changes nothing. Raises Refused for another workspace's key, and for the last one while
    signed identities are required."""
    key = IdentityKey.objects.select_for_update().filter(workspace=workspace, pk=key_id).first()
    if key is None:
        raise Refused("not_found", f"This workspace has no identity key {key_id}.", status=404)
    if key.revoked_at is not None:
        return
    if workspace.signed_only and len(queries.identity_keys(workspace.pk, live=True)) == 1:
        mend = "Create another first, or stop requiring signed identities."
        raise Refused("last_key", "Nobody could sign in any more without this key.", mend=mend, status=409)
    key.revoked_at = now
    key.save(update_fields=["revoked_at"])
    record(workspace, now, actor=actor, action="identity.key.revoke", subject=f"{key.name} ({key.kid})")
    transaction.on_commit(identity.forget)


@transaction.atomic
def require_signed(workspace: Workspace, required: bool, now: datetime, *, actor: str) -> None:
    """Whether a call that names a user must be signed. Raises Refused while there is no key to sign with."""
    if required and not queries.identity_keys(workspace.pk, live=True):
        raise Refused("no_identity_key", "There is no key to sign with.", mend="Create one first.", status=409)
    workspace.signed_only = required
    workspace.save(update_fields=["signed_only"])
    action = "identity.require" if required else "identity.allow_unsigned"
    record(workspace, now, actor=actor, action=action, subject=workspace.slug)
    transaction.on_commit(identity.forget)
