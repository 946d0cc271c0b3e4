"""What a rule of `check` is, and what it is given."""

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import TypeVar

from msgspec import Struct

from milepost.core.conditions.types import All, Any_, Condition, Named, Not
from milepost.core.conditions.types import Leaf as KernelLeaf
from milepost.core.program.document import Document
from milepost.core.program.kinds.common import Text
from milepost.core.program.kinds.content import Guide
from milepost.core.program.problems import Level, Lines, Path, Problem, line_of, path_text
from milepost.core.program.walk import Node, nodes

T = TypeVar("T")
#: An operator that has no operators inside.
Operator = KernelLeaf | Named


class Found(Struct, frozen=True):
    """One place where a rule is broken. Absent: an empty `mend` is the rule's own."""

    path: Path
    message: str
    mend: str = ""


class Leaf(Struct, frozen=True):
    """An operator where it was typed. `negated`: it stands inside an odd number of `not`."""

    path: Path
    node: Operator
    negated: bool


class Review(Struct, frozen=True, kw_only=True, dict=True):
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

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Every value of the document with its path."""
        return tuple(nodes(self.document))

    def held(self, kind: type[T]) -> Iterator[tuple[Path, T]]:
        """Every value of this type, with its path."""
        return ((node.path, node.value) for node in self.nodes if isinstance(node.value, kind))

    def texts(self) -> Iterator[tuple[Path, Text]]:
        """Every text that somebody will read, with its path."""
        return ((node.path, node.value) for node in self.nodes if node.is_text)

    def conditions(self) -> Iterator[tuple[Path, Condition]]:
        """Every condition as it was typed, with its path."""
        return ((node.path, node.value) for node in self.nodes if node.is_condition)

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        """Every operator without operators inside, of every condition."""
        return tuple(leaf for path, condition in self.conditions() for leaf in self.leaves_of(condition, path))

    def leaves_of(self, condition: Condition, path: Path) -> Iterator[Leaf]:
        """The operators of one condition, which stands at this path."""
        return _leaves(condition, path, self.lines, negated=False)

    def guides(self) -> Iterator[tuple[str, Guide]]:
        return self.pieces(Guide)

    def pieces(self, kind: type[T]) -> Iterator[tuple[str, T]]:
        """The pieces of content of one kind."""
        return ((key, piece) for key, piece in self.document.content.items() if isinstance(piece, kind))


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
