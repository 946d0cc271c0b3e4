"""What an open guide asks of its person: which of its steps are there for them, and whether what a step waits for has been
reached. The browser is told by drawing the guide again; it keeps its place by the keys of the steps."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from milepost.core.conditions.evaluate import END_OF_MOMENT
from milepost.core.conditions.instants import next_edge
from milepost.core.engine.attention import view_of
from milepost.core.engine.state import State
from milepost.core.program.compile import Program, Rule
from milepost.core.values import Instant

if TYPE_CHECKING:
    from milepost.core.engine.step import Work


def told(program: Program, state: State, at: datetime) -> dict[str, Any]:
    """{left_out: {GUIDE: [STEP]}, reached: [MILESTONE]}, of the steps that say `if` and the milestones that steps wait for.
    Absent: what there is none of."""
    parts = {
        "left_out": _left_out(program, state, at) if program.conditional_steps else {},
        "reached": [milestone for milestone in program.guides_awaiting if milestone in state.reached],
    }
    return {name: part for name, part in parts.items() if part}


def _left_out(program: Program, state: State, at: datetime) -> dict[str, list[str]]:
    view, now = view_of(program.document, state), (max(state.last_at or at, at), END_OF_MOMENT)
    found: dict[str, list[str]] = defaultdict(list)
    for rule in program.conditional_steps:
        if not rule.is_true(view, now):
            guide, _, step = rule.key.partition("/")
            found[guide].append(step)
    return dict(found)


def turn(work: Work, rule: Rule, instant: Instant) -> None:
    """Something that the `if` of a step reads has changed."""
    work.desk.refresh_open(rule.key.partition("/")[0])
    if rule.by_time:
        work.wake_at(rule.name, next_edge(rule.by_time, work.view, instant[0]))


def carry_over(work: Work) -> None:
    """After a release, a merge or a replay."""
    for rule in work.program.conditional_steps:
        turn(work, rule, (work.state.last_at or work.given.at, 0))
