"""What a document names, and where: a table of the fields that hold a key, and the operators that do."""

from collections.abc import Iterator
from typing import Any, get_args

from msgspec import Struct
from msgspec.structs import replace

from milepost.core.conditions.types import (
    ONLY_QUESTION,
    START,
    Answered,
    ContentWas,
    DaysSince,
    Did,
    Goal,
    HasMotive,
    InSegment,
    Measured,
    MessageWas,
    Reached,
)
from milepost.core.conditions.types import Node as KernelNode
from milepost.core.program.kinds import chart, content, goal, journey, message, milestone, plan_template, risk
from milepost.core.program.kinds.common import AnswerRef, Celebrate
from milepost.core.program.problems import Path
from milepost.core.program.variants import overrides_of, varied
from milepost.core.program.walk import Node, fields_of
from milepost.core.review.rule import Leaf, Review

#: What each section's definitions are called.
CALLED = {
    "goals": "goal",
    "motives": "motive",
    "measures": "measure",
    "functions": "function",
    "milestones": "milestone",
    "content": "piece of content",
    "messages": "message",
    "articles": "article",
    "journeys": "journey",
    "cadences": "cadence",
    "experiments": "experiment",
    "offers": "offer",
    "templates": "template",
    "segments": "segment",
    "risk": "risk",
    "plan_templates": "plan template",
    "decks": "deck",
    "charts": "chart",
}
SECTIONS = tuple(CALLED)
QUESTIONS = "questions"
MILESTONE = "milestone:"  # before the key of a milestone, where something is counted from it

_SHOWN = ("content", "articles")
#: (type, field) → the sections of which its value, its items or its keys name something.
_FIELDS: dict[tuple[type, str], tuple[str, ...]] = {
    (Celebrate, "content"): ("content",),
    (Celebrate, "message"): ("messages",),
    (Celebrate, "buyers"): ("messages",),
    (AnswerRef, "answer"): (QUESTIONS,),
    (content.Guide, "serves"): ("milestones",),
    (content.Survey, "serves"): ("milestones",),
    (content.Survey, "remind"): ("messages",),
    (content.EmptyState, "serves"): ("milestones",),
    (content.Invite, "serves"): ("milestones",),
    (content.Checklist, "items"): ("milestones",),
    (content.Question, "measure"): ("measures",),
    (content.Question, "if_"): (QUESTIONS,),
    (content.Action, "use_template"): ("templates",),
    (content.Action, "start"): _SHOWN,
    (content.Way, "start"): _SHOWN,
    (content.Advance, "milestone"): ("milestones",),
    (content.Article, "functions"): ("functions",),
    (content.Formats, "text"): ("articles",),
    (content.Formats, "interactive"): ("content",),
    (content.ResourceCenter, "items"): _SHOWN,
    (content.DeckPiece, "deck"): ("decks",),
    (content.Lesson, "start"): _SHOWN,
    **{(kind, "serves"): ("milestones",) for kind in get_args(content.Content) if issubclass(kind, content.Passive)},
    (content.Template, "by_goal"): ("goals",),
    (goal.Goal, "milestones"): ("milestones",),
    (goal.Goal, "measure"): ("measures",),
    (goal.Goal, "if_"): ("milestones",),
    (goal.Function, "milestones"): ("milestones",),
    (milestone.Milestone, "needs"): ("milestones",),
    (milestone.Milestone, "offer"): ("offers",),
    (milestone.Help, "guide"): ("content",),
    (milestone.Help, "content"): ("content",),
    (milestone.Help, "message"): ("messages",),
    (milestone.Help, "article"): ("articles",),
    (milestone.Help, "offer"): ("offers",),
    (milestone.Growth, "offer"): ("offers",),
    (risk.Silent, "message"): ("messages",),
    (risk.Risk, "message"): ("messages",),
    (plan_template.PlanTask, "survey"): ("content",),
    (plan_template.PlanTask, "content"): _SHOWN,
    (plan_template.HandOffs, "ask"): ("content",),
    (message.Link, "start"): _SHOWN,
    (message.Message, "serves"): ("milestones",),
    (chart.ChartStep, "reached"): ("milestones",),
    (chart.ChartStep, "functions"): ("functions",),
    (journey.Send, "send"): ("messages",),
    (journey.Show, "show"): _SHOWN,
    (journey.Cadence, "series"): ("messages", *_SHOWN),
}
#: Kind of question → the sections of which its options name something.
_NAMED_BY_OPTIONS = {"goal": ("goals",), "motive": ("motives",)}
#: Operator → its field that names something, and the sections of which.
_OPERATORS: dict[type[KernelNode], tuple[str, tuple[str, ...]]] = {
    Reached: ("milestone", ("milestones",)),
    Goal: ("goal", ("goals",)),
    InSegment: ("segment", ("segments",)),
    HasMotive: ("motive", ("motives",)),
    Answered: ("survey", ("content",)),
    MessageWas: ("message", ("messages",)),
    ContentWas: ("content", _SHOWN),
    Measured: ("measure", ("measures",)),
}


