"""A measure as it stands: the last value, what it is held against, and whether that is progress.

A value is held against the one before the check-in in which it was asked for, the first one against the baseline: a
correction within a check-in replaces the value that it corrects, and is judged like it.
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from milepost.core.engine.state import Metered, Recorded, State
from milepost.core.program.document import Document
from milepost.core.program.kinds.content import Survey

Judgement = Literal["better", "worse", "unchanged"]


class Standing(Struct, frozen=True, kw_only=True):
    """Absent: `before`, `change` and `judgement` are None when there is nothing to hold the last value against."""

    last: Recorded
    before: float | None
    change: float | None  # last - before, in the measure's unit
    judgement: Judgement | None
    on_target: bool


def standing(document: Document, state: State, measure: str) -> Standing | None:
    """How this measure stands; None while no value of it is known."""
    metered = state.measures.get(measure, Metered())
    if not metered.values or measure not in document.measures:
        return None
    last, up = metered.values[-1], document.measures[measure].better == "up"
    before = _before(metered, _asked_at(document, state, measure))
    change = None if before is None else round(last.value - before, 6)
    return Standing(
        last=last,
        before=before,
        change=change,
        judgement=None if change is None else _judge(change, up=up),
        on_target=metered.target is not None and _meets(last.value, metered.target.value, up=up),
    )


def _judge(change: float, *, up: bool) -> Judgement:
    if change == 0:
        return "unchanged"
    return "better" if (change > 0) is up else "worse"


def _meets(value: float, target: float, *, up: bool) -> bool:
    return value >= target if up else value <= target


def _before(metered: Metered, asked_at: datetime | None) -> float | None:
    """The value before the last one; corrections since `asked_at` are not counted as values of their own."""
    last = metered.values[-1]
    corrected = asked_at is not None and last.at >= asked_at
    earlier = [each for each in metered.values[:-1] if not corrected or asked_at is None or each.at < asked_at]
    if earlier:
        return float(earlier[-1].value)
    return None if metered.baseline is None else float(metered.baseline.value)


def _asked_at(document: Document, state: State, measure: str) -> datetime | None:
    """When the check-in that asks for this measure was last asked."""
    asked = (
        record.asked_at
        for survey, record in state.check_ins.items()
        if record.asked_at is not None and measure in measures_of(document, survey)
    )
    return max(asked, default=None)


def measures_of(document: Document, survey: str) -> tuple[str, ...]:
    """The measures that this survey asks for."""
    content = document.content.get(survey)
    return tuple(q.measure for q in content.questions if q.measure) if isinstance(content, Survey) else ()
