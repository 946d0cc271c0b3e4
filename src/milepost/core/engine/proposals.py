"""From a latch to an effect: what a milestone or a `when` proposes, and whether it may go out now.

Every proposal ends in exactly one of: an effect, a place among the held, or a written reason why not.
"""

from datetime import datetime, timedelta
from typing import Any, Literal

from msgspec.structs import replace

from milepost.core import events
from milepost.core.conditions.evaluate import END_OF_MOMENT, explain
from milepost.core.delivery.language import say
from milepost.core.engine import attention, offers, patience, reasons
from milepost.core.engine.asking import nothing_left, question_of
from milepost.core.engine.effects import DeliverReply, EndContent, SendMessage, ShowContent, ShowReply, TellBuyers
from milepost.core.engine.evidence import evidence_at
from milepost.core.engine.hosts import HANDED_OVER
from milepost.core.engine.inputs import Reached
from milepost.core.engine.ledger import Ledger
from milepost.core.engine.state import Held, Sent, Stuck
from milepost.core.events import Fact
from milepost.core.program.compile import Rule
from milepost.core.program.kinds.common import Celebrate
from milepost.core.program.kinds.content import (
    STANDING,
    Announcement,
    Article,
    Briefing,
    Celebration,
    Checklist,
    Course,
    DeckPiece,
    Guide,
    Invite,
    Modal,
    ResourceCenter,
    Survey,
)
from milepost.core.program.kinds.milestone import Severity
from milepost.core.success.responses import JOINED, response_named
from milepost.core.values import Instant

HelpKind = Literal["content", "message"]
#: What became of a proposal; "" when it had been made before, or the past is being retold.
Fate = Literal["shown", "sent", "held", "dropped", ""]
#: Which obstacle is helped first.
URGENCY: dict[Severity, int] = {"high": 0, "medium": 1, "low": 2}
#: What somebody can ask for by its key.
_STARTABLE = (
    Guide
    | Survey
    | Checklist
    | Invite
    | Announcement
    | Modal
    | Briefing
    | ResourceCenter
    | Article
    | DeckPiece
    | Course
)
#: Begins the occurrence of help with an obstacle; the rest is the obstacle's key.
STUCK = "stuck:"


