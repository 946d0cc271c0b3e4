"""Whether everything serves something: functions, milestones and steps, and the two maps that stand before any campaign."""

from collections.abc import Iterator

from milepost.core.delivery.language import first_said
from milepost.core.program.document import Document
from milepost.core.program.kinds.common import Text
from milepost.core.program.kinds.content import (
    Briefing,
    Celebration,
    Content,
    Form,
    Guide,
    ResourceCenter,
    Survey,
    Term,
)
from milepost.core.program.kinds.journey import DayStart
from milepost.core.review.links import Where, about_the_plan, called, links
from milepost.core.review.rule import Found, Review, Rule
from milepost.core.review.unused import unused

#: Sections whose definitions come to people one by one: the steps of a program.
STEPS = ("content", "messages", "articles")


def idle_functions(review: Review) -> Iterator[Found]:
    for key, function in review.document.functions.items():
        if not function.milestones:
            yield Found(("functions", key), f"'{key}' brings nobody nearer to a milestone.")


def unserved_milestones(review: Review) -> Iterator[Found]:
    for key in unserved(review.document):
        yield Found(("milestones", key), f"No function of the product leads to '{key}'.")


def unserved(document: Document) -> list[str]:
    """Milestones that no function serves; none where the program names no functions."""
    served = {key for function in document.functions.values() for key in function.milestones}
    return [key for key in document.milestones if key not in served] if document.functions else []


def unexplained_functions(review: Review) -> Iterator[Found]:
    """What stands on a chart is told of there."""
    charted = {
        key for chart in review.document.charts.values() for step in chart.steps.values() for key in step.functions
    }
    for key, function in review.document.functions.items():
        if function.milestones and key not in charted and not explained_by(review, key):
            yield Found(("functions", key), f"Nothing explains '{key}'.")


def explained_by(review: Review, function: str) -> list[str]:
    """What explains a function: articles that name it, a term that is its title, and pieces that lead to its milestones."""
    document, titles = review.document, _said(review.document.functions[function].title or function)
    milestones = set(document.functions[function].milestones)
    articles = [f"articles.{key}" for key, article in document.articles.items() if function in article.functions]
    pieces = [
        f"content.{key}"
        for key, piece in document.content.items()
        if (isinstance(piece, Term) and titles & _said(piece.text))
        or (getattr(piece, "serves", None) in milestones and not isinstance(piece, Survey | Celebration))
    ]
    return [*articles, *pieces]


def _said(text: Text) -> set[str]:
    """A text in all its languages, however it is written."""
    said = first_said(text)
    return {each.casefold() for each in (said.values() if isinstance(said, dict) else (said,))}


def orphans(review: Review) -> list[Where]:
    """Steps that serve no milestone. What another rule asks about already (guides and messages that could say `serves`
    themselves, what nothing uses) is left out."""
    document, served = review.document, links(review)
    left_out = set(unused(review))
    steps: list[Where] = [(section, key) for section in STEPS for key in getattr(document, section)]
    return [where for where in steps if where not in served and where not in left_out and not _told_of(document, where)]


def _told_of(document: Document, where: Where) -> bool:
    section, key = where
    if section == "messages":
        return document.messages[key].when is not None
    return section == "content" and _explains_itself(document.content[key])


def _explains_itself(piece: Content) -> bool:
    """Words, rules and a place to look things up serve whoever needs them; a guide is asked for its milestone elsewhere; a
    form that is watched is no step."""
    return isinstance(piece, Term | Briefing | ResourceCenter | Guide | Form)


def orphan_steps(review: Review) -> Iterator[Found]:
    for where in orphans(review):
        mend = "Add `serves:`, name it where it helps, or try it without: the coverage page has the experiment."
        yield Found(where, f"'{called(where)}' brings nobody nearer to a milestone.", mend)


def empty_stages(review: Review) -> Iterator[Found]:
    """Stages that milestones have and for which nothing comes to people."""
    document, served = review.document, links(review)
    general = {("content", key) for key in about_the_plan(review)}
    steps = {where: keys for where, keys in served.items() if where[0] in STEPS and where not in general}
    helped = {milestone for keys in steps.values() for milestone in keys}
    stages: dict[str, list[str]] = {}
    for key, milestone in document.milestones.items():
        if milestone.stage is not None:
            stages.setdefault(milestone.stage, []).append(key)
    tagged = {getattr(held, "stage", None) for section in STEPS for held in getattr(document, section).values()}
    for stage, keys in stages.items():
        if stage not in tagged and not helped.intersection(keys):
            yield Found(
                ("milestones", keys[0], "stage"), f"The stage '{stage}' has milestones, and nothing helps there."
            )


def no_maps(review: Review) -> Iterator[Found]:
    document = review.document
    first = next(iter(campaigns(document)), None)
    if first is not None:
        missing = [
            said
            for said, there in (
                ("functions of the product", document.functions),
                ("goals of the people", document.goals),
            )
            if not there
        ]
        if missing:
            yield Found(first, f"A campaign goes out, and nobody has written down the {' and the '.join(missing)}.")


def campaigns(document: Document) -> Iterator[Where]:
    """What writes to people on the team's initiative: cadences, journeys that begin on a day, and marketing."""
    yield from (("cadences", key) for key in document.cadences)
    yield from (("journeys", key) for key, each in document.journeys.items() if isinstance(each.starts, DayStart))
    yield from (("messages", key) for key, message in document.messages.items() if message.purpose == "marketing")


RULES = (
    Rule(
        id="idle-function",
        level="warning",
        area="links",
        why="Explaining a function that brings nobody nearer to what they came for costs attention and gives nothing.",
        mend="Name the milestones that it serves, or leave it out of the onboarding.",
        find=idle_functions,
    ),
    Rule(
        id="unserved-milestone",
        level="warning",
        area="links",
        why="If no function of the product leads there, people must find the way themselves.",
        mend="Name it under `functions:`, at the function that serves it.",
        find=unserved_milestones,
        needs=("functions", "milestones"),
    ),
    Rule(
        id="unexplained-function",
        level="warning",
        area="guidance",
        why="A function that matters and that nobody explains is found by luck.",
        mend="Name it in an article (`functions: […]`), explain its title as a `term`, or guide to a milestone.",
        find=unexplained_functions,
        needs=("functions", "content", "articles"),
    ),
    Rule(
        id="orphan-step",
        level="warning",
        area="links",
        why="Profile set-up and training matter only so far as they bring the result nearer.",
        mend="Add `serves:`, or remove it.",
        find=orphan_steps,
        needs=("content", "messages", "articles", "journeys", "cadences", "milestones"),
    ),
    Rule(
        id="empty-stage",
        level="warning",
        area="guidance",
        why="A stage with milestones and without guidance leaves people alone exactly there.",
        mend="Add a piece, a message or an article with this `stage:`, or one that serves the milestone.",
        find=empty_stages,
        needs=("content", "messages", "articles", "milestones"),
    ),
    Rule(
        id="no-map",
        level="reason",
        area="goal",
        why="Who writes to people before studying the product and the people sends what matters to neither.",
        mend="Write `functions:` (what the product can do, for which milestones) and `goals:` (what people want).",
        find=no_maps,
        needs=("functions", "goals", "messages"),
    ),
)
