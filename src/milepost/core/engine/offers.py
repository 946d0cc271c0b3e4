"""Offers: at the moment of a win, to whom they fit, not too often, and never after a bad signal."""

from datetime import datetime

from milepost.core.conditions.evaluate import END_OF_MOMENT, View, holds
from milepost.core.engine import mood
from milepost.core.engine.state import State
from milepost.core.program.compile import Program
from milepost.core.values import format_duration


def refusal(program: Program, state: State, view: View, key: str, at: datetime) -> str | None:
    """Why this offer is not made now, in words; None: now is its moment."""
    offer = program.offers[key]
    if _is_taken(program, state, key):
        return "they have taken it already"
    if (handled := state.handled.get(key)) is not None and handled.how == "refused":
        return "they asked never to see it again"
    eligible = program.rules.get(("offer", key))
    if eligible is not None and not holds(eligible.condition, view, (at, END_OF_MOMENT)):
        return "they are not eligible"
    if (signal := mood.last_signal(program.document, state)) is not None and not signal.good:
        return f"their last signal was a bad one ({signal.text})"
    made = [moment for name, moment in state.spent.items() if name.startswith(f"offer:{program.origin(key)}:")]
    limit = offer.not_more_than
    if sum(1 for moment in made if at - moment < limit.per) >= limit.at_most:
        return f"it was made {limit.at_most} times within {format_duration(limit.per)}"
    return None


def spent_key(program: Program, key: str, inside: str) -> str:
    """The name of this offer's being made inside that piece, in `State.spent`."""
    return f"offer:{program.origin(key)}:{inside}"


def _is_taken(program: Program, state: State, key: str) -> bool:
    """As the program says it, else by their own word in the product."""
    if program.offers[key].taken is not None:
        return f"taken:{key}" in state.fired
    return key in state.taken
