"""A released document as the engine needs it: rules, and who has to look again when something happens.

Rules of this file:
1. A program is frozen and a function of its document; nothing here is looked up or remembered elsewhere.
2. What a fact costs depends on what it can touch: event name or trait → atoms → the rules that read them.
3. A rule has the *origin* key that its definition was first released under, so that what it did stays done when it
   is renamed (`moved`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cached_property
from graphlib import TopologicalSorter
from types import MappingProxyType
from typing import Any, Literal, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from milepost.core import values
from milepost.core.conditions.evaluate import END_OF_MOMENT, Atom, View, atoms_of, holds, leaves
from milepost.core.conditions.holds import Asked, asked
from milepost.core.conditions.instants import moving, turned_by_time, untimed
from milepost.core.conditions.memory import TRAITS_OF, milestone_since, since_of
from milepost.core.conditions.retention import Retention, retentions
from milepost.core.conditions.types import START as START_MILESTONE
from milepost.core.conditions.types import All, Any_, Condition, Did, InTier, Leaf, Not, Reached, Test, Trait
from milepost.core.events import Fact
from milepost.core.program.document import Document
from milepost.core.program.expand import expand, reached_of, rungs_of
from milepost.core.program.folder import STARTED, Folder, Subject, starts_of
from milepost.core.program.growth import offers_at, offers_of
from milepost.core.program.itinerary import Itinerary, awaited, entry_of, is_latched, itineraries, journeys_of
from milepost.core.program.kinds.content import (
    STANDING,
    Article,
    Briefing,
    Celebration,
    Checklist,
    Content,
    EmptyState,
    Form,
    Guide,
    Invite,
    Passive,
    Question,
    Survey,
)
from milepost.core.program.kinds.message import Message
from milepost.core.program.kinds.offer import Offer
from milepost.core.program.kinds.plan_template import tasks_of
from milepost.core.program.risks import segments_of, watch_of
from milepost.core.program.variants import Trial, trials

RuleKind = Literal[
    "start",
    "milestone",
    "repeat",
    "task",
    "content",
    "message",
    "obstacle",
    "offer",
    "taken",
    "segment",
    "journey",
    "entry",
    "run",
    "unless",
    "step",
    "way",
    "risk",
    "recovered",
    "plan_template",
    "planned",
    "question",
]
RuleKey = tuple[RuleKind, str]
START: RuleKey = ("start", "start")

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


#: Rules that fire once, at the first instant at which they are true. The others are asked each time something that they
#: read changes: a segment turns on and off, a repeating milestone is reached again, a journey that may be gone through more
#: than once is entered again, a run of a journey moves on.
LATCHES: frozenset[RuleKind] = frozenset(
    {"start", "milestone", "task", "content", "message", "obstacle", "taken", "journey", "plan_template", "planned"}
)


#: Rules that are in force as long as their condition holds, so that they can be in force from the very first fact on.
_STANDING: frozenset[RuleKind] = frozenset({"segment", "risk"})


class Rule(Struct, frozen=True, kw_only=True, dict=True):
    """A condition, in kernel words, that makes something happen. `origin` is the key that effect keys are made of;
    `by_time`: the leaves through which the passing of time alone can make it true (for a segment: change it).

    An obstacle's key is `MILESTONE/OBSTACLE`, a task's `MILESTONE/PLACE`, a planned one's `PLAN/PHASE.PLACE`; an offer's
    condition is who is eligible; a run's condition is everything that a run of the journey asks on its way; a way's key is
    `GOAL/MILESTONE`, that of an `unless` what is left out, that of a step's `if` `GUIDE/STEP`, of a
    question asked by itself `SURVEY/QUESTION`. `rank` orders rules so that
    each comes after those that it reads. A journey is begun by its `journey` rule when it is gone through once, else by
    its `entry` rule.
    """

    kind: RuleKind
    key: str
    origin: str
    condition: Condition
    atoms: tuple[Atom, ...]
    by_time: tuple[Leaf, ...]
    name: str

    rank: int = 0

    @cached_property
    def latches(self) -> bool:
        return self.kind in LATCHES

    @cached_property
    def is_true(self) -> Asked:
        """Its condition as a function."""
        return asked(self.condition)

    @cached_property
    def may_turn(self) -> Asked:
        """Whether time alone may make it true, as far as the rest of the condition goes."""
        return asked(untimed(self.condition))


class Watched(Struct, frozen=True):
    """The two rules of a risk."""

    raised: Rule
    recovered: Rule


class Program(Struct, frozen=True, kw_only=True):
    """Shapes: `names` goes from a rule's name to its key; `readers` from an atom's id to the rules that ask for it, each
    tuple in the document's order. `anchored` goes from a rule's name (`start:start`, `milestone:KEY`) to the rules that
    count `since` it. `showing` goes from a template to the empty states that offer it. `offers` are all offers by key,
    `offers_at` those of each milestone, first choice first; `watched` the rules of each risk, `profiling` the surveys that
    ask one question at a time. `of_strangers` are the segments and risks of somebody of whom nothing is known; `counted`
    the atoms that repeating milestones count; `by_day` the rules that count days, which are others in another time zone.
    `subject` is who goes through it; `accounts`, in a person's program, what the accounts of the workspace get.
    Absent: an event, trait, atom or milestone that no rule asks for is no key of its table; `accounts` is None where no
    program is for customers."""

    document: Document
    digest: str
    number: int
    rules: dict[RuleKey, Rule]
    atoms: dict[Any, Atom]
    atoms_by_event: dict[str, tuple[Atom, ...]]
    atoms_by_trait: dict[str, tuple[Atom, ...]]
    readers: dict[Any, tuple[Rule, ...]]
    readers_of_milestone: dict[str, tuple[RuleKey, ...]]
    anchored: dict[str, tuple[RuleKey, ...]]
    origins: dict[str, str]
    guides_serving: dict[str, tuple[str, ...]]
    guides_awaiting: dict[str, tuple[str, ...]]
    conditional_steps: tuple[Rule, ...]
    checklists: dict[str, Checklist]
    profiling: dict[str, Survey]
    showing: dict[str, tuple[str, ...]]
    watched: dict[str, Watched]
    offers: dict[str, Offer]
    offers_at: dict[str, tuple[str, ...]]
    retention: dict[Any, Retention]
    names: dict[str, RuleKey]
    itineraries: dict[str, Itinerary]
    trials: dict[str, tuple[Trial, ...]]
    of_strangers: tuple[Rule, ...]
    counted: frozenset[str]
    by_day: tuple[Rule, ...]
    atoms_digest: str
    subject: Subject = "person"
    accounts: Program | None = None

    def atoms_of_fact(self, fact: Fact) -> tuple[Atom, ...]:
        """The atoms that this fact may concern."""
        by_event = self.atoms_by_event.get(fact.name, ())
        before = TRAITS_OF.get(fact.name)
        if before is None or not self.atoms_by_trait:
            return by_event
        told = (self.atoms_by_trait.get(before + name, ()) for name in fact.properties)
        return by_event + tuple(atom for atoms in told for atom in atoms)

    def readers_of(self, rule: Rule) -> list[Rule]:
        """The rules that ask whether this one, of a milestone or a start, has been reached."""
        if rule.kind not in ("milestone", "start"):
            return []
        milestone = START_MILESTONE if (rule.kind, rule.key) == START else rule.key
        return [self.rules[key] for key in self.readers_of_milestone.get(milestone, ())]

    def dependants(self, rule: Rule) -> list[Rule]:
        """The rules that may come to another instant when this one does."""
        return self.readers_of(rule) + [self.rules[key] for key in self.anchored.get(rule.name, ())]

    def help(self, kind: Literal["content", "message"], key: str) -> Content | Article | Message:
        """The definition of a piece of help; an article is shown like a piece."""
        if kind == "message":
            return self.document.messages[key]
        return self.document.content.get(key) or self.document.articles[key]

    def has(self, kind: Literal["content", "message"], key: str) -> bool:
        """Whether the program has this piece of help."""
        if kind == "message":
            return key in self.document.messages
        return key in self.document.content or key in self.document.articles

    def renamed(self, key: str) -> str:
        """What a definition is called now that had this key in an earlier release."""
        seen = {key}
        while (later := self.document.moved.get(key)) is not None and later not in seen:
            key = later
            seen.add(key)
        return key

    def itinerary_of(self, run_key: str, release: int) -> Itinerary | None:
        """The way of a run that began in that release; None for a journey that the program no longer has."""
        journey = run_key.partition("#")[0]
        return self.itineraries.get(f"{journey}@{release}") or self.itineraries.get(journey)

    def origin(self, key: str) -> str:
        """The key that this definition was first released under."""
        return self.origins.get(key, key)


def compile_folder(
    folder: Folder, *, digest: str, number: int, earlier: Mapping[int, Folder] = MappingProxyType({})
) -> Program:
    """What persons get of a workspace's documents, which `check` found no error in, and inside it what accounts get.
    `earlier` are the releases whose journeys people may still be in, by number."""
    before = {number: each.for_persons for number, each in earlier.items()}
    persons = compile_program(folder.for_persons, digest=digest, number=number, earlier=before)
    if folder.for_accounts is None:
        return persons
    theirs = {number: each.for_accounts for number, each in earlier.items() if each.for_accounts is not None}
    accounts = compile_program(folder.for_accounts, digest=digest, number=number, earlier=theirs)
    return replace(persons, accounts=replace(accounts, subject="account"))


def compile_program(
    document: Document, *, digest: str, number: int, earlier: Mapping[int, Document] = MappingProxyType({})
) -> Program:
    """The program of a document that `check` found no error in. `earlier`: those whose journeys people may still be in."""
    origins = origins_of(document.moved)
    tried = trials(document, origins)
    rules = _ranked({(rule.kind, rule.key): rule for rule in _rules(document, origins, earlier)})
    atoms = {atom.id: atom for rule in rules.values() for atom in rule.atoms}
    return Program(
        document=document,
        digest=digest,
        number=number,
        rules=rules,
        atoms=atoms,
        atoms_by_event=_grouped((atom.event, atom) for atom in atoms.values() if atom.event is not None),
        atoms_by_trait=_grouped((atom.trait, atom) for atom in atoms.values() if atom.trait is not None),
        readers=_grouped((atom.id, rule) for rule in rules.values() for atom in rule.atoms),
        readers_of_milestone=_grouped(
            (leaf.milestone, key)
            for key, rule in rules.items()
            for leaf in leaves(rule.condition)
            if isinstance(leaf, Reached)
        ),
        anchored=_grouped(
            (anchor, key)
            for key, rule in rules.items()
            for leaf in leaves(rule.condition)
            if (anchor := "start:start" if since_of(leaf) == "start" else since_of(leaf))
        ),
        origins=origins,
        guides_serving=_grouped(
            (content.serves, key)
            for key, content in document.content.items()
            if isinstance(content, Guide | EmptyState | Invite | Passive) and content.serves
        ),
        guides_awaiting=_grouped(
            (step.advance.milestone, key)
            for key, content in document.content.items()
            for step in (content.steps if isinstance(content, Guide) else ())
            if step.advance.milestone
        ),
        conditional_steps=tuple(rule for rule in rules.values() if rule.kind == "step"),
        names={rule.name: key for key, rule in rules.items()},
        itineraries=itineraries(document, origins, tried, earlier),
        trials=tried,
        of_strangers=tuple(rule for rule in rules.values() if rule.kind in _STANDING and _of_a_stranger(rule)),
        by_day=tuple(rule for rule in rules.values() if any(map(_counts_days, leaves(rule.condition)))),
        counted=frozenset(atom.id for rule in rules.values() if rule.kind == "repeat" for atom in rule.atoms),
        watched={key: Watched(rules["risk", key], rules["recovered", key]) for key in document.risk},
        offers=offers_of(document),
        offers_at={key: offers_at(document, key) for key in document.milestones},
        showing=_grouped(
            (action.use_template, key)
            for key, content in document.content.items()
            for action in (content.actions if isinstance(content, EmptyState) else ())
            if action.use_template
        ),
        checklists={key: piece for key, piece in document.content.items() if isinstance(piece, Checklist)},
        profiling={
            key: piece
            for key, piece in document.content.items()
            if isinstance(piece, Survey) and piece.one_at_a_time is not None
        },
        retention=retentions(rule.condition for rule in rules.values()),
        atoms_digest=values.digest(sorted(str(atom_id) for atom_id in atoms)),
    )


def _ranked(rules: Mapping[RuleKey, Rule]) -> dict[RuleKey, Rule]:
    ranks = {key: rank for rank, key in enumerate(_in_order(rules))}
    return {key: replace(rule, rank=ranks[key]) for key, rule in rules.items()}


def _in_order(rules: Mapping[RuleKey, Rule]) -> list[RuleKey]:
    """Every rule after those that it reads (`reached`, `since`), else in the document's order."""
    reads = {key: [other for other in _reads(rule) if other in rules] for key, rule in rules.items()}
    return list(TopologicalSorter(reads).static_order())


