"""Which definition names which: read from plain data, so that a text with mistakes has references too."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from milepost.core.program.problems import Path
from milepost.core.review.names import MILESTONE, TYPED

#: Below these stand a product's own words, which name nothing here.
_FOREIGN = frozenset(
    {"data", "where", "options", "facts", "moved", "consent", "locales", "support", "limits", "traits"}
)


class Use(Struct, frozen=True, kw_only=True):
    """At `path` stands a word that names the definition `key` of `section`. `prefix`: what stands before it there.
    `is_key`: the word is the last step of the path itself."""

    path: Path
    section: str
    key: str
    prefix: str = ""
    is_key: bool = False

    @property
    def by(self) -> Path:
        """The definition in which it stands."""
        return self.path[:2] if len(self.path) > 2 else self.path[:1]


def uses(data: Any) -> list[Use]:
    """Everything that is named, in the order of the text; what is named but not there too."""
    return list(_walk(data, (), data)) if isinstance(data, Mapping) else []


def uses_of(found: list[Use], section: str, key: str) -> list[Use]:
    """Where others name this definition."""
    return [use for use in found if (use.section, use.key) == (section, key) and use.by != (section, key)]


def uses_by(found: list[Use], section: str, key: str) -> list[Use]:
    """What this definition names."""
    own = [use for use in found if use.by == (section, key) and (use.section, use.key) != (section, key)]
    return list({(use.section, use.key): use for use in own}.values())


def _walk(node: Any, path: Path, root: Mapping[str, Any]) -> Iterator[Use]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from _named(key, value, (*path, key), node, root)
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _walk(value, (*path, index), root)


def _named(key: str, value: Any, path: Path, around: Mapping[str, Any], root: Mapping[str, Any]) -> Iterator[Use]:
    if key in _FOREIGN or (key == "if" and "ask" in around):
        return
    if key == "by_goal" and isinstance(value, Mapping):
        yield from (Use(path=(*path, goal), section="goals", key=goal, is_key=True) for goal in value)
    elif key in ("since", "days_since") and isinstance(value, str) and value.startswith(MILESTONE):
        yield Use(path=path, section="milestones", key=value.removeprefix(MILESTONE), prefix=MILESTONE)
    elif key == "on" and path[0] == "experiments" and isinstance(value, str) and "." in value:
        section, _, tried = value.partition(".")
        yield Use(path=path, section=section, key=tried, prefix=f"{section}.")
    elif key in TYPED and isinstance(value, str) and not (key == "reached" and "measure" in around):
        yield Use(path=path, section=_section(key, value, root), key=value)
    elif key in TYPED and isinstance(value, list) and all(isinstance(each, str) for each in value):
        for index, each in enumerate(value):
            yield Use(path=(*path, index), section=_section(key, each, root), key=each)
    else:
        yield from _walk(value, path, root)


def _section(key: str, word: str, root: Mapping[str, Any]) -> str:
    """Of several sections the one that has it."""
    sections = TYPED[key]
    return next((each for each in sections if word in (root.get(each) or {})), sections[0])
