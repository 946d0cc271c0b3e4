"""Which milestones each definition serves: said by itself (`serves`, `ends`), or by what names it.

1. A milestone serves itself, and what it names (celebration, help, offer) or asks for (a survey) serves it.
2. What names a milestone serves it: `serves`, `items`, a goal, a function.
3. A journey serves what ends it: a milestone, or a fact of which a milestone is made.
4. What serves something hands that on to what it names: a journey to its messages, a mail to the guide behind its button.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache

from milepost.core.conditions.types import Did, InSegment, Reached
from milepost.core.program.kinds.content import Checklist, Survey
from milepost.core.program.problems import Path
from milepost.core.review.names import QUESTIONS, Name, named_by_conditions, named_by_fields
from milepost.core.review.rule import Leaf, Review

#: (section, key) of a definition.
Where = tuple[str, str]
Links = dict[Where, frozenset[str]]

_MILESTONES = "milestones"
#: Fields whose condition is what something is for.
_AIMS = frozenset({"ends", "stops"})
_EVIDENCE = frozenset({"reached", "evidence"})


@lru_cache(maxsize=1)
def links(review: Review) -> Links:
    """Definition → the milestones that it serves. Absent: a definition that serves none is no key."""
    handing = list(_handing(review))
    found: dict[Where, set[str]] = defaultdict(set)
    for where, key in _said(review):
        found[where].add(key)
    grown = True
    while grown:
        grown = False
        for giver, taker in handing:
            if new := found[giver] - found[taker]:
                found[taker] |= new
                grown = True
    return {where: frozenset(keys) for where, keys in found.items() if keys}


def _handing(review: Review) -> Iterator[tuple[Where, Where]]:
    """(giver, taker): what the first serves, the second does too."""
    asked_in = {question.key: key for key, survey in review.pieces(Survey) for question in survey.questions}
    for name in named_by_fields(review):
        holder = _where(name.path)
        for where in _named(review, name, asked_in):
            if where[0] == "functions":  # what explains a function serves what the function serves
                yield where, holder
            elif where[0] != _MILESTONES:
                yield holder, where
    for name in named_by_conditions(review):
        if name.path[0] == _MILESTONES and "content" in name.sections and name.path[2] in _EVIDENCE:
            yield _where(name.path), ("content", name.key)
        elif "content" in name.sections and _AIMS.intersection(
            name.path
        ):  # what ends with a piece serves what that does
            yield ("content", name.key), _where(name.path)


def _named(review: Review, name: Name, asked_in: dict[str, str]) -> Iterable[Where]:
    if name.sections == (QUESTIONS,):
        return [("content", asked_in[name.key])] if name.key in asked_in else []
    there = [section for section in name.sections if name.key in getattr(review.document, section)]
    return [(section, name.key) for section in there]


def _said(review: Review) -> Iterator[tuple[Where, str]]:
    """Milestones that a definition names as what it is for."""
    milestones = review.document.milestones
    yield from (((_MILESTONES, key), key) for key in milestones)
    for name in named_by_fields(review):
        if name.sections == (_MILESTONES,) and name.path[0] != _MILESTONES and name.key in milestones:
            yield _where(name.path), name.key
    for leaf in review.leaves:
        if _AIMS.intersection(leaf.path) and not leaf.negated:
            yield from ((_where(leaf.path), key) for key in aims(review, leaf))
    planned = [key for goal in review.document.goals.values() for key in goal.milestones if key in milestones]
    for key in about_the_plan(review):
        yield from ((("content", key), milestone) for milestone in planned)


def about_the_plan(review: Review) -> Iterator[str]:
    """The survey that asks for the goal, and the checklist that is the plan."""
    for key, survey in review.pieces(Survey):
        if any(question.kind == "goal" for question in survey.questions):
            yield key
    yield from (key for key, checklist in review.pieces(Checklist) if checklist.from_ == "goal")


def aims(review: Review, leaf: Leaf) -> list[str]:
    """The milestones that this operator asks for: by name, or by a fact of which they are made."""
    if isinstance(leaf.node, Reached):
        return [leaf.node.milestone] if leaf.node.milestone in review.document.milestones else []
    if isinstance(leaf.node, Did):
        return [key for name, key in _made_of(review) if name == leaf.node.name]
    if isinstance(leaf.node, InSegment) and leaf.node.segment in review.document.segments:
        inside = review.leaves_of(review.document.segments[leaf.node.segment], leaf.path)
        return [key for other in inside if not isinstance(other.node, InSegment) for key in aims(review, other)]
    return []


def _made_of(review: Review) -> list[tuple[str, str]]:
    """(fact, milestone): the facts by which milestones are reached."""
    return [
        (leaf.node.name, str(leaf.path[1]))
        for leaf in review.leaves
        if isinstance(leaf.node, Did) and not leaf.negated and leaf.path[0] == _MILESTONES and leaf.path[2] in _EVIDENCE
    ]


def _where(path: Path) -> Where:
    return (str(path[0]), str(path[1])) if len(path) > 1 else (str(path[0]), "")


def called(where: Where) -> str:
    """Example: `content.add-food`."""
    return ".".join(where)
