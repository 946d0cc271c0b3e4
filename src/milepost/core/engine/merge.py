"""Two persons turn out to be one. The merged state is what a replay of both histories would have made of them."""

from milepost.core.engine import thinning
from milepost.core.engine.inputs import Given, Outcome
from milepost.core.engine.state import State, copy
from milepost.core.engine.step import resettle
from milepost.core.program.compile import Program


def merge(program: Program, into: State, other: State, given: Given) -> Outcome:
    """The state of both together, silently: what either was told counts as told (law 2), and nothing is told again.

    `needs_history` where a memory has been thinned out: the caller replays both histories instead.
    """
    united = unite(into, other)
    if other.atoms != into.atoms or not thinning.complete(program, united):
        return Outcome(state=united, needs_history=True)
    return resettle(program, united, given)


def unite(into: State, other: State) -> State:
    """Everything that either remembers, before any first instant is computed again."""
    united = copy(into)
    for atom, entries in other.memory.items():
        united.memory[atom] = sorted(united.memory.get(atom, []) + entries, key=lambda entry: entry[:2])
    for atom, gap in other.trimmed.items():
        united.trimmed[atom] = max(gap, united.trimmed.get(atom, gap))
    united.spent = {**other.spent, **into.spent}
    united.sent = sorted([*into.sent, *other.sent], key=lambda sent: sent.at)
    held = {(item.kind, item.key, item.milestone): item for item in (*other.held, *into.held)}
    united.held = list(held.values())
    united.consent = {**other.consent, **into.consent}
    united.refused = sorted({*into.refused, *other.refused})
    united.seq = max(into.seq, other.seq)
    united.last_at = max((at for at in (into.last_at, other.last_at) if at), default=None)
    united.known = into.known or other.known
    united.device = into.device or other.device
    united.zone = into.zone or other.zone
    return united
