"""Everything that is to say about a text: what cannot be read, what cannot be meant, and what is worth a thought.

A text of several documents is a workspace's: each is reviewed with what is common to all, and beside the others.
"""

from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct

from milepost.core.program.codec import Parsed, decode
from milepost.core.program.document import Document
from milepost.core.program.folder import DEFINITIONS, Folder
from milepost.core.program.problems import Lines, Path, Problem
from milepost.core.review import check, circles, rehearsal
from milepost.core.review.rule import Review, run
from milepost.program import templates, zones
from milepost.program.yaml_text import Loaded, load

_KEPT = 8
_OWN_RULES = (*templates.RULES, *zones.RULES)
RULES = (*check.RULES, *_OWN_RULES)
#: With those that only show when people live with the program.
ALL_RULES = (*RULES, *rehearsal.RULES)


class Reviewed(Struct, frozen=True, kw_only=True):
    """Shapes: `problems` in the order of the text; `sketch` is the document as far as it could be read, of several all of
    them as one; `documents` are those. Absent: there is no `folder` when there is an error."""

    folder: Folder | None
    sketch: Document
    problems: tuple[Problem, ...]
    lines: Lines
    documents: tuple[Document, ...]

    @property
    def document(self) -> Document | None:
        """The document, of several all of them as one, as typed; None when there is an error."""
        return self.folder.typed if self.folder is not None else None


@lru_cache(maxsize=_KEPT)
def review(text: str | bytes) -> Reviewed:
    """Reads a text and checks what it says. While it has errors, the rest waits: it may only follow from them.

    The last texts are remembered: pages ask for the same one again and again, and to read it takes most of their time.
    """
    return review_loaded(load(text))


def review_loaded(loaded: Loaded) -> Reviewed:
    """The same for a text that was loaded already."""
    parsed = [decode(part.data, part.lines, part.problems) for part in loaded.documents]
    sketch = Folder(documents=tuple(part.sketch for part in parsed))
    found = _found(parsed[0]) if len(parsed) == 1 else _found_in(parsed, sketch, loaded.lines)
    errors = [problem for part in parsed for problem in part.problems]
    errors += [problem for problem in found if problem.level == "error"]
    problems = sorted(errors or found, key=lambda problem: (problem.line, problem.path))
    folder = None if errors else sketch
    return Reviewed(
        folder=folder, sketch=sketch.typed, problems=tuple(problems), lines=loaded.lines, documents=sketch.documents
    )


def _found(parsed: Parsed) -> list[Problem]:
    return _checked(Review(document=parsed.sketch, lines=parsed.lines, told=_told([parsed])))


def _checked(review: Review) -> list[Problem]:
    return [*check.check(review), *run(_OWN_RULES, review)]


def _found_in(parsed: Sequence[Parsed], sketch: Folder, lines: Lines) -> list[Problem]:
    """What is wrong with each document, and with all of them together; each thing once, where it stands."""
    circular = run(circles.RULES, Review(document=sketch.document, lines=lines, told=_told(parsed)))
    found = [*circular, *(problem for place in range(len(parsed)) for problem in _found_at(place, parsed))]
    return list({(problem.rule, problem.line, problem.path): problem for problem in found}.values())


def _found_at(place: int, parsed: Sequence[Parsed]) -> list[Problem]:
    """What is wrong with one document of several. What is common to all is advised on in the programs that use it."""
    mine = parsed[place]
    common = [part for part in parsed if part.sketch.common and part is not mine]
    review = Review(
        document=Folder(documents=tuple(part.sketch for part in (mine, *common))).document,
        own=mine.sketch,
        lines={**_definitions(parsed), **_lines(common), **mine.lines},
        told=_told([mine, *common]),
        beside=tuple((part.sketch, part.lines) for part in parsed if part is not mine),
    )
    first, last = mine.lines.get((), 0), max(mine.lines.values(), default=0)
    return [
        problem
        for problem in _checked(review)
        if first <= problem.line <= last and (problem.level == "error" or not mine.sketch.common)
    ]


def _lines(parsed: Sequence[Parsed]) -> dict[Path, int]:
    return {path: line for part in parsed for path, line in part.lines.items()}


def _definitions(parsed: Sequence[Parsed]) -> dict[Path, int]:
    """The keys of all documents, with their lines."""
    return {path: line for path, line in _lines(parsed).items() if len(path) == 2 and path[0] in DEFINITIONS}


def _told(parsed: Sequence[Parsed]) -> frozenset[str]:
    return frozenset(problem.path for part in parsed for problem in part.problems)


def rehearse(reviewed: Reviewed) -> tuple[Problem, ...]:
    """What only shows when made-up people live with the program; nothing while it has an error. It takes a moment."""
    if reviewed.folder is None:
        return ()
    found = run(rehearsal.RULES, Review(document=reviewed.folder.for_persons, lines=reviewed.lines))
    return tuple(sorted(found, key=lambda problem: (problem.line, problem.path)))
