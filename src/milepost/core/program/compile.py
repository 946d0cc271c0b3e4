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
from graphlib import TopologicalSorter
from typing import Any, Literal, TypeVar

from msgspec import Struct

from milepost.core import values
from milepost.core.conditions.evaluate import END_OF_MOMENT, Atom, View, atoms_of, holds, leaves
from milepost.core.conditions.instants import moving, turned_by_time
from milepost.core.conditions.memory import milestone_since
from milepost.core.conditions.retention import Retention, retentions
from milepost.core.conditions.types import START as START_MILESTONE
from milepost.core.conditions.types import Any_, Condition, Did, Leaf, Reached
from milepost.core.events import Fact
from milepost.core.program.document import Document
from milepost.core.program.expand import expand, reached_of
from milepost.core.program.itinerary import Itinerary, awaited, itineraries, journeys_of, may_return
from milepost.core.program.kinds.content import Article, Celebration, Checklist, Content, EmptyState, Guide, Invite
from milepost.core.program.kinds.message import Message

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
]
RuleKey = tuple[RuleKind, str]
START: RuleKey = ("start", "start")

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


#: Rules that fire once, at the first instant at which they are true. The others are asked each time something that they
#: read changes: a segment turns on and off, a repeating milestone is reached again, a journey that may be gone through more
#: than once is entered again, a run of a journey moves on.
LATCHES: frozenset[RuleKind] = frozenset(
    {"start", "milestone", "task", "content", "message", "obstacle", "taken", "journey"}
)


class Rule(Struct, frozen=True, kw_only=True):
    """A condition, in kernel words, that makes something happen. `origin` is the key that effect keys are made of;
    `by_time`: the leaves through which the passing of time alone can make it true (for a segment: change it).

    An obstacle's key is `MILESTONE/OBSTACLE`, a task's `MILESTONE/PLACE`; an offer's condition is who is eligible; a run's
    condition is everything that a run of the journey asks on its way. A journey is begun by its `journey` rule when it is
    gone through once, else by its `entry` rule.
    """

    kind: RuleKind
    key: str
    origin: str
    condition: Condition
    atoms: tuple[Atom, ...]
    by_time: tuple[Leaf, ...]
    name: str

    @property
    def latches(self) -> bool:
        return self.kind in LATCHES


class Program(Struct, frozen=True, kw_only=True):
    """Shapes: `names` goes from a rule's name to its key; `readers` from an atom's id to the rules that ask for it, each
    tuple in the document's order. `anchored` goes from a rule's name (`start:start`, `milestone:KEY`) to the rules that
    count `since` it; `rank` orders rules so that each comes after those that it reads. `of_strangers` are the segments of
    somebody of whom nothing is known; `counted` the atoms that repeating milestones count.
    Absent: an event, trait, atom or milestone that no rule asks for is no key of its table."""

    document: Document
    digest: str
    number: int
    rules: dict[RuleKey, Rule]
    atoms: dict[Any, Atom]
    atoms_by_event: dict[str, tuple[Atom, ...]]
    atoms_by_trait: dict[str, tuple[Atom, ...]]
    readers: dict[Any, tuple[RuleKey, ...]]
    readers_of_milestone: dict[str, tuple[RuleKey, ...]]
    anchored: dict[str, tuple[RuleKey, ...]]
    origins: dict[str, str]
    guides_serving: dict[str, tuple[str, ...]]
    checklists: dict[str, Checklist]
    retention: dict[Any, Retention]
    names: dict[str, RuleKey]
    rank: dict[RuleKey, int]
    itineraries: dict[str, Itinerary]
    of_strangers: tuple[RuleKey, ...]
    counted: frozenset[str]
    atoms_digest: str

    def atoms_of_fact(self, fact: Fact) -> tuple[Atom, ...]:
        """The atoms that this fact may concern."""
        by_event = self.atoms_by_event.get(fact.name, ())
        if fact.kind != "identify" or not self.atoms_by_trait:
            return by_event
        return by_event + tuple(atom for name in fact.properties for atom in self.atoms_by_trait.get(name, ()))

    def help(self, kind: Literal["content", "message"], key: str) -> Content | Article | Message:
        """The definition of a piece of help; an article is shown like a piece."""
        if kind == "message":
            return self.document.messages[key]
        return self.document.content.get(key) or self.document.articles[key]

    def offers(self, kind: Literal["content", "message"], key: str) -> bool:
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

    def origin(self, key: str) -> str:
        """The key that this definition was first released under."""
        return self.origins.get(key, key)


