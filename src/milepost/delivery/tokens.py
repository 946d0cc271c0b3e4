"""Links that carry who they are for: sealed so that nobody can forge, change or read one.

AES-SIV is deterministic: a retry of the same message holds the same links, and no chance is needed.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from functools import lru_cache
from typing import TypeVar

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings
from msgspec import Struct

from milepost.log.secrets import derived

_LONGEST = 2000


class Subscription(Struct, frozen=True, array_like=True):
    """What an unsubscribe link stands for: by itself it names the list (purpose) and the recipient."""

    workspace: int
    uid: int
    channel: str
    address: str
    purpose: str


class DeepLink(Struct, frozen=True, array_like=True):
    """What `mp_t` in the link of a message stands for. It is spent once, by the SDK's POST, under `delivery`; a GET
    (people's or scanners') spends nothing. Absent: `start` is "" when the link only opens a page."""

    workspace: int
    uid: int
    delivery: str  # the key of the delivery
    start: str  # the guide that begins there
    until: datetime


class Opening(Struct, frozen=True, array_like=True):
    """What the picture in a letter stands for."""

    workspace: int
    delivery: str  # the key of the delivery


class Showing(Struct, frozen=True, array_like=True):
    """What the page of a deck or a certificate, which opens without the product, stands for."""

    workspace: int
    uid: int
    content: str


_Token = TypeVar("_Token", Subscription, DeepLink, Opening, Showing)


def seal(token: Subscription | DeepLink | Opening | Showing) -> str:
    raw = _box(type(token).__name__).encrypt(msgspec.msgpack.encode(token), None)
    return urlsafe_b64encode(raw).decode().rstrip("=")


def unseal_subscription(token: str) -> Subscription | None:
    """None for anything that was not sealed here as such."""
    return _unseal(token, Subscription)


def unseal_deep_link(token: str, now: datetime) -> DeepLink | None:
    """None for anything that was not sealed here as such, or is too old."""
    link = _unseal(token, DeepLink)
    return link if link and link.until > now else None


def unseal_opening(token: str) -> Opening | None:
    """None for anything that was not sealed here as such."""
    return _unseal(token, Opening)


def unseal_showing(token: str) -> Showing | None:
    """None for anything that was not sealed here as such."""
    return _unseal(token, Showing)


def _unseal(token: str, kind: type[_Token]) -> _Token | None:
    if not token.isascii() or len(token) > _LONGEST:
        return None
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        return msgspec.msgpack.decode(_box(kind.__name__).decrypt(raw, None), type=kind)
    except (InvalidTag, ValueError):  # ValueError: no base64, or too short to have been sealed
        return None


@lru_cache
def _box(purpose: str) -> AESSIV:
    """A key of its own for each kind of token, so that one can never pass for another."""
    return AESSIV(derived(settings.SECRET_KEY, f"token:{purpose}"))
