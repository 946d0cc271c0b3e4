"""Goals: what people want to achieve, how they measure it, and what the product can do for it."""

from typing import Literal

from milepost.core.program.kinds.common import AnswerRef, Definition, Text


class Goal(Definition, frozen=True, kw_only=True):
    """An outcome that somebody wants, in their words. Its milestones, in order, are the personal plan.

    `statement`: the question in which they say it themselves; `expects`: their long-term hope, likewise.
    """

    ask: Text
    milestones: tuple[str, ...]
    measure: str | None = None
    statement: AnswerRef | None = None
    expects: AnswerRef | None = None


class Measure(Definition, frozen=True, kw_only=True):
    """A number that people care about. What is recorded of it: answers to questions that name it, and
    *Measure Recorded* facts; `baseline`, `target` and `by` (a day) are answers too."""

    unit: Text
    better: Literal["up", "down"]
    title: Text | None = None
    baseline: AnswerRef | None = None
    target: AnswerRef | None = None
    by: AnswerRef | None = None


class Function(Definition, frozen=True, kw_only=True):
    """Something that the product can do, and the milestones that it serves: who has them in their plan is recommended it.
    In a file also just the list of milestones."""

    milestones: tuple[str, ...]
    title: Text | None = None
    url: str | None = None
