"""The last signal of how somebody feels about it: a score they gave, or their measure going one way or the other.

Stars and satisfaction of 4 or 5, ease of 6 or 7 and scores of 9 or 10 (of 10) are good; stars and satisfaction of 1 or 2,
ease up to 3 and scores up to 6 bad; between them lies nothing.
A value of a measure is good when it is better than the one before, else bad. It is a function of what was noted, so that an
answer that is corrected or taken back is judged as it stands.
"""

from collections.abc import Iterator

from msgspec import Struct

from milepost.core.conditions.compare import number
from milepost.core.engine.measures import standing
from milepost.core.engine.state import State
from milepost.core.program.document import Document
from milepost.core.program.kinds.content import FEELS, Question, Survey
from milepost.core.values import Instant


class Signal(Struct, frozen=True, kw_only=True):
    at: Instant
    good: bool
    text: str


def last_signal(document: Document, state: State) -> Signal | None:
    """The last one in time; None while they have given none."""
    return max((*_scores(document, state), *_measured(document, state)), key=lambda signal: signal.at, default=None)


def _scores(document: Document, state: State) -> Iterator[Signal]:
    for content in document.content.values():
        for question in content.questions if isinstance(content, Survey) else ():
            answer = state.answers.get(question.key)
            good = _feels(question, number(answer.value)) if answer else None
            if answer and good is not None:
                yield Signal(at=(answer.at, answer.seq), good=good, text=f"{question.key}: {answer.value:g}")


def _feels(question: Question, value: float | None) -> bool | None:
    """Whether this score is a good one; None for what says neither."""
    bounds = FEELS.get(question.kind)
    if bounds is None or value is None:
        return None
    return True if value >= bounds[1] else False if value <= bounds[0] else None


def _measured(document: Document, state: State) -> Iterator[Signal]:
    for measure in document.measures:
        now = standing(document, state, measure)
        if now is not None and now.judgement is not None:
            instant = (now.last.at, now.last.seq)
            yield Signal(at=instant, good=now.judgement == "better", text=f"{measure} is {now.judgement}")
