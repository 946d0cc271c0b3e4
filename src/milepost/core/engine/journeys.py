"""Runs: a person inside a journey, from stop to stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from milepost.core.program.compile import Rule
from milepost.core.values import Instant

if TYPE_CHECKING:
    from milepost.core.engine.step import Work


def begin(work: Work, rule: Rule, instant: Instant) -> None:
    """What starts the journey has become true."""


def proceed(work: Work, rule: Rule, instant: Instant) -> None:
    """Something changed that a run of this journey may wait for, or its time has come."""


def carry_over(work: Work) -> None:
    """After a release, a merge or a replay: runs find their place again, or end."""