def compile_program(document: Document, *, digest: str, number: int) -> Program:
    """The program of a document that `check` found no error in."""
    origins = origins_of(document.moved)
    rules = {(rule.kind, rule.key): rule for rule in _rules(document, origins)}
    atoms = {atom.id: atom for rule in rules.values() for atom in rule.atoms}
    return Program(
        document=document,
        digest=digest,
        number=number,
        rules=rules,
        atoms=atoms,
        atoms_by_event=_grouped((atom.event, atom) for atom in atoms.values() if atom.event is not None),
        atoms_by_trait=_grouped((atom.trait, atom) for atom in atoms.values() if atom.trait is not None),
        readers=_grouped((atom.id, key) for key, rule in rules.items() for atom in rule.atoms),
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
            if isinstance(leaf, Did) and (anchor := "start:start" if leaf.since == "start" else leaf.since)
        ),
        origins=origins,
        guides_serving=_grouped(
            (content.serves, key)
            for key, content in document.content.items()
            if isinstance(content, Guide | EmptyState | Invite) and content.serves
        ),
        names={rule.name: key for key, rule in rules.items()},
        rank={key: place for place, key in enumerate(_in_order(rules))},
        itineraries=itineraries(document, origins),
        of_strangers=tuple(key for key, rule in rules.items() if rule.kind == "segment" and _of_a_stranger(rule)),
        counted=frozenset(atom.id for rule in rules.values() if rule.kind == "repeat" for atom in rule.atoms),
        checklists={key: piece for key, piece in document.content.items() if isinstance(piece, Checklist)},
        retention=retentions(rule.condition for rule in rules.values()),
        atoms_digest=values.digest(sorted(str(atom_id) for atom_id in atoms)),
    )


def _in_order(rules: Mapping[RuleKey, Rule]) -> list[RuleKey]:
    """Every rule after those that it reads (`reached`, `since`), else in the document's order."""
    reads = {key: [other for other in _reads(rule) if other in rules] for key, rule in rules.items()}
    return list(TopologicalSorter(reads).static_order())


def _of_a_stranger(rule: Rule) -> bool:
    """Whether it holds of somebody of whom nothing is known; then no moment is like another."""
    return holds(rule.condition, View({}, {}), (datetime.max.replace(tzinfo=UTC), END_OF_MOMENT))


def _reads(rule: Rule) -> Iterator[RuleKey]:
    if rule.kind == "repeat":
        yield "milestone", rule.key
    elif rule.kind in ("journey", "entry"):  # who begins goes on at once, and asks what a run asks
        yield "run", rule.key
    for leaf in leaves(rule.condition):
        if isinstance(leaf, Reached):
            yield START if leaf.milestone == START_MILESTONE else ("milestone", leaf.milestone)
        elif isinstance(leaf, Did) and leaf.since == START[0]:
            yield START
        elif isinstance(leaf, Did) and (milestone := milestone_since(leaf)):
            yield "milestone", milestone


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


def _rules(document: Document, origins: Mapping[str, str]) -> Iterator[Rule]:
    for kind, key, condition in conditions_of(document):
        unique = tuple({atom.id: atom for atom in atoms_of(condition)}.values())
        yield Rule(
            kind=kind,
            key=key,
            origin=origins.get(key, key),
            condition=condition,
            atoms=unique,
            by_time=moving(condition) if kind == "segment" else turned_by_time(condition),
            name=f"{kind}:{key}",
        )


def conditions_of(document: Document) -> Iterator[tuple[RuleKind, str, Condition]]:
    """Every condition that the engine watches, in kernel words, in the document's order."""
    for kind, key, condition in _named_conditions(document):
        yield kind, key, expand(condition, document)


def _named_conditions(document: Document) -> Iterator[tuple[RuleKind, str, Condition]]:
    yield (*START, document.start)
    for key, milestone in document.milestones.items():
        yield "milestone", key, reached_of(document, key)
        if milestone.repeats is not None:
            yield "repeat", key, reached_of(document, key)
    for key, content in document.content.items():
        if (offered_when := _offered(content, document)) is not None:
            yield "content", key, offered_when
    for key, message in document.messages.items():
        if message.when is not None:
            yield "message", key, message.when
    for milestone_key, milestone in document.milestones.items():
        for key, obstacle in milestone.obstacles.items():
            yield "obstacle", f"{milestone_key}/{key}", obstacle.stuck
        for place, task in enumerate(milestone.tasks):
            if task.done is not None:
                yield "task", f"{milestone_key}/{place}", task.done
    for key, offer in document.offers.items():
        if offer.eligible is not None:
            yield "offer", key, offer.eligible
        if offer.taken is not None:
            yield "taken", key, offer.taken
    for key, segment in document.segments.items():
        yield "segment", key, segment
    for key, journey in journeys_of(document).items():
        yield "entry" if may_return(journey) else "journey", key, journey.starts
        yield "run", key, Any_(of=tuple(awaited(journey)))


def _offered(content: Content, document: Document) -> Condition | None:
    """When a piece is offered by itself. An empty state without a word about it stands there from the start on."""
    if isinstance(content, Celebration):
        return None
    return document.start if isinstance(content, EmptyState) and content.when is None else content.when


def _grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    groups: dict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return {key: tuple(values) for key, values in groups.items()}