class Desk(Ledger):
    """Decides what goes out, waits or is left. Of the state it changes `spent`, `sent`, `held`, and in `stuck` that help
    came."""

    def latched(self, rule: Rule, instant: Instant) -> None:
        """A rule has become true for the first time."""
        kind = rule.kind
        if kind == "milestone":
            self._milestone(rule, instant)
        elif kind == "content" or kind == "message":
            self.propose(kind, rule.key, instant, milestone=None, why=self.because(rule, instant))

    def moved(self, milestone: str, instant: Instant | None) -> None:
        """A late fact, or another release, has moved a milestone's instant (None: it was not reached after all)."""
        evidence = evidence_at(self.program, self.view, milestone, instant, self.given.fact)
        self._reached[milestone] = Reached(milestone=milestone, at=instant, retroactive=True, evidence=evidence)
        if not self.given.retroactive:
            text = f"now reached at {_clock(instant[0])}" if instant else "not reached after all"
            self.decide("milestone", milestone, "moved", {"text": f"A late fact changed the picture: {text}."})

    def answer(self, fact: Fact) -> None:
        """Somebody asked for something: they get it whatever the limits."""
        if fact.source != "milepost" or self.given.retroactive or self.program.subject == "account":
            return
        if fact.name == events.CONTENT_STARTED:
            self._start(fact)
        elif fact.name == events.QUESTION_REPLIED:
            self._reply(fact)
        elif fact.name == events.ACCOUNT_HELP_DUE:
            self._account_asks(fact)

    def _start(self, fact: Fact) -> None:
        """milepost.start, or the button of a message."""
        key, document = fact.properties.get("content"), self.program.document
        if isinstance(key, str) and isinstance(document.content.get(key) or document.articles.get(key), _STARTABLE):
            spent = f"content:{self.program.origin(key)}:{fact.message_id}"
            why = {"text": "They asked for it.", "fact": fact.message_id}
            self._emit("content", key, spent, None, why, counts=False)

    def _account_asks(self, fact: Fact) -> None:
        """What the program of their account wants them to see or read: within their own limits, as all help."""
        kind, key, about = fact.properties.get("kind"), fact.properties.get("key"), fact.properties
        why = {
            "text": f"The program of their account {about.get('account_name')} asks for it.",
            "fact": fact.message_id,
        }
        milestone, offer, once = about.get("milestone"), about.get("offer"), str(about.get("once"))
        if offer == key and offer in self.program.offers:
            self._account_offers(offer, str(milestone or ""), why, once)
        elif kind in ("content", "message") and isinstance(key, str) and self.program.has(kind, key):
            self.propose(kind, key, (fact.at, fact.seq), milestone=milestone, why=why, occurrence=once, offer=offer)

    def _account_offers(self, offer: str, milestone: str, why: dict[str, Any], once: str) -> None:
        """It fits the account; whether it comes at a good moment for them, and not too often, is theirs."""
        if (refusal := self.refuses(offer)) is None:
            self.make_offer(offer, milestone, why, once)
        else:
            self.decide("offer", offer, "dropped", {**why, "text": f"Not offered: {refusal}."})

    def _reply(self, fact: Fact) -> None:
        """A member's answer goes to the product and by mail, at once and however old: it was asked for."""
        conversation, spent = fact.properties.get("conversation"), f"reply:{fact.message_id}"
        if not isinstance(conversation, int) or not self._spend(spent):
            return
        text, by = str(fact.properties.get("text", "")), str(fact.properties.get("by", ""))
        shown, mailed = (self._for_person(f"{spent}:{way}") for way in ("show", "mail"))
        self._effects.append(ShowReply(conversation=conversation, text=text, by=by, **shown))
        self._effects.append(DeliverReply(conversation=conversation, text=text, by=by, **mailed))

    def release_held(self) -> None:
        """Looks again at what was waiting for its moment, or for the end of a silence that is over."""
        if not self.state.held:
            return
        due: list[Held] = []
        waiting: list[Held] = []
        for held in self.state.held:
            over = held.due <= self.given.at or attention.is_over(self.state, held.why, self.given.at)
            (due if over else waiting).append(held)
        self.state.held = waiting
        for held in sorted(due, key=self._urgency):
            self.propose(
                held.kind,
                held.key,
                (held.since, held.seq),
                milestone=held.milestone,
                why={"text": f"It had waited since {_clock(held.since)}: {held.why}."},
                occurrence=held.occurrence,
            )

    def _urgency(self, held: Held) -> int:
        """Of what helps with obstacles, the most severe first; the rest stands in the middle, in its order."""
        milestone, _, name = held.occurrence.removeprefix(STUCK).partition("/")
        definition = self.program.document.milestones.get(milestone)
        if definition is None or not held.occurrence.startswith(STUCK) or name not in definition.obstacles:
            return URGENCY["medium"]
        return URGENCY[definition.obstacles[name].severity]

    def keep_held(self) -> None:
        """After a release: what waits goes on under its new name; what the program no longer has is let go."""
        kept = []
        for held in self.state.held:
            key = self.program.renamed(held.key)
            if self.program.has(held.kind, key):
                kept.append(replace(held, key=key))
            else:
                reason = {"text": "Left undone: the program no longer has it."}
                self.write_down(held.kind, held.key, "dropped", reason)
        self.state.held = kept

    def let_go(self, occurrence: str) -> None:
        """What waits for this occasion has lost its point."""
        self.state.held = [held for held in self.state.held if held.occurrence != occurrence]

    def _milestone(self, rule: Rule, instant: Instant) -> None:
        definition = self.program.document.milestones[rule.key]
        why = self.because(rule, instant)
        retroactive = self.given.retroactive or self._too_old(instant, patience.MESSAGE)
        evidence = evidence_at(self.program, self.view, rule.key, instant, self.given.fact)
        self._reached[rule.key] = Reached(milestone=rule.key, at=instant, retroactive=retroactive, evidence=evidence)
        self.decide("milestone", rule.key, "reached", why)
        self._end_guides(rule.key)
        self.refresh_open(*self.program.guides_awaiting.get(rule.key, ()))
        if definition.celebrate:
            offers_ = self.program.offers_at[rule.key]
            self.celebrate(definition.celebrate, instant, milestone=rule.key, why=why, offers_=offers_)

    def celebrate(
        self,
        how: Celebrate,
        instant: Instant,
        *,
        milestone: str | None,
        why: dict[str, Any],
        occurrence: str = "",
        offers_: tuple[str, ...] = (),
    ) -> None:
        """Marks a win in every way that the program asks for. Inside the piece stands the first of the offers whose moment
        is now."""
        about: dict[str, Any] = {"milestone": milestone, "why": why, "occurrence": occurrence}
        if how.content:
            self.propose("content", how.content, instant, **about, offer=self._fitting(offers_, instant))
        if how.message:
            self.propose("message", how.message, instant, **about)
        if self.given.retroactive or self._too_old(instant, patience.MESSAGE):
            return
        if how.buyers:
            self._tell_buyers(how.buyers, milestone or "", why, occurrence)
        if how.owner:
            self._congratulate(milestone or "", occurrence)

    def _fitting(self, offers_: tuple[str, ...], instant: Instant) -> str | None:
        """The first offer that may be made now."""
        if self.given.retroactive or self._too_old(instant, patience.IN_APP):
            return None
        for offer in offers_:
            refusal = offers.refusal(self.program, self.state, self.view, offer, self.given.at)
            if refusal is None:
                return offer
            self.decide("offer", offer, "dropped", {"text": f"Not offered: {refusal}."})
        return None

    def refuses(self, offer: str) -> str | None:
        """Why this offer is not made by itself now, in words; None: it may. It never waits for its moment."""
        busy = attention.may_show(self.program.document, self.state, self.given.at).why or None
        return offers.refusal(self.program, self.state, self.view, offer, self.given.at) or busy

    def make_offer(self, offer: str, milestone: str, why: dict[str, Any], occurrence: str) -> None:
        """An offer by itself, as help: the piece is the offer."""
        spent = offers.spent_key(self.program, offer, occurrence)
        if self._spend(spent):
            if (experiment := self.is_held_out(offer)) is not None:
                return self.decide("offer", offer, "dropped", {"text": _held_out(experiment)})
            common = self._for_person(spent)
            self.state.sent = [*self.state.sent, Sent("in_app", self.given.at)]
            self._effects.append(ShowContent(content=offer, milestone=milestone, offer=offer, **common))
            self.decide("offer", offer, "shown", {**why, "key": common["key"]})
            self._helped(occurrence.removeprefix(STUCK), f"offer:{offer}")
        return None

    def _tell_buyers(self, message: str, milestone: str, why: dict[str, Any], occurrence: str) -> None:
        spent = _joined("buyers", self.program.origin(message), milestone, occurrence)
        if self._spend(spent) and self.is_held_out(message) is None:
            common = self._for_person(spent)
            self._effects.append(TellBuyers(message=message, milestone=milestone, **common))
            self.decide("message", message, "sent", {**why, "key": common["key"], "to": "those who pay"})

    def _congratulate(self, milestone: str, occurrence: str) -> None:
        document = self.program.document
        win = say(document.milestones[milestone].title, (document.locales.default,)) if milestone else "progress"
        key = _joined("milestone", self.program.origin(milestone), occurrence)
        self.ask_team(f"Congratulate them: {win}", f"milestone:{milestone}", f"They reached: {win}", key)

    def _end_guides(self, milestone: str) -> None:
        """Closes the guides that led here, where they were shown. It tells nobody anything, so it is always done."""
        serving = self.program.guides_serving.get(milestone, ())
        self.state.held = [held for held in self.state.held if held.kind != "content" or held.key not in serving]
        shown = tuple(key for key in serving if self._was_shown(key))
        if shown:
            common = self._effect(f"ended:{self.program.origin(milestone)}")
            self._effects.append(EndContent(contents=shown, **common))

    def propose(
        self,
        kind: HelpKind,
        key: str,
        instant: Instant,
        *,
        milestone: str | None,
        why: dict[str, Any],
        occurrence: str = "",
        offer: str | None = None,
    ) -> Fate:
        """Help that ends as an effect, among the held, or with a reason why not. `occurrence` tells one time from another
        of what may come more than once."""
        spent = _joined(kind, self.program.origin(key), milestone or "", occurrence)
        if self.given.retroactive or spent in self.state.spent:
            return ""
        anew = HANDED_OVER in occurrence
        if reason := self.lost_point(kind, key, instant, stuck=occurrence.startswith(STUCK), anew=anew):
            return self._drop(kind, key, {**why, "text": f"Left undone: {reason}."})
        verdict = self._verdict(kind, key, stuck=occurrence.startswith(STUCK))
        if verdict.drop:
            return self._drop(kind, key, {**why, "text": f"Not sent: {verdict.why}."})
        if verdict.until is None:
            return self._emit(kind, key, spent, milestone, why, offer=offer, occurrence=occurrence)
        due, (since, seq) = self._due(verdict, verdict.until, kind, key, instant), instant
        held = Held(kind, key, due, since, seq, milestone, verdict.why, occurrence)
        return self._hold(held, why)

    def unfit(self, kind: HelpKind, key: str, instant: Instant) -> str | None:
        """Why this cannot help somebody who is stuck, in words; None when it can, now or after a while."""
        if not self.program.has(kind, key):
            return "the program does not have it"
        verdict = self._verdict(kind, key, stuck=True)
        return self.lost_point(kind, key, instant, stuck=True) or (verdict.why if verdict.drop else None)

    def lost_point(
        self, kind: HelpKind, key: str, instant: Instant, *, stuck: bool = False, anew: bool = False
    ) -> str | None:
        """Why this help has lost its point, in words; None when it has not. Who is `stuck` is told again what they were
        told in another way, but not what they have been through to the end. `anew`: what was answered is asked again. A
        question keeps its point: what they think of something is asked of those who have it."""
        definition = self.program.help(kind, key)
        if self._too_old(instant, _patience(kind, definition)):
            return f"its reason is from {_clock(instant[0])}, too long ago"
        if (unless := self.unless(key)) is not None:
            return unless
        serves = getattr(definition, "serves", None)
        if serves and serves in self.state.reached and not isinstance(definition, Survey):
            return f"{serves} has been reached already"
        handled = self.state.handled.get(key) if kind == "content" else None
        if handled is not None and handled.how == "refused":
            return "they asked never to see it again"
        if stuck:
            return "it is behind them already" if handled is not None and handled.how == "completed" else None
        if (
            isinstance(definition, Survey)
            and definition.every is None
            and not anew
            and nothing_left(definition, self.state, instant[0])
        ):
            return "they have answered all of it already"
        resource = key if isinstance(definition, Article) else getattr(definition, "resource", None)
        return f"they have seen {resource} already" if resource and resource in self.state.seen else None

    def unless(self, key: str) -> str | None:
        """What the program says keeps this from being shown or sent, in words; None while it does not hold."""
        rule = self.program.rules.get(("unless", key))
        now = self.state.last_at or self.given.at, END_OF_MOMENT
        if rule is None or not rule.is_true(self.view, now):
            return None
        return f"it is not for them while this holds: {explain(rule.condition, self.view, now)['text']}"

    def take_back(self, rule: Rule) -> None:
        """What waits unseen is not shown any more once its `unless` holds. What was begun goes on."""
        if not self._was_shown(rule.key) or self.unless(rule.key) is None:
            return
        moment = self.given.fact.seq if self.given.fact else self.given.at.isoformat()
        common = self._effect(f"unless:{rule.origin}:{moment}")
        self._effects.append(EndContent(contents=(rule.key,), unseen=True, **common))

    def _verdict(self, kind: HelpKind, key: str, *, stuck: bool) -> attention.Verdict:
        document, definition = self.program.document, self.program.help(kind, key)
        if self.program.subject == "account":  # attention is a person's: each of its people has their own
            return attention.GO
        if kind == "message":
            message, now = document.messages[key], self.given.at
            return attention.may_send(document, self.state, message.channel, message.purpose, now, unblocks=stuck)
        if isinstance(definition, Celebration | Briefing) or _comes_by_itself(definition):
            return attention.GO
        return attention.may_show(document, self.state, self.given.at)

    def _due(self, verdict: attention.Verdict, until: datetime, kind: HelpKind, key: str, instant: Instant) -> datetime:
        """When to look again: at the latest when it has lost its point."""
        if verdict.why not in attention.OPEN_ENDED:
            return until
        longest = instant[0] + _patience(kind, self.program.help(kind, key)) + timedelta(seconds=1)
        return min(until, longest)

    def _hold(self, held: Held, why: dict[str, Any]) -> Fate:
        limit = _patience(held.kind, self.program.help(held.kind, held.key))
        if held.why not in attention.OPEN_ENDED and held.due - held.since > limit:
            text = f"Left undone: {held.why} until {_clock(held.due)}, and by then its reason is too old."
            return self._drop(held.kind, held.key, {**why, "text": text})
        self.state.held = [*self.state.held, held]
        text = f"Held until {_clock(held.due)}: {held.why}."
        self.decide(held.kind, held.key, "held", {**why, "text": text, "until": held.due})
        return "held"

    def _drop(self, kind: HelpKind, key: str, why: dict[str, Any]) -> Fate:
        self.decide(kind, key, "dropped", why)
        return "dropped"

    def _emit(
        self,
        kind: HelpKind,
        key: str,
        spent: str,
        milestone: str | None,
        why: dict[str, Any],
        *,
        counts: bool = True,
        offer: str | None = None,
        occurrence: str = "",
    ) -> Fate:
        """`counts`: it takes from the budget of attention."""
        self._spend(spent)
        service = kind == "message" and self.program.document.messages[key].purpose == "service"
        if (experiment := self.is_held_out(key, *([] if offer is None else [offer]), also_all=not service)) is not None:
            return self._drop(kind, key, {**why, "text": _held_out(experiment)})
        common = self._for_person(spent)
        channel = self.program.document.messages[key].channel if kind == "message" else "in_app"
        if counts and not _comes_by_itself(self.program.help(kind, key)):
            self.state.sent = [*self.state.sent, Sent(channel, self.given.at)]
        if kind == "message":
            self._effects.append(SendMessage(message=key, milestone=milestone, **common))
        else:
            question = question_of(occurrence)
            shown = ShowContent(content=key, milestone=milestone, offer=offer, question=question, **common)
            self._effects.append(shown)
        self.decide(kind, key, "sent" if kind == "message" else "shown", {**why, "key": common["key"]})
        if offer is not None:
            self._spend(offers.spent_key(self.program, offer, spent))
            self.decide("offer", offer, "shown", {"text": f"Inside {key}.", "key": common["key"]})
        if occurrence.startswith(STUCK):
            self._helped(occurrence.removeprefix(STUCK), f"{kind}:{key}")
        return "sent" if kind == "message" else "shown"

    def _helped(self, obstacle: str, help_: str) -> None:
        stuck = self.state.stuck.get(obstacle)
        if stuck is not None:
            self.helped(obstacle, stuck, help_)

    def helped(self, obstacle: str, stuck: Stuck, help_: str) -> None:
        """Help has come. `help_` is `kind:key`."""
        self.state.stuck = {**self.state.stuck, obstacle: replace(stuck, helped_at=self.given.at, help=help_)}
        milestone, _, name = obstacle.partition("/")
        about = {"milestone": milestone, "obstacle": name, "help": help_}
        about |= {"response": response_named(help_, self.program.document)}
        own = ":joined" if help_ == JOINED else ""  # peers answer beside whatever came before
        key = f"obstacle-answered:{self.program.origin(milestone)}/{name}{own}"
        self.tell(events.OBSTACLE_ANSWERED, about, key, once=True)

    def because(self, rule: Rule, instant: Instant) -> dict[str, Any]:
        """Empty in a retelling of the past, which keeps no reasons."""
        if self.given.retroactive:
            return {}
        fact = self.given.fact
        return reasons.note(self.program, rule, self.view, instant, fact.message_id if fact else None)

    def _too_old(self, instant: Instant, limit: timedelta) -> bool:
        return self.given.at - instant[0] > limit


def _held_out(experiment: str) -> str:
    return f"Held out: the experiment {experiment} leaves it out for them."


def _joined(*parts: str) -> str:
    return ":".join(part for part in parts if part)


def _patience(kind: HelpKind, definition: object) -> timedelta:
    """A check-in keeps its point for a day: somebody will come and see it."""
    lasting = kind == "message" or (isinstance(definition, Survey) and definition.every is not None)
    return patience.MESSAGE if lasting else patience.IN_APP


def _comes_by_itself(definition: object) -> bool:
    """What came with a goal, or stands inline where nothing else does: no limit holds it, and it counts as nothing."""
    return isinstance(definition, STANDING) or (isinstance(definition, Checklist) and definition.from_ == "goal")


def _clock(at: datetime) -> str:
    return f"{at.isoformat(' ', 'minutes')[:16]} UTC"
