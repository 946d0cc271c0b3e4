"""By what the log knows a fact again: a 64-bit key, kept in windows of time so that the look-up stays small.

1. What is live is looked for among the arrivals of its own day, the next and the two before: at least 48 hours.
2. What is imported is looked for among all that was ever imported of the same month of its own time.
"""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from milepost.core.events import Fact
from milepost.core.values import number_of

_DAYS_BACK = 2
#: One more is kept than is looked in, for a writer that is still in yesterday while another opens today.
DAYS_KEPT = _DAYS_BACK + 1


class Window(NamedTuple):
    """A day of arrival (counted from year 1), or a month of a fact's own time (year * 12 + month - 1)."""

    unit: Literal["day", "month"]
    number: int

    @property
    def looked_in(self) -> tuple["Window", ...]:
        """The other windows in which a fact of this one may have been already."""
        if self.unit == "month":
            return ()
        return tuple(Window("day", self.number + step) for step in (*range(-_DAYS_BACK, 0), 1))


def window_of(fact: Fact) -> Window:
    if fact.source == "import":
        return Window("month", fact.at.year * 12 + fact.at.month - 1)
    return Window("day", fact.received_at.toordinal())


def key_of(fact: Fact) -> int:
    return number_of(fact.workspace, fact.message_id)


def by_window(facts: Iterable[Fact]) -> dict[Window, dict[int, int]]:
    """Per window each key and the place of the first fact that carries it; later ones of the same key are left out."""
    windows: dict[Window, dict[int, int]] = {}
    for place, fact in enumerate(facts):
        windows.setdefault(window_of(fact), {}).setdefault(key_of(fact), place)
    return windows
