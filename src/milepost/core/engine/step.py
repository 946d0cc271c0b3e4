"""One step: a fact, or the passing of time, meets one subject's state.

`step` is a function of its three arguments: no clock, no chance, no look-up. It touches only the rules that the fact can
touch (the program is indexed), and every rule *latches*: it fires at the first instant at which its condition is true.

1. A fact in order is put into the memory and the rules that read it are asked again, at the fact's own instant.
2. A late fact is put where it belongs, and those rules' first instants are computed again from the memory.
3. A change of a latch asks the rules that read it. Programs have no cycles: rules are asked in the order of what they read,
   so that at one instant a rule sees what was reached at it.
4. Effects look forward: whatever happened longer ago than an effect's patience changes the state and nothing else.
5. What a person told us of themselves (goal, answers, questions) is noted before the rules are asked, and followed up
   after them: `notes`, `goals`, `check_ins`.
6. A rule that does not latch is asked whenever something that it reads changes: `segments`, `repeats`, `journeys`.
7. A conclusion of the engine (source `derived`) is for the log's readers: no rule reads it.
"""

from bisect import insort
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from msgspec import UNSET
from msgspec.structs import replace

from milepost.core import events
from milepost.core.conditions.evaluate import first_true, observe, remember
from milepost.core.conditions.instants import next_edge
from milepost.core.engine import (
    attention,
    check_ins,
    goals,
    guides,
    journeys,
    notes,
    obstacles,
    omissions,
    placement,
    planned,
    profiling,
    repeats,
    risks,
    samples,
    segments,
    thinning,
)
from milepost.core.engine.inputs import Given, Outcome
from milepost.core.engine.proposals import Desk
from milepost.core.engine.state import State, copy
from milepost.core.events import Fact
from milepost.core.program.compile import START as FIRST_START
from milepost.core.program.compile import Program, Rule, RuleKey, RuleKind, latch_of
from milepost.core.program.folder import STARTED
from milepost.core.program.kinds.milestone import Obstacle
from milepost.core.values import BY_TIME_ALONE, Instant

_MOST_PURPOSES = 50  # the write key is public: a state must not grow without end


def step(program: Program, state: State, given: Given) -> Outcome:
    """The state after this fact (or this moment), what to do, and why. A fact already seen changes nothing."""
    fact = given.fact
    if fact is not None and fact.seq <= state.seq:
        return Outcome(state=state)
    if fact is not None and fact.source == "derived":
        return Outcome(state=replace(state, seq=fact.seq))
    if state.trimmed and _has_forgotten(program, state, given):
        return Outcome(state=state, needs_history=True)
    work = Work(program, copy(state), given)
    if fact is None:
        work.pass_time(given.at)
    else:
        work.take(fact)
    return work.finish()


def _has_forgotten(program: Program, state: State, given: Given) -> bool:
    """Whether what is asked now would need facts that are no longer remembered."""
    fact = given.fact
    if fact is not None and (thinning.forgot(program, state, fact) or repeats.forgot(program, state, fact)):
        return True
    return thinning.forgot_days(program, state, given.zone)


def rebuild(program: Program, state: State, history: Iterable[Fact], given: Given) -> Outcome:
    """The state as this program would have made it from these facts (any order), keeping what was already said and done.

    With `given.retroactive` it is pure retelling: no effects. Used for releases, merges and facts older than the memory.
    """
    fresh = copy(state)
    fresh.memory, fresh.trimmed = {}, {}
    work = Work(program, fresh, given)
    notes.forget(fresh)
    for fact in sorted(history, key=lambda fact: (fact.at, fact.seq)):
        if fact.source != "derived":
            work.memorise(fact)
            notes.note(program, fresh, fact)
        fresh.seq = max(fresh.seq, fact.seq)
        fresh.last_at = max(fresh.last_at or fact.at, fact.at)
    work.settle_everything()
    for atom, entries in fresh.memory.items():
        fresh.memory[atom] = thinning.thin(program, fresh, atom, entries)
    return work.finish()


