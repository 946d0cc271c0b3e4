"""What somebody wants, as it is on record: in their words, with the number by which they tell, and their long-term hope."""

from datetime import date

from msgspec import Struct

from milepost.core.engine.knowledge import answer_to, by_of
from milepost.core.engine.measures import standing
from milepost.core.engine.state import Metered, Recorded, State
from milepost.core.program.compile import Program
from milepost.core.program.kinds.common import Text


class MeasureRecord(Struct, frozen=True, kw_only=True):
    """Null: what they have not said; `last` until a value was recorded."""

    key: str
    title: Text | None
    unit: Text
    baseline: float | None
    target: float | None
    by: date | None
    last: float | None


class GoalRecord(Struct, frozen=True, kw_only=True):
    """`ask` are the program's words for it, `statement` are theirs. Null: what they have not said; `measure` of a goal
    that is not told by a number."""

    key: str
    ask: Text
    statement: str | None
    measure: MeasureRecord | None
    long_term_expectation: str | None


def goal_record(program: Program, state: State) -> GoalRecord | None:
    """None while they have stated no goal that the program has."""
    key = program.renamed(state.goal)
    goal = program.document.goals.get(key)
    if goal is None:
        return None
    return GoalRecord(
        key=key,
        ask=goal.ask,
        statement=answer_to(state, goal.statement) or None,
        measure=_measure(program, state, goal.measure) if goal.measure else None,
        long_term_expectation=answer_to(state, goal.expects) or None,
    )


def _measure(program: Program, state: State, key: str) -> MeasureRecord:
    definition, metered = program.document.measures[key], state.measures.get(key, Metered())
    stands = standing(program.document, state, key)
    return MeasureRecord(
        key=key,
        title=definition.title,
        unit=definition.unit,
        baseline=_number(metered.baseline),
        target=_number(metered.target),
        by=by_of(state, key),
        last=_number(stands.last) if stands else None,
    )


def _number(recorded: Recorded | None) -> float | None:
    return None if recorded is None else float(recorded.value)
