"""Short-lived memory of what the database said, for questions that are asked with every request."""

import asyncio
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from django.db import DatabaseError, connection

from milepost.core.values import Unavailable
from milepost.log.clock import monotonic

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

# Django refuses its database to a thread that runs an event loop, so a question from there goes to this one. The loop
# waits for the answer: an indexed read, once a second and key.
_beside_the_loop = ThreadPoolExecutor(1, thread_name_prefix="remembered")


class Remembered(Generic[K, V]):
    """`load(key)`, remembered for `seconds`; a "no" is remembered like a "yes". Usable from threads and an event loop.

    At most `size` answers are kept, so that nobody fills the memory by asking for what does not exist.
    """

    def __init__(self, load: Callable[[K], V], *, seconds: float, size: int = 10_000) -> None:
        self._load, self._seconds, self._size = load, seconds, size
        self._answers: dict[K, tuple[V, float]] = {}

    def get(self, key: K) -> V:
        """Raises Unavailable when the database cannot be asked."""
        answer = self._answers.get(key)
        now = monotonic()
        if answer is not None and now < answer[1]:
            return answer[0]
        value = self._ask(key)
        if len(self._answers) >= self._size:
            self._answers.clear()
        # From the time of asking: what changed while the answer was on its way is noticed no later for it.
        self._answers[key] = (value, now + self._seconds)
        return value

    def forget(self) -> None:
        self._answers.clear()

    def _ask(self, key: K) -> V:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return self._load(key)
        return _beside_the_loop.submit(self._load_or_reconnect, key).result()

    def _load_or_reconnect(self, key: K) -> V:
        try:
            return self._load(key)
        except DatabaseError as error:
            connection.close()  # the next question opens a new one
            raise Unavailable("The database does not answer.", retry_after=1) from error