def resettle(program: Program, state: State, given: Given) -> Outcome:
    """Every latch computed again from the memory alone: after a merge, or when only rules changed, not what they read."""
    work = Work(program, copy(state), given)
    work.settle_everything()
    return work.finish()


class Work:
    """One step under way: a state that may be changed, and the desk that collects effects and reasons."""

    def __init__(self, program: Program, state: State, given: Given) -> None:
        self.program, self.state, self.given = program, state, given
        state.known = given.known or state.known
        state.device = given.device or state.device
        self._moved_house = bool(given.zone) and given.zone != state.zone
        state.zone = given.zone or state.zone
        self.view = attention.view_of(program.document, state)
        self.desk = Desk(program, state, given, self.view)
        self._long: set[str] = set()  # the atoms of which more is remembered than may be needed
        self.stuck_now: list[tuple[Rule, Instant, Obstacle]] = []

    def take(self, fact: Fact) -> None:
        late = self.state.last_at is not None and fact.at < self.state.last_at
        unknown = self.program.of_strangers if self.state.last_at is None else ()
        if self._moved_house and self.program.by_day and self.state.memory:
            self.settle(self.program.by_day, since=None)
        _note_person(self.state, fact, self.given.at)
        self._note(fact)
        if late:
            touched = self.memorise(fact)
            self.state.seq = fact.seq
            self.settle(touched, since=(fact.at, fact.seq))
        else:
            self.pass_time(fact.at)
            touched = self.memorise(fact)
            self.state.seq, self.state.last_at = fact.seq, fact.at
            self.ask([*unknown, *touched], (fact.at, fact.seq))
        self._thin()
        goals.follow(self, fact)
        check_ins.follow(self, fact)
        placement.follow(self, fact)
        planned.follow(self, fact)
        profiling.follow(self, fact)
        samples.follow(self, fact)
        obstacles.follow(self, fact)
        self.desk.answer(fact)
        self.desk.see(fact)

    def _thin(self) -> None:
        for atom in self._long:
            self.state.memory[atom] = thinning.thin(self.program, self.state, atom, self.state.memory[atom])

    def memorise(self, fact: Fact) -> list[Rule]:
        """Puts the fact into the memory; the rules that read what changed, some of them more than once."""
        touched: list[Rule] = []
        memory, readers = self.state.memory, self.program.readers
        for atom in self.program.atoms_of_fact(fact):
            value = observe(atom, fact)
            if value is UNSET:
                continue
            entries = memory[atom.id] = remember(memory.get(atom.id, []), (fact.at, fact.seq, value))
            if len(entries) > thinning.SLACK:
                self._long.add(atom.id)
            touched += readers.get(atom.id, ())
        return touched

    def ask(self, rules: Iterable[Rule], instant: Instant) -> None:
        """Asks each rule at this instant, and whoever reads what has been reached by it.

        A new anchor (`since`) is no moment of its own: nothing counts from it yet but the facts of this very instant, and
        who reads those is asked anyway, after it.
        """
        agenda, latched = _Agenda(rules), self._latched
        for rule in agenda:
            if not rule.latches:
                _TURNS[rule.kind](self, rule, instant)
            elif latched(rule) is not None:
                continue
            elif rule.is_true(self.view, instant):
                self._latch(rule, instant)
                agenda.add(self.program.readers_of(rule))
            elif rule.by_time:
                self._wake(rule, instant)

    def wake_at(self, name: str, at: datetime | None) -> None:
        """Asks for this rule, or for a timer that a part of the engine keeps (`check_in:KEY`), at that moment."""
        if at is None:
            self.state.wakes.pop(name, None)
        else:
            self.state.wakes[name] = at

    def _note(self, fact: Fact) -> None:
        """What is open on a page is said again in the language that somebody changes to."""
        before = self.state.spoken
        notes.note(self.program, self.state, fact)
        after = self.state.spoken
        if after is not None and (before is None or before.language != after.language):
            self.desk.refresh_open(*self.program.document.content)

    def pass_time(self, until: datetime) -> None:
        """Asks the rules that time alone may have made true, at the moments at which it may have."""
        wakes, names, rules = self.state.wakes, self.program.names, self.program.rules
        while wakes and (at := min(wakes.values())) <= until:
            due = [name for name, wake in wakes.items() if wake == at]
            for name in due:
                del wakes[name]
            self.state.last_at = max(self.state.last_at or at, at)
            self.ask([rules[names[name]] for name in due if name in names], (at, BY_TIME_ALONE))
            for name in due:
                if name == goals.TIMER:
                    goals.wake(self)
                elif name.startswith(check_ins.TIMER):
                    check_ins.wake(self, name.removeprefix(check_ins.TIMER), at)
                elif name.startswith(planned.TIMER):
                    planned.wake(self, name.removeprefix(planned.TIMER))

    def settle_everything(self, but: frozenset[RuleKey] = frozenset()) -> None:
        """Every latch computed again, `but` those that are settled already: nothing that they ask has changed."""
        wakes, names = self.state.wakes, self.program.names
        self.state.wakes = {name: at for name, at in wakes.items() if names.get(name) in but}
        self.state.fired = {name: instant for name, instant in self.state.fired.items() if name in names}
        for key in [key for key in self.state.reached if latch_of(key) not in self.program.rules]:
            if not key.startswith(STARTED):
                self.desk.moved(key, None)
            del self.state.reached[key]
        self.desk.keep_held()
        rules = self.program.rules.items()
        self.settle([rule for key, rule in rules if rule.latches and key not in but], since=None)
        for part in (
            segments,
            repeats,
            journeys,
            goals,
            check_ins,
            obstacles,
            omissions,
            guides,
            risks,
            planned,
            profiling,
        ):
            part.carry_over(self)

    def settle(self, rules: Iterable[Rule], *, since: Instant | None) -> None:
        """Computes these rules' first instants again from the memory, and their dependants' where they changed.

        A fact at `since` can change nothing before it: what latched earlier stays, and earlier moments were asked.
        """
        agenda = _Agenda(rules)
        for rule in agenda:
            if not rule.latches:
                _TURNS[rule.kind](self, rule, since or (self.given.at, BY_TIME_ALONE))
                continue
            before = self._latched(rule)
            if before is not None and since is not None and before < since:
                continue
            after = first_true(rule.condition, self.view, since)
            if after is not None and after[0] > (self.state.last_at or self.given.at):  # time has not come to it yet
                self.state.wakes[rule.name] = after[0]
                after = None
            if before == after:
                continue
            if before is None and after is not None:
                self._latch(rule, after)
            else:
                self._move(rule, after)
            agenda.add(self.program.dependants(rule))

    def finish(self) -> Outcome:
        if self._moved_house:
            journeys.look_at_the_clock(self)
        if self.stuck_now:
            obstacles.answer(self)
        attention.forget(self.state, self.given.at)
        if self.state.held and not self.given.retroactive:
            journeys.withdraw(self)
            self.desk.release_held()
        self.state.release, self.state.atoms = self.program.number, self.program.atoms_digest
        return self.desk.outcome()

    def _latched(self, rule: Rule) -> Instant | None:
        if rule.kind == "milestone":
            return self.state.reached.get(rule.key)
        if rule.kind == "start":  # a further program's stands among the milestones
            return self.state.start if rule.key == FIRST_START[1] else self.state.reached.get(rule.key)
        return self.state.fired.get(rule.name)

    def _set(self, rule: Rule, instant: Instant | None) -> None:
        if (rule.kind, rule.key) == FIRST_START:
            self.state.start = instant
            self.view = self.desk.view = attention.view_of(self.program.document, self.state)
            return
        if rule.kind not in ("milestone", "start"):
            others = {name: at for name, at in self.state.fired.items() if name != rule.name}
            self.state.fired = others if instant is None else {**others, rule.name: instant}
        elif instant is None:
            self.state.reached.pop(rule.key, None)
        else:
            self.state.reached[rule.key] = instant

    def _latch(self, rule: Rule, instant: Instant) -> None:
        self._set(rule, instant)
        self.state.wakes.pop(rule.name, None)
        if rule.kind == "milestone":  # first the plan, so that the celebration says what comes next
            goals.reached(self, rule.key)
            self.desk.latched(rule, instant)
            obstacles.resolved(self, rule.key, instant)
        elif rule.kind == "obstacle":
            obstacles.detected(self, rule, instant)
        elif rule.kind == "journey":
            journeys.begin(self, rule, instant)
        elif rule.kind == "task":
            goals.ticked(self, rule)
        elif rule.kind == "plan_template":
            planned.begin(self, rule, instant)
        elif rule.kind == "planned":
            planned.done(self, rule)
        elif not check_ins.begin(self, rule):
            self.desk.latched(rule, instant)

    def _move(self, rule: Rule, instant: Instant | None) -> None:
        self._set(rule, instant)
        if rule.kind == "milestone":
            self.desk.moved(rule.key, instant)
            goals.reached(self, rule.key)
            obstacles.moved(self, rule.key, instant)

    def _wake(self, rule: Rule, instant: Instant) -> None:
        may_turn = rule.may_turn(self.view, instant)
        wake = next_edge(rule.by_time, self.view, instant[0]) if may_turn else None
        if wake is None:
            self.state.wakes.pop(rule.name, None)
        else:
            self.state.wakes[rule.name] = wake


