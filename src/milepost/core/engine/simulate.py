"""A program tried in virtual time: made-up people live with it, in the engine itself, and everything that it does is kept.

Effects are carried out at once: a message is sent and read at the next visit, a piece is seen during a visit. Nothing here
knows a clock or a database; the same program, people and seed live the same lives.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct, field

from milepost.core import events
from milepost.core.conditions.evaluate import View, leaves
from milepost.core.conditions.instants import positives
from milepost.core.conditions.types import Did
from milepost.core.delivery.answers import facts_of
from milepost.core.delivery.formats import FORMATS
from milepost.core.engine.asking import is_asked
from milepost.core.engine.attention import view_of
from milepost.core.engine.effects import AnyEffect, EndContent, OpenTask, SendMessage, ShowContent
from milepost.core.engine.inputs import Decision, Given
from milepost.core.engine.personas import Act, Persona, draw, next_act, traits_of, visits_of, wanted_answers, way_of
from milepost.core.engine.state import Metered, State
from milepost.core.engine.step import rebuild, step
from milepost.core.events import Fact, FactKind, Source
from milepost.core.program.compile import Program
from milepost.core.program.document import Document
from milepost.core.program.kinds.content import STANDING, Celebration, Guide, Invite, Question, Survey

BEGIN = datetime(2026, 1, 5, 8, tzinfo=UTC)  # a Monday
_PACE = timedelta(seconds=20)
_DAY = timedelta(days=1)
_MOST_ACTS = {"eager": 8, "casual": 2, "stuck": 8, "silent": 0, "returning": 4}
_AWAY = 14  # days after which who has gone comes back without being asked
_MOST_WAKES = 20_000


class Prompt(Struct, frozen=True):
    """Something that came to them: `channel` is `in_app`, a message's channel, or `team` for a task."""

    at: datetime
    channel: str
    key: str


class Life(Struct, kw_only=True):
    """What became of one person. `actions` is how many things they had done up to and in their first value, which is None
    while they have not had it; `first_visit` whether it came in their first visit. `first_win` is the first milestone of
    their first visit, and how many things they had done up to it."""

    persona: Persona
    state: State
    began_at: datetime
    prompts: list[Prompt] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    first_value: datetime | None = None
    actions: int = 0
    first_visit: bool = False
    first_win: tuple[str, int] | None = None


def live(program: Program, persona: Persona, *, days: int, seed: int) -> Life:
    """The life of one person with the program."""
    return _Living(program, persona, seed).live(days)


