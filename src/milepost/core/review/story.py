"""What a program needs that says what people want to achieve: the goal first, a way to it, and help.

These rules speak only of programs with `goals`: without one there is no plan yet that could lack something.
"""

from collections.abc import Iterator

from milepost.core.conditions.types import All, Condition
from milepost.core.program.document import Document
from milepost.core.program.kinds.common import SEVEN
from milepost.core.program.kinds.content import SCALES, Question, Survey
from milepost.core.program.kinds.goal import Goal
from milepost.core.program.problems import Path
from milepost.core.review.rule import Found, Review, Rule

_MOST_QUESTIONS = 8


def goal_first(review: Review) -> Iterator[Found]:
    """The first thing that is asked of somebody is what they want to achieve."""
    document = review.document
    asking = [(key, survey) for key, survey in review.pieces(Survey) if _begins(survey.when, document)]
    if document.goals and not any(_asks_for_goal(survey) for _, survey in asking):
        yield Found(("goals",), "Nothing asks for the goal when somebody comes.")
    elif document.goals:
        for key, survey in asking:
            if not _asks_for_goal(survey):
                yield Found(("content", key), f"'{key}' is asked before the goal.", "Ask for the goal first.")
            elif survey.questions[0].kind != "goal":
                first = next(n for n, question in enumerate(survey.questions) if question.kind == "goal")
                path: Path = ("content", key, "questions", first)
                yield Found(path, "Something else is asked before the goal.", "Make it the first question.")


def _begins(when: Condition | None, document: Document) -> bool:
    """Whether this is true for everybody as soon as the program starts."""
    return when is not None and (when == document.start or (isinstance(when, All) and when.of == (document.start,)))


def _asks_for_goal(survey: Survey) -> bool:
    return any(question.kind == "goal" for question in survey.questions)


def no_outcome(review: Review) -> Iterator[Found]:
    milestones = review.document.milestones
    for key, goal in review.document.goals.items():
        if not any(milestones[each].kind == "outcome" for each in goal.milestones if each in milestones):
            yield Found(("goals", key), f"'{key}' leads to no outcome, only to activity.")


def no_baseline(review: Review) -> Iterator[Found]:
    document = review.document
    for key, goal in document.goals.items():
        if goal.measure is None:
            yield Found(("goals", key), f"Nothing measures '{key}'.")
    used = {goal.measure for goal in document.goals.values()}
    for key, measure in document.measures.items():
        if key in used and measure.baseline is None:
            mend = "Add `baseline: {answer: QUESTION}` and ask for it at the start, or `baseline: starts now`."
            yield Found(("measures", key), f"'{key}' has no baseline to compare with.", mend)


def no_obstacle(review: Review) -> Iterator[Found]:
    if review.document.goals:
        for key, milestone in review.document.milestones.items():
            if not milestone.obstacles:
                yield Found(("milestones", key), f"Nothing is known to keep people from '{key}'.")


def no_help(review: Review) -> Iterator[Found]:
    for key, milestone in review.document.milestones.items():
        for name, obstacle in milestone.obstacles.items():
            if not obstacle.help and obstacle.change is None and obstacle.accepted is None:
                yield Found(("milestones", key, "obstacles", name), f"Nothing helps with '{name}'.")


def missing_stages(review: Review) -> Iterator[Found]:
    document = review.document
    if document.goals:
        covered = {node.value for node in review.nodes if node.name == "stage"}
        missing = [stage for stage in SEVEN if stage not in covered]
        if missing:
            yield Found((), f"Nothing serves these stages: {', '.join(missing)}.")
        for key in _in_plans(document):
            if key in document.milestones and document.milestones[key].stage is None:
                yield Found(("milestones", key), f"'{key}' is in a plan and says no stage.", "Add `stage: quick win`.")


def _in_plans(document: Document) -> list[str]:
    """The milestones of all goals, each once."""
    return list(dict.fromkeys(key for goal in document.goals.values() for key in goal.milestones))