def _typed() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {"survey": _OPERATORS[Answered][1]}
    for (holder, name), sections in _FIELDS.items():
        typed = next(each.encode_name for each in fields_of(holder) if each.name == name)
        if sections != (QUESTIONS,):
            found[typed] = (*found.get(typed, ()), *sections)
    for operator, (_, sections) in _OPERATORS.items():
        typed = str(operator.__struct_config__.tag)
        found[typed] = (*found.get(typed, ()), *sections)
    return found


#: The same by the words that are typed: what stands under this key names something of these sections.
TYPED = _typed()


class Name(Struct, frozen=True):
    """A key that stands somewhere, and the sections of which one should have it. `of`: the survey of a question."""

    key: str
    sections: tuple[str, ...]
    path: Path
    of: str | None = None


def named_by_fields(review: Review) -> Iterator[Name]:
    """What definitions name: only this can make something happen."""
    for node in review.nodes:
        sections = _FIELDS.get((type(node.holder), node.name))
        if sections is not None:
            yield from (Name(key, sections, path) for key, path in _keys(node))
        elif node.name == "options" and node.path[-1] == "options":
            named = _NAMED_BY_OPTIONS.get(getattr(node.holder, "kind", ""), ())
            yield from (Name(key, named, (*node.path, key)) for key in node.value if named)
        elif isinstance(node.holder, milestone.Growth) and node.name == "text":
            offers = review.document.offers  # a single word there may be the key of an offer
            yield from (Name(key, ("offers",), path) for key, path in _keys(node) if key in offers)


def named_by_variants(review: Review) -> Iterator[Name]:
    """What the variants of experiments name in the place of their definitions."""
    document = review.document
    for experiment, tried in document.experiments.items():
        for variant in tried.variants:
            for section, key in overrides_of(document, experiment, variant):
                if key in getattr(document, section, {}):
                    definition = varied(document, experiment, variant, section, key)
                    definitions = {**getattr(document, section), key: definition}
                    told = Review(document=replace(document, **{section: definitions}), lines=review.lines)
                    yield from (name for name in named_by_fields(told) if name.path[:2] == (section, key))


def named_by_conditions(review: Review) -> Iterator[Name]:
    for leaf in review.leaves:
        yield from _of_leaf(leaf)


def _keys(node: Node) -> Iterator[tuple[str, Path]]:
    """The keys that this value itself holds; the items of a list are values of their own."""
    value: Any = node.value
    if isinstance(value, str) and "by_goal" not in node.path:  # below it stands the host product's own data
        yield value, node.path
    elif isinstance(value, dict) and node.path[-1] in ("if", "by_goal"):
        yield from ((key, (*node.path, key)) for key in value)


def _of_leaf(leaf: Leaf) -> Iterator[Name]:
    node, path = leaf.node, leaf.path
    if isinstance(node, Answered):
        place: Path = path if path[-1] == "self_report" else (*path, "answered")
        yield Name(node.survey, _OPERATORS[Answered][1], place)
        asked = (key for key in node.answers if key != ONLY_QUESTION)
        yield from (Name(key, (QUESTIONS,), (*place, key), of=node.survey) for key in asked)
    else:
        yield from (Name(key, sections, path) for key, sections in _single(leaf) if key != START)


def _single(leaf: Leaf) -> Iterator[tuple[str, tuple[str, ...]]]:
    since = getattr(leaf.node, "since", None)
    if isinstance(leaf.node, Did | DaysSince | Reached) and isinstance(since, str) and since.startswith(MILESTONE):
        yield since.removeprefix(MILESTONE), ("milestones",)
    if type(leaf.node) in _OPERATORS:
        name, sections = _OPERATORS[type(leaf.node)]
        yield getattr(leaf.node, name), sections
