"""What may be answered to a question, and the facts that an answer leaves.

1. An answer of null takes back what was said; it is always possible.
2. A number that a measure asks for (its own question, or its baseline, target or day) is recorded of the measure too.
3. Interests are kept as the person's trait of the question's key, why they come as their trait `motivation`, how they like
   to learn as `learns_by`.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Annotated, Any

from msgspec import Meta, Struct
from msgspec.structs import replace

from milepost.core import events
from milepost.core.delivery import formats
from milepost.core.events import NAME_OF_KIND, Fact
from milepost.core.program.document import Document
from milepost.core.program.kinds.common import AnswerRef
from milepost.core.program.kinds.content import SCALES, Question, Survey
from milepost.core.program.kinds.goal import MOTIVATION
from milepost.core.values import Refused

LONGEST_TEXT = 2000
LONGEST_LINE = 200
_FIRST_YEAR, _LAST_YEAR = 1900, 2999

#: Kinds of question whose answer is kept as a trait too, and which; "": the one of the question's key.
_TRAITS = {"motive": MOTIVATION, "learning": formats.TRAIT, "interests": ""}

#: A fact to be written: its name and what it says.
Told = tuple[str, dict[str, Any]]
_Key = Annotated[str, Meta(min_length=1, max_length=100)]


class Answer(Struct, frozen=True, rename="camel", kw_only=True):
    """`content` is the survey. Absent: a `value` of null takes back what was said; `piece` where no piece asked."""

    content: _Key
    question: _Key
    message_id: _Key
    value: Any
    piece: int | None = None


def told_by(answer: Answer, document: Document) -> list[Told]:
    """What the facts of this answer say, that of the answer itself first.

    Raises Refused for a question that is not asked (404), and for a value that does not answer it (400)."""
    question = question_of(document, answer.content, answer.question)
    value = checked(document, question, answer.value)
    (name, said), *others = facts_of(document, answer.content, question, value)
    said = {key: each for key, each in said.items() if each is not None} | {"answer": value}  # null takes it back
    return [(name, said | ({"piece": answer.piece} if answer.piece is not None else {})), *others]


def of_kind(fact: Fact, said: dict[str, Any]) -> Fact:
    """The fact that says this: what is kept of the person themselves is told as a trait, and null takes it back."""
    return replace(fact, kind="identify" if fact.name == NAME_OF_KIND["identify"] else fact.kind, properties=said)


def question_of(document: Document, survey: str, question: str) -> Question:
    """Raises Refused (404) for a question that the program does not ask."""
    content = document.content.get(survey)
    asked = content.questions if isinstance(content, Survey) else ()
    found = next((each for each in asked if each.key == question), None)
    if found is None:
        raise Refused("no_such_question", f"There is no question '{question}' in '{survey}'.", status=404)
    return found


def checked(document: Document, question: Question, value: Any) -> Any:
    """The value as it is kept. Raises Refused for one that does not answer the question."""
    return None if value is None else _CHECKS[question.kind](document, question, value)


def facts_of(document: Document, survey: str, question: Question, value: Any) -> Iterator[Told]:
    """Everything that this answer says, the answer itself first."""
    recorded = list(_measured(document, question)) if value is not None else []
    own = {"measure": question.measure, "value": value} if question.measure and value is not None else {}
    yield events.QUESTION_ANSWERED, {"survey": survey, "question": question.key, "answer": value, **own}
    if question.kind == "goal" and value is not None:
        yield events.GOAL_STATED, {"goal": value}
    if question.kind in _TRAITS:
        yield NAME_OF_KIND["identify"], {_TRAITS[question.kind] or question.key: value or None}
    for measure, role in recorded:
        yield events.MEASURE_RECORDED, {"measure": measure, "value": value, "as": role}


def _measured(document: Document, question: Question) -> Iterator[tuple[str, str]]:
    """(measure, role) of everything that this question asks for."""
    for key, measure in document.measures.items():
        if question.measure == key:
            yield key, "value"
        for role in ("baseline", "target", "by"):
            asked = getattr(measure, role)
            if isinstance(asked, AnswerRef) and asked.answer == question.key:
                yield key, role


def _option(document: Document, question: Question, value: Any) -> str:
    offered: Iterable[str] = question.options
    if question.kind == "goal":
        offered = [key for key in question.options or document.goals if key in document.goals]
    elif question.kind == "motive":
        offered = [key for key in question.options or document.motives if key in document.motives]
    elif question.kind == "learning":
        offered = [key for key in question.options or formats.FORMATS if key in formats.FORMATS]
    if not isinstance(value, str) or value not in offered:
        raise _unfit("This is none of the choices.")
    return value


def _options(document: Document, question: Question, value: Any) -> list[str]:
    if not isinstance(value, list) or len(set(map(str, value))) != len(value):
        raise _unfit("Several choices are a list of different ones.")
    _bounded(len(value), question, "choices")
    return [_option(document, question, each) for each in value]


def _ranked(document: Document, question: Question, value: Any) -> list[str]:
    if not isinstance(value, list) or sorted(map(str, value)) != sorted(question.options):
        raise _unfit("This is not all of the choices, each in its place.")
    return [str(each) for each in value]


def _text(document: Document, question: Question, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _unfit("This is no text.")
    most = LONGEST_LINE if question.kind == "short text" else LONGEST_TEXT
    longest = min(question.at_most or most, most)
    if len(value.strip()) > longest:
        raise _unfit(f"At most {longest} characters fit.")
    if question.at_least is not None and len(value.strip()) < question.at_least:
        raise _unfit(f"At least {question.at_least} characters are needed.")
    return value.strip()


def _number(document: Document, question: Question, value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > 1e15:
        raise _unfit("This is no number.")
    _bounded(value, question, "")
    return value


def _scale(document: Document, question: Question, value: Any) -> int:
    low, high = SCALES[question.kind]
    most = (question.at_most or high) if question.kind == "stars" else high
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= most:
        raise _unfit(f"This is a whole number from {low} to {most}.")
    return value


def _date(document: Document, question: Question, value: Any) -> str:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) and len(value) == len("2026-01-31") else None
    except ValueError:
        day = None
    if day is None or not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise _unfit("A day is written 2026-01-31.")
    return day.isoformat()


def _bounded(value: float, question: Question, unit: str) -> None:
    if question.at_least is not None and value < question.at_least:
        raise _unfit(f"At least {question.at_least} {unit}".rstrip() + ".")
    if question.at_most is not None and value > question.at_most:
        raise _unfit(f"At most {question.at_most} {unit}".rstrip() + ".")


def _unfit(message: str) -> Refused:
    return Refused("unfit_answer", message, path="value")


_CHECKS: dict[str, Callable[[Document, Question, Any], Any]] = {
    "goal": _option,
    "choice": _option,
    "motive": _option,
    "learning": _option,
    "multi": _options,
    "interests": _options,
    "picture": _option,
    "ranking": _ranked,
    "text": _text,
    "short text": _text,
    "number": _number,
    "date": _date,
    **dict.fromkeys(SCALES, _scale),
}
