"""Everything that is to say about a text: what cannot be read, what cannot be meant, and what is worth a thought."""

from msgspec import Struct

from milepost.core.program.codec import decode
from milepost.core.program.document import Document
from milepost.core.program.problems import Lines, Problem
from milepost.core.review import check
from milepost.core.review.rule import Review, run
from milepost.program import templates, zones
from milepost.program.yaml_text import Loaded, load

_OWN_RULES = (*templates.RULES, *zones.RULES)
RULES = (*check.RULES, *_OWN_RULES)


class Reviewed(Struct, frozen=True, kw_only=True):
    """Shapes: `problems` in the order of the text; `sketch` is the document as far as it could be read. Absent: there is
    no `document` when there is an error."""

    document: Document | None
    sketch: Document
    problems: tuple[Problem, ...]
    lines: Lines


def review(text: str | bytes) -> Reviewed:
    """Reads a text and checks what it says. While it has errors, the rest waits: it may only follow from them."""
    return review_loaded(load(text))


def review_loaded(loaded: Loaded) -> Reviewed:
    """The same for a text that was loaded already."""
    parsed = decode(loaded.data, loaded.lines, loaded.problems)
    told = frozenset(problem.path for problem in parsed.problems)
    sketch = Review(document=parsed.sketch, lines=parsed.lines, told=told)
    found = [*check.check(sketch.document, sketch.lines, told), *run(_OWN_RULES, sketch)]
    errors = [*parsed.problems, *(problem for problem in found if problem.level == "error")]
    problems = sorted(errors or found, key=lambda problem: (problem.line, problem.path))
    document = None if errors else parsed.document
    return Reviewed(document=document, sketch=parsed.sketch, problems=tuple(problems), lines=parsed.lines)
