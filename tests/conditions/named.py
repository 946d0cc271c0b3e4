"""Generated named operators, the document that says what they mean, and histories of what Milepost itself writes."""

from typing import Any

from hypothesis import strategies as st

from milepost.core import events
from milepost.core.conditions.types import (
    ONLY_QUESTION,
    All,
    Answered,
    Any_,
    Condition,
    ContentWas,
    DaysSince,
    Did,
    Goal,
    InSegment,
    Measured,
    MessageWas,
    Not,
    Reached,
    Test,
    Trait,
)
from milepost.core.events import Fact
from milepost.core.program.document import Document
from milepost.core.program.kinds.common import AnswerRef
from milepost.core.program.kinds.content import Question, Survey
from milepost.core.program.kinds.goal import Measure
from milepost.core.program.kinds.milestone import Evidence, Milestone
from tests.conditions.worlds import INSTANTS, STEP, fact

DAY = 4 * STEP
_MEAL = Did(name="Meal Logged")

DOCUMENT = Document(
    name="Named",
    start=Did(name="Signed Up"),
    measures={
        "weight": Measure(unit="kg", better="down", target=AnswerRef(answer="target")),
        "hours": Measure(unit="h", better="up"),
    },
    milestones={
        "meal": Milestone(title="Meal", reached=_MEAL),
        "jeans": Milestone(
            title="Jeans",
            evidence=Evidence(
                self_report=Answered(survey="role", answers={ONLY_QUESTION: Test("is", "admin")}),
                measure=Measured(measure="weight", reached="target"),
                attested=("owner",),
            ),
        ),
    },
    content={
        "role": Survey(
            title="Role", questions=(Question(key="what", ask="What?", options={"admin": "A", "user": "U"}),)
        ),
        "weekly": Survey(
            title="Weekly",
            questions=(
                Question(key="trouble", kind="multi", ask="What?", options={"cake": "C", "time": "T"}),
                Question(key="kilos", kind="number", ask="How much?", measure="weight"),
            ),
        ),
    },
    segments={
        "busy": Did(name="Meal Logged", at_least=2, within=DAY),
        "losers": All(of=(InSegment(segment="busy"), Not(of=Goal(goal="fit")))),
        "new": DaysSince(since="start", lt=1),
    },
)

_GOALS, _WINDOWS = ("lose-weight", "fit"), st.sampled_from((None, STEP, DAY))
_TESTS = st.one_of(
    st.builds(Test, st.sampled_from(("gt", "gte", "lt", "lte")), st.sampled_from((1, 2, 2.5))),
    st.builds(Test, st.sampled_from(("is", "is_not", "contains")), st.sampled_from(("cake", "admin", 1))),
    st.builds(Test, st.just("in"), st.just(["admin", "cake", 2])),
    st.builds(Test, st.just("exists"), st.booleans()),
)
ANSWERED = st.one_of(
    st.builds(Answered, survey=st.sampled_from(("role", "weekly", "gone"))),
    st.builds(
        Answered,
        survey=st.sampled_from(("role", "weekly")),
        answers=st.dictionaries(
            st.sampled_from((ONLY_QUESTION, "what", "trouble", "kilos", "gone")), _TESTS, min_size=1
        ),
    ),
)
MEASURED = st.one_of(
    st.builds(
        Measured,
        measure=st.sampled_from(("weight", "hours", "gone")),
        changed=st.sampled_from(("better", "worse", "unchanged")),
        since=st.sampled_from(("last", "baseline")),
    ),
    st.builds(Measured, measure=st.sampled_from(("weight", "hours")), reached=st.just("target")),
    st.builds(Measured, measure=st.sampled_from(("weight", "hours")), test=_TESTS),
)
_ANCHORS = st.sampled_from(("start", "goal", "milestone:meal", "milestone:jeans"))
NAMED: st.SearchStrategy[Condition] = st.one_of(
    st.builds(Goal, goal=st.sampled_from(_GOALS)),
    ANSWERED,
    MEASURED,
    st.builds(
        MessageWas,
        message=st.sampled_from(("hello", "tip")),
        was=st.sampled_from(("sent", "failed", "bounced", "opened", "clicked")),
        within=_WINDOWS,
    ),
    st.builds(
        ContentWas,
        content=st.sampled_from(("guide", "hint")),
        was=st.sampled_from(("shown", "completed", "dismissed", "snoozed", "refused", "acted", "step:1", "step:2")),
        within=_WINDOWS,
    ),
    st.builds(DaysSince, since=_ANCHORS, gte=st.integers(0, 3)),
    st.builds(DaysSince, since=_ANCHORS, lt=st.integers(0, 3)),
    st.builds(InSegment, segment=st.sampled_from(("busy", "losers", "new", "gone"))),
    st.builds(Reached, milestone=st.sampled_from(("meal", "jeans")), within=_WINDOWS),
    st.just(_MEAL),
    st.just(Trait(name="plan", test=Test("is", "pro"))),
)


def _inside(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    parts = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.one_of(st.builds(All, of=parts), st.builds(Any_, of=parts), st.builds(Not, of=inner))


CONDITIONS = st.recursive(NAMED, _inside, max_leaves=4)


def _told(name: str, **properties: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    return st.tuples(st.just(name), st.fixed_dictionaries({}, optional=properties))


_MESSAGE, _CONTENT = st.sampled_from(("hello", "tip")), st.sampled_from(("guide", "hint"))
_HAPPENED = st.one_of(
    *(_told(name) for name in ("Signed Up", "Meal Logged", "Meal Logged")),
    _told("Identified", plan=st.sampled_from(("pro", None))),
    _told(events.GOAL_STATED, goal=st.sampled_from((*_GOALS, None, 3))),
    _told(events.SURVEY_ANSWERED, survey=st.sampled_from(("role", "weekly"))),
    _told(
        events.QUESTION_ANSWERED,
        question=st.sampled_from(("what", "trouble", "kilos")),
        answer=st.sampled_from(("admin", "cake", ["cake", "time"], ["time"], 1, 2, 2.5, None)),
    ),
    *(
        _told(
            events.MEASURE_RECORDED,
            measure=st.sampled_from(("weight", "weight", "hours")),
            value=st.sampled_from((1, 2, 2.0, 2.5, 3, "2", None)),
            **{"as": st.sampled_from(("value", "value", "baseline", "target"))},
        )
        for _ in range(3)
    ),
    _told(events.MILESTONE_ATTESTED, milestone=st.sampled_from(("meal", "jeans"))),
    *(_told(name, message=_MESSAGE) for name in (events.MESSAGE_SENT, events.EMAIL_OPENED)),
    *(_told(name, content=_CONTENT) for name in (events.CONTENT_SHOWN, events.CONTENT_DISMISSED)),
    _told(events.CONTENT_STEP_SEEN, content=_CONTENT, step=st.integers(0, 2)),
)


def histories(most: int = 10) -> st.SearchStrategy[list[Fact]]:
    """Facts in the order of their numbers, which is not the order of their times."""
    return st.lists(st.tuples(_HAPPENED, INSTANTS), max_size=most).map(
        lambda parts: [fact(name, at, seq, given) for seq, ((name, given), at) in enumerate(parts, 1)]
    )
