"""A stated goal becomes a plan with dates, kept up to date by what is reached; see `core.success.plan`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milepost.core.events import Fact
from milepost.core.values import Instant

if TYPE_CHECKING:
    from milepost.core.engine.step import Work


def follow(work: Work, fact: Fact) -> None:
    """Makes or moves the plan after a fact that concerns it."""


def reached(work: Work, milestone: str, instant: Instant) -> None:
    """Moves the plan's dates when one of its milestones is reached."""


def carry_over(work: Work) -> None:
    """After a release, a merge or a replay."""
