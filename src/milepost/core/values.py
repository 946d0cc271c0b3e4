"""Small values that everything else is written in: refusals, undefined quantities, durations, stable hashes.

Rules of this file: nothing here knows a fact, a definition or a person.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo

import msgspec


class Refused(Exception):
    """What somebody asked for cannot be done, and asking again will not help. It says what, where and how to mend it.

    `code` is a stable snake_case word that programs may test for; `status` the HTTP status that fits.
    """

    def __init__(self, code: str, message: str, *, mend: str = "", path: str = "", status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.mend, self.path, self.status = code, message, mend, path, status

    def __str__(self) -> str:
        return " ".join(part for part in (f"{self.path}:" if self.path else "", self.message, self.mend) if part)


class Unavailable(Exception):
    """What somebody asked for cannot be done now, but may be later (a server that hangs, a full queue)."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Undefined(msgspec.Struct, frozen=True):
    """A quantity that has no value, and why. Never drawn as 0; in JSON `{"undefined": reason}`."""

    reason: str = msgspec.field(name="undefined")

    def __bool__(self) -> bool:
        return False


#: A point in a subject's history: the fact's own time, then the log's number. A moment at which only time passed has
#: number -1, so that it comes before any fact of the same time.
Instant = tuple[datetime, int]
BY_TIME_ALONE = -1

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DURATION = re.compile(r"(\d+)\s*([smhdw])")


@lru_cache(1024)
def parse_duration(text: str) -> timedelta:
    """`7d`, `1h30m`, `90s` as a length of time. Raises Refused for anything else."""
    compact = text.replace(" ", "")
    parts = _DURATION.findall(compact)
    if not parts or "".join(n + u for n, u in parts) != compact:
        raise Refused(
            "duration", f"'{text}' is not a length of time.", mend="Write a number and a unit: 30s, 5m, 2h, 7d, 1w."
        )
    return timedelta(seconds=sum(int(n) * _UNITS[u] for n, u in parts))


@lru_cache(1024)
def format_duration(length: timedelta) -> str:
    """The shortest text that `parse_duration` reads back to the same length (whole seconds)."""
    rest, parts = int(length.total_seconds()), []
    for unit in ("d", "h", "m", "s"):
        count, rest = divmod(rest, _UNITS[unit])
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def utc(value: datetime) -> datetime:
    """The same instant in UTC; a value without a zone is taken to be UTC already."""
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


@lru_cache(1024)
def zone_exists(name: str) -> bool:
    """Whether this names a time zone."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def digest(value: Any) -> str:
    """A short stable name of a value's meaning: equal values have equal names on every machine (128 bits, hex)."""
    return blake2b(msgspec.json.encode(value, order="deterministic"), digest_size=16).hexdigest()


def number_of(*parts: str | int) -> int:
    """A positive 63-bit number that stands for these parts; the same on every machine and in every replay."""
    raw = "\x1f".join(map(str, parts)).encode()
    return int.from_bytes(blake2b(raw, digest_size=8).digest(), "big") >> 1
