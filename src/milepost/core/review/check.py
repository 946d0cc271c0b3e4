"""`check`: what stands in the way of a release, what asks for a reason, and what is worth a thought.

The rules stand in tables, one small function each: naming, meaning, texts, advice. What templates say is checked beside
the templates' parser (`milepost.program.templates`).
"""

from milepost.core.program.document import Document
from milepost.core.program.problems import Lines, Problem
from milepost.core.review import advice, meaning, references, texts
from milepost.core.review.rule import Review, run

RULES = (*references.RULES, *meaning.RULES, *texts.RULES, *advice.RULES)


def check(document: Document, lines: Lines, told: frozenset[str] = frozenset()) -> list[Problem]:
    """Everything that the rules find. `told`: paths that could not be read; what only follows from them is not said."""
    return run(RULES, Review(document=document, lines=lines, told=told))