class _Living:
    """A life under way."""

    def __init__(self, program: Program, persona: Persona, seed: int) -> None:
        self.program, self.persona, self.document = program, persona, program.document
        self._unit = (seed, persona.number)
        begin = BEGIN + timedelta(minutes=draw(600, *self._unit, "begin"))
        state = State(workspace=1, uid=persona.number, release=program.number, atoms=program.atoms_digest)
        self.life = Life(persona=persona, state=state, began_at=begin)
        self.now, self.visits, self.actions = begin, 0, 0
        self._facts: list[Fact] = []
        self._pieces: list[ShowContent] = []
        self._mail: list[str] = []
        self._calls = 0  # prompts by the time of the last visit
        self._way = way_of(program, persona.goal)
        self._visit_facts = visits_of(program)
        self._must_be_away = _asks_for_absence(program, persona.obstacle, self._visit_facts)
        self._first_values = {key for key, each in self.document.milestones.items() if each.first_value}

    def live(self, days: int) -> Life:
        for day in range(days):
            at = self.life.began_at + day * _DAY + timedelta(minutes=draw(120, *self._unit, "visit", day) if day else 0)
            self._let_time_pass(at)
            if self._comes(day):
                self._visit()
        self._let_time_pass(self.life.began_at + days * _DAY)
        return self.life

    def _comes(self, day: int) -> bool:
        if day == 0:
            return True
        kind, called = self.persona.kind, len(self.life.prompts) > self._calls
        if kind == "stuck":
            return self._stuck_comes(day)
        if kind == "casual":
            return draw(3, *self._unit, "comes", day) == 0 or (called and draw(2, *self._unit, "called", day) == 0)
        if kind == "returning":
            return day >= _AWAY or (called and day >= 2)
        return kind == "eager"

    def _stuck_comes(self, day: int) -> bool:
        """Until they are stuck: whenever that takes being there. Afterwards: when help has come, or now and then."""
        stuck = self.life.state.stuck.get(self.persona.obstacle)
        if stuck is None:
            return not (self._must_be_away and self._at_obstacle())
        return len(self.life.prompts) > self._calls or draw(3, *self._unit, "comes", day) == 0

    def _visit(self) -> None:
        self._calls = len(self.life.prompts)
        if self.visits == 0:
            self._do(self._act("start", "start"))
            self._do(traits_of(self.program, self._unit, self.now))
        self.visits += 1
        for name in self._visit_facts:
            self._tell(name, {})
        self._tell(events.NAME_OF_KIND["page"], {"path": "/"}, kind="page", source="live")
        self._read_mail()
        for _ in range(_MOST_ACTS[self.persona.kind]):
            self._look()
            act = self._next_act()
            if act is None:
                break
            self._do(act)
        self._look()

    def _next_act(self) -> Act | None:
        if self.persona.kind == "stuck" and self._at_obstacle():
            stuck = self.life.state.stuck.get(self.persona.obstacle)
            if stuck is None:
                return self._act("obstacle", self.persona.obstacle)
            if stuck.helped_at is None:
                return None
        ways = (self._act("milestone", key) for key in self._open())
        return next((act for act in ways if act is not None), None)

    def _open(self) -> Iterator[str]:
        """The milestones that are next: not reached, and what they need is."""
        reached = self.life.state.reached
        milestones = self.document.milestones
        return (key for key in self._way if key not in reached and all(one in reached for one in milestones[key].needs))

    def _at_obstacle(self) -> bool:
        """Whether what lies before the obstacle's milestone has been reached, or was tried long enough."""
        milestone = self.persona.obstacle.partition("/")[0]
        before = self._way[: self._way.index(milestone)] if milestone in self._way else []
        return self.visits > _AWAY or all(key in self.life.state.reached for key in before)

    def _act(self, kind: Any, key: str) -> Act | None:
        return next_act(self.program, self.program.rules[kind, key].condition, self._view(), self.now)

    def _view(self) -> View:
        state = self.life.state
        return view_of(self.program.document, state)

    def _do(self, act: Act | None) -> None:
        if act is not None:
            self.actions += not act.identify
            self._tell(act.name, act.properties, kind="identify" if act.identify else "track", source="live")

    def _look(self) -> None:
        """Sees what stands there, one piece after the other."""
        while self._pieces:
            self._respond(self._pieces.pop(0))

    def _respond(self, piece: ShowContent) -> None:
        definition = self.document.content.get(piece.content) or self.document.articles.get(piece.content)
        self._tell(events.CONTENT_SHOWN, {"content": piece.content})
        if piece.offer:
            self._tell(events.OFFER_SHOWN, {"offer": piece.offer, "content": piece.content})
        patient = self.persona.kind != "casual" or draw(3, *self._unit, piece.key) > 0
        if not patient:
            self._tell(events.CONTENT_DISMISSED, {"content": piece.content})
        elif isinstance(definition, Survey):
            self._answer(piece, definition)
        elif isinstance(definition, Invite) and self._wants_to_invite():
            self.actions += 1
            self._tell(events.INVITE_SENT, {"code": "simulated"}, source="live")
        elif isinstance(definition, Guide | Celebration):
            self._tell(events.CONTENT_COMPLETED, {"content": piece.content})

    def _wants_to_invite(self) -> bool:
        return self.persona.kind == "eager" or draw(2, *self._unit, "invite") == 0

    def _answer(self, piece: ShowContent, survey: Survey) -> None:
        key = piece.content
        wanted, known = self._wanted(), dict(self.life.state.measures)
        answers = {question: answer.value for question, answer in self.life.state.answers.items()}
        for question in survey.questions:
            if piece.question not in ("", question.key) or not is_asked(survey, question, answers, known, self.now):
                continue
            answers[question.key] = _answered(self.document, question, self.persona, wanted, self.now)
            self.actions += 1
            for name, properties in facts_of(self.document, key, question, answers[question.key]):
                self._tell(name, properties, kind="identify" if name == events.NAME_OF_KIND["identify"] else "track")
        self._tell(events.SURVEY_ANSWERED, {"survey": key})
        self._tell(events.CONTENT_COMPLETED, {"content": key})

    def _wanted(self) -> dict[str, Any]:
        """What they would like to be able to answer."""
        stuck_on = self.persona.obstacle if self.persona.kind == "stuck" and self._at_obstacle() else ""
        if stuck_on and stuck_on not in self.life.state.stuck:
            rules = [self.program.rules["obstacle", stuck_on]]
        else:
            rules = [self.program.rules["milestone", key] for key in self._open()]
        wanted = [pair for rule in rules for pair in wanted_answers(rule.condition, self._view(), self.now)]
        return {**self._measured(stands_still=bool(stuck_on)), **dict(reversed(wanted))}

    def _measured(self, *, stands_still: bool) -> dict[str, float]:
        """What they have to say of each measure: a little progress, unless they are stuck."""
        told = {}
        for key, measure in self.document.measures.items():
            metered = self.life.state.measures.get(key, Metered())
            last = metered.values[-1] if metered.values else metered.baseline
            if last is not None:
                told[f"measure:{key}"] = last.value + (0 if stands_still else 1 if measure.better == "up" else -1)
        return told

    def _read_mail(self) -> None:
        for key in self._mail:
            if self.persona.kind != "casual" or draw(2, *self._unit, "opens", key) == 0:
                self._tell(events.EMAIL_OPENED, {"message": key})
                link = self.document.messages[key].link
                if link is not None:
                    self._tell(events.EMAIL_CLICKED, {"message": key})
                if link is not None and link.start:
                    self._tell(events.CONTENT_STARTED, {"content": link.start})
        self._mail.clear()

    def _tell(
        self, name: str, properties: dict[str, Any], *, kind: FactKind = "track", source: Source | None = None
    ) -> None:
        """A fact of theirs, a moment later."""
        self.now += _PACE
        seq = len(self._facts) + 1
        fact = Fact(
            workspace=1,
            kind=kind,
            name=name,
            at=self.now,
            received_at=self.now,
            message_id=f"{self.persona.number}-{seq}",
            seq=seq,
            source=source or ("milepost" if name in _OF_MILEPOST else "live"),
            user_id=self.persona.name,
            properties=properties,
        )
        self._facts.append(fact)
        self._step(Given(at=self.now, fact=fact, known=True))

    def _let_time_pass(self, until: datetime) -> None:
        for _ in range(_MOST_WAKES):
            wake = self.life.state.wake_at()
            if wake is None or wake > until:
                break
            self.now = max(self.now, wake)
            self._step(Given(at=self.now, known=True))
        self.now = max(self.now, until)

    def _step(self, given: Given) -> None:
        outcome = step(self.program, self.life.state, given)
        if outcome.needs_history:
            outcome = rebuild(self.program, self.life.state, self._facts, given)
        self.life.state = outcome.state
        self.life.decisions += outcome.decisions
        if self.life.first_value is None and self._first_values & outcome.state.reached.keys():
            self.life.first_value, self.life.actions = given.at, self.actions
            self.life.first_visit = self.visits <= 1
        if self.life.first_win is None and self.visits <= 1 and outcome.state.reached:
            self.life.first_win = next(iter(outcome.state.reached)), self.actions
        self._carry_out(outcome.effects)

    def _carry_out(self, effects: Iterable[AnyEffect]) -> None:
        for effect in effects:
            if isinstance(effect, ShowContent):
                self._pieces.append(effect)
                if not isinstance(self.document.content.get(effect.content), STANDING):
                    self.life.prompts.append(Prompt(effect.at, "in_app", effect.content))
            elif isinstance(effect, SendMessage):
                channel = self.document.messages[effect.message].channel
                self.life.prompts.append(Prompt(effect.at, channel, effect.message))
                self._mail.append(effect.message)
                self._tell(events.MESSAGE_SENT, {"message": effect.message})
            elif isinstance(effect, OpenTask):
                self.life.prompts.append(Prompt(effect.at, "team", effect.about))
            elif isinstance(effect, EndContent):  # who lives here has seen at once what was shown
                if effect.unseen:
                    continue
                self._pieces = [piece for piece in self._pieces if piece.content not in effect.contents]


