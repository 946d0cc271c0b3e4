"""One round: some facts, in the log's order, become states, effects and reasons, in one transaction.

Nothing here waits for anything but the database: what effects do is done elsewhere, after the commit.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Protocol

from msgspec.structs import replace

from milepost.core import events
from milepost.core.engine.crossing import Crossing
from milepost.core.engine.effects import AnyEffect, RecordFact
from milepost.core.engine.inputs import Decision, Given, Outcome, Reached
from milepost.core.engine.merge import merge
from milepost.core.engine.state import State
from milepost.core.engine.step import rebuild, step
from milepost.core.events import Fact
from milepost.core.people.profile import zone_of
from milepost.core.program.compile import Program
from milepost.core.program.folder import Subject
from milepost.log.outbox import Entry
from milepost.people.actions import Placed
from milepost.runtime import store
from milepost.runtime.accounts import own_effects, told_of_help, told_of_milestones
from milepost.runtime.lookahead import Past
from milepost.runtime.programs import crossing
from milepost.runtime.projector import Names


class History(Protocol):
    """All facts of each subject up to now, from the log; of these names, or (None) of whatever name."""

    def history(self, workspace: int, uids: Sequence[int], names: Names = None) -> dict[int, list[Fact]]: ...

    def history_of_accounts(
        self, workspace: int, accounts: Sequence[int], names: Names = None
    ) -> dict[int, list[Fact]]: ...


class Round:
    """The states that a round touches, and everything that it will write."""

    def __init__(self, program_of: Callable[[int], Program], history: History, now: datetime) -> None:
        self._program_of, self._history, self._now = program_of, history, now
        self._programs: dict[int, Program] = {}
        self._crossings: dict[tuple[int, int, Subject], Crossing] = {}
        self._tests: set[int] = set()  # the numbers of facts that were tests, of those that were met
        self._fresh: dict[int, list[Fact]] = {}  # what this round has applied: the history does not have it yet
        self._earlier: dict[int, list[Fact]] = {}  # of accounts of which no state was kept
        self._pasts: Mapping[int, Past] = {}  # looked up for many at once; of others each by itself
        self._before: dict[int, State] = {}  # as they were loaded; a step leaves the old state as it is
        self.states: dict[int, State] = {}
        self.changed: dict[int, State] = {}
        self.decisions: list[tuple[State, int, Decision]] = []
        self.reached: dict[tuple[int, int, str], tuple[int, Reached]] = {}
        self.entries: list[Entry] = []
        self.concluded: list[RecordFact] = []
        self.facts: list[Fact] = []  # for the log: what people are told of their accounts, and all else that follows
        self.merged: list[tuple[int, int, int]] = []

    def load(self, uids: set[int]) -> None:
        self._before.update(store.load(uids))
        self.states.update(self._before)

    def prepare(self, told: Sequence[tuple[Fact, Placed]]) -> None:
        """Loads the states that these facts touch. An account of which none is kept starts from its history."""
        persons = {where.uid for _, where in told} | {where.merged for _, where in told if where.merged is not None}
        accounts = {
            (fact.workspace, where.account)
            for fact, where in told
            if where.account is not None and self._is_for_account(fact)
        }
        self.load(persons | {account for _, account in accounts})
        self._pasts = dict(self._pasts_of(persons & self.states.keys()))
        for workspace in {workspace for workspace, _ in accounts}:
            new = [account for ws, account in accounts if ws == workspace and account not in self.states]
            if new and self._program(workspace).accounts is not None:
                self._earlier.update(self._history.history_of_accounts(workspace, new))

    def _pasts_of(self, persons: Iterable[int]) -> Iterator[tuple[int, Past]]:
        """What those lack who have not come over to the current release. Whoever needs all that they ever did is looked up
        when it is their turn: of many it would fill the memory."""
        lacking: dict[tuple[int, frozenset[str]], list[int]] = {}
        for state in map(self.states.__getitem__, persons):
            program = self._program(state.workspace)
            if state.release != program.number and (names := self._crossing(program, state).names_at_most):
                lacking.setdefault((state.workspace, names), []).append(state.uid)
        for (workspace, names), uids in lacking.items():
            for uid, facts in self._history.history(workspace, uids, names).items():
                yield uid, Past(names, facts)

    def apply(self, fact: Fact, placed: Placed) -> None:
        """Gives one fact to its person, then to the person's account."""
        self._note_tests([fact])
        self._apply_to_person(fact, placed)
        if placed.account is not None and self._is_for_account(fact):
            self._apply_to_account(fact, placed.account)

    def _apply_to_person(self, fact: Fact, placed: Placed) -> None:
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

    def _is_for_account(self, fact: Fact) -> bool:
        """Where no program is for customers, an account is only known to be there: another release may bring one."""
        has_program = self._program(fact.workspace).accounts is not None
        return (
            (has_program or fact.kind == "group") and fact.source != "derived" and fact.name not in events.OF_ACCOUNTS
        )

    def _apply_to_account(self, fact: Fact, account: int) -> None:
        program = self._program(fact.workspace).accounts
        state = self._account_state(fact.workspace, account)
        if program is None:
            self.states[account] = self.changed[account] = replace(state, zone=_zone(fact) or state.zone)
            return
        given = Given(at=self._now, fact=fact, known=True, zone=_zone(fact), retroactive=fact.source == "import")
        outcome = step(program, state, given)
        if outcome.needs_history:
            outcome = rebuild(program, state, [*self._facts(state), fact], given)
        self._take(program, outcome, fact.seq)
        self._fresh.setdefault(account, []).append(fact)

    def _account_state(self, workspace: int, account: int) -> State:
        state, whole = self.states.get(account), self._program(workspace)
        if state is not None:
            return self._carried(whole, state)
        program = whole.accounts or whole
        fresh = State(workspace=workspace, uid=account, subject="account", release=program.number, known=True)
        earlier = self._earlier.get(account)
        if not earlier or whole.accounts is None:
            return replace(fresh, atoms=program.atoms_digest) if whole.accounts else fresh
        zones = (_zone(fact) for fact in reversed(earlier))
        where = Given(at=self._now, known=True, retroactive=True, zone=next(filter(None, zones), ""))
        self._take(program, rebuild(program, fresh, earlier, where))
        return self.states[account]

    def wake(self, uids: Sequence[int]) -> None:
        """Lets time pass for these persons."""
        for uid in uids:
            program = self._program(self.states[uid].workspace)
            carried = self._carried(program, self.states[uid])
            if (own := _of_subject(program, carried)) is not None:
                self._take(own, step(own, carried, Given(at=self._now)))

    def retell(self, uids: Sequence[int]) -> None:
        """Makes the states of these accounts anew from the facts that are left, silently."""
        given = Given(at=self._now, known=True, retroactive=True)
        for uid in uids:
            program = self._program(self.states[uid].workspace)
            state = self._carried(program, self.states[uid])
            if (own := _of_subject(program, state)) is not None:
                self._take(own, rebuild(own, state, self._look_up(state, None), given))

    def carry_over(self, uids: Sequence[int], pasts: Mapping[int, Past]) -> None:
        """Brings states from an older release to the current one, silently."""
        self._pasts = pasts
        for uid in uids:
            state = self.states[uid]
            self._carried(self._program(state.workspace), state)

    def write(self, put: Callable[[Sequence[Entry]], list[str]]) -> list[str]:
        """Writes everything; the effect keys that were new."""
        store.save(self.changed.values())
        store.keep_standing(((self._before.get(uid), state) for uid, state in self.changed.items()), self._now)
        store.keep_reasons(self.decisions)
        store.keep_milestones(self.reached, self._tests)
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

    def _carried(self, program: Program, state: State) -> State:
        """The state under the current release."""
        if state.release == program.number:
            return state
        given, own = Given(at=self._now, retroactive=True), _of_subject(program, state)
        if own is None:  # an account that no program is for any more rests
            outcome = Outcome(state=replace(state, release=program.number, atoms="", wakes={}, held=[]))
        else:
            outcome = self._crossing(program, state).carry(state, partial(self._facts, state), given)
        self._take(own or program, outcome)
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

    def _facts(self, state: State, names: frozenset[str] | None = None) -> list[Fact]:
        """Everything of these names that was applied to this state."""
        past = self._pasts.get(state.uid)
        fresh = [fact for fact in self._fresh.get(state.uid, []) if names is None or fact.name in names]
        history = past.facts if past is not None and past.answers(names) else self._look_up(state, names)
        self._note_tests(history)
        if state.subject == "account":  # while no program was for it, its state has passed facts over
            return [*history, *fresh]
        return [fact for fact in history if fact.seq <= state.seq] + fresh

    def _note_tests(self, facts: Iterable[Fact]) -> None:
        self._tests.update(fact.seq for fact in facts if events.is_test(fact))

    def _crossing(self, program: Program, state: State) -> Crossing:
        found = self._crossings.get((state.workspace, state.release, state.subject))
        if found is None:
            found = crossing(state.workspace, state.release, program.number, state.subject)
            self._crossings[state.workspace, state.release, state.subject] = found
        return found

    def _look_up(self, state: State, names: frozenset[str] | None) -> list[Fact]:
        find = self._history.history_of_accounts if state.subject == "account" else self._history.history
        return find(state.workspace, [state.uid], names)[state.uid]

    def _take(self, program: Program, outcome: Outcome, seq: int | None = None) -> None:
        """`seq`: the fact that an account was given."""
        state, before = outcome.state, self.states.get(outcome.state.uid)
        self.states[state.uid] = self.changed[state.uid] = state
        self.decisions += [(state, program.number, decision) for decision in outcome.decisions]
        for reached in outcome.reached:
            self.reached[state.workspace, state.uid, reached.milestone] = (program.number, reached)
        effects: Iterable[AnyEffect] = outcome.effects
        if state.subject == "account":
            known = before.reached if before is not None else {}
            new = [reached for reached in outcome.reached if reached.milestone not in known]
            told = [*told_of_milestones(state, new, seq), *told_of_help(effects, seq)]
            self.facts += map(events.as_test, told) if seq in self._tests else told
            effects = own_effects(effects, seq)
        for effect in effects:
            if isinstance(effect, RecordFact):
                self.concluded.append(effect)
            else:
                self.entries.append(store.entry_of(effect, self._now))


def _zone(fact: Fact) -> str:
    """The time zone that the fact gives its account; empty for none."""
    return (zone_of(fact.properties, {}) if fact.kind == "group" else None) or ""


def _of_subject(program: Program, state: State) -> Program | None:
    """The subject's own program inside this one; None for an account where no program is for customers."""
    return program.accounts if state.subject == "account" else program
