"""Whether a program fits different people: the same for everybody, one way of learning only, the same question twice."""

from collections.abc import Iterator

from milepost.core.conditions.types import Answered, Goal, InSegment, Trait
from milepost.core.delivery.language import first_said
from milepost.core.program.kinds.content import (
    Checklist,
    EmptyState,
    Guide,
    Hint,
    Question,
    ResourceCenter,
    Survey,
    Term,
)
from milepost.core.review.rule import Found, Leaf, Review, Rule

#: From so many steps on, a program in which nothing depends on the person is worth a word.
_MANY = 6
_KNOWING = (Goal, InSegment, Trait, Answered)
_SPOKEN = ("goal.", "answers.", "person.", "plan.", "measure.")


def same_for_everybody(review: Review) -> Iterator[Found]:
    seen: dict[tuple[str, ...], str] = {}
    for key, goal in review.document.goals.items():
        if goal.milestones in seen:
            yield Found(("goals", key), f"'{key}' is the same plan as '{seen[goal.milestones]}'.")
        seen.setdefault(goal.milestones, key)
    steps = len(review.document.content) + len(review.document.messages)
    if steps >= _MANY and not (any(map(knows_the_person, review.leaves)) or _speaks_to_the_person(review)):
        mend = "Let something depend on a goal, an answer, a trait or a segment."
        yield Found((), f"All {steps} pieces and messages are the same for everybody.", mend)


def knows_the_person(leaf: Leaf) -> bool:
    """Whether this operator asks who somebody is, rather than what they have done."""
    return isinstance(leaf.node, _KNOWING)


def _speaks_to_the_person(review: Review) -> bool:
    return any(
        f"{{{{ {start}" in said
        for _, text in review.texts()
        for said in (text.values() if isinstance(text, dict) else (text,))
        for start in _SPOKEN
    )


def formats(review: Review) -> dict[str, list[str]]:
    """Way of learning → what teaches in it: reading, doing in the product, watching, talking with a person."""
    found: dict[str, list[str]] = {}
    for key, piece in review.document.content.items():
        if (way := _way(piece)) is not None:
            found.setdefault(way, []).append(f"content.{key}")
        _add_formats(found, f"content.{key}", piece)
    for key, article in review.document.articles.items():
        found.setdefault("text", []).append(f"articles.{key}")
        _add_formats(found, f"articles.{key}", article)
    found.update(
        {"example": [f"templates.{key}" for key in review.document.templates]} if review.document.templates else {}
    )
    return found


def _way(piece: object) -> str | None:
    if isinstance(piece, Hint | Term | ResourceCenter):
        return "text"
    return "interactive" if isinstance(piece, Guide | Checklist | EmptyState) else None


def _add_formats(found: dict[str, list[str]], key: str, held: object) -> None:
    given = getattr(held, "formats", None)
    for name in ("text", "video", "interactive", "live", "pdf"):
        if getattr(given, name, None):
            found.setdefault(name, []).append(key)


def one_format(review: Review) -> Iterator[Found]:
    """Everything that teaches does so in one way. Where only one thing teaches there is no choice to speak of."""
    found = formats(review)
    if len(found) == 1:
        [(way, keys)] = found.items()
        if len(keys) > 1:
            yield Found((), f"All {len(keys)} things that teach are of one kind: {way}.")


def repeated_questions(review: Review) -> Iterator[Found]:
    """The same question in two surveys under two keys: its answer is not recalled. Measures and check-ins are asked
    again on purpose, and within one survey the branches may share their words."""
    seen: dict[str, tuple[str, str]] = {}
    for key, survey in review.pieces(Survey):
        for index, question in enumerate(survey.questions):
            other, first = seen.setdefault(_as_asked(question), (key, question.key))
            again = question.measure is not None or survey.every is not None
            if not again and other != key and first != question.key:
                message = f"'{question.key}' asks what '{first}' has asked in '{other}'."
                yield Found(("content", key, "questions", index), message)


def _as_asked(question: Question) -> str:
    said = first_said(question.ask)
    text = said if isinstance(said, str) else str(sorted(said.items()))
    return " ".join(text.casefold().split())


RULES = (
    Rule(
        id="same-for-everybody",
        level="warning",
        area="personal",
        why="Who is asked for their goal and gets the same as everybody will not answer again.",
        mend="Give each goal milestones of its own.",
        find=same_for_everybody,
    ),
    Rule(
        id="one-format",
        level="warning",
        area="personal",
        why="People learn in different ways: some read, some watch, some only by doing, some want to talk with somebody.",
        mend="Add another: an article, a guide, sample data (`templates:`), or `formats: {video: …, live: …}`.",
        find=one_format,
        needs=("content", "articles"),
    ),
    Rule(
        id="repeated-question",
        level="warning",
        area="attention",
        why="Who is asked twice for the same learns that nobody listens. Under one key the answer is recalled.",
        mend="Leave it out: the first answer can be asked for anywhere (`answered:`), or changed where it was given.",
        find=repeated_questions,
        needs=("content",),
    ),
)
