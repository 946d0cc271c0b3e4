"""`check`: what stands in the way of a release, what asks for a reason, and what is worth a thought.

The rules stand in tables, one small function each: naming, circles, forms, flows, meaning, texts, advice, story. What
templates say is checked beside the templates' parser (`milepost.program.templates`).
"""

from milepost.core.program.document import Document
from milepost.core.program.problems import Lines, Problem
from milepost.core.review import advice, circles, flows, forms, meaning, references, story, texts
from milepost.core.review.rule import Review, run

RULES = (
    *references.RULES,
    *circles.RULES,
    *forms.RULES,
    *flows.RULES,
    *meaning.RULES,
    *texts.RULES,
    *advice.RULES,
    *story.RULES,
)


def check(document: Document, lines: Lines, told: frozenset[str] = frozenset()) -> list[Problem]:
    """Everything that the rules find. `told`: paths that could not be read; what only follows from them is not said."""
    return run(RULES, Review(document=document, lines=lines, told=told))
