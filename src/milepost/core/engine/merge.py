"""Two persons turn out to be one. The merged state is what a replay of both histories would have made of them."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from msgspec.structs import replace

from milepost.core.engine import notes, repeats, thinning
from milepost.core.engine.inputs import Given, Outcome
from milepost.core.engine.state import State, Stuck, copy
from milepost.core.engine.step import resettle
from milepost.core.program.compile import Program

V = TypeVar("V")


def merge(program: Program, into: State, other: State, given: Given) -> Outcome:
    """The state of both together, silently: what either was told counts as told (law 2), and nothing is told again.

    `needs_history` where a memory has been thinned out: the caller replays both histories instead.
    """
    united = unite(into, other)
    remembered = thinning.complete(program, united) and repeats.countable(program, united)
    if other.atoms != into.atoms or not remembered:
        return Outcome(state=united, needs_history=True)
    return resettle(program, united, given)


def unite(into: State, other: State) -> State:
    """Everything that either remembers, before any first instant is computed again."""
    united = copy(into)
    for atom, entries in other.memory.items():
        united.memory[atom] = sorted(united.memory.get(atom, []) + entries, key=lambda entry: entry[:2])
    trimmed = {atom: max(gap, united.trimmed.get(atom, gap)) for atom, gap in other.trimmed.items()}
    united.trimmed = {**united.trimmed, **trimmed}
    united.spent = {**other.spent, **into.spent}
    united.sent = sorted([*into.sent, *other.sent], key=lambda sent: sent.at)
    held = {(item.kind, item.key, item.milestone, item.occurrence): item for item in (*other.held, *into.held)}
    united.held = list(held.values())
    united.consent = {**other.consent, **into.consent}
    united.refused = sorted({*into.refused, *other.refused})
    notes.unite(united, other)
    _unite_parts(united, other)
    united.seq = max(into.seq, other.seq)
    united.last_at = max((at for at in (into.last_at, other.last_at) if at), default=None)
    united.known = into.known or other.known
    united.device = into.device or other.device
    united.zone = into.zone or other.zone
    return united


def _unite_parts(united: State, other: State) -> None:
    """Where either was: whoever was further stays there."""
    united.runs = _either(united.runs, other.runs, lambda run: (run.number, run.done, run.arrived_at))
    united.risks = _either(united.risks, other.risks, lambda risked: (risked.number, risked.at))
    united.assigned = {**other.assigned, **united.assigned}
    united.rounds = _either(united.rounds, other.rounds, lambda begun: begun)
    united.check_ins = _either(united.check_ins, other.check_ins, lambda asked: (asked.number, asked.reminded))
    united.profiled = _either(united.profiled, other.profiled, lambda profiled: (len(profiled.asked), profiled.at))
    united.repeated = _either(united.repeated, other.repeated, lambda reached: reached)
    stuck = {key: _both_stuck(united.stuck[key], other.stuck[key]) for key in united.stuck.keys() & other.stuck.keys()}
    united.stuck = {**other.stuck, **united.stuck, **stuck}
    plans = [plan for plan in (united.plan, other.plan) if plan is not None]
    united.plan = min(plans, key=lambda plan: (plan.goal != united.goal, plan.made_at), default=None)
    sessions = [session for session in (united.session, other.session) if session is not None]
    united.session = max(sessions, key=lambda session: session[1], default=None)


def _either(one: Mapping[str, V], other: Mapping[str, V], further: Callable[[V], Any]) -> dict[str, V]:
    """What either has; where both have it, the further one."""
    keys = dict.fromkeys((*one, *other))
    return {key: max((half[key] for half in (one, other) if key in half), key=further) for key in keys}


def _both_stuck(one: Stuck, other: Stuck) -> Stuck:
    """Stuck since the earlier moment; the one who was helped stays the one who was helped."""
    earlier, later = sorted((one, other), key=lambda stuck: stuck.at)
    helped = earlier if earlier.helped_at is not None or later.helped_at is None else later
    return replace(helped, at=earlier.at, resolved_at=earlier.resolved_at or later.resolved_at)
