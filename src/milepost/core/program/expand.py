"""What the named operators mean: each said in kernel words, which is what the engine, SQL and the naive twin execute.

| typed | kernel |
|---|---|
| `goal: KEY` | the last *Goal Stated* names it |
| `answered: …` | *Survey Answered*, or the last *Question Answered* of that question |
| `message: KEY, was: …`, `content: KEY, was: …` | the fact that says so |
| `measure: KEY …` | the series of *Measure Recorded* |
| `days_since: …` | known, and not within so many days |
| `segment: KEY` | its condition, in place |

A milestone's condition is `reached`, or any kind of its `evidence`.
"""

from datetime import timedelta
from typing import Literal

from milepost.core import events
from milepost.core.conditions.types import (
    ONLY_QUESTION,
    START,
    All,
    Answered,
    Any_,
    Compared,
    Condition,
    ContentWas,
    DaysSince,
    Did,
    Goal,
    InSegment,
    Kernel,
    Last,
    Measured,
    MessageWas,
    Not,
    Reached,
    Series,
    Test,
)
from milepost.core.program.document import Document
from milepost.core.program.kinds.content import Question, Survey
from milepost.core.program.kinds.milestone import Evidence
from milepost.core.values import Refused

NEVER = Any_(of=())

EvidenceKind = Literal["event", "self_report", "measure", "imported", "attested"]

_MESSAGE_FACTS = {
    "sent": events.MESSAGE_SENT,
    "failed": events.MESSAGE_FAILED,
    "bounced": events.EMAIL_BOUNCED,
    "opened": events.EMAIL_OPENED,
    "clicked": events.EMAIL_CLICKED,
}
_CONTENT_FACTS = {
    "shown": events.CONTENT_SHOWN,
    "completed": events.CONTENT_COMPLETED,
    "dismissed": events.CONTENT_DISMISSED,
    "snoozed": events.CONTENT_SNOOZED,
    "refused": events.CONTENT_REFUSED,
    "acted": events.CONTENT_ACTED,
}


def expand(condition: Condition, document: Document, inside: frozenset[str] = frozenset()) -> Kernel:
    """The condition in kernel words. What it names and the document does not have is never true.

    Raises Refused for a segment that asks for itself; `inside` are the segments around it.
    """
    match condition:
        case All():
            return All(of=tuple(expand(part, document, inside) for part in condition.of))
        case Any_():
            return Any_(of=tuple(expand(part, document, inside) for part in condition.of))
        case Not():
            return Not(of=expand(condition.of, document, inside))
        case InSegment():
            return _segment(condition.segment, document, inside)
        case Goal():
            return Last(of=Series(event=events.GOAL_STATED, property="goal"), test=Test("is", condition.goal))
        case Answered():
            return _answered(condition, document)
        case MessageWas():
            return _fact(_MESSAGE_FACTS[condition.was], "message", condition.message, condition.within)
        case ContentWas():
            return _content(condition)
        case Measured():
            return _measured(condition, document)
        case DaysSince():
            return _days_since(condition)
    return condition


def reached_of(document: Document, key: str) -> Kernel:
    """When the milestone is reached, in kernel words."""
    parts = [condition for _, condition in evidence_of(document, key)]
    return parts[0] if len(parts) == 1 else Any_(of=tuple(parts))


def evidence_of(document: Document, key: str) -> list[tuple[EvidenceKind, Kernel]]:
    """Every way in which the milestone can be seen to be reached, in kernel words."""
    milestone = document.milestones[key]
    evidence = milestone.evidence or Evidence()
    attested = Did(name=events.MILESTONE_ATTESTED, where={"milestone": Test("is", key)}) if evidence.attested else None
    ways: list[tuple[EvidenceKind, Condition | None]] = [
        ("event", milestone.reached),
        ("self_report", evidence.self_report),
        ("measure", evidence.measure),
        ("imported", evidence.imported),
        ("attested", attested),
    ]
    return [(kind, expand(way, document)) for kind, way in ways if way is not None]


def recorded(measure: str, role: str = "value") -> Series:
    """The series of a measure's values (`value`), or of its baseline or target."""
    return Series(
        event=events.MEASURE_RECORDED,
        property="value",
        where={"measure": Test("is", measure), "as": Test("is", role)},
    )


def questions_of(document: Document, survey: str) -> tuple[Question, ...]:
    content = document.content.get(survey)
    return content.questions if isinstance(content, Survey) else ()


def _segment(key: str, document: Document, inside: frozenset[str]) -> Kernel:
    if key in inside:
        raise Refused("cycle", f"Segment '{key}' asks for itself.", mend="Break the circle of `segment`.")
    found = document.segments.get(key)
    return NEVER if found is None else expand(found, document, inside | {key})


def _answered(answered: Answered, document: Document) -> Kernel:
    if not answered.answers:
        return Did(name=events.SURVEY_ANSWERED, where={"survey": Test("is", answered.survey)})
    tests = [_answer(answered.survey, key, test, document) for key, test in answered.answers.items()]
    return tests[0] if len(tests) == 1 else All(of=tuple(tests))


def _answer(survey: str, key: str, test: Test, document: Document) -> Kernel:
    """The last answer to a question. A choice among several is an answer that contains it."""
    questions = questions_of(document, survey)
    question = next((each for each in questions if key in (each.key, ONLY_QUESTION)), None)
    if question is None:
        return NEVER
    series = Series(event=events.QUESTION_ANSWERED, property="answer", where={"question": Test("is", question.key)})
    if question.kind == "multi" and test.op == "is":
        test = Test("contains", test.value)
    return Last(of=series, test=test)


def _fact(name: str, property_: str, key: str, within: timedelta | None) -> Did:
    return Did(name=name, where={property_: Test("is", key)}, within=within)


def _content(asked: ContentWas) -> Kernel:
    if asked.was.startswith("step:"):
        number = int(asked.was.removeprefix("step:")) - 1
        where = {"content": Test("is", asked.content), "step": Test("gte", number)}
        return Did(name=events.CONTENT_STEP_SEEN, where=where, within=asked.within)
    return _fact(_CONTENT_FACTS[asked.was], "content", asked.content, asked.within)


def _measured(asked: Measured, document: Document) -> Kernel:
    measure = document.measures.get(asked.measure)
    if measure is None:
        return NEVER
    values = recorded(asked.measure)
    if asked.test is not None:
        return Last(of=values, test=asked.test)
    up = measure.better == "up"
    if asked.reached == "target":
        return Compared(of=values, op="gte" if up else "lte", to=recorded(asked.measure, "target"))
    to: Literal["previous"] | Series = "previous" if asked.since == "last" else recorded(asked.measure, "baseline")
    if asked.changed == "unchanged":
        return Compared(of=values, op="is", to=to)
    return Compared(of=values, op="gt" if up is (asked.changed == "better") else "lt", to=to)


def _days_since(asked: DaysSince) -> Kernel:
    days = timedelta(days=(asked.lt if asked.gte is None else asked.gte) or 0)
    ever, lately = _since(asked.since, None), _since(asked.since, days)
    if asked.gte is None:
        return lately if days else NEVER
    return All(of=(ever, Not(of=lately))) if days else ever


def _since(anchor: str, within: timedelta | None) -> Kernel:
    if anchor == "goal":
        return Did(name=events.GOAL_STATED, within=within)
    return Reached(milestone=START if anchor == "start" else anchor.removeprefix("milestone:"), within=within)
