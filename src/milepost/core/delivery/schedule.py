"""When to try again after a failure that may pass.

Quick at first, because most troubles last seconds; then slower and slower; and not at all once the message would come
so late that it would only confuse.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

#: The pause after the first, second, … attempt; the last one repeats.
PAUSES = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=3),
)

#: The same for what is missing rather than broken: an address usually comes with the very next fact.
PAUSES_FOR_ADDRESS = (timedelta(seconds=2), timedelta(seconds=5), timedelta(seconds=15), *PAUSES)


def next_attempt(
    attempt: int,
    *,
    since: datetime,
    now: datetime,
    patience: timedelta,
    jitter: float = 1.0,
    pauses: Sequence[timedelta] = PAUSES,
) -> datetime | None:
    """When to try again after `attempt` (counted from 1) failed; None: its patience, from `since` on, is used up.

    `jitter` is a factor near 1 that the caller draws, so that retries do not arrive together.
    """
    pause = pauses[min(max(attempt, 1), len(pauses)) - 1]
    at = now + pause * jitter
    return at if at <= since + patience else None
