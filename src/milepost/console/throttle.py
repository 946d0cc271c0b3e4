"""How often somebody may try to sign in: counted for an e-mail from one place, and for it from anywhere."""

from hashlib import blake2b

from django.core.cache import cache

WINDOW_SECONDS = 15 * 60
TRIES_FROM_ONE_PLACE = 10
TRIES_FROM_ANYWHERE = 100


def may_try(email: str, place: str) -> bool:
    """Counts a try, and says whether it may be made."""
    here = _count(f"sign-in:{email}:{place}")
    anywhere = _count(f"sign-in:{email}")
    return here <= TRIES_FROM_ONE_PLACE and anywhere <= TRIES_FROM_ANYWHERE


def succeeded(email: str, place: str) -> None:
    """Forgets the tries from this place: whoever got in knows the password."""
    cache.delete(_name(f"sign-in:{email}:{place}"))


def _count(key: str) -> int:
    name = _name(key)
    cache.add(name, 0, WINDOW_SECONDS)
    try:
        return cache.incr(name)
    except ValueError:  # it ran out between the two
        cache.set(name, 1, WINDOW_SECONDS)
        return 1


def _name(key: str) -> str:
    """A cache key of any text: what people type may be long, and hold spaces."""
    return blake2b(key.encode(), digest_size=16).hexdigest()
