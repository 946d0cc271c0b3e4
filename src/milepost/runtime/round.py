"""One round: some facts, in the log's order, become states, effects and reasons, in one transaction.

Nothing here waits for anything but the database: what effects do is done elsewhere, after the commit.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from milepost.core.engine.inputs import Decision, Given, Outcome, Reached
from milepost.core.engine.merge import merge
from milepost.core.engine.state import State
from milepost.core.engine.step import rebuild, resettle, step
from milepost.core.engine.thinning import complete
from milepost.core.events import Fact
from milepost.core.program.compile import Program
from milepost.log.outbox import Entry
from milepost.people.actions import Placed
from milepost.runtime import store

#: (workspace, uids) → all facts of each person up to now, from the log.
History = Callable[[int, Sequence[int]], dict[int, list[Fact]]]


class Round:
    """The states that a round touches, and everything that it will write."""

    def __init__(self, program_of: Callable[[int], Program], history: History, now: datetime) -> None:
        self._program_of, self._history, self._now = program_of, history, now
        self._programs: dict[int, Program] = {}
        self._fresh: dict[int, list[Fact]] = {}  # what this round has applied: the history does not have it yet
        self._before: dict[int, State] = {}  # as they were loaded; a step leaves the old state as it is
        self.states: dict[int, State] = {}
        self.changed: dict[int, State] = {}
        self.decisions: list[tuple[State, int, Decision]] = []
        self.reached: dict[tuple[int, int, str], tuple[int, Reached]] = {}
        self.entries: list[Entry] = []
        self.merged: list[tuple[int, int, int]] = []

    def load(self, uids: set[int]) -> None:
        self._before.update(store.load(uids))
        self.states.update(self._before)

    def apply(self, fact: Fact, placed: Placed) -> None:
        """Gives one fact to its person."""
        program = self._program(fact.workspace)
        if placed.merged is not None:
            self._merge(program, fact, placed)
        state = self._state(program, fact.workspace, placed.uid)
        given = Given(
            at=self._now,
            fact=fact,
            known=placed.known,
            device=None if placed.known else fact.anonymous_id,
            zone=placed.zone,
            retroactive=fact.source == "import",
        )
        outcome = step(program, state, given)
        if outcome.needs_history:
            outcome = rebuild(program, state, [*self._facts(state), fact], given)
        self._take(program, outcome)
        self._fresh.setdefault(placed.uid, []).append(fact)

    def wake(self, uids: Sequence[int]) -> None:
        """Lets time pass for these persons."""
        for uid in uids:
            program = self._program(self.states[uid].workspace)
            self._take(program, step(program, self._carried(program, self.states[uid]), Given(at=self._now)))

    def carry_over(self, uids: Sequence[int]) -> None:
        """Brings states of one workspace from an older release to the current one, silently."""
        workspace = self.states[uids[0]].workspace
        program = self._program(workspace)
        forgetful = [uid for uid in uids if not _remembers(program, self.states[uid])]
        histories = self._history(workspace, forgetful) if forgetful else {}
        for uid in uids:
            self._carried(program, self.states[uid], histories.get(uid))

    def write(self, put: Callable[[Sequence[Entry]], list[str]]) -> list[str]:
        """Writes everything; the effect keys that were new."""
        store.save(self.changed.values())
        for state in self.changed.values():
            store.keep_standing(self._before.get(state.uid), state, self._now)
        store.keep_reasons(self.decisions)
        store.keep_milestones(self.reached)
        return put(self.entries) if self.entries else []

    def _program(self, workspace: int) -> Program:
        """One release for the whole round, even if another is made meanwhile."""
        if workspace not in self._programs:
            self._programs[workspace] = self._program_of(workspace)
        return self._programs[workspace]

    def _state(self, program: Program, workspace: int, uid: int) -> State:
        state = self.states.get(uid)
        if state is None:
            return State(workspace=workspace, uid=uid, release=program.number, atoms=program.atoms_digest)
        return self._carried(program, state)

    def _carried(self, program: Program, state: State, history: list[Fact] | None = None) -> State:
        """The state under the current release; `history` spares a look-up where many are carried over."""
        if state.release == program.number:
            return state
        given = Given(at=self._now, retroactive=True)
        if _remembers(program, state):
            outcome = resettle(program, state, given)
        else:
            outcome = rebuild(program, state, self._facts(state, history), given)
        self._take(program, outcome)
        return outcome.state

    def _merge(self, program: Program, fact: Fact, placed: Placed) -> None:
        other = self.states.pop(placed.merged, None) if placed.merged is not None else None
        if placed.merged is None:
            return
        self.merged.append((fact.workspace, placed.merged, placed.uid))
        self.changed.pop(placed.merged, None)
        for key in [key for key in self.reached if key[1] == placed.merged]:
            del self.reached[key]
        self._fresh.setdefault(placed.uid, []).extend(self._fresh.pop(placed.merged, []))
        heir = State(workspace=fact.workspace, uid=placed.uid)
        self.decisions = [(heir if s.uid == placed.merged else s, number, why) for s, number, why in self.decisions]
        if other is None:
            return
        given = Given(at=self._now, retroactive=True)
        into = self._state(program, fact.workspace, placed.uid)
        outcome = merge(program, into, other, given)
        if outcome.needs_history:
            facts = self._facts(into) + self._facts(other)
            outcome = rebuild(program, outcome.state, facts, given)
        self._take(program, outcome)

    def _facts(self, state: State, history: list[Fact] | None = None) -> list[Fact]:
        """Everything that was applied to this state."""
        if history is None:
            history = self._history(state.workspace, [state.uid])[state.uid]
        return [fact for fact in history if fact.seq <= state.seq] + self._fresh.get(state.uid, [])

    def _take(self, program: Program, outcome: Outcome) -> None:
        state = outcome.state
        self.states[state.uid] = self.changed[state.uid] = state
        self.decisions += [(state, program.number, decision) for decision in outcome.decisions]
        for reached in outcome.reached:
            self.reached[state.workspace, state.uid, reached.milestone] = (program.number, reached)
        self.entries += [store.entry_of(effect, self._now) for effect in outcome.effects]


def _remembers(program: Program, state: State) -> bool:
    """Whether the state's memory answers everything that this program asks."""
    return state.atoms == program.atoms_digest and complete(program, state)