def early_offers(review: Review) -> Iterator[Found]:
    """Offers on the way to the first value: at that milestone's obstacles, or at a milestone before it."""
    document = review.document
    early = {key for goal in document.goals.values() for key in _before_value(goal, document)}
    for key, milestone in document.milestones.items():
        if key in early and milestone.offer is not None:
            yield Found(("milestones", key, "offer"), f"'{milestone.offer}' is offered before any value.")
        if key in early or milestone.first_value:
            for name, obstacle in milestone.obstacles.items():
                if any(help_.offer for help_ in obstacle.help):
                    place: Path = ("milestones", key, "obstacles", name, "help")
                    yield Found(place, "Something is offered before any value.")


def _before_value(goal: Goal, document: Document) -> tuple[str, ...]:
    firsts = [
        place
        for place, key in enumerate(goal.milestones)
        if key in document.milestones and document.milestones[key].first_value
    ]
    return goal.milestones[: firsts[0]] if firsts else ()


def no_feedback(review: Review) -> Iterator[Found]:
    asked = (question for _, survey in review.pieces(Survey) for question in survey.questions)
    if review.document.goals and not any(question.kind in SCALES for question in asked):
        yield Found((), "Nobody is asked how well this helps.")


def long_surveys(review: Review) -> Iterator[Found]:
    for key, survey in review.pieces(Survey):
        at_once = survey.one_at_a_time is None and _begins(survey.when, review.document)
        if at_once and (most := _most_asked(survey.questions)) > _MOST_QUESTIONS:
            yield Found(("content", key, "questions"), f"Somebody is asked {most} questions before the first value.")


def _most_asked(questions: tuple[Question, ...]) -> int:
    """The most that one person is asked: what everybody is, and the longest of the ways that `if` opens."""
    ways = [str(question.if_) for question in questions if question.if_]
    return len(questions) - len(ways) + max(map(ways.count, ways), default=0)


RULES = (
    Rule(
        id="goal-first",
        level="reason",
        area="goal",
        why="Asked for set-up first, people work for the product; asked for their goal, they see it work for them.",
        mend="Begin with a survey: `when:` as the program's `start`, its first question of `kind: goal`.",
        find=goal_first,
        needs=("goals", "content", "start"),
    ),
    Rule(
        id="no-outcome",
        level="reason",
        area="goal",
        why="People do not want to log meals, they want to fit in their jeans: a plan of activity alone proves nothing.",
        mend="End the goal's path with a milestone of `kind: outcome`.",
        find=no_outcome,
        needs=("goals", "milestones"),
    ),
    Rule(
        id="no-baseline",
        level="reason",
        area="measuring",
        why="Without a number from the start nobody can say later whether it got better.",
        mend="Add `measure:` to the goal, and its `baseline:`.",
        find=no_baseline,
        needs=("goals", "measures"),
    ),
    Rule(
        id="no-obstacle",
        level="warning",
        area="obstacles",
        why="For every milestone something keeps people from it; who has not asked what, finds out when they are gone.",
        mend="Add `obstacles:` with what you know from support, and how to see it (`stuck:`).",
        find=no_obstacle,
    ),
    Rule(
        id="no-help",
        level="warning",
        area="obstacles",
        why="An obstacle that is seen and not answered is only watched.",
        mend="Add `help:`, or say why nothing is done: `accepted: …`.",
        find=no_help,
    ),
    Rule(
        id="missing-stage",
        level="reason",
        area="guidance",
        why="Each of the seven stages answers a question that newcomers have; a stage left out leaves it open.",
        mend="Tag what serves it with `stage:`, or add something that does.",
        find=missing_stages,
    ),
    Rule(
        id="early-offer",
        level="warning",
        area="attention",
        why="Who has not got anything yet reads an offer as the price of getting started.",
        mend="Offer at a milestone after the first value.",
        find=early_offers,
    ),
    Rule(
        id="no-feedback",
        level="warning",
        area="measuring",
        why="Who is never asked tells others instead.",
        mend="Add a question of `kind: csat`, `ces`, `nps` or `stars` to a check-in.",
        find=no_feedback,
    ),
    Rule(
        id="long-survey",
        level="warning",
        area="attention",
        why="Each question before the first value costs people who would have stayed; the rest can be asked later.",
        mend="Ask what changes the plan, and the rest later: `one_at_a_time: 7d` in a survey of its own.",
        find=long_surveys,
    ),
)
