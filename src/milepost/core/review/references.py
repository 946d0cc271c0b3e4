"""Errors of naming: what is named but not there, which key is taken or cannot be one, what has the wrong kind."""

import re
from collections.abc import Iterator

from milepost.core.conditions.types import Answered
from milepost.core.program.kinds.common import Celebrate
from milepost.core.program.kinds.content import Action, Celebration, Guide, Question, Survey, Way
from milepost.core.program.kinds.message import Link
from milepost.core.program.kinds.milestone import Help
from milepost.core.program.kinds.plan_template import HandOffs, PlanTask
from milepost.core.program.problems import Path, did_you_mean
from milepost.core.review.names import CALLED, QUESTIONS, SECTIONS, Name, named_by_conditions, named_by_fields
from milepost.core.review.rule import Found, Review, Rule

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")


def unknown_references(review: Review) -> Iterator[Found]:
    known = {section: review.keys(section) for section in SECTIONS}
    asked = _questions(review)
    for name in (*named_by_fields(review), *named_by_conditions(review)):
        if review.told.intersection(name.sections) or (QUESTIONS in name.sections and review.has_gaps("content")):
            continue
        there = _there(name, known, asked)
        if there is not None and name.key not in there:
            called = " or ".join(CALLED.get(section, "question") for section in name.sections)
            yield Found(name.path, f"There is no {called} '{name.key}'.", did_you_mean(name.key, there))


def _there(name: Name, known: dict[str, set[str]], asked: dict[str, set[str]]) -> set[str] | None:
    """The keys that may stand there. Absent: None where that cannot be told, since the survey itself is not there."""
    if name.sections != (QUESTIONS,):
        return set[str]().union(*(known[section] for section in name.sections))
    if name.of is not None:
        return asked.get(name.of)
    return set[str]().union(*asked.values())


def _questions(review: Review) -> dict[str, set[str]]:
    """Survey → the keys of its questions."""
    return {key: {question.key for question in survey.questions} for key, survey in review.pieces(Survey)}


def wrong_kinds(review: Review) -> Iterator[Found]:
    """A piece of the wrong kind in a place that needs another."""
    for key, path, wanted, is_one in _places(review):
        piece = review.document.content.get(key)
        if piece is not None and is_one is not isinstance(piece, wanted):
            kind = str(wanted.__struct_config__.tag)
            said = f"'{key}' is no {kind}." if is_one else f"'{key}' is a {kind}, which nobody can start."
            yield Found(path, said)


def _places(review: Review) -> Iterator[tuple[str, Path, type[Guide | Celebration | Survey], bool]]:
    """(key, path, kind, whether it must be of this kind) of every piece that is named."""
    for path, marks in review.held(Celebrate):
        if marks.content is not None:
            yield marks.content, (*path, "content"), Celebration, True
    for path, task in review.held(PlanTask):
        if task.survey is not None:
            yield task.survey, (*path, "survey"), Survey, True
    for path, passed in review.held(HandOffs):
        if passed.ask is not None:
            yield passed.ask, (*path, "ask"), Survey, True
    for path, help_ in review.held(Help):
        if help_.guide is not None:
            yield help_.guide, (*path, "guide"), Guide, True
    buttons: tuple[type[Link | Action | Way], ...] = (Link, Action, Way)
    for kind in buttons:
        for path, button in review.held(kind):
            if button.start is not None:
                yield button.start, (*path, "start"), Celebration, False
    for leaf in review.leaves:
        if isinstance(leaf.node, Answered):
            yield leaf.node.survey, leaf.path, Survey, True


def key_forms(review: Review) -> Iterator[Found]:
    for section in SECTIONS:
        for key in getattr(review.document, section):
            if not _KEY.fullmatch(key):
                yield Found((section, key), f"'{key}' cannot be a key.")
    for path, question in review.held(Question):
        if not _KEY.fullmatch(question.key) and question.key:
            yield Found((*path, "key"), f"'{question.key}' cannot be a key.")


def taken_keys(review: Review) -> Iterator[Found]:
    holder: dict[str, str] = {}
    for section in SECTIONS:
        for key in getattr(review.document, section):
            if key in holder:
                yield Found((section, key), f"'{key}' is already the key of a {CALLED[holder[key]]}.")
            holder.setdefault(key, section)
    asked: dict[str, tuple[Path, Question]] = {}
    for path, question in review.held(Question):
        place, first = asked.setdefault(question.key, (path, question))
        if place != path and (path[:2] == place[:2] or not _is_same(question, first)):
            yield Found((*path, "key"), f"'{question.key}' is already the key of another question.")


def _is_same(one: Question, other: Question) -> bool:
    """Whether an answer to either is one to both."""
    return (one.kind, one.options.keys(), one.measure) == (other.kind, other.options.keys(), other.measure)


def moved_keys(review: Review) -> Iterator[Found]:
    moved = review.document.moved
    known = set[str]().union(*(review.keys(section) for section in SECTIONS))
    for old, new in moved.items():
        path: Path = ("moved", old)
        if old in known:
            mend = "Remove this line, or give the new one a new key."
            yield Found(path, f"'{old}' is still there, so it has not moved.", mend)
        if new not in known and new not in moved:
            yield Found(path, f"'{new}' is not there.", did_you_mean(new, known))
        if list(moved.values()).count(new) > 1:
            yield Found(path, f"Two keys have moved to '{new}'.", "Keep one: a thing has one history.")
        if _in_circle(old, moved):
            yield Found(path, f"'{old}' moves in a circle.", "Remove one of the lines.")


def _in_circle(start: str, moved: dict[str, str]) -> bool:
    key = moved.get(start)
    for _ in moved:
        if key is None or key == start:
            break
        key = moved.get(key)
    return key == start


RULES = (
    Rule(
        id="unknown-reference",
        level="error",
        why="Something is named that nobody has defined, so it could never happen.",
        mend="Define it, or name something that is there.",
        find=unknown_references,
    ),
    Rule(
        id="wrong-kind",
        level="error",
        why="A guide shows how, a celebration marks a moment, a survey asks; none can stand for another.",
        mend="Name a piece of the other kind.",
        find=wrong_kinds,
    ),
    Rule(
        id="key-form",
        level="error",
        why="Keys stand in addresses, in exports and in what has been done for somebody.",
        mend="Use small letters, digits, - and _, beginning with a letter or digit; 100 at most. Example: first-meal.",
        find=key_forms,
    ),
    Rule(
        id="key-taken",
        level="error",
        why="Keys are unique within the workspace, whatever kind of thing they name, and so are those of questions.",
        mend="Give one of them another key.",
        find=taken_keys,
    ),
    Rule(
        id="moved",
        level="error",
        why="`moved` says which new key carries on the history of an old one.",
        mend="Write `moved: {old-key: new-key}`.",
        find=moved_keys,
        needs=("moved", *SECTIONS),
    ),
)
