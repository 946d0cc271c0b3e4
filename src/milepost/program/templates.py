"""What is wrong with the Liquid in texts: its syntax, and variables that nobody fills in."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from liquid import Environment
from liquid.exceptions import LiquidError
from liquid.static_analysis import Variable
from liquid.template import BoundTemplate

from milepost.core.program.document import Document
from milepost.core.program.kinds.content import Course, DeckPiece, Question, Survey
from milepost.core.program.problems import Path, did_you_mean
from milepost.core.review.rule import Found, Review, Rule
from milepost.program.numerals import plural

#: Tags that include files or write text out of text; messages are written without them.
TAGS_NOT_OFFERED = (
    "capture", "cycle", "decrement", "doc", "ifchanged", "include", "increment", "liquid", "render", "tablerow",
)  # fmt: skip
#: What a template may use: names, each with what stands below it. Absent: None stands for anything (a trait, a value).
Known = dict[str, Any]
_MEASURE = ("unit", "baseline", "target", "by", "last", "previous", "change", "progress", "on_target")


def variables(document: Document) -> Known:
    """Everything that is filled in for the texts of this program."""
    properties = {name for known in document.facts.values() for name in known}
    return {
        "person": None,
        "event": _names("name", "properties", *properties) if properties else None,
        "milestone": _names("key", "title"),
        "account": _names("key", "name"),
        "support": _names("name", "email", "telegram", "hours"),
        "link": _names("url"),
        "invite": _names("url"),
        "deck": {key: _names("url") for key, piece in document.content.items() if isinstance(piece, DeckPiece)},
        "course": {key: _names("url") for key, piece in document.content.items() if isinstance(piece, Course)},
        "goal": _names("key", "ask", "statement", "expects", "words"),
        "answers": _names(*(question.key for question in _questions(document))),
        "measure": {key: _names(*_MEASURE) for key in document.measures},
        "plan": {**_names("reached", "total", "standing", "verdict"), "next": _names("key", "title", "due")},
    }


def _names(*names: str) -> Known:
    return dict.fromkeys(names)


def _questions(document: Document) -> Iterator[Question]:
    for content in document.content.values():
        if isinstance(content, Survey):
            yield from content.questions


def _environment() -> Environment:
    environment = Environment()
    for tag in TAGS_NOT_OFFERED:
        del environment.tags[tag]
    environment.filters["pluralize"] = plural
    return environment


_ENVIRONMENT = _environment()


def broken_templates(review: Review) -> Iterator[Found]:
    for path, source in _sources(review):
        problem = _parse(source)[1]
        if problem:
            yield Found(path, f"The template cannot be read: {problem}.")


def unknown_filters(review: Review) -> Iterator[Found]:
    for path, template in _templates(review):
        for name in template.analyze().filters:
            if name not in _ENVIRONMENT.filters:
                yield Found(path, f"There is no filter '{name}'.", did_you_mean(name, _ENVIRONMENT.filters))


def unknown_variables(review: Review) -> Iterator[Found]:
    known = variables(review.document)
    for path, template in _templates(review):
        for uses in template.analyze().globals.values():
            for variable in uses:
                yield from _judge(path, variable, known)


def _judge(path: Path, variable: Variable, known: Known) -> Iterator[Found]:
    """Walks down the name as far as anything is known of it."""
    below: Known | None = known
    for segment in map(str, variable.segments):
        if below is None or segment == "forloop":
            return
        if segment not in below:
            yield Found(path, f"Nothing fills in '{variable}'.", did_you_mean(segment, below))
            return
        below = below[segment]


def _sources(review: Review) -> Iterator[tuple[Path, str]]:
    """Every text in every language that has Liquid in it."""
    for path, text in review.texts():
        texts = {(*path, language): said for language, said in text.items()} if isinstance(text, dict) else {path: text}
        for place, said in texts.items():
            if "{{" in said or "{%" in said:
                yield place, said


def _templates(review: Review) -> Iterator[tuple[Path, BoundTemplate]]:
    for path, source in _sources(review):
        template = _parse(source)[0]
        if template is not None:
            yield path, template


@lru_cache(maxsize=1024)
def _parse(source: str) -> tuple[BoundTemplate | None, str]:
    """The template, or what is wrong with it."""
    try:
        return _ENVIRONMENT.from_string(source), ""
    except LiquidError as error:
        return None, str(error.message or error)
    except RecursionError:
        return None, "it is nested too deeply"


RULES = (
    Rule(
        id="template",
        level="error",
        why="A template that cannot be read can be sent to nobody.",
        mend="Look for a missing `}}`, `%}` or `{% endif %}`.",
        find=broken_templates,
    ),
    Rule(
        id="unknown-filter",
        level="error",
        why="A filter that does not exist breaks the text for everybody.",
        mend="Remove it.",
        find=unknown_filters,
    ),
    Rule(
        id="unknown-variable",
        level="error",
        why="A variable that nobody fills in leaves a hole in the text.",
        mend="Use person, event, milestone, account, goal, answers, measure, plan, support, invite or link; add an event's "
        "property under `facts:`.",
        find=unknown_variables,
        needs=("facts", "content", "measures"),
    ),
)
