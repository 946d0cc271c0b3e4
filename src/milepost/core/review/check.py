"""`check`: what stands in the way of a release, what asks for a reason, and what is worth a thought.

The rules stand in tables, one small function each: naming, circles, forms, flows, meaning, texts, advice, story. What
templates say is checked beside the templates' parser (`milepost.program.templates`).
"""

from milepost.core.program.problems import Problem
from milepost.core.review import (
    advice,
    charts,
    circles,
    courses,
    experiments,
    flows,
    forms,
    guides,
    lasting,
    mapping,
    meaning,
    onboarded,
    plans,
    programs,
    references,
    story,
    texts,
    variety,
    words,
)
from milepost.core.review.rule import Review, run

RULES = (
    *references.RULES,
    *circles.RULES,
    *forms.RULES,
    *flows.RULES,
    *guides.RULES,
    *experiments.RULES,
    *meaning.RULES,
    *onboarded.RULES,
    *programs.RULES,
    *plans.RULES,
    *courses.RULES,
    *texts.RULES,
    *words.RULES,
    *advice.RULES,
    *story.RULES,
    *mapping.RULES,
    *charts.RULES,
    *variety.RULES,
    *lasting.RULES,
)


def check(review: Review) -> list[Problem]:
    """Everything that the rules find. What only follows from what could not be read is not said."""
    return run(RULES, review)
