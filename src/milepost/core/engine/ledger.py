"""What one step leads to, as it is collected: effects, reasons, and milestones that were reached or have moved.

Nothing here decides whether something may go out: that is `proposals`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypedDict

from milepost.core import events
from milepost.core.conditions.evaluate import View
from milepost.core.engine import knowledge
from milepost.core.engine.effects import (
    AnyEffect,
    AskHost,
    Carried,
    EndContent,
    EndTasks,
    OpenTask,
    RecordFact,
    RefreshContent,
)
from milepost.core.engine.inputs import Decision, DecisionKind, DecisionOutcome, Given, Outcome, Reached
from milepost.core.engine.reasons import condition_of
from milepost.core.engine.state import State
from milepost.core.events import Fact
from milepost.core.experiments.bucket import bucket, choose
from milepost.core.program.compile import Program
from milepost.core.program.kinds.experiment import PROGRAM
from milepost.core.program.variants import Trial
from milepost.core.values import BY_TIME_ALONE

#: Facts that tell that somebody was told something, and where each says what.
_SEEN = {events.CONTENT_SHOWN: "content", events.MESSAGE_SENT: "message", events.OFFER_SHOWN: "offer"}


class Common(TypedDict):
    """What all effects share; the meaning of each stands at `Effect`."""

    workspace: int
    key: str
    person: int
    at: datetime
    release: int
    event: str
    properties: dict[str, Any]
    device: str | None
    known: dict[str, Any]
    variants: dict[str, str]


class Ledger:
    """Of the state it changes only `spent`."""

    def __init__(self, program: Program, state: State, given: Given, view: View) -> None:
        self.program, self.state, self.given, self.view = program, state, given, view
        self._effects: list[AnyEffect] = []
        self._decisions: list[Decision] = []
        self._reached: dict[str, Reached] = {}
        self._stale: set[str] = set()
        self._cause: tuple[str, dict[str, Any]] | None = None

    @contextmanager
    def because_of(self, event: str, properties: dict[str, Any]) -> Iterator[None]:
        """What is proposed inside goes back to this earlier fact, and not to the one of this step."""
        self._cause = (event, properties)
        try:
            yield
        finally:
            self._cause = None

    def tell(self, name: str, about: dict[str, Any], key: str, *, once: bool = False, trait: bool = False) -> bool:
        """A conclusion, for the readers of the log. `key` makes it one of its kind; `once`: it may be come to again, and is
        told the first time only; `trait`: it is kept of the person. Whether it is told."""
        if self.given.retroactive or (once and not self._spend(f"fact:{key}")):
            return False
        state = self.state
        self._effects.append(
            RecordFact(
                workspace=state.workspace,
                key=f"{state.uid}:fact:{key}",
                person=state.uid,
                at=self.given.at,
                name=name,
                about=about,
                trait=trait,
                test=self.given.fact is not None and events.is_test(self.given.fact),
            )
        )
        return True

    def was_told(self, key: str) -> bool:
        """Whether a conclusion that is come to once has been told."""
        return f"fact:{key}" in self.state.spent

    def ask_team(
        self,
        title: str,
        about: str,
        reason: str,
        key: str,
        *,
        due: datetime | None = None,
        carried: tuple[Carried, ...] = (),
    ) -> None:
        """Asks a person of the team to do something for this one, once for each `key`."""
        spent = f"task:{key}"
        if self.given.retroactive or not self._spend(spent):
            return
        common = self._effect(spent)
        self._effects.append(OpenTask(title=title, about=about, reason=reason, due=due, carried=carried, **common))
        self.decide("task", about, "opened", {"text": reason})

    def close_tasks(self, *keys: str) -> None:
        """Takes what was asked of the team under these keys off their list. It tells nobody anything, so it is always
        done."""
        open_ = tuple(spent for key in keys if (spent := f"task:{key}") in self.state.spent)
        if open_:
            self._effects.append(EndTasks(tasks=open_, **self._effect(f"done:{open_[0]}")))

    def ask_host(self, template: str, piece: int, press: str) -> None:
        """Asks the host product to make this sample data, once for each press of a button."""
        common = self._for_person(f"sample:{template}:{press}")
        self._effects.append(AskHost(template=template, piece=piece, **common))

    def is_held_out(self, *keys: str, also_all: bool = True) -> str | None:
        """Gives the person their variant of each definition that is tried; the experiment that leaves one of these out for
        them, else None. `also_all`: an experiment may leave out everything, and this with it."""
        tried = self.program.trials
        if not tried:
            return None
        trials = [trial for key in keys for trial in tried.get(key, ())]
        for trial in (*trials, *(tried.get(PROGRAM, ()) if also_all else ())):
            if self.variant_of(trial) is None:
                return trial.key
        return None

    def variant_of(self, trial: Trial) -> str | None:
        """The variant that this person has, from now on for good; None where it leaves out what is tried. Where a variant
        does that, whoever would have been told something is exposed here, so that both groups are counted alike."""
        variant = self.state.assigned.get(trial.key, "")
        if variant not in trial.weights:
            variant = choose(trial.weights, bucket(trial.seed, str(self.state.uid)))
            self.state.assigned = {**self.state.assigned, trial.key: variant}
        if trial.off:
            self.expose(trial.key, variant)
        return None if variant in trial.off else variant

    def go_through(self, trial: Trial | None) -> str:
        """The variant of a journey that they go through now; "" where it is not tried."""
        variant = "" if trial is None else self.state.assigned.get(trial.key, "")
        if trial is not None:
            self.expose(trial.key, variant)
        return variant

    def see(self, fact: Fact) -> None:
        """A piece was shown, or a message went out: the variant of it may make a difference from now on."""
        name = _SEEN.get(fact.name) if self.program.trials and fact.source == "milepost" else None
        key = fact.properties.get(name) if name else None
        for trial in self.program.trials.get(self.program.renamed(key), ()) if isinstance(key, str) else ():
            if variant := self.state.assigned.get(trial.key):
                self.expose(trial.key, variant)

    def expose(self, experiment: str, variant: str) -> None:
        """Tells once that this variant may have made a difference."""
        if not self.given.retroactive and self._spend(f"exposed:{self.program.origin(experiment)}"):
            self.tell(
                events.EXPERIMENT_EXPOSED, {"experiment": experiment, "variant": variant}, f"exposed:{experiment}"
            )

    def refresh(self, *contents: str) -> None:
        """What these pieces show has changed. It tells nobody anything, so it is always done where they may be open."""
        self._stale.update(key for key in contents if self._was_shown(key))

    def refresh_open(self, *contents: str) -> None:
        """The same, of what they are not done with."""
        self.refresh(*(key for key in contents if key not in self.state.handled))

    def end(self, content: str, key: str) -> None:
        """Closes this piece where it is open. `key` makes it one of its kind."""
        self._effects.append(EndContent(contents=(content,), **self._effect(f"ended:{key}")))

    def decide(self, kind: DecisionKind, key: str, outcome: DecisionOutcome, reason: dict[str, Any]) -> None:
        """Keeps a reason. A retelling of the past decides nothing."""
        if not self.given.retroactive:
            self.write_down(kind, key, outcome, reason)

    def write_down(self, kind: DecisionKind, key: str, outcome: DecisionOutcome, reason: dict[str, Any]) -> None:
        """Keeps a reason, also of what a release ends."""
        seq = self.given.fact.seq if self.given.fact else BY_TIME_ALONE
        self._decisions.append(
            Decision(
                at=self.given.at,
                kind=kind,
                definition=key,
                outcome=outcome,
                seq=seq,
                noted=reason,
                condition=condition_of(self.program, reason),
            )
        )

    def outcome(self) -> Outcome:
        effects = list(self._effects)
        if self._stale:
            moment = self.given.fact.seq if self.given.fact else self.given.at.isoformat()
            common = self._effect(f"refresh:{moment}")
            effects.append(RefreshContent(contents=tuple(sorted(self._stale)), **common))
        return Outcome(
            state=self.state,
            effects=tuple(effects),
            decisions=tuple(self._decisions),
            reached=tuple(self._reached.values()),
        )

    def _spend(self, key: str) -> bool:
        """Whether this is the first time that something of this key is intended."""
        if key in self.state.spent:
            return False
        self.state.spent = {**self.state.spent, key: self.given.at}
        return True

    def _was_shown(self, content: str) -> bool:
        name = f"content:{self.program.origin(content)}"
        again = f"{name}:"
        return name in self.state.spent or any(key.startswith(again) for key in self.state.spent)

    def _for_person(self, key: str) -> Common:
        """What every effect shares that the person will see: it also says what templates may use."""
        common = self._effect(key)
        common["known"] = knowledge.known(self.program, self.state, self.given.at)
        return common

    def _effect(self, key: str) -> Common:
        """What every effect of this step shares."""
        fact = self.given.fact
        event, properties = self._cause or ((fact.name, fact.properties) if fact else ("", {}))
        return {
            "workspace": self.state.workspace,
            "key": f"{self.state.uid}:{key}",
            "person": self.state.uid,
            "at": self.given.at,
            "release": self.program.number,
            "event": event,
            "properties": properties,
            "device": None if self.state.known else self.state.device,
            "known": {},
            "variants": dict(self.state.assigned),
        }
