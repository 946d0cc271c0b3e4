"""Check-ins: a survey at a rhythm, its reminders, and what answers progress."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from milepost.core.events import Fact

if TYPE_CHECKING:
    from milepost.core.engine.step import Work

#: Begins the name of a timer in `State.wakes`; the rest is the survey's key.
TIMER = "check_in:"


def follow(work: Work, fact: Fact) -> None:
    """Sets the rhythm when the goal is stated, and looks at an answer."""


def wake(work: Work, survey: str, at: datetime) -> None:
    """It is time to ask, to remind, or to give up."""


def carry_over(work: Work) -> None:
    """After a release, a merge or a replay."""
