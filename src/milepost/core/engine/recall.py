"""What a new release asks of a state beyond what it remembers. Only that is looked up: of a milestone that now reads other
facts, those facts; the rest of the memory stays as it is."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from msgspec import UNSET

from milepost.core.conditions.memory import ACCOUNT, TRAITS_OF, Atom, Entry, observe, remember
from milepost.core.conditions.retention import Retention
from milepost.core.engine import notes
from milepost.core.engine.inputs import Given, Outcome
from milepost.core.engine.state import State, copy
from milepost.core.engine.step import Work, rebuild, resettle
from milepost.core.engine.thinning import thin
from milepost.core.events import Fact
from milepost.core.program.compile import Program

V = TypeVar("V")
FactsOf = Callable[[frozenset[str] | None], Iterable[Fact]]


def lacking(before: Program, program: Program, state: State) -> frozenset[str] | None:
    """The atoms of `program` that a state made under `before` cannot answer for; None where only all of its facts can
    bring it over, since the two also read differently what people say."""
    if state.atoms != before.atoms_digest or notes.reading(before) != notes.reading(program):
        return None
    again = _counted_anew(before, program)
    cut = {
        atom
        for atom in state.trimmed.keys() & program.atoms.keys()
        if atom in again or not _covers(before.retention[atom], program.retention[atom])
    }
    return frozenset(cut | (program.atoms.keys() - before.atoms.keys()))


def _counted_anew(before: Program, program: Program) -> set[str]:
    """The atoms of milestones that repeat and are not what they were: each time counts, from the first on."""
    old, new = before.document.milestones, program.document.milestones
    rules = (rule for rule in program.rules.values() if rule.kind == "repeat")
    return {atom.id for rule in rules if new[rule.key] != old.get(rule.key) for atom in rule.atoms}


def _covers(kept: Retention, asked: Retention) -> bool:
    """Whether what was kept of facts, some of which have been forgotten, still answers everything: a window asks about
    every moment of the past."""
    enough = kept.first is None or (asked.first is not None and asked.first <= kept.first)
    return enough and asked.window is None and all(sequence in kept.sequences for sequence in asked.sequences)


def names_of(program: Program, atoms: Iterable[str]) -> frozenset[str]:
    """The names of the facts that these atoms may be about."""
    return frozenset(name for atom in atoms for name in _names(program.atoms[atom]))


def _names(atom: Atom) -> list[str]:
    if atom.trait is None:
        return [atom.event] if atom.event is not None else []
    of_account = atom.trait.startswith(ACCOUNT)
    return [name for name, before in TRAITS_OF.items() if (before == ACCOUNT) is of_account]


def carry(before: Program | None, program: Program, state: State, facts_of: FactsOf, given: Given) -> Outcome:
    """The state, made under `before` (None: by nothing that is known), as this program would have made it. `facts_of` finds
    the state's facts of these names, or (None) of whatever name, in any order."""
    atoms = None if before is None else lacking(before, program, state)
    if atoms is None:
        return rebuild(program, state, facts_of(None), given)
    if not atoms:
        return resettle(program, state, given)
    return _recall(program, state, atoms, facts_of(names_of(program, atoms)), given)


def _recall(program: Program, state: State, atoms: frozenset[str], facts: Iterable[Fact], given: Given) -> Outcome:
    fresh = copy(state)
    fresh.memory = {**_known(fresh.memory, program, atoms), **_remembered(program, atoms, facts)}
    fresh.trimmed = _known(fresh.trimmed, program, atoms)
    work = Work(program, fresh, given)
    work.settle_everything()
    for atom in atoms & fresh.memory.keys():
        fresh.memory[atom] = thin(program, fresh, atom, fresh.memory[atom])
    return work.finish()


def _known(of: Mapping[str, V], program: Program, atoms: frozenset[str]) -> dict[str, V]:
    return {atom: value for atom, value in of.items() if atom in program.atoms and atom not in atoms}


def _remembered(program: Program, atoms: frozenset[str], facts: Iterable[Fact]) -> dict[str, list[Entry]]:
    memory: dict[str, list[Entry]] = {}
    for fact in sorted(facts, key=lambda fact: (fact.at, fact.seq)):
        for atom in program.atoms_of_fact(fact) if fact.source != "derived" else ():
            if atom.id in atoms and (value := observe(atom, fact)) is not UNSET:
                memory[atom.id] = remember(memory.get(atom.id, []), (fact.at, fact.seq, value))
    return memory