_OF_MILEPOST = frozenset(
    {
        events.MESSAGE_SENT,
        events.EMAIL_OPENED,
        events.EMAIL_CLICKED,
        events.CONTENT_SHOWN,
        events.CONTENT_STARTED,
        events.CONTENT_COMPLETED,
        events.CONTENT_DISMISSED,
    }
)


def _asks_for_absence(program: Program, obstacle: str, visits: tuple[str, ...]) -> bool:
    """Whether somebody gets stuck on it by staying away."""
    rule = program.rules.get(("obstacle", obstacle))
    if rule is None:
        return False
    helping = positives(rule.condition)
    return any(isinstance(leaf, Did) and leaf.name in visits and leaf not in helping for leaf in leaves(rule.condition))


def _answered(document: Document, question: Question, persona: Persona, wanted: dict[str, Any], at: datetime) -> Any:
    """What this person says: what they want to be able to say, else something that fits."""
    defined = {"motive": document.motives, "learning": FORMATS}.get(question.kind, document.goals)
    options = list(question.options) or list(defined)
    match question.kind:
        case "goal":
            return persona.goal if persona.goal in options else options[0]
        case "choice" | "motive" | "learning" | "picture":
            return _choice(question, wanted.get(question.key), options)
        case "multi" | "interests":
            return [_choice(question, wanted.get(question.key), options)]
        case "ranking":
            return options
        case "number":
            return _number(document, question, wanted)
        case "date":
            return (at + timedelta(days=60)).date().isoformat()
        case "stars" | "csat":
            return wanted.get(question.key, 4)
        case "ces":
            return wanted.get(question.key, 6)
        case "nps":
            return wanted.get(question.key, 9)
    return wanted.get(question.key, "In my own words")


def _choice(question: Question, wanted: Any, options: list[str]) -> str:
    return wanted if wanted in options else options[-1]


def _number(document: Document, question: Question, wanted: dict[str, Any]) -> float:
    low = 0 if question.at_least is None else question.at_least
    high = low + 100 if question.at_most is None else question.at_most
    targets = {each.target.answer: each.better for each in document.measures.values() if each.target}
    better = targets.get(question.key)
    middle = (low + high) // 2 + (0 if better is None else 2 if better == "up" else -10)
    found = wanted.get(question.key, wanted.get(f"measure:{question.measure}", middle))
    return min(max(found, low), high) if isinstance(found, int | float) else low
