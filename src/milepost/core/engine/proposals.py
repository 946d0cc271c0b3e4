"""From a latch to an effect: what a milestone or a `when` proposes, and whether it may go out now.

Every proposal ends in exactly one of: an effect, a place among the held, or a written reason why not.
"""

from datetime import datetime, timedelta
from typing import Any, Literal

from msgspec.structs import asdict, replace

from milepost.core import events
from milepost.core.conditions.evaluate import View, explain
from milepost.core.engine import attention, patience
from milepost.core.engine.effects import AnyEffect, Effect, EndContent, OpenTask, RecordFact, SendMessage, ShowContent
from milepost.core.engine.inputs import Decision, DecisionKind, DecisionOutcome, Given, Outcome, Reached
from milepost.core.engine.state import Held, Sent, State
from milepost.core.events import Fact
from milepost.core.program.compile import Program, Rule
from milepost.core.program.kinds.content import Guide
from milepost.core.values import BY_TIME_ALONE, Instant

HelpKind = Literal["content", "message"]


class Desk:
    """Collects what one step leads to. It changes `state.spent`, `sent` and `held`, nothing else of the state."""

    def __init__(self, program: Program, state: State, given: Given, view: View) -> None:
        self.program, self.state, self.given, self.view = program, state, given, view
        self._effects: list[AnyEffect] = []
        self._decisions: list[Decision] = []
        self._reached: dict[str, Reached] = {}

    def latched(self, rule: Rule, instant: Instant) -> None:
        """A rule has become true for the first time."""
        kind = rule.kind
        if kind == "milestone":
            self._milestone(rule, instant)
        elif kind == "content" or kind == "message":
            self.propose(kind, rule.key, instant, milestone=None, why=self._because(rule, instant))

    def moved(self, milestone: str, instant: Instant | None) -> None:
        """A late fact, or another release, has moved a milestone's instant (None: it was not reached after all)."""
        self._reached[milestone] = Reached(
            milestone=milestone, at=instant, retroactive=True, evidence={"kind": "event"}
        )
        if not self.given.retroactive:
            text = f"now reached at {_clock(instant[0])}" if instant else "not reached after all"
            self.decide("milestone", milestone, "moved", {"text": f"A late fact changed the picture: {text}."})

    def answer(self, fact: Fact) -> None:
        """Somebody asked for a guide (milepost.start, or the button of a message): it is shown, whatever the limits."""
        if fact.name != events.CONTENT_STARTED or fact.source != "milepost" or self.given.retroactive:
            return
        key = fact.properties.get("content")
        if isinstance(key, str) and isinstance(self.program.document.content.get(key), Guide):
            spent = f"content:{self.program.origin(key)}:{fact.message_id}"
            why = {"text": "They asked for it.", "fact": fact.message_id}
            self._emit("content", key, spent, (fact.at, fact.seq), None, why)

    def release_held(self) -> None:
        """Looks again at what was waiting for its moment."""
        due = [held for held in self.state.held if held.due <= self.given.at]
        if not due:
            return
        self.state.held = [held for held in self.state.held if held.due > self.given.at]
        for held in due:
            why = {"text": f"It had waited since {_clock(held.since)}: {held.why}."}
            self.propose(held.kind, held.key, (held.since, held.seq), milestone=held.milestone, why=why)

    def keep_held(self) -> None:
        """After a release: what waits goes on under its new name; what the program no longer has is let go."""
        kept = []
        for held in self.state.held:
            key = self.program.renamed(held.key)
            if self.program.offers(held.kind, key):
                kept.append(replace(held, key=key))
            else:
                reason = {"text": "Left undone: the program no longer has it."}
                self._write_down(held.kind, held.key, "dropped", reason)
        self.state.held = kept

    def tell(self, name: str, about: dict[str, Any], key: str) -> None:
        """A conclusion, for the readers of the log. `key` makes it one of its kind."""
        if not self.given.retroactive:
            self._effects.append(RecordFact(name=name, about=about, **asdict(self._effect(f"fact:{key}"))))

    def ask_team(self, title: str, about: str, reason: str, key: str) -> None:
        """Asks a person of the team to do something for this one, once for each `key`."""
        spent = f"task:{key}"
        if self.given.retroactive or spent in self.state.spent:
            return
        self.state.spent[spent] = self.given.at
        self._effects.append(OpenTask(title=title, about=about, reason=reason, **asdict(self._effect(spent))))
        self.decide("task", about, "opened", {"text": reason})

    def outcome(self) -> Outcome:
        return Outcome(
            state=self.state,
            effects=tuple(self._effects),
            decisions=tuple(self._decisions),
            reached=tuple(self._reached.values()),
        )

    def _milestone(self, rule: Rule, instant: Instant) -> None:
        definition = self.program.document.milestones[rule.key]
        why = self._because(rule, instant)
        fact = self.given.fact
        evidence = {"kind": "event" if instant[1] != BY_TIME_ALONE else "time", "seq": instant[1]}
        if fact is not None and fact.seq == instant[1]:
            evidence |= {"fact": fact.message_id, "name": fact.name}
        retroactive = self.given.retroactive or self._too_old(instant, patience.MESSAGE)
        self._reached[rule.key] = Reached(milestone=rule.key, at=instant, retroactive=retroactive, evidence=evidence)
        self.decide("milestone", rule.key, "reached", why)
        self._end_guides(rule.key)
        if definition.celebrate and definition.celebrate.content:
            self.propose("content", definition.celebrate.content, instant, milestone=rule.key, why=why)
        if definition.celebrate and definition.celebrate.message:
            self.propose("message", definition.celebrate.message, instant, milestone=rule.key, why=why)

    def _end_guides(self, milestone: str) -> None:
        """Closes the guides that led here, where they were shown. It tells nobody anything, so it is always done."""
        serving = self.program.guides_serving.get(milestone, ())
        self.state.held = [held for held in self.state.held if held.kind != "content" or held.key not in serving]
        shown = tuple(key for key in serving if self._was_shown(key))
        if shown:
            common = self._effect(f"ended:{self.program.origin(milestone)}")
            self._effects.append(EndContent(contents=shown, **asdict(common)))

    def _was_shown(self, content: str) -> bool:
        return any(key.startswith(f"content:{self.program.origin(content)}") for key in self.state.spent)

    def propose(
        self,
        kind: HelpKind,
        key: str,
        instant: Instant,
        *,
        milestone: str | None,
        why: dict[str, Any],
        occurrence: str = "",
    ) -> None:
        """Help that ends as an effect, among the held, or with a reason why not. `occurrence` tells one time from another
        of what may come more than once."""
        if self.given.retroactive:
            return
        spent = ":".join(part for part in (kind, self.program.origin(key), milestone or "", occurrence) if part)
        if spent in self.state.spent:
            return
        if reason := self._no_longer(kind, key, instant):
            self.decide(kind, key, "dropped", {**why, "text": reason})
            return
        verdict = self._verdict(kind, key)
        if verdict.drop:
            self.decide(kind, key, "dropped", {**why, "text": f"Not sent: {verdict.why}."})
        elif verdict.until is not None:
            self._hold(kind, key, instant, milestone, verdict, why)
        else:
            self._emit(kind, key, spent, instant, milestone, why)

    def _no_longer(self, kind: HelpKind, key: str, instant: Instant) -> str | None:
        """Why this help has lost its point, in words; None when it has not."""
        if self._too_old(instant, _patience(kind)):
            return f"Left undone: its reason is from {_clock(instant[0])}, too long ago."
        definition = self.program.help(kind, key)
        serves = getattr(definition, "serves", None)
        if serves and serves in self.state.reached:
            return f"Left undone: {serves} has been reached already."
        return None

    def _verdict(self, kind: HelpKind, key: str) -> attention.Verdict:
        if kind == "message":
            message = self.program.document.messages[key]
            return attention.may_send(
                self.program.document, self.state, message.channel, message.purpose, self.given.at
            )
        if isinstance(self.program.document.content[key], Guide):
            return attention.may_show(self.program.document, self.state, self.given.at)
        return attention.GO

    def _hold(
        self,
        kind: HelpKind,
        key: str,
        instant: Instant,
        milestone: str | None,
        verdict: attention.Verdict,
        why: dict[str, Any],
    ) -> None:
        due = verdict.until or self.given.at
        if due - instant[0] > _patience(kind):
            text = f"Left undone: {verdict.why} until {_clock(due)}, and by then its reason is too old."
            self.decide(kind, key, "dropped", {**why, "text": text})
            return
        self.state.held.append(
            Held(
                kind=kind,
                key=key,
                due=due,
                since=instant[0],
                seq=instant[1],
                milestone=milestone,
                why=verdict.why,
            )
        )
        self.decide(kind, key, "held", {**why, "text": f"Held until {_clock(due)}: {verdict.why}.", "until": due})

    def _emit(
        self, kind: HelpKind, key: str, spent: str, instant: Instant, milestone: str | None, why: dict[str, Any]
    ) -> None:
        common = self._effect(spent)
        self.state.spent[spent] = self.given.at
        channel = self.program.document.messages[key].channel if kind == "message" else "in_app"
        self.state.sent.append(Sent(channel, self.given.at))
        if kind == "message":
            self._effects.append(SendMessage(message=key, milestone=milestone, **asdict(common)))
        else:
            self._effects.append(ShowContent(content=key, milestone=milestone, **asdict(common)))
        self.decide(kind, key, "sent" if kind == "message" else "shown", {**why, "key": common.key})

    def _effect(self, key: str) -> Effect:
        """What every effect of this step shares."""
        fact = self.given.fact
        return Effect(
            workspace=self.state.workspace,
            key=f"{self.state.uid}:{key}",
            person=self.state.uid,
            at=self.given.at,
            release=self.program.number,
            event=fact.name if fact else "",
            properties=fact.properties if fact else {},
            device=None if self.state.known else self.state.device,
        )

    def _because(self, rule: Rule, instant: Instant) -> dict[str, Any]:
        """Empty in a retelling of the past, which keeps no reasons: explaining costs more than deciding."""
        if self.given.retroactive:
            return {}
        tree = explain(rule.condition, self.view, instant)
        fact = self.given.fact
        return {"text": tree["text"], "condition": tree, "fact": fact.message_id if fact else None}

    def decide(
        self,
        kind: DecisionKind,
        key: str,
        outcome: DecisionOutcome,
        reason: dict[str, Any],
    ) -> None:
        """Keeps a reason. A retelling of the past decides nothing."""
        if not self.given.retroactive:
            self._write_down(kind, key, outcome, reason)

    def _write_down(
        self,
        kind: DecisionKind,
        key: str,
        outcome: DecisionOutcome,
        reason: dict[str, Any],
    ) -> None:
        seq = self.given.fact.seq if self.given.fact else BY_TIME_ALONE
        self._decisions.append(
            Decision(at=self.given.at, kind=kind, definition=key, outcome=outcome, seq=seq, reason=reason)
        )

    def _too_old(self, instant: Instant, limit: timedelta) -> bool:
        return self.given.at - instant[0] > limit


def _patience(kind: HelpKind) -> timedelta:
    return patience.MESSAGE if kind == "message" else patience.IN_APP


def _clock(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")
