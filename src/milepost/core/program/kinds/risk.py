"""Who is about to leave: newcomers who vanish in silence, and people who stand still or come less."""

from datetime import timedelta

from milepost.core.conditions.types import Condition
from milepost.core.program.kinds.common import Definition, Text


class Silent(Definition, frozen=True, kw_only=True):
    """Newcomers who did not find what they need: no first value, no milestone and no visit for `after` since the start.
    They are the segment `silent-leavers`, which is listed, and is a condition like any.

    `seen`: what counts as a visit (that window is added to each `did`); without it a page, a screen, or any fact that the
    tracking plan or a milestone names. `message`: sent once to each; `task`: the team is asked to write or call once.
    """

    after: timedelta = timedelta(days=7)
    seen: Condition | None = None
    message: str | None = None
    task: Text | None = None


class Decline(Definition, frozen=True, kw_only=True):
    """Somebody who did `of` on so many different `days` of the last four weeks has not done it for `silent_for`."""

    of: str
    days: int = 3
    silent_for: timedelta = timedelta(days=7)


class Risk(Definition, frozen=True, kw_only=True):
    """A sign that somebody may leave: the team is asked to see to it, and whether the person recovered is kept.

    Exactly one of `stall` (nothing of their plan was reached for so long, and something is left of it), `decline` and
    `when`. `recovered`: what says that they came back; without it that a milestone was reached, that they did it again, or
    that `when` no longer holds. `task`: what the team is asked to do. `message`: sent to the person, once each time.
    """

    stall: timedelta | None = None
    decline: Decline | None = None
    when: Condition | None = None
    recovered: Condition | None = None
    task: Text | None = None
    message: str | None = None
