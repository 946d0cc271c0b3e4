"""Goals: what people want to achieve, how they measure it, and what the product can do for it."""

from typing import Literal

from msgspec import field

from milepost.core.conditions.types import Condition
from milepost.core.program.kinds.common import AnswerRef, Definition, Text

#: The trait in which it stands why somebody comes: one of the motives.
MOTIVATION = "motivation"


class Goal(Definition, frozen=True, kw_only=True):
    """An outcome that somebody wants, in their words. Its milestones, in order, are the personal plan.

    `if`: milestones that stand in the plan only while a condition holds, so that two people who want the same may go
    different ways; when that changes, the plan is made anew by the rules of re-planning. What was reached stays in it.
    `statement`: the question in which they say it themselves; `expects`: their long-term hope, likewise.
    """

    ask: Text
    milestones: tuple[str, ...]
    measure: str | None = None
    statement: AnswerRef | None = None
    expects: AnswerRef | None = None
    if_: dict[str, Condition] = field(name="if", default_factory=dict)


class Motive(Definition, frozen=True, kw_only=True):
    """Why somebody comes: what they want the product for, beside what they want to reach. It is what they said (a question
    of kind `motive`, or the trait `motivation`); while nothing is said, `inferred` tells."""

    title: Text
    inferred: Condition | None = None


class Measure(Definition, frozen=True, kw_only=True):
    """A number that people care about. What is recorded of it: answers to questions that name it, and
    *Measure Recorded* facts; `baseline`, `target` and `by` (a day) are answers too. A baseline that `starts now` is each
    person's first value."""

    unit: Text
    better: Literal["up", "down"]
    title: Text | None = None
    baseline: Literal["starts now"] | AnswerRef | None = None
    target: AnswerRef | None = None
    by: AnswerRef | None = None


class Function(Definition, frozen=True, kw_only=True):
    """Something that the product can do, and the milestones that it serves: who has them in their plan is recommended it.
    In a file also just the list of milestones. `used`: the facts by which its use is seen; without it, those that decide
    its milestones."""

    milestones: tuple[str, ...]
    title: Text | None = None
    url: str | None = None
    used: Condition | None = None
