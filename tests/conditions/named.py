"""Generated named operators, the document that says what they mean, and histories of what Milepost itself writes."""

from collections.abc import Callable
from datetime import timedelta
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
    HasMotive,
    InLifecycle,
    InSegment,
    InTier,
    Measured,
    MessageWas,
    Not,
    Reached,
    Sequence_,
    Test,
    Trait,
)
from milepost.core.events import Fact
from milepost.core.program.condition_codec import CONTENT_WAS, MESSAGE_WAS, STAGES, TIERS
from milepost.core.program.document import Document
from milepost.core.program.kinds.common import AnswerRef
from milepost.core.program.kinds.content import Question, Survey
from milepost.core.program.kinds.goal import Measure, Motive
from milepost.core.program.kinds.lifecycle import Lifecycle, Tiers
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
        "meal": Milestone(title="Meal", reached=_MEAL, first_value=True),
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
    motives={"work": Motive(title="Work"), "play": Motive(title="Play", inferred=_MEAL)},
    onboarded=Reached(milestone="meal"),
    lifecycle=Lifecycle(regular=InSegment(segment="busy"), advanced=Reached(milestone="jeans")),
    tiers=Tiers(power=Did(name="Meal Logged", at_least=2, distinct="day", within=2 * DAY)),
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


def operators(
    keys: Callable[[str], st.SearchStrategy[str]],
    answered: st.SearchStrategy[Condition],
    tests: st.SearchStrategy[Test],
    windows: st.SearchStrategy[timedelta | None],
    days: st.SearchStrategy[int],
) -> st.SearchStrategy[Condition]:
    """Every named operator, over the keys of each section."""
    milestones = keys("milestones").map("milestone:{}".format)
    since = milestones | st.sampled_from(("start", "goal", "trait:on", "trait:account.on"))
    return st.one_of(
        answered,
        st.builds(Goal, goal=keys("goals")),
        st.builds(HasMotive, motive=keys("motives")),
        st.builds(
            Measured,
            measure=keys("measures"),
            changed=st.sampled_from(("better", "worse", "unchanged")),
            since=st.sampled_from(("last", "baseline", "2026-05-03")),
        ),
        st.builds(Measured, measure=keys("measures"), reached=st.just("target")),
        st.builds(Measured, measure=keys("measures"), test=tests),
        st.builds(MessageWas, message=keys("messages"), was=st.sampled_from(MESSAGE_WAS), within=windows),
        st.builds(
            ContentWas,
            content=keys("content"),
            was=st.sampled_from((*CONTENT_WAS, "step:1", "step:2")),
            within=windows,
        ),
        st.builds(DaysSince, since=since, gte=days),
        st.builds(DaysSince, since=since, lt=days),
        st.builds(InSegment, segment=keys("segments")),
        st.builds(InLifecycle, stage=st.sampled_from(STAGES)),
        st.builds(InTier, tier=st.sampled_from(TIERS)),
    )


_KEYS = {
    "goals": _GOALS,
    "motives": ("work", "play", "gone"),
    "measures": ("weight", "hours", "gone"),
    "messages": ("hello", "tip"),
    "content": ("guide", "hint"),
    "milestones": ("meal", "jeans"),
    "segments": ("busy", "losers", "new", "gone"),
}
NAMED: st.SearchStrategy[Condition] = st.one_of(
    operators(lambda section: st.sampled_from(_KEYS[section]), ANSWERED, _TESTS, _WINDOWS, st.integers(0, 3)),
    st.builds(Reached, milestone=st.sampled_from(("meal", "jeans")), within=_WINDOWS),
    st.builds(Sequence_, steps=st.lists(st.just(_MEAL), min_size=2, max_size=3).map(tuple), within=_WINDOWS),
    st.just(_MEAL),
    st.just(Trait(name="plan", test=Test("is", "pro"))),
    st.just(Trait(name="account.plan", test=Test("is", "pro"))),
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
    _told(
        "Identified",
        plan=st.sampled_from(("pro", None)),
        motivation=st.sampled_from(("work", "play", None)),
        on=st.sampled_from(("2026-05-01", "2026-05-02T12:00:00Z", "soon")),
    ),
    _told("Grouped", plan=st.just("pro"), on=st.just("2026-05-02")),
    _told(events.ACCOUNT_TRAITS_CHANGED, plan=st.sampled_from(("pro", "free"))),
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
    *(_told(name, message=_MESSAGE) for name in (events.MESSAGE_SENT, events.MESSAGE_DELIVERED, events.EMAIL_OPENED)),
    *(_told(name, content=_CONTENT) for name in (events.CONTENT_SHOWN, events.CONTENT_DISMISSED)),
    _told(events.CONTENT_STEP_SEEN, content=_CONTENT, step=st.integers(0, 2)),
)


def histories(most: int = 10) -> st.SearchStrategy[list[Fact]]:
    """Facts in the order of their numbers, which is not the order of their times."""
    return st.lists(st.tuples(_HAPPENED, INSTANTS), max_size=most).map(
        lambda parts: [fact(name, at, seq, given) for seq, ((name, given), at) in enumerate(parts, 1)]
    )
