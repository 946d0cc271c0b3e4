"""Errors of naming: what is named but not there, what leads in a circle, which key is taken or cannot be one."""

import re
from collections.abc import Iterator

from milepost.core.conditions.evaluate import milestones_of
from milepost.core.program.compile import conditions_of
from milepost.core.program.kinds.content import Celebration, Guide
from milepost.core.program.problems import Path, did_you_mean
from milepost.core.review.rule import Found, Review, Rule, condition_path

SECTIONS = ("milestones", "content", "messages")
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")
_ONE = {"milestones": "milestone", "content": "piece of content", "messages": "message"}


def unknown_references(review: Review) -> Iterator[Found]:
    known = {section: review.keys(section) for section in SECTIONS}
    for section, key, path in _references(review):
        if section not in review.told and key not in known[section]:
            yield Found(path, f"There is no {_ONE[section]} '{key}'.", did_you_mean(key, known[section]))


def _references(review: Review) -> Iterator[tuple[str, str, Path]]:
    """(section, key, path) of everything that the document names."""
    document = review.document
    for key, milestone in document.milestones.items():
        if (celebrate := milestone.celebrate) is not None:
            path: Path = ("milestones", key, "celebrate")
            yield from _named("content", celebrate.content, (*path, "content"))
            yield from _named("messages", celebrate.message, (*path, "message"))
    for key, guide in review.guides():
        yield from _named("milestones", guide.serves, ("content", key, "serves"))
    for key, message in document.messages.items():
        yield from _named("milestones", message.serves, ("messages", key, "serves"))
        if message.link is not None:
            yield from _named("content", message.link.start, ("messages", key, "link", "start"))
    for leaf in review.leaves():
        yield from (("milestones", milestone, leaf.path) for milestone in milestones_of(leaf.node))


def _named(section: str, key: str | None, path: Path) -> Iterator[tuple[str, str, Path]]:
    if key is not None:
        yield section, key, path


def wrong_kinds(review: Review) -> Iterator[Found]:
    """A piece of the wrong kind in a place that needs another."""
    content = review.document.content
    for key, milestone in review.document.milestones.items():
        shown = milestone.celebrate.content if milestone.celebrate else None
        if shown and isinstance(content.get(shown), Guide):
            yield Found(("milestones", key, "celebrate", "content"), f"'{shown}' is a guide, not a celebration.")
    for key, message in review.document.messages.items():
        started = message.link.start if message.link else None
        if started and isinstance(content.get(started), Celebration):
            yield Found(("messages", key, "link", "start"), f"'{started}' is a celebration, not a guide.")


def milestone_cycles(review: Review) -> Iterator[Found]:
    """Milestones each of which waits for another of them: nobody can ever reach one."""
    waits_for = {
        key: milestones_of(condition) for kind, key, condition in conditions_of(review.document) if kind == "milestone"
    }
    for key in waits_for:
        circle = _circle(key, waits_for)
        if circle and key == min(circle):
            path = condition_path("milestone", key)
            yield Found(path, f"These milestones wait for one another: {' → '.join([*circle, circle[0]])}.")


def _circle(start: str, waits_for: dict[str, frozenset[str]]) -> list[str]:
    """A way from a milestone back to itself, if there is one."""
    trails = [[start]]
    seen: set[str] = set()
    while trails:
        trail = trails.pop()
        for following in sorted(waits_for.get(trail[-1], ())):
            if following == start:
                return trail
            if following not in seen:
                seen.add(following)
                trails.append([*trail, following])
    return []


def key_forms(review: Review) -> Iterator[Found]:
    for section in SECTIONS:
        for key in getattr(review.document, section):
            if not _KEY.fullmatch(key):
                yield Found((section, key), f"'{key}' cannot be a key.")


def taken_keys(review: Review) -> Iterator[Found]:
    holder: dict[str, str] = {}
    for section in SECTIONS:
        for key in getattr(review.document, section):
            if key in holder:
                yield Found((section, key), f"'{key}' is already the key of a {_ONE[holder[key]]}.")
            holder.setdefault(key, section)


def moved_keys(review: Review) -> Iterator[Found]:
    moved = review.document.moved
    known = set[str]().union(*(review.keys(section) for section in SECTIONS))
    for old, new in moved.items():
        path: Path = ("moved", old)
        if old in known:
            yield Found(
                path,
                f"'{old}' is still there, so it has not moved.",
                "Remove this line, or give the new one a new key.",
            )
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
        why="A guide shows how, a celebration marks a moment; one cannot stand for the other.",
        mend="Name a piece of the other kind.",
        find=wrong_kinds,
    ),
    Rule(
        id="milestone-cycle",
        level="error",
        why="Milestones that wait for one another are reached by nobody.",
        mend="Let one of them be reached by what people do.",
        find=milestone_cycles,
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
        why="Keys are unique within the workspace, whatever kind of thing they name.",
        mend="Give one of them another key.",
        find=taken_keys,
    ),
    Rule(
        id="moved",
        level="error",
        why="`moved` says which new key carries on the history of an old one.",
        mend="Write `moved: {old-key: new-key}`.",
        find=moved_keys,
        needs=("moved", "milestones", "content", "messages"),
    ),
)
