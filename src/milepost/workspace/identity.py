"""Signed identity: the host product's server vouches for a user id; the write key is public and proves nothing.

It does so by a signature (the hexadecimal HMAC-SHA256 of the user id with a secret of the workspace, one line of any
language) or by a token (`tokens.py`), which expires and may carry traits. Any live key of the workspace will do.
"""

import hashlib
import hmac
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from msgspec import Struct

from milepost.core.values import Refused
from milepost.log.clock import SYSTEM
from milepost.log.secrets import sealer
from milepost.workspace import tokens
from milepost.workspace.models import IdentityKey, Workspace
from milepost.workspace.remembered import Remembered
from milepost.workspace.tokens import Claims, SigningKey

_NOTED_EVERY = timedelta(minutes=10)


class Ring(Struct, frozen=True):
    """The live keys of a workspace, oldest first. `signed_only`: calls that name a user must be signed."""

    keys: tuple[SigningKey, ...] = ()
    signed_only: bool = False

    def secrets(self) -> Iterator[SigningKey]:
        return (key for key in self.keys if key.kind == IdentityKey.SECRET)


def sign(workspace_id: int, user_id: str) -> str:
    """The signature of a user id, with the oldest live secret. Raises Refused when there is none."""
    key = next(ring(workspace_id).secrets(), None)
    if key is None:
        raise Refused("no_identity_secret", "This workspace has no secret to sign user ids with.", status=409)
    return _signature(key, user_id)


def verify(workspace_id: int, user_id: str, signature: str) -> int | None:
    """The id of the key by which the host product signed this user id; None where it did not. Cheap from an event loop
    too."""
    given = signature.encode("utf-8", "surrogatepass")
    for key in ring(workspace_id).secrets():
        if hmac.compare_digest(_signature(key, user_id).encode(), given):
            _note_use(key.id)
            return key.id
    return None


def read(workspace_id: int, token: str, now: datetime) -> tuple[int, Claims]:
    """The id of the key that signed a token, and what the token vouches for. Raises Refused (401), with a code for each
    fault. Cheap from an event loop too."""
    key, claims = tokens.read(token, ring(workspace_id).keys, now)
    _note_use(key.id)
    return key.id, claims


def is_live(workspace_id: int, key_id: int | None) -> bool:
    """Whether what this key signed is still believed. Cheap from an event loop too."""
    return any(key.id == key_id for key in ring(workspace_id).keys)


def signed_only(workspace_id: int) -> bool:
    return ring(workspace_id).signed_only


def unseal(key: IdentityKey) -> str:
    return sealer(settings.SECRET_KEY).decrypt(bytes(key.sealed)).decode()


def _signature(key: SigningKey, user_id: str) -> str:
    return hmac.new(key.secret, user_id.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def _look_up(workspace_id: int) -> Ring:
    workspace = Workspace.objects.filter(pk=workspace_id).first()
    if workspace is None:
        return Ring()
    live = workspace.identity_keys.filter(revoked_at=None).order_by("id")
    return Ring(tuple(_of(key) for key in live), workspace.signed_only)


def _of(key: IdentityKey) -> SigningKey:
    return SigningKey(key.pk, key.kind, key.algorithm, key.kid, unseal(key).encode())


_rings: Remembered[int, Ring] = Remembered(_look_up, seconds=1)
ring = _rings.get
forget = _rings.forget

# When a key was used last is worth a note now and then, and no request waits for it.
_beside = ThreadPoolExecutor(1, thread_name_prefix="identity")
_noted: dict[int, datetime] = {}


def _note_use(key_id: int) -> None:
    now = SYSTEM.now()
    if now - _noted.get(key_id, now - _NOTED_EVERY) >= _NOTED_EVERY:
        _noted[key_id] = now
        _beside.submit(_write_use, key_id, now)


def _write_use(key_id: int, now: datetime) -> None:
    try:
        IdentityKey.objects.filter(pk=key_id).update(last_used_at=now)
    except DatabaseError:
        _noted.pop(key_id, None)
    finally:
        connection.close()
