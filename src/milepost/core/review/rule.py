"""What a rule of `check` is, and what it is given."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import Struct

from milepost.core.conditions.types import All, Any_, Condition, Did, Not, Reached, Trait
from milepost.core.program.compile import conditions_of
from milepost.core.program.document import Document
from milepost.core.program.kinds.common import Text
from milepost.core.program.kinds.content import Guide
from milepost.core.program.problems import Level, Lines, Path, Problem, line_of, path_text


class Found(Struct, frozen=True):
    """One place where a rule is broken. Absent: an empty `mend` is the rule's own."""

    path: Path
    message: str
    mend: str = ""


class Review(Struct, frozen=True, kw_only=True):
    """A document under review. `told`: paths at which something could not be read, so that the document has gaps."""

    document: Document
    lines: Lines
    told: frozenset[str] = frozenset()

    def keys(self, section: str) -> set[str]:
        """The keys of a section, those too whose definition could not be read."""
        typed = {str(path[1]) for path in self.lines if len(path) == 2 and path[0] == section}
        return typed | set(getattr(self.document, section))

    def has_gaps(self, *sections: str) -> bool:
        """Whether something in these sections could not be read."""
        return any(path == s or path.startswith((f"{s}.", f"{s}[")) for path in self.told for s in sections)

    def texts(self) -> Iterator[tuple[Path, Text]]:
        """Every text that somebody will read, with its path."""
        yield from _texts_of(self.document)

    def conditions(self) -> Iterator[tuple[Path, Condition]]:
        """Every condition, with its path."""
        for kind, key, condition in conditions_of(self.document):
            yield condition_path(kind, key), condition

    def leaves(self) -> Iterator["Leaf"]:
        """Every operator without operators inside, of every condition."""
        for path, condition in self.conditions():
            yield from _leaves(condition, path, self.lines, negated=False)

    def guides(self) -> Iterator[tuple[str, Guide]]:
        for key, content in self.document.content.items():
            if isinstance(content, Guide):
                yield key, content


class Leaf(Struct, frozen=True):
    """An operator where it was typed. `negated`: it stands inside an odd number of `not`."""

    path: Path
    node: Did | Trait | Reached
    negated: bool


class Rule(Struct, frozen=True, kw_only=True):
    """One thing to look for. `why` and `mend` stand in the reference; without the sections of `needs` it is skipped."""

    id: str
    level: Level
    why: str
    mend: str
    find: Callable[[Review], Iterable[Found]]
    needs: tuple[str, ...] = ()


def run(rules: Iterable[Rule], review: Review) -> list[Problem]:
    """Everything that these rules find."""
    return [
        _problem(rule, found, review.lines)
        for rule in rules
        if not review.has_gaps(*rule.needs)
        for found in rule.find(review)
        if path_text(found.path) not in review.told
    ]


def condition_path(kind: str, key: str) -> Path:
    """Where the condition of a rule of the engine stands in the document."""
    sections: Mapping[str, Path] = {
        "start": ("start",),
        "milestone": ("milestones", key, "reached"),
        "content": ("content", key, "when"),
        "message": ("messages", key, "when"),
    }
    return sections[kind]


def _problem(rule: Rule, found: Found, lines: Lines) -> Problem:
    return Problem(
        rule=rule.id,
        level=rule.level,
        line=line_of(found.path, lines),
        path=path_text(found.path),
        message=found.message,
        mend=found.mend or rule.mend,
    )


def _leaves(condition: Condition, path: Path, lines: Lines, *, negated: bool) -> Iterator[Leaf]:
    match condition:
        case All() | Any_():
            operator = "any" if isinstance(condition, Any_) else "all"
            typed: Path = (*path, operator) if (*path, operator) in lines else path  # a bare list is `all` too
            for index, member in enumerate(condition.of):
                yield from _leaves(member, (*typed, index), lines, negated=negated)
        case Not():
            yield from _leaves(condition.of, (*path, "not"), lines, negated=not negated)
        case _:
            yield Leaf(path, condition, negated)


# --- the texts of a document -----------------------------------------------------------------------------------------


def _texts_of(document: Document) -> Iterator[tuple[Path, Text]]:
    if document.support is not None:
        yield from _fields(("support",), document.support, "name", "hours")
    for key, milestone in document.milestones.items():
        yield from _fields(("milestones", key), milestone, "title")
    for key, content in document.content.items():
        yield from _fields(("content", key), content, "title", "body", "button")
        for index, step in enumerate(getattr(content, "steps", ())):
            yield from _fields(("content", key, "steps", index), step, "title", "body")
    for key, message in document.messages.items():
        yield from _fields(("messages", key), message, "subject", "body")
        if message.link is not None:
            yield from _fields(("messages", key, "link"), message.link, "text")


def _fields(path: Path, holder: Struct, *names: str) -> Iterator[tuple[Path, Text]]:
    for name in names:
        if isinstance(text := getattr(holder, name, None), str | dict):
            yield (*path, name), text
