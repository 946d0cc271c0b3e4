"""How far people are, and how much they use the product: two ladders of which everybody stands on one rung.

A rung holds for those of whom its condition is true and that of no rung above it. The lowest (`new`, `casual`) is for who
has started and stands on none.
"""

from milepost.core.conditions.types import Condition
from milepost.core.program.kinds.common import Definition


class Lifecycle(Definition, frozen=True, kw_only=True):
    """New → activated → regular → advanced: the way from an account to somebody who masters the product.

    Absent: `activated` is who is `onboarded`, else who has reached a first value; `regular` is who has reached a milestone
    of the stage habit, `advanced` one of the stage expansion; nobody where the program has none.
    """

    activated: Condition | None = None
    regular: Condition | None = None
    advanced: Condition | None = None


class Tiers(Definition, frozen=True, kw_only=True):
    """Casual, regular or power user, as of now: who uses the product often needs another onboarding than who does not.

    Absent: `regular` is who did what gives the first value on 2 of the last 7 days, `power` on 5 of them; nobody where the
    program names no fact that gives it.
    """

    regular: Condition | None = None
    power: Condition | None = None