def _of_a_stranger(rule: Rule) -> bool:
    """Whether it holds of somebody of whom nothing is known; then no moment is like another."""
    return holds(rule.condition, View({}, {}), (datetime.max.replace(tzinfo=UTC), END_OF_MOMENT))


def _counts_days(leaf: Leaf) -> bool:
    return isinstance(leaf, Did) and leaf.distinct == "day"


def _reads(rule: Rule) -> Iterator[RuleKey]:
    if rule.kind == "repeat":
        yield "milestone", rule.key
    elif rule.kind in ("journey", "entry"):  # who begins goes on at once, and asks what a run asks
        yield "run", rule.key
    for leaf in leaves(rule.condition):
        if isinstance(leaf, Reached):
            yield latch_of(leaf.milestone)
        if since_of(leaf) == START[0]:
            yield START
        elif milestone := milestone_since(leaf):
            yield latch_of(milestone)


def latch_of(milestone: str) -> RuleKey:
    """The rule by which a milestone, or the start of a program, is reached."""
    if milestone == START_MILESTONE:
        return START
    return ("start" if milestone.startswith(STARTED) else "milestone", milestone)


def origins_of(moved: Mapping[str, str]) -> dict[str, str]:
    """New key → the oldest key that leads to it, along chains of renames. A circle (an error of `check`) is cut."""
    older = {new: old for old, new in moved.items()}
    return {new: _oldest(new, older) for new in older}


