"""How regularly somebody comes."""

from datetime import date, timedelta

from msgspec import Struct

from milepost.runtime import store


class Habit(Struct, frozen=True, kw_only=True):
    """`days` are the last days on which they were active, in their own zone, oldest first."""

    days: tuple[date, ...]

    def streak(self, today: date) -> int:
        """Days in a row up to today, or up to yesterday when today is not over."""
        known = set(self.days)
        day = today if today in known else today - timedelta(days=1)
        count = 0
        while day in known:
            count, day = count + 1, day - timedelta(days=1)
        return count

    def active(self, today: date, days: int) -> int:
        """How many of the last so many days."""
        return sum(today - timedelta(days=days) < day <= today for day in self.days)


def habit(uid: int) -> Habit:
    """Empty for somebody of whom nothing is known."""
    state = store.load([uid]).get(uid)
    return Habit(days=tuple(date.fromordinal(day) for day in state.active_on) if state else ())
