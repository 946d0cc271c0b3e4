"""Segments: who they are in changes with what they do, and each change is an event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milepost.core.conditions.evaluate import holds
from milepost.core.program.compile import Rule
from milepost.core.values import Instant

if TYPE_CHECKING:
    from milepost.core.engine.step import Work


def turn(work: Work, rule: Rule, instant: Instant) -> None:
    """Looks whether the person is in the segment now."""
    inside = holds(rule.condition, work.view, instant)
    del inside


def carry_over(work: Work) -> None:
    """After a release, a merge or a replay: who they are in now, silently."""
