"""Who counts as onboarded: somebody who has got somewhere, not somebody who has seen the tour."""

from collections.abc import Iterator

from milepost.core import events
from milepost.core.conditions.memory import atoms_of
from milepost.core.program.expand import expand
from milepost.core.review.rule import Found, Leaf, Review, Rule
from milepost.core.values import Refused

#: What tells that something of ours was seen, and nothing of what came of it.
_SEEN = frozenset(
    {
        events.CONTENT_SHOWN,
        events.CONTENT_STARTED,
        events.CONTENT_STEP_SEEN,
        events.CONTENT_COMPLETED,
        events.CONTENT_DISMISSED,
        events.CONTENT_SNOOZED,
        events.CONTENT_REFUSED,
        events.CONTENT_ACTED,
        events.ARTICLE_OPENED,
        events.MESSAGE_SENT,
        events.MESSAGE_DELIVERED,
        events.EMAIL_OPENED,
        events.EMAIL_CLICKED,
    }
)


def tours(review: Review) -> Iterator[Found]:
    """Content and messages in the definition of who is onboarded, also through a segment."""
    for leaf in review.leaves:
        defines = leaf.path[0] == "onboarded" or leaf.path[:2] == ("lifecycle", "activated")
        if defines and (seen := sorted(_SEEN & _facts(review, leaf))):
            yield Found(leaf.path, f"Being onboarded would follow from '{seen[0]}'.")


def _facts(review: Review, leaf: Leaf) -> set[str | None]:
    try:
        return {atom.event for atom in atoms_of(expand(leaf.node, review.document))}
    except Refused:  # a segment that asks for itself, which is told of there
        return set()


RULES = (
    Rule(
        id="onboarded-by-tour",
        level="error",
        area="measuring",
        why="Who has finished a tour knows what we showed them; who is onboarded has got somewhere with it.",
        mend="Name milestones, measures or what people do, such as {reached: first-meal}.",
        find=tours,
        needs=("segments",),
    ),
)
