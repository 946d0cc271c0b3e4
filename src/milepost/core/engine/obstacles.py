"""Obstacles: seen, answered with one help, resolved when the milestone is reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milepost.core.program.compile import Rule
from milepost.core.values import Instant

if TYPE_CHECKING:
    from milepost.core.engine.step import Work


def detected(work: Work, rule: Rule, instant: Instant) -> None:
    """Somebody is stuck."""


def resolved(work: Work, milestone: str, instant: Instant) -> None:
    """The milestone was reached."""


def carry_over(work: Work) -> None:
    """After a release, a merge or a replay."""
