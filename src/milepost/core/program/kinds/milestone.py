"""A milestone: an observable step towards what somebody wants to achieve."""

from datetime import timedelta
from typing import Literal

from milepost.core.conditions.types import Condition
from milepost.core.program.kinds.common import Definition, Stage, Text


class Celebrate(Definition, frozen=True, kw_only=True):
    """What marks a milestone: a piece in the product, a message, or both."""

    content: str | None = None
    message: str | None = None


class Milestone(Definition, frozen=True, kw_only=True):
    """An observable step towards what somebody wants. It is kept from the first instant at which `reached` is true.

    `first_value` stops the clock of the time to first value; `target` counts from the program's start, `effort` is what
    it takes.
    """

    title: Text
    reached: Condition
    kind: Literal["activity", "outcome"] = "activity"
    first_value: bool = False
    target: timedelta | None = None  # from the program's start
    stage: Stage | None = None
    effort: timedelta | None = None
    celebrate: Celebrate | None = None