def _oldest(key: str, older: Mapping[str, str]) -> str:
    seen = {key}
    while (before := older.get(key)) is not None and before not in seen:
        key = before
        seen.add(key)
    return key


def _rules(document: Document, origins: Mapping[str, str], earlier: Mapping[int, Document]) -> Iterator[Rule]:
    for kind, key, condition in conditions_of(document, earlier):
        unique = tuple({atom.id: atom for atom in atoms_of(condition)}.values())
        yield Rule(
            kind=kind,
            key=key,
            origin=origins.get(key, key),
            condition=condition,
            atoms=unique,
            by_time=moving(condition) if kind in ("segment", "way", "step") else turned_by_time(condition),
            name=f"milestone:{key}" if key.startswith(STARTED) else f"{kind}:{key}",  # as `since` names it
        )


def conditions_of(
    document: Document, earlier: Mapping[int, Document] = MappingProxyType({})
) -> Iterator[tuple[RuleKind, str, Condition]]:
    """Every condition that the engine watches, in kernel words, in the document's order."""
    for kind, key, condition in _named_conditions(document, earlier):
        yield kind, key, expand(condition, document)


def _named_conditions(document: Document, earlier: Mapping[int, Document]) -> Iterator[tuple[RuleKind, str, Condition]]:
    yield (*START, document.start)
    for key, start in starts_of(document).items():
        yield "start", key, start
    for key, milestone in document.milestones.items():
        yield "milestone", key, reached_of(document, key)
        if milestone.repeats is not None:
            yield "repeat", key, reached_of(document, key)
    for key, content in document.content.items():
        if (offered_when := _offered(content, document)) is not None:
            yield "content", key, offered_when
        if (unless := unless_of(content)) is not None:
            yield "unless", key, unless
        if isinstance(content, Survey) and content.one_at_a_time is not None:
            yield from (("question", f"{key}/{each.key}", _asked_when(content, each)) for each in content.questions)
        if isinstance(content, Guide):
            yield from (("step", f"{key}/{step.key}", step.if_) for step in content.steps if step.if_ is not None)
    for key, message in document.messages.items():
        if message.when is not None:
            yield "message", key, message.when
        if message.unless is not None:
            yield "unless", key, message.unless
    for milestone_key, milestone in document.milestones.items():
        for key, obstacle in milestone.obstacles.items():
            yield "obstacle", f"{milestone_key}/{key}", obstacle.stuck
        for place, task in enumerate(milestone.tasks):
            if task.done is not None:
                yield "task", f"{milestone_key}/{place}", task.done
    for key, offer in offers_of(document).items():
        if offer.eligible is not None:
            yield "offer", key, offer.eligible
        if offer.taken is not None:
            yield "taken", key, offer.taken
    for key, goal in document.goals.items():
        for planned, condition in goal.if_.items():
            yield "way", f"{key}/{planned}", condition
    for key, segment in {**segments_of(document), **rungs_of(document)}.items():
        yield "segment", key, segment
    for key, risk in document.risk.items():
        watch = watch_of(risk, document)
        yield "risk", key, watch.raised
        yield "recovered", key, watch.recovered
    for key, template in document.plan_templates.items():
        yield "plan_template", key, template.starts
        yield from (("planned", f"{key}/{name}", task.done) for name, _, task in tasks_of(template) if task.done)
    for key, journey in journeys_of(document).items():
        yield "journey" if is_latched(journey) else "entry", key, entry_of(journey)
        yield "run", key, Any_(of=tuple(awaited(document, key, journey, earlier)))


