"""What a rule of `check` is, and what it is given."""

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Literal, TypeVar

from msgspec import Struct

from milepost.core.conditions.types import All, Any_, Condition, Named, Not, Sequence_
from milepost.core.conditions.types import Leaf as KernelLeaf
from milepost.core.program.document import Document
from milepost.core.program.kinds.common import PlainText, Variants
from milepost.core.program.kinds.content import Guide
from milepost.core.program.problems import Level, Lines, Path, Problem, line_of, path_text
from milepost.core.program.walk import Node, nodes

T = TypeVar("T")
#: An operator that has no operators inside.
Operator = KernelLeaf | Named


STEPS = "sequence"


class Found(Struct, frozen=True):
    """One place where a rule is broken. Absent: an empty `mend` is the rule's own."""

    path: Path
    message: str
    mend: str = ""


class Leaf(Struct, frozen=True):
    """An operator where it was typed. `negated`: it stands inside an odd number of `not`.

    The steps of a sequence are told of as well, each as the `did` that it is, under `STEPS`.
    """

    path: Path
    node: Operator
    negated: bool


class Review(Struct, frozen=True, kw_only=True, dict=True, eq=False):
    """A document under review, compared by identity. `told`: paths at which something could not be read, so that the
    document has gaps. In a workspace of several, `document` holds what is common to them too, `own` what it says itself,
    and `beside` are the others with their lines; `lines` then has their definitions as well."""

    document: Document
    lines: Lines
    told: frozenset[str] = frozenset()
    own: Document | None = None
    beside: tuple[tuple[Document, Lines], ...] = ()

    @property
    def mine(self) -> Document:
        """What this document itself says, without what is common to all."""
        return self.own or self.document

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

    def texts(self) -> Iterator[tuple[Path, PlainText]]:
        """Every text that somebody will read, with its path; each variant of one by itself."""
        for node in self.nodes:
            if node.is_text and isinstance(node.value, Variants):
                yield from (((*node.path, "variants", name), said) for name, said in node.value.variants.items())
            elif node.is_text:
                yield node.path, node.value

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


#: What a rule is about: the parts of a good onboarding that `milepost audit` scores.
Area = Literal[
    "form", "goal", "measuring", "obstacles", "guidance", "words", "attention", "personal", "later", "links", "team"
]


class Rule(Struct, frozen=True, kw_only=True):
    """One thing to look for. `why` and `mend` stand in the reference; without the sections of `needs` it is skipped."""

    id: str
    level: Level
    why: str
    mend: str
    find: Callable[[Review], Iterable[Found]]
    needs: tuple[str, ...] = ()
    area: Area = "form"


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
            for place, step in enumerate(condition.steps if isinstance(condition, Sequence_) else ()):
                yield Leaf((*path, STEPS, place), step, negated)
