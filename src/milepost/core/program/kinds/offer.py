"""Offers: more use, a paid plan, an upgrade, at the moment when it helps."""

from milepost.core.conditions.types import Condition
from milepost.core.program.kinds.common import Definition, Fatigue, Text


class Offer(Definition, frozen=True, kw_only=True):
    """Shown inside a celebration, or as help; never when the last signal of the person was a bad one.

    `taken`: the fact that says somebody accepted it; its `revenue` is attributed to the offer.
    """

    title: Text
    why: Text
    url: str
    button: Text | None = None
    eligible: Condition | None = None
    not_more_than: Fatigue = Fatigue()
    taken: Condition | None = None