def _offered(content: Content, document: Document) -> Condition | None:
    """When a piece is offered by itself. What stands in the page, and a briefing, is there from the start unless it says
    when."""
    if isinstance(content, Celebration) or (isinstance(content, Survey) and content.one_at_a_time is not None):
        return None
    from_start = isinstance(content, (*STANDING, Briefing))
    return document.start if from_start and content.when is None else content.when


def _asked_when(survey: Survey, question: Question) -> Condition:
    """When a question is asked that is asked by itself: while its survey's time and its own have come, and they have no
    trait that says it."""
    unknown = Not(of=Trait(name=question.key, test=Test("exists", value=True)))
    return All(of=(*(each for each in (survey.when, question.when) if each is not None), unknown))


def unless_of(content: Content) -> Condition | None:
    """While this holds the piece is not shown. What is for beginners is not for power users; a form is watched until it was
    taken."""
    if isinstance(content, Celebration):
        return None
    if isinstance(content, Form):
        return _either(content.unless, Did(name=content.sent))
    if getattr(content, "level", None) != "beginner":
        return content.unless
    return _either(content.unless, InTier(tier="power"))


def _either(first: Condition | None, second: Condition) -> Condition:
    return second if first is None else Any_(of=(first, second))


def _grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    groups: dict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return {key: tuple(values) for key, values in groups.items()}