class _Agenda:
    """The rules to be asked, each after those that it reads: what a rule adds comes after it, so each is asked once."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = {rule.rank: rule for rule in rules}
        self._order = sorted(self._rules)

    def add(self, rules: Iterable[Rule]) -> None:
        for rule in rules:
            if rule.rank not in self._rules:
                self._rules[rule.rank] = rule
                insort(self._order, rule.rank)

    def __iter__(self) -> Iterator[Rule]:
        return (self._rules[rank] for rank in self._order)


_TURNS: dict[RuleKind, Callable[[Work, Rule, Instant], None]] = {
    "segment": segments.turn,
    "repeat": repeats.again,
    "entry": journeys.enter,
    "run": journeys.proceed,
    "offer": lambda work, rule, instant: None,  # who is eligible is asked when an offer may be made
    "unless": omissions.turn,
    "step": guides.turn,
    "way": goals.rethink,
    "question": profiling.turn,
    "risk": risks.turn,
    "recovered": risks.recovered,
}


def _note_person(state: State, fact: Fact, now: datetime) -> None:
    """What a fact says about how the person wants to be treated, whatever its name."""
    consent = fact.context.get("consent")
    if isinstance(consent, dict) and isinstance(consent.get("categoryPreferences"), dict):
        for purpose, agreed in consent["categoryPreferences"].items():
            if isinstance(agreed, bool) and (purpose in state.consent or len(state.consent) < _MOST_PURPOSES):
                state.consent = {**state.consent, purpose: agreed}
    if fact.source == "milepost" and fact.name in (events.UNSUBSCRIBED, events.RESUBSCRIBED):
        _note_wish(state, fact)
    if fact.source == "live":
        _note_session(state, now)


def _note_wish(state: State, fact: Fact) -> None:
    wish = f"{fact.properties.get('channel', 'email')}:{fact.properties.get('purpose', 'all')}"
    others = [refused for refused in state.refused if refused != wish]
    state.refused = [*others, wish] if fact.name == events.UNSUBSCRIBED else others


def _note_session(state: State, now: datetime) -> None:
    start, last = state.session or (now, now)
    state.session = (start if now - last < attention.SESSION_IDLE else now, max(now, last))
