"""What the named operators mean: each said in kernel words, which is what the engine, SQL and the naive twin execute.

| typed | kernel |
|---|---|
| `goal: KEY` | the last *Goal Stated* names it |
| `answered: …` | *Survey Answered*, or the last *Question Answered* of that question |
| `message: KEY, was: …`, `content: KEY, was: …` | the fact that says so |
| `measure: KEY …` | the series of *Measure Recorded* |
| `days_since: …` | known, and not within so many days |
| `segment: KEY` | its condition, in place |
| `lifecycle: …`, `tier: …` | the condition of that rung, and of none above it |

A milestone's condition is `reached`, or any kind of its `evidence`.
"""

from datetime import timedelta
from typing import Literal, get_args

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
    HasMotive,
    InLifecycle,
    InSegment,
    InTier,
    Kernel,
    Last,
    LifecycleStage,
    Measured,
    MessageWas,
    Not,
    Reached,
    Series,
    Test,
    Trait,
    UsageTier,
)
from milepost.core.program.document import Document
from milepost.core.program.folder import starts_of
from milepost.core.program.kinds.content import Question, Survey
from milepost.core.program.kinds.goal import MOTIVATION
from milepost.core.program.kinds.lifecycle import Lifecycle, Tiers
from milepost.core.program.kinds.milestone import Evidence
from milepost.core.program.risks import segments_of
from milepost.core.values import Refused

NEVER = Any_(of=())
_REGULAR_DAYS, _POWER_DAYS, _LATELY = 2, 5, timedelta(days=7)

EvidenceKind = Literal["event", "self_report", "measure", "imported", "attested"]

_TRAIT = "trait:"
_MESSAGE_FACTS = {
    "sent": events.MESSAGE_SENT,
    "delivered": events.MESSAGE_DELIVERED,
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

    Raises Refused for a segment, or a rung of a ladder, that asks for itself; `inside` are those around it.
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
        case InLifecycle():
            return _rung(lifecycle_of(document), condition.stage, "lifecycle", document, inside)
        case HasMotive():
            return _motive(condition.motive, document, inside)
        case InTier():
            return _rung(tiers_of(document), condition.tier, "tier", document, inside)
    return condition


def lifecycle_of(document: Document) -> dict[str, Condition]:
    """The condition of each stage, lowest first, whoever stands on a higher one; `lifecycle: STAGE` asks for one alone."""
    own, milestones = document.lifecycle, document.milestones
    first = tuple(Reached(milestone=key) for key, each in milestones.items() if each.first_value)
    habits, more = (
        Any_(of=tuple(Reached(milestone=key) for key, each in milestones.items() if each.stage == stage))
        for stage in ("habit", "expansion")
    )
    return {
        "new": Reached(milestone=START),
        "activated": own.activated or document.onboarded or Any_(of=first),
        "regular": own.regular or habits,
        "advanced": own.advanced or more,
    }


def rungs_of(document: Document) -> dict[str, Condition]:
    """`lifecycle:STAGE` and `tier:NAME` → who stands there, of the ladders that the program defines."""
    found: dict[str, Condition] = {}
    if document.lifecycle != Lifecycle() or document.onboarded is not None:
        found |= {f"lifecycle:{stage}": InLifecycle(stage=stage) for stage in get_args(LifecycleStage)}
    if document.tiers != Tiers():
        found |= {f"tier:{tier}": InTier(tier=tier) for tier in get_args(UsageTier)}
    return found


def tiers_of(document: Document) -> dict[str, Condition]:
    """The condition of each tier, lowest first, whoever stands on a higher one; `tier: NAME` asks for one alone."""
    own = document.tiers
    return {
        "casual": Reached(milestone=START),
        "regular": own.regular or _often(document, _REGULAR_DAYS),
        "power": own.power or _often(document, _POWER_DAYS),
    }


def _often(document: Document, days: int) -> Condition:
    """Who did what gives a first value on so many of the last seven days."""
    gives = (each.reached for each in document.milestones.values() if each.first_value)
    facts = (each for each in gives if isinstance(each, Did))
    return Any_(
        of=tuple(Did(name=fact.name, where=fact.where, at_least=days, distinct="day", within=_LATELY) for fact in facts)
    )


def reached_of(document: Document, key: str) -> Kernel:
    """When the milestone is reached, in kernel words."""
    parts = [condition for _, condition in evidence_of(document, key)]
    return parts[0] if len(parts) == 1 else Any_(of=tuple(parts))


def evidence_of(document: Document, key: str) -> list[tuple[EvidenceKind, Kernel]]:
    """Every way in which the milestone can be seen to be reached, in kernel words."""
    if (start := starts_of(document).get(key)) is not None:
        return [("event", expand(start, document))]
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
    found = segments_of(document).get(key)
    return NEVER if found is None else expand(found, document, inside | {key})


def _rung(ladder: dict[str, Condition], rung: str, operator: str, document: Document, inside: frozenset[str]) -> Kernel:
    name = f"{operator}: {rung}"
    if name in inside:
        raise Refused("cycle", f"'{name}' asks for itself.", mend=f"Break the circle of `{operator}`.")
    inside |= {name}
    above = tuple(ladder.values())[list(ladder).index(rung) + 1 :]
    higher = tuple(Not(of=expand(each, document, inside)) for each in above if each != NEVER)
    return All(of=(expand(ladder[rung], document, inside), *higher))


def _motive(key: str, document: Document, inside: frozenset[str]) -> Kernel:
    """What they said themselves; while they have said nothing, what is inferred of them."""
    motive = document.motives.get(key)
    if motive is None:
        return NEVER
    said: Kernel = Trait(name=MOTIVATION, test=Test("is", key))
    if motive.inferred is None:
        return said
    silent = Not(of=Trait(name=MOTIVATION, test=Test("exists", value=True)))
    return Any_(of=(said, All(of=(silent, expand(motive.inferred, document, inside)))))


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
    if question.kind in ("multi", "interests") and test.op == "is":
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
    to: str | Series = "previous" if asked.since == "last" else asked.since
    if asked.since == "baseline":
        to = "first" if measure.baseline == "starts now" else recorded(asked.measure, "baseline")
    if asked.changed == "unchanged":
        return Compared(of=values, op="is", to=to)
    return Compared(of=values, op="gt" if up is (asked.changed == "better") else "lt", to=to)


def _days_since(asked: DaysSince) -> Kernel:
    if asked.since.startswith(_TRAIT):
        return _days_since_date(asked.since.removeprefix(_TRAIT), asked)
    days = timedelta(days=(asked.lt if asked.gte is None else asked.gte) or 0)
    ever, lately = _since(asked.since, None), _since(asked.since, days)
    if asked.gte is None:
        return lately if days else NEVER
    return All(of=(ever, Not(of=lately))) if days else ever


def _days_since_date(trait: str, asked: DaysSince) -> Kernel:
    """What is so many days back, or (`lt`) has been and is not."""
    if asked.gte is not None:
        return Trait(name=trait, test=Test("before", f"{asked.gte}d ago"))
    lately = Trait(name=trait, test=Test("after", f"{asked.lt}d ago"))
    return All(of=(Trait(name=trait, test=Test("before", "0d ago")), lately))


def _since(anchor: str, within: timedelta | None) -> Kernel:
    if anchor == "goal":
        return Did(name=events.GOAL_STATED, within=within)
    return Reached(milestone=START if anchor == "start" else anchor.removeprefix("milestone:"), within=within)
