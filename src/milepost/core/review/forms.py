"""Errors of form that the types alone cannot tell: what must stand together, or not, or one of several."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any

from msgspec import Struct

from milepost.core.conditions.types import ONLY_QUESTION, Answered, Did, Test
from milepost.core.delivery.formats import FORMATS
from milepost.core.program.expand import evidence_of
from milepost.core.program.kinds.common import AnswerRef
from milepost.core.program.kinds.content import OF_MEASURE, SCALES, Action, Article, Checklist, Question, Survey
from milepost.core.program.kinds.goal import MOTIVATION
from milepost.core.program.kinds.journey import Cadence, ReEntry
from milepost.core.program.kinds.milestone import Growth, Help, Obstacle, ProductChange
from milepost.core.program.kinds.risk import Risk
from milepost.core.program.problems import Path, did_you_mean
from milepost.core.review.rule import Found, Review, Rule
from milepost.core.values import Refused

_NUMBERS = ("number", *SCALES)
_CHOICES = ("choice", "multi", "interests", "picture", "ranking")
_PICTURED = ("picture", "interests")
#: Kinds of question whose options are definitions of the program, where they are none of their own.
_DEFINED = {"goal": "goals", "motive": "motives"}
#: Traits that say who somebody is: what people pick is not written into these.
_TAKEN = frozenset({"email", "name", "first_name", "last_name", "locale", "timezone", MOTIVATION})
#: Of these fields exactly one is given.
_ONE_OF: dict[type[Struct], tuple[str, ...]] = {
    Help: ("guide", "content", "message", "article", "offer", "ask_support", "peers"),
    Action: ("use_template", "start", "url"),
    Checklist: ("from_", "items"),
    Obstacle: ("help", "accepted"),
    ReEntry: ("once_per", "after"),
    Growth: ("text", "offer"),
    Risk: ("stall", "decline", "when"),
}
#: A rule of its own tells of an obstacle with neither.
_OR_NONE = (Obstacle,)


def exactly_one(review: Review) -> Iterator[Found]:
    for kind, names in _ONE_OF.items():
        for path, held in review.held(kind):
            given = [name.strip("_") for name in names if getattr(held, name)]
            typed = ", ".join(name.strip("_") for name in names)
            if len(given) > 1:
                yield Found(path, f"{' and '.join(given)} cannot stand together.", f"Keep one of: {typed}.")
            elif not given and kind not in _OR_NONE:
                yield Found(path, "It says nothing of what is to happen.", f"Write one of: {typed}.")


def unreachable_milestones(review: Review) -> Iterator[Found]:
    for key, milestone in review.document.milestones.items():
        if milestone.repeats is not None and not _only_facts(review, ("milestones", key)):
            message = "It repeats, so `reached` may ask for facts only (did, all, any)."
            yield Found(("milestones", key, "repeats"), message, "Write `reached: {did: …}`, or leave `repeats` out.")
        elif not _has_evidence(review, key):
            yield Found(("milestones", key), f"Nothing says when '{key}' is reached.")


def _has_evidence(review: Review, key: str) -> bool:
    try:
        return bool(evidence_of(review.document, key))
    except Refused:  # a segment that asks for itself, which is told of there
        return True


def _only_facts(review: Review, path: Path) -> bool:
    own = [leaf for leaf in review.leaves if leaf.path[:2] == path and leaf.path[2] in ("reached", "evidence")]
    return any(leaf.path[2] == "reached" for leaf in own) and all(
        isinstance(leaf.node, Did) and not leaf.negated for leaf in own
    )


def pointless_limits(review: Review) -> Iterator[Found]:
    """`not_more_than` says how often a milestone is celebrated that is reached again and again."""
    for key, milestone in review.document.milestones.items():
        if milestone.celebrate is not None and milestone.celebrate.not_more_than and milestone.repeats is None:
            path: Path = ("milestones", key, "celebrate", "not_more_than")
            yield Found(path, f"'{key}' is reached once, and so it is celebrated once.")


# --- surveys ---------------------------------------------------------------------------------------------------------


def questions(review: Review) -> Iterator[Found]:
    for key, survey in review.pieces(Survey):
        if not survey.questions:
            yield Found(("content", key, "questions"), "The survey has no question.", "Add one with `key:` and `ask:`.")
        own = {question.key for question in survey.questions}
        for what in ("reason", "competitor", "obstacle") if survey.leaving else ():
            if (named := getattr(survey.leaving, what)) is not None and named not in own:
                yield Found(
                    ("content", key, "leaving", what), f"'{named}' is not asked here.", did_you_mean(named, own)
                )
        yield from _levels(survey, ("content", key, "levels"))
        yield from _one_at_a_time(survey, ("content", key), review)
        for index, question in enumerate(survey.questions):
            path: Path = ("content", key, "questions", index)
            yield from _form(question, path, review)
            yield from _branches(question, survey, path, _asked(review))


def _form(question: Question, path: Path, review: Review) -> Iterator[Found]:
    if question.kind in _CHOICES and not question.options:
        yield Found(path, "There is nothing to choose from.", "Add `options: {yes: Yes, no: No}`.")
    if question.kind not in (*_CHOICES, *_DEFINED, "learning") and question.options:
        mend = "Write `kind: choice`, or remove the options."
        yield Found((*path, "options"), f"A question of kind {question.kind} has no options.", mend)
    if (section := _DEFINED.get(question.kind)) and not (review.keys(section) or review.has_gaps(section)):
        yield Found(path, f"It asks for a {question.kind}, and the program has none.", f"Add `{section}:`.")
    if question.kind == "learning":
        for name in sorted(set(question.options) - set(FORMATS)):
            yield Found((*path, "options", name), f"'{name}' is no way to learn.", did_you_mean(name, FORMATS))
    yield from _pictures(question, path)
    if (question.least or question.most) and question.kind not in SCALES:
        yield Found(path, f"A question of kind {question.kind} has no ends.", "Remove `least` and `most`.")
    if question.kind == "interests" and not question.optional:
        yield Found((*path, "optional"), "Interests may always be skipped.", "Remove `optional: false`.")
    if question.kind == "interests" and question.key in _TAKEN:
        yield Found((*path, "key"), f"'{question.key}' is another trait of theirs.", "Give the question another key.")
    if question.measure is not None and question.kind not in _NUMBERS:
        yield Found((*path, "measure"), "Only a number can be recorded as a measure.", "Write `kind: number`.")
    if question.at_least is not None and question.at_most is not None and question.at_least > question.at_most:
        yield Found((*path, "at_least"), "No number is both.", "Let `at_least` be no more than `at_most`.")


def _one_at_a_time(survey: Survey, path: Path, review: Review) -> Iterator[Found]:
    """Who asks one question at a time asks people, and gives them time."""
    if survey.one_at_a_time is None:
        for index, question in enumerate(survey.questions):
            if question.when is not None:
                mend = "Write `if:`, or `one_at_a_time: 7d` in the survey."
                yield Found((*path, "questions", index, "when"), "This survey asks all its questions at once.", mend)
        return
    place: Path = (*path, "one_at_a_time")
    if review.document.audience == "customer":
        yield Found(place, "An account is not there to be asked.", "Let a program for users ask them.")
    if survey.one_at_a_time < timedelta(days=1):
        yield Found(place, "One question a day is the most.", "Write `1d`, or longer.")
    if survey.when is None:
        yield Found(place, "When does it begin to ask?", "Add `when:`, such as {reached: first-meal}.")
    for name in ("every", "levels", "leaving"):
        if getattr(survey, name):
            yield Found((*path, name), "This needs all its questions at once.", "Remove it, or `one_at_a_time`.")


def _levels(survey: Survey, path: Path) -> Iterator[Found]:
    """A placement test places everybody, and by something."""
    if survey.levels and not any(question.points for question in survey.questions):
        yield Found(path, "No answer counts a point.", "Add `points: {OPTION: 1}` to its questions.")
    if survey.levels and min(survey.levels.values()) > 0:
        yield Found(path, "Whoever has no point is on no level.", "Let one level begin at 0.")
    for index, question in enumerate(survey.questions):
        for option in question.points.keys() - question.options.keys():
            place: Path = (*path[:2], "questions", index, "points", option)
            yield Found(place, f"'{option}' is none of the options.", did_you_mean(option, question.options))


def _pictures(question: Question, path: Path) -> Iterator[Found]:
    if question.pictures and question.kind not in _PICTURED:
        mend = "Write `kind: picture`, or remove the pictures."
        yield Found((*path, "pictures"), f"A question of kind {question.kind} has no pictures.", mend)
    if question.kind == "picture":
        for option in question.options.keys() - question.pictures.keys():
            mend = f"Add `{option}: {{image: /images/{option}.webp}}`."
            yield Found((*path, "pictures"), f"'{option}' has no picture.", mend)
    for option, picture in question.pictures.items():
        if option not in question.options:
            mend = did_you_mean(option, question.options)
            yield Found((*path, "pictures", option), f"'{option}' is none of the options.", mend)
        if not picture.image.startswith(("https://", "/")):
            mend = "Write an address that begins with https:// or /."
            yield Found((*path, "pictures", option, "image"), "No picture can be there.", mend)


def _branches(question: Question, survey: Survey, path: Path, asked: dict[str, Question]) -> Iterator[Found]:
    """What `if` says of questions that are not asked before this one, or of a measure that there is not."""
    own = [each.key for each in survey.questions]
    earlier = own[: own.index(question.key)]
    page = _page(survey.questions, own.index(question.key))
    for other, test in question.if_.items():
        place: Path = (*path, "if", other)
        if other in own and other not in earlier:
            mend = "Move it behind that question, or name one that comes before."
            yield Found(place, f"'{other}' is not asked before this question.", mend)
        elif other in page:
            mend = f"Remove `together` from '{question.key}', so that it comes when '{other}' has been answered."
            yield Found(place, f"'{other}' stands on the same page.", mend)
        elif other in asked and other not in own:
            mend = "Give the survey a `when:` that asks for the answer, such as {goal: lose-weight}."
            yield Found(place, f"'{other}' is asked in another survey.", mend)
        elif other in asked and test.value in OF_MEASURE and not (question.measure or asked[other].measure):
            mend = f"Add `measure:` to the question '{other}', or compare with a number."
            yield Found(place, f"'{test.value}' of which measure?", mend)


def _page(questions: tuple[Question, ...], index: int) -> list[str]:
    """The questions before this one on the same page."""
    first = index
    while first > 0 and questions[first].together:
        first -= 1
    return [each.key for each in questions[first:index]]


def unknown_answers(review: Review) -> Iterator[Found]:
    """Answers that nobody can give."""
    asked = _asked(review)
    for leaf in review.leaves:
        if isinstance(leaf.node, Answered):
            for key, test in leaf.node.answers.items():
                question = asked.get(key) if key != ONLY_QUESTION else _only(review, leaf.node.survey)
                if question is not None:
                    yield from _unknown_answer(question, test, leaf.path, review)
    for key, survey in review.pieces(Survey):
        for index, question in enumerate(survey.questions):
            for other, test in question.if_.items():
                if other in asked:
                    path: Path = ("content", key, "questions", index, "if", other)
                    yield from _unknown_answer(asked[other], test, path, review)


def _unknown_answer(question: Question, test: Test, path: Path, review: Review) -> Iterator[Found]:
    section = _DEFINED.get(question.kind)
    options = set(question.options) or (review.keys(section) if section else set())
    values: list[Any] = test.value if test.op == "in" else [test.value] if test.op in ("is", "is_not") else []
    for value in values:
        if options and value not in options:
            yield Found(path, f"'{value}' is no answer to '{question.key}'.", did_you_mean(str(value), options))


def _asked(review: Review) -> dict[str, Question]:
    return {question.key: question for _, question in review.held(Question)}


def _only(review: Review, survey: str) -> Question | None:
    content = review.document.content.get(survey)
    asked = content.questions if isinstance(content, Survey) else ()
    return asked[0] if asked else None


def several_questions(review: Review) -> Iterator[Found]:
    """`{survey: KEY, is: value}` asks for the only question of a survey."""
    for leaf in review.leaves:
        if isinstance(leaf.node, Answered) and ONLY_QUESTION in leaf.node.answers:
            survey = review.document.content.get(leaf.node.survey)
            if isinstance(survey, Survey) and len(survey.questions) > 1:
                first = survey.questions[0].key
                yield Found(
                    leaf.path, f"'{leaf.node.survey}' has several questions.", f"Write which, such as `{first}:`."
                )


def measures(review: Review) -> Iterator[Found]:
    """A baseline and a target are numbers, `by` is a day."""
    asked = _asked(review)
    for key, measure in review.document.measures.items():
        for name, kinds in (("baseline", _NUMBERS), ("target", _NUMBERS), ("by", ("date",))):
            answer = getattr(measure, name)
            question = asked.get(answer.answer) if isinstance(answer, AnswerRef) else None
            if question is not None and question.kind not in kinds:
                message = f"'{question.key}' is asked for a {question.kind}, not for a {kinds[0]}."
                yield Found(("measures", key, name), message, f"Write `kind: {kinds[0]}` there.")


# --- moments ---------------------------------------------------------------------------------------------------------


def times(review: Review) -> Iterator[Found]:
    for path, cadence in review.held(Cadence):
        if not _is_time(cadence.at):
            yield Found((*path, "at"), f"'{cadence.at}' is no time of day.", 'Write it as "10:00".')
    for path, change in review.held(ProductChange):
        if change.done_on is not None and not _is_day(change.done_on):
            yield Found((*path, "done_on"), f"'{change.done_on}' is no day.", "Write it as 2026-05-01.")
    for path, article in review.held(Article):
        if article.reviewed_on is not None and not _is_day(article.reviewed_on):
            yield Found((*path, "reviewed_on"), f"'{article.reviewed_on}' is no day.", "Write it as 2026-05-01.")


def _is_time(typed: str) -> bool:
    try:
        return time.fromisoformat(typed).tzinfo is None
    except ValueError:
        return False


def _is_day(typed: str) -> bool:
    try:
        date.fromisoformat(typed)
    except ValueError:
        return False
    return True


RULES = (
    Rule(
        id="exactly-one",
        level="error",
        why="Of these only one can be meant at a time.",
        mend="Keep one of them.",
        find=exactly_one,
    ),
    Rule(
        id="unreachable-milestone",
        level="error",
        why="A milestone is reached by a condition or by evidence; it repeats by facts, which have a day and a number.",
        mend="Add `reached: {did: …}`, or `evidence:`.",
        find=unreachable_milestones,
        needs=("milestones",),
    ),
    Rule(
        id="pointless-limit",
        level="warning",
        why="A limit on what happens once reads as if something else were meant.",
        mend="Leave `not_more_than` out, or add `repeats: day`.",
        find=pointless_limits,
    ),
    Rule(
        id="question-form",
        level="error",
        why="A question that cannot be asked, or that asks for what comes later, leaves people stuck in the survey.",
        mend="Write it as the reference of Question shows.",
        find=questions,
    ),
    Rule(
        id="unknown-answer",
        level="error",
        why="What asks for an answer that nobody can give is never true.",
        mend="Name one of the question's options.",
        find=unknown_answers,
        needs=("content", "goals"),
    ),
    Rule(
        id="which-question",
        level="error",
        why="A comparison without a question can be meant only of a survey that has one question.",
        mend="Name the question.",
        find=several_questions,
        needs=("content",),
    ),
    Rule(
        id="measure-form",
        level="error",
        why="A measure is a number on the way from one number to another, until a day.",
        mend="Ask for it in the kind that fits.",
        find=measures,
        needs=("content",),
    ),
    Rule(
        id="time-form",
        level="error",
        why="A moment that cannot be read never comes.",
        mend='Write days as 2026-05-01 and times as "10:00".',
        find=times,
    ),
)
