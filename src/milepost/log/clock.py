"""The only place that knows the time and throws dice. Everything else is given both."""

import random
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import uuid4


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware UTC."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class ManualClock:
    """Virtual time for tests and simulations. It refuses to go back."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def advance(self, by: timedelta) -> None:
        self.set(self._at + by)

    def set(self, at: datetime) -> None:
        if at < self._at:
            raise ValueError(f"time does not go back from {self._at} to {at}")
        self._at = at


SYSTEM = SystemClock()


def monotonic() -> float:
    """Seconds since some moment; for measuring how long something takes."""
    return time.monotonic()


def new_id() -> str:
    """A new random identifier (UUID version 4)."""
    return str(uuid4())


def jitter(fraction: float) -> float:
    """A random factor in [1 - fraction, 1 + fraction], so that retries do not arrive together."""
    return 1 + random.uniform(-fraction, fraction)  # noqa: S311 (no secret hangs on it)
