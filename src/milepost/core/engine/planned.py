"""Plan templates: what is to be done for an account, or a new hire, is put to the team when the plan starts.

Each task is opened once, with its due date counted from the moment at which the plan started. A release or a replay opens
nothing of the past.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from milepost.core.delivery.language import say
from milepost.core.engine import patience
from milepost.core.program.compile import Rule
from milepost.core.program.kinds.common import Text
from milepost.core.program.kinds.content import Survey
from milepost.core.program.kinds.plan_template import Phase, PlanTask, PlanTemplate
from milepost.core.values import Instant

if TYPE_CHECKING:
    from milepost.core.engine.step import Work


def begin(work: Work, rule: Rule, instant: Instant) -> None:
    """The plan has started."""
    if work.given.at - instant[0] > patience.MESSAGE:
        return
    template = work.program.document.plan_templates[rule.key]
    for name, phase, task in _tasks(template):
        owner = (task.owner or phase.owner or template.owner).role
        due = instant[0] + (task.due or task.every or timedelta()) if task.due or task.every else None
        reason = f"{_said(work, phase.title)}: for the {owner}."
        work.desk.ask_team(
            _title(work, task), f"plan_template:{rule.key}", reason, f"plan:{rule.origin}:{name}", due=due
        )


def _tasks(template: PlanTemplate) -> Iterator[tuple[str, Phase, PlanTask]]:
    for number, phase in enumerate(template.phases):
        for place, task in enumerate(phase.tasks):
            yield f"{number}.{place}", phase, task


def _title(work: Work, task: PlanTask) -> str:
    """What is to be done; a check-in is called what it asks."""
    if task.title is not None:
        return _said(work, task.title)
    asked = work.program.document.content.get(task.survey or "")
    return _said(work, asked.title) if isinstance(asked, Survey) else ""


def _said(work: Work, text: Text) -> str:
    return say(text, (work.program.document.locales.default,))
