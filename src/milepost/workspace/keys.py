"""Keys of the API: the write key stands in every page and only takes facts in; the secret key reads and changes.

A key is random (190 bits), so its plain SHA-256 is a safe thing to look it up by, and comparing hashes in an index
gives nothing away about the key.
"""

import hashlib
import secrets
import string
from datetime import datetime

from django.conf import settings

from milepost.log.secrets import sealer
from milepost.workspace.models import Key, Workspace
from milepost.workspace.remembered import Remembered

PREFIXES = {Key.WRITE: "mpw_", Key.SECRET: "mps_"}
_LETTERS = string.ascii_letters + string.digits
_RANDOM_LETTERS = 32


def find(token: str, kind: str) -> int | None:
    """The id of the workspace that a key of this kind opens. A revoked key stops working within a second.

    Cheap from an event loop too. Absent: None for an unknown or revoked key, or one of the other kind.
    """
    if not token.startswith(PREFIXES[kind]):
        return None
    return _opened.get((_hash(token), kind))


def mint(workspace: Workspace, kind: str, now: datetime) -> str:
    """Makes a new key and gives its text."""
    token = PREFIXES[kind] + "".join(secrets.choice(_LETTERS) for _ in range(_RANDOM_LETTERS))
    Key.objects.create(
        workspace=workspace,
        kind=kind,
        hash=_hash(token),
        sealed=sealer(settings.SECRET_KEY).encrypt(token.encode()),
        hint=f"{PREFIXES[kind]}…{token[-4:]}",
        created_at=now,
    )
    return token


def reveal(key: Key) -> str:
    """The text of a key, to be shown to those who may see it."""
    return sealer(settings.SECRET_KEY).decrypt(bytes(key.sealed)).decode()


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _look_up(question: tuple[bytes, str]) -> int | None:
    hashed, kind = question
    live = Key.objects.filter(hash=hashed, kind=kind, revoked_at=None)
    return live.values_list("workspace_id", flat=True).first()


_opened: Remembered[tuple[bytes, str], int | None] = Remembered(_look_up, seconds=1)
forget = _opened.forget
