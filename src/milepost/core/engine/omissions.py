"""`unless`: what is not shown or sent while something holds.

It is asked at the moment of showing (`Desk.propose`). A piece that waits in the browser and that nobody has seen yet is
taken back when it turns true; what was begun goes on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from milepost.core.conditions.instants import next_edge
from milepost.core.program.compile import Rule
from milepost.core.values import Instant

if TYPE_CHECKING:
    from milepost.core.engine.step import Work


def turn(work: Work, rule: Rule, instant: Instant) -> None:
    """Something that it reads has changed."""
    work.desk.take_back(rule)
    if rule.by_time:
        work.wake_at(rule.name, next_edge(rule.by_time, work.view, instant[0]))


def carry_over(work: Work) -> None:
    """After a release, a merge or a replay."""
    for rule in work.program.rules.values():
        if rule.kind == "unless":
            turn(work, rule, (work.state.last_at or work.given.at, 0))
