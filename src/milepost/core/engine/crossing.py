"""From one program to the next: what of a state stays as it is, what is computed again, and what is looked up for it.

Of a milestone that now reads other facts, those facts are looked up; the rest of the memory stays, and what asks the same
as before is not asked again.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import TypeVar

from msgspec import UNSET

from milepost.core.conditions.memory import ACCOUNT, TRAITS_OF, Atom, Entry, observe, remember
from milepost.core.conditions.retention import Retention
from milepost.core.engine import notes
from milepost.core.engine.inputs import Given, Outcome
from milepost.core.engine.state import State, copy
from milepost.core.engine.step import Work, rebuild
from milepost.core.engine.thinning import thin
from milepost.core.events import Fact
from milepost.core.program.compile import Program, Rule, RuleKey

V = TypeVar("V")
#: Finds facts of these names, or (None) of whatever name, in any order.
FactsOf = Callable[[frozenset[str] | None], Iterable[Fact]]


class Crossing:
    """Made once for two programs, and used for every state that comes over. Absent: `before` is None where nothing is known
    of the program that made the states; then all of their facts are looked up."""

    def __init__(self, before: Program | None, program: Program) -> None:
        self._before, self._program = before, program
        self._alike = before is not None and notes.alike(before, program)
        self._same = [rule for rule in program.rules.values() if before and _asks_the_same(rule, before)]
        self._new = frozenset(program.atoms.keys() - before.atoms.keys()) if before else frozenset()
        self._cuts = self._matter_if_cut(before) if before else frozenset()
        self._settled: dict[frozenset[str], frozenset[RuleKey]] = {}

    def lacking(self, state: State) -> frozenset[str] | None:
        """The atoms that the state cannot answer for; None where only all of its facts can bring it over, since the two
        programs also read differently what people say."""
        if self._before is None or not self._alike or state.atoms != self._before.atoms_digest:
            return None
        return self._new | (self._cuts & state.trimmed.keys())

    @cached_property
    def names_at_most(self) -> frozenset[str] | None:
        """The names of the facts that have to be looked up for any state of the program before; None: all."""
        if self._before is None or not self._alike:
            return None
        return self._names(self._new | self._cuts)

    def carry(self, state: State, facts_of: FactsOf, given: Given) -> Outcome:
        """The state as the program would have made it, silently."""
        atoms = self.lacking(state)
        if atoms is None:
            return rebuild(self._program, state, facts_of(None), given)
        fresh = copy(state)
        if atoms:
            self._recall(fresh, atoms, facts_of(self._names(atoms)))
        work = Work(self._program, fresh, given)
        work.settle_everything(but=self._settled_without(atoms))
        for atom in atoms & fresh.memory.keys():
            fresh.memory[atom] = thin(self._program, fresh, atom, fresh.memory[atom])
        return work.finish()

    def _names(self, atoms: Iterable[str]) -> frozenset[str]:
        return frozenset(name for atom in atoms for name in _names(self._program.atoms[atom]))

    def _recall(self, state: State, atoms: frozenset[str], facts: Iterable[Fact]) -> None:
        state.memory = {**self._known(state.memory, atoms), **_remembered(self._program, atoms, facts)}
        state.trimmed = self._known(state.trimmed, atoms)

    def _known(self, of: Mapping[str, V], atoms: frozenset[str]) -> dict[str, V]:
        return {atom: value for atom, value in of.items() if atom in self._program.atoms and atom not in atoms}

    def _matter_if_cut(self, before: Program) -> frozenset[str]:
        """The atoms of both programs that the second one cannot answer for where the first one has thinned them. A rule
        that is asked anew asks about every moment of the past, and so needs all that a window may look at."""
        kept, asked = before.retention, self._program.retention
        both = kept.keys() & asked.keys()
        anew = {atom.id for rule in self._may_move() for atom in rule.atoms if rule.latches}
        lacking = {a for a in both if not _is_enough(kept[a], asked[a]) or (a in anew and asked[a].window is not None)}
        return frozenset(lacking | (both & _counted_anew(before, self._program)))

    def _may_move(self) -> Iterable[Rule]:
        """The rules that ask something else than before, and those that may come to another instant because of them."""
        program, same = self._program, {rule.rank for rule in self._same}
        found = {rule.rank: rule for rule in program.rules.values() if rule.rank not in same}
        waiting = list(found.values())
        while waiting:
            new = [rule for rule in program.dependants(waiting.pop()) if rule.rank not in found]
            found.update((rule.rank, rule) for rule in new)
            waiting += new
        return found.values()

    def _settled_without(self, atoms: frozenset[str]) -> frozenset[RuleKey]:
        """The rules that ask what they asked before, and nothing of these atoms."""
        if atoms not in self._settled:
            rules = (rule for rule in self._same if not any(atom.id in atoms for atom in rule.atoms))
            self._settled[atoms] = frozenset((rule.kind, rule.key) for rule in rules)
        return self._settled[atoms]


def _asks_the_same(rule: Rule, before: Program) -> bool:
    old = before.rules.get((rule.kind, rule.key))
    return old is not None and old.condition == rule.condition


def _counted_anew(before: Program, program: Program) -> set[str]:
    """The atoms of milestones that repeat and are not what they were: each time counts, from the first on."""
    old, new = before.document.milestones, program.document.milestones
    rules = (rule for rule in program.rules.values() if rule.kind == "repeat")
    return {atom.id for rule in rules if new[rule.key] != old.get(rule.key) for atom in rule.atoms}


def _is_enough(kept: Retention, asked: Retention) -> bool:
    """Whether what is kept of facts, some of which have been forgotten, answers all that is asked from now on."""
    first = kept.first is None or (asked.first is not None and asked.first <= kept.first)
    window = asked.window is None or kept.first is None or (kept.window is not None and asked.window <= kept.window)
    return first and window and all(sequence in kept.sequences for sequence in asked.sequences)


def _names(atom: Atom) -> list[str]:
    if atom.trait is None:
        return [atom.event] if atom.event is not None else []
    of_account = atom.trait.startswith(ACCOUNT)
    return [name for name, before in TRAITS_OF.items() if (before == ACCOUNT) is of_account]


def _remembered(program: Program, atoms: frozenset[str], facts: Iterable[Fact]) -> dict[str, list[Entry]]:
    memory: dict[str, list[Entry]] = {}
    for fact in sorted(facts, key=lambda fact: (fact.at, fact.seq)):
        for atom in program.atoms_of_fact(fact) if fact.source != "derived" else ():
            if atom.id in atoms and (value := observe(atom, fact)) is not UNSET:
                memory[atom.id] = remember(memory.get(atom.id, []), (fact.at, fact.seq, value))
    return memory
