"""The home folder's key: signs tokens, seals secrets at rest."""

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet

_FILE = "secret.key"


def master_key(home: Path) -> str:
    """The key of this home folder; made at first use, readable by its owner only."""
    path = home / _FILE
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        home.mkdir(parents=True, exist_ok=True)
        return _create(path)


def _create(path: Path) -> str:
    """Writes a new key beside its place and links it there: of two processes that start at once, one wins and both use
    its key."""
    key = secrets.token_urlsafe(48)
    draft = path.with_name(f"{_FILE}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        key = path.read_text(encoding="ascii").strip()
    finally:
        draft.unlink()
    return key


def derived(key: str, purpose: str) -> bytes:
    """A 32-byte key for one purpose; knowing it tells nothing of the master key or of another purpose's."""
    return hmac.new(key.encode(), purpose.encode(), hashlib.sha256).digest()


def sealer(key: str, purpose: str = "seal") -> Fernet:
    """Encrypts and decrypts what must be shown again later (keys of the API, identity secrets), or what is signed for a
    while."""
    return Fernet(base64.urlsafe_b64encode(derived(key, purpose)))
