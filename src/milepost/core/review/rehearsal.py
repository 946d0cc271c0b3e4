"""What only shows when people live with a program: made-up ones do, for two weeks (`core.engine.simulate`).

It takes a second or two, so that it is asked by `milepost check` and `milepost audit`, and not while somebody types.
"""

from collections.abc import Iterator
from functools import lru_cache

from milepost.core.engine.findings import Report, Stayed, simulate
from milepost.core.program.compile import compile_program
from milepost.core.review.rule import Found, Review, Rule
from milepost.core.values import Undefined

_DAYS = 14
#: About three a day.
_MOST_A_WEEK = 20
#: A share of the people; somebody always goes their own way.
_FEW = 0.1
_MINUTES_A_DAY = 24 * 60
_MILESTONE = "milestone:"


@lru_cache(maxsize=1)
def _rehearsed(review: Review) -> Report:
    return simulate(compile_program(review.document, digest="rehearsal", number=1), days=_DAYS)


def too_much(review: Review) -> Iterator[Found]:
    for load in _rehearsed(review).load:
        if load.channel == "all" and load.most > _MOST_A_WEEK:
            said = f"{load.most} prompts come to one person in week {load.week} (simulated: {load.who})."
            yield Found(("limits",), said)


def win_comes_late(review: Review) -> Iterator[Found]:
    report = _rehearsed(review)
    if isinstance(report.first_win, Undefined) and not isinstance(report.first_value, Undefined):
        first = report.first_value
        said = f"None of {len(report.people)} simulated people reach a milestone in their first visit"
        yield Found(
            ("milestones", first.milestone),
            f"{said}; the shortest way to '{first.milestone}' takes {first.actions} actions and "
            f"{first.minutes / _MINUTES_A_DAY:.1f} days.",
        )


def out_of_reach(review: Review) -> Iterator[Found]:
    for found in _rehearsed(review).dead_ends:
        if found.what.startswith(_MILESTONE) and _is_by_facts(review, found):
            key = found.what.removeprefix(_MILESTONE)
            yield Found(
                ("milestones", key), f"None of {found.people} simulated people reached '{key}' in {_DAYS} days."
            )


def _is_by_facts(review: Review, found: Stayed) -> bool:
    """Whether it can be reached by what people do in so few days, so that it says something if nobody does."""
    milestone = review.document.milestones[found.what.removeprefix(_MILESTONE)]
    soon = milestone.target is None or milestone.target.days < _DAYS
    return milestone.kind == "activity" and milestone.evidence is None and soon


def left_alone(review: Review) -> Iterator[Found]:
    alone, people = _rehearsed(review).never_helped, len(_rehearsed(review).people)
    if review.document.goals and len(alone) > _FEW * people:
        who = ", ".join(alone[:3]) + (", …" if len(alone) > 3 else "")
        yield Found((), f"{len(alone)} of {people} simulated people get no help: {who}.")


RULES = (
    Rule(
        id="too-much-at-once",
        level="warning",
        area="attention",
        why="Too much at once is the most common mistake: what comes on top of it is not read, and the product is left.",
        mend="Write `limits: {total: {at_most: 20, per: 7d}}`, or leave out what helps least.",
        find=too_much,
    ),
    Rule(
        id="first-win-late",
        level="warning",
        area="guidance",
        why="Most of those who leave do so in their first visit: a small win in it is what brings people back.",
        mend="Begin with something that can be done at once: split the first milestone, or offer a sample to start from.",
        find=win_comes_late,
    ),
    Rule(
        id="out-of-reach",
        level="warning",
        area="guidance",
        why="A milestone that nobody reaches who does what the program asks for is on nobody's way.",
        mend="Look at `milepost simulate`: which step is missing, or can the condition be met at all?",
        find=out_of_reach,
    ),
    Rule(
        id="left-alone",
        level="warning",
        area="obstacles",
        why="Who has got nothing yet and hears nothing after the first day is lost without a word.",
        mend="Add an obstacle for who stays away (`stuck: {days_since: start, gte: 2}`), with help.",
        find=left_alone,
    ),
)
