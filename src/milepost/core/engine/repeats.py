"""Milestones that are reached again: on each day, each week, or each time that a fact makes them true."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milepost.core.program.compile import Rule
from milepost.core.values import Instant

if TYPE_CHECKING:
    from milepost.core.engine.step import Work


def again(work: Work, rule: Rule, instant: Instant) -> None:
    """The milestone's condition was touched once more."""


def carry_over(work: Work) -> None:
    """After a release, a merge or a replay."""
