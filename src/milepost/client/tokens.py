"""Session tokens: who a browser is, signed, so that no request and no reconnect of a stream asks the database."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from hashlib import sha256

import msgspec
from msgspec import Struct

from milepost.core.values import Refused

LIFETIME = timedelta(hours=24)
_TAG_BYTES = 32


class Session(Struct, frozen=True, array_like=True):
    """One browser's identity. `key`: the identity key that the host product signed it with. Absent: `user_id` and `key`
    are None unless it did. `test`: a member tries something out."""

    workspace: int
    device: str  # the anonymous id
    user_id: str | None
    expires_at: datetime
    test: bool = False
    key: int | None = None

    @property
    def signed(self) -> bool:
        return self.user_id is not None


_decoder = msgspec.msgpack.Decoder(Session)


def seal(session: Session, key: bytes) -> str:
    body = msgspec.msgpack.encode(session)
    return urlsafe_b64encode(_tag(body, key) + body).decode().rstrip("=")


def unseal(token: str, key: bytes, now: datetime) -> Session:
    """The session that the token stands for. Raises Refused (401) for a token that is not ours, or not any more."""
    raw = _decode(token)
    tag, body = raw[:_TAG_BYTES], raw[_TAG_BYTES:]
    if not hmac.compare_digest(tag, _tag(body, key)):
        raise Refused("bad_token", "This session token is not one of ours.", mend="Open a new session.", status=401)
    session = _decoder.decode(body)
    if session.expires_at <= now:
        raise Refused("expired_token", "This session is over.", mend="Open a new session.", status=401)
    return session


def _tag(body: bytes, key: bytes) -> bytes:
    return hmac.digest(key, body, sha256)


def _decode(token: str) -> bytes:
    try:
        return urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return b""
