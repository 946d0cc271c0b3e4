"""Signed requests between two servers, as Standard Webhooks 1.0.0 has them.

What is signed is `id.timestamp.body`, the body byte for byte. The id stays the same through every attempt and is what the
receiver counts by; the timestamp is that of the attempt, so that an old request cannot be played again. A header may
carry several signatures while one secret takes over from another.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from milepost.core.values import Refused

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
TOLERANCE = timedelta(minutes=5)
_PREFIX = "whsec_"
_VERSION = "v1,"


def written_secret(key: bytes) -> str:
    """A secret as both sides keep it. Units: `key` has 24 to 64 bytes of chance."""
    return _PREFIX + base64.b64encode(key).decode()


def headers_of(message: str, body: bytes, secrets: Iterable[str], at: datetime) -> dict[str, str]:
    """The three headers of this attempt; `secrets` as written, the newest first."""
    seconds = int(at.timestamp())
    signatures = (_signature(secret, message, seconds, body) for secret in secrets)
    return {ID: message, TIMESTAMP: str(seconds), SIGNATURE: " ".join(signatures)}


def verified_id(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> str:
    """The id of a request that its sender has signed: whoever has seen it does nothing again. Headers have small letters.
    Raises Refused (401) for any other request."""
    message, seconds = headers.get(ID, ""), headers.get(TIMESTAMP, "")
    if not message or not seconds.isascii() or not seconds.isdecimal() or len(seconds) > len("253402300799"):
        raise _unsigned()
    if abs(now.timestamp() - int(seconds)) > TOLERANCE.total_seconds():
        raise Refused("webhook_time", "This was signed too long ago, or the clocks differ.", status=401)
    wanted = _signature(secret, message, int(seconds), body).encode()
    given = headers.get(SIGNATURE, "").split()
    if not any(hmac.compare_digest(wanted, each.encode()) for each in given):
        raise _unsigned()
    return message


def _signature(secret: str, message: str, seconds: int, body: bytes) -> str:
    signed = b".".join((message.encode(), str(seconds).encode(), body))
    return _VERSION + base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest()).decode()


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error as error:
        raise Refused("webhook_secret", f"A secret looks like {_PREFIX}… and goes on in base64.") from error


def _unsigned() -> Refused:
    return Refused("webhook_signature", "Nobody who holds the secret has sent this.", status=401)
