"""Plans for an account or a new hire: who does what by when, and what both sides may expect."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Literal

from milepost.core.conditions.types import Condition
from milepost.core.program.kinds.common import Definition, Text


class Owner(Definition, frozen=True, kw_only=True):
    """Who does it, by their role (`account manager`, `customer`, `buddy`). In a file also just the role."""

    role: str


class PlanTask(Definition, frozen=True, kw_only=True):
    """One thing to do. `do`: a `call`, a `task`, a `training`, or a `check_in`, which comes again `every` so often.

    `due` is counted from the start of the plan; `owner` is the phase's, else the plan's, where it is not said. `invite`: a
    date is sent to both sides. `done`: what shows that it was done. `survey` is what a check-in asks, `content` what a
    training teaches with.
    """

    do: Literal["call", "task", "training", "check_in"]
    title: Text | None = None
    due: timedelta | None = None
    owner: Owner | None = None
    invite: bool = False
    done: Condition | None = None
    every: timedelta | None = None
    survey: str | None = None
    content: str | None = None


class Phase(Definition, frozen=True, kw_only=True):
    """A part of the plan, with its host. `orient`: what is said of the next place when somebody goes on there."""

    title: Text
    tasks: tuple[PlanTask, ...] = ()
    owner: Owner | None = None
    orient: Text | None = None


class Expectation(Definition, frozen=True, kw_only=True):
    """What was agreed: what, by whom, until when (from the start of the plan). The customer confirms it."""

    what: Text
    by: Owner
    due: timedelta | None = None


class HandOffs(Definition, frozen=True, kw_only=True):
    """How people are passed on from host to host, when everything in a phase is done: within `at_most`, else the owner of
    the plan is told; being asked how it goes (`ask`, a survey); and with what is known of them (`carry`), so that nothing
    is asked twice. `notes` are what came of the tasks before, and what was tried."""

    at_most: timedelta
    ask: str | None = None
    carry: tuple[Literal["goal", "answers", "measures", "plan", "notes"], ...] = ("goal", "answers")


class PlanTemplate(Definition, frozen=True, kw_only=True):
    """What is planned for each account, or each new hire, for which `starts` turns true."""

    starts: Condition
    owner: Owner
    phases: tuple[Phase, ...]
    title: Text | None = None
    expects: tuple[Expectation, ...] = ()
    hand_offs: HandOffs | None = None


def tasks_of(template: PlanTemplate) -> Iterator[tuple[str, Phase, PlanTask]]:
    """Each task under its name in the plan, `PHASE.PLACE`."""
    for number, phase in enumerate(template.phases):
        for place, task in enumerate(phase.tasks):
            yield f"{number}.{place}", phase, task
