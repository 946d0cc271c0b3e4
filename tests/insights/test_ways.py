"""Knowing and doing, trials, ways, stages, the length of a program: what going through them person by person gives."""

from collections import Counter
from datetime import datetime, timedelta
from statistics import median
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from milepost.core import events
from milepost.core.conditions.types import Did, Reached
from milepost.core.events import Fact
from milepost.core.insights.classic import Classic
from milepost.core.insights.duration import DAYS, Duration
from milepost.core.insights.know_do import KnowDo
from milepost.core.insights.lifecycle import Stages
from milepost.core.insights.paths import NO_STEP, Paths
from milepost.core.insights.statistics import rate
from milepost.core.insights.trials import TRIAL_ENDED, TRIAL_STARTED, Trials
from milepost.core.program.kinds.content import Guide, Step
from milepost.core.program.kinds.lifecycle import Lifecycle
from milepost.core.program.kinds.milestone import Milestone
from milepost.core.values import Refused, Undefined
from milepost.insights.ask import ask
from tests.conditions.worlds import BASE, INSTANTS, fact
from tests.insights.story import DOCUMENT, People, Person, periods, starters_of
from tests.insights.tables import Facts

DAY = timedelta(days=1)
PROGRAM = replace(
    DOCUMENT,
    content={**DOCUMENT.content, "guide": Guide(steps=(Step(title="Do"),), serves="meal")},
    milestones={
        **DOCUMENT.milestones,
        "meal": replace(DOCUMENT.milestones["meal"], first_value=True, target=DAY),
        "slim": Milestone(title="Slim", kind="outcome", reached=Did(name="Paid"), target=DAY),
    },
    lifecycle=Lifecycle(regular=Reached(milestone="week"), advanced=Did(name="Paid", at_least=2)),
)
_PLAIN = (
    "Signed Up",
    "Signed Up",
    "Meal Logged",
    "Searched",
    "Paid",
    TRIAL_STARTED,
    TRIAL_ENDED,
    "Subscription Started",
)
_TOLD = st.sampled_from(_PLAIN).map(lambda name: (name, {})) | st.sampled_from(
    (
        (events.CONTENT_COMPLETED, {"content": "guide"}),
        (events.CONTENT_COMPLETED, {"content": "other"}),
        (events.CONTENT_SHOWN, {"content": "guide"}),
        (events.SURVEY_ANSWERED, {"survey": "weekly"}),
        (events.TEMPLATE_USED, {"template": "day"}),
    )
)


def _people(lives: list[list[tuple[tuple[str, dict[str, Any]], datetime]]]) -> People:
    return {
        uid: [fact(name, at, seq, told) for seq, ((name, told), at) in enumerate(parts, 1)]
        for uid, parts in enumerate(lives, 1)
    }


LIVES = st.lists(st.lists(st.tuples(_TOLD, INSTANTS), max_size=10), min_size=1, max_size=6).map(_people)
PERIODS = periods().map(lambda period: {**period, "document": PROGRAM})
WHOLE: dict[str, Any] = {
    "workspace": 1,
    "document": PROGRAM,
    "from_": BASE,
    "to": BASE + 9 * DAY,
    "as_of": BASE + 30 * DAY,
}


class Known(Person):
    """A person of this program."""

    def first(self, name: str, since: datetime | None = None, **told: Any) -> datetime | None:
        return min((each.at for each in self.did(name, **told) if since is None or each.at >= since), default=None)

    def came(self, key: str) -> datetime | None:
        return self.first("Paid") if key == "slim" else self.reached(key)


def _known(asked: Any, people: People) -> list[Known]:
    return [Known(uid, facts, asked) for uid, facts in people.items()]


@settings(max_examples=40, deadline=None)
@given(PERIODS, LIVES, st.sampled_from((1, 2)))
def test_the_gap_between_knowing_and_doing_is_that_of_each_person(
    period: dict[str, Any], people: People, days: int
) -> None:
    asked = KnowDo(**period, days=days)
    finished = judged = missed = waiting = 0
    for one in _known(asked, people):
        done = one.did_inside(events.CONTENT_COMPLETED, content="guide")
        if not done:
            continue
        late, reached = done[0].at + days * DAY, one.reached("meal")
        finished += 1
        judged += late <= asked.as_of
        missed += late <= asked.as_of and (reached is None or reached >= late)
        waiting += late > asked.as_of and reached is None
    [guide] = ask(Facts(people), asked).guides
    assert (guide.guide, guide.milestone) == ("guide", "meal")
    assert (guide.finished, guide.gap.n, guide.gap.count, guide.under_way) == (finished, judged, missed, waiting)


@pytest.mark.req("R34")
def test_who_finished_the_guide_and_not_its_milestone_is_the_gap() -> None:
    done = {"content": "guide"}
    people = {
        uid: [fact(events.CONTENT_COMPLETED, BASE, 1, done)] + ([fact("Meal Logged", BASE + after, 2)] if after else [])
        for uid, after in {1: DAY, 2: 7 * DAY, 3: None, 4: 6 * DAY}.items()
    }
    answer = ask(Facts(people), KnowDo(**WHOLE, days=7))
    assert (answer.guides[0].gap.count, answer.guides[0].gap.n, answer.everything.value) == (2, 4, 0.5)
    assert answer.guides[0].gap.interval is not None
    early = ask(Facts(people), KnowDo(**{**WHOLE, "as_of": BASE + 3 * DAY}, days=7))
    assert (early.guides[0].gap.n, early.guides[0].under_way) == (0, 3)
    assert isinstance(early.everything.value, Undefined)


@settings(max_examples=40, deadline=None)
@given(PERIODS, LIVES)
def test_trials_are_split_as_each_person_went(period: dict[str, Any], people: People) -> None:
    asked = Trials(**period)
    counts: Counter[tuple[bool, bool]] = Counter()
    open_ = 0
    for one in _known(asked, people):
        began = one.did_inside(TRIAL_STARTED)
        if not began:
            continue
        ended, paid = (one.first(name, began[0].at) for name in (TRIAL_ENDED, "Subscription Started"))
        over, aha = min((at for at in (ended, paid) if at), default=None), one.reached("meal")
        if over is None:
            open_ += 1
        else:
            counts[aha is not None and aha < over, paid is not None] += 1
    answer = ask(Facts(people), asked)
    assert (answer.under_way, answer.started) == (open_, open_ + counts.total())
    for found, aha in ((answer.with_aha, True), (answer.without_aha, False)):
        assert (found.count, found.n) == (counts[aha, True], counts[aha, True] + counts[aha, False])


@pytest.mark.req("R6")
def test_trial_to_paid_by_whether_the_aha_came_before_the_trial_was_over() -> None:
    def life(aha: int | None, *, paid: bool) -> list[Fact]:
        told = [(TRIAL_STARTED, 0), (TRIAL_ENDED, 5)] + ([("Meal Logged", aha)] if aha is not None else [])
        told += [("Subscription Started", 6)] if paid else []
        return [fact(name, BASE + day * DAY, seq) for seq, (name, day) in enumerate(told, 1)]

    people = {
        1: life(1, paid=True),
        2: life(2, paid=True),
        3: life(3, paid=False),
        4: life(5, paid=True),
        5: life(None, paid=False),
    }
    answer = ask(Facts(people), Trials(**WHOLE))
    assert (answer.with_aha.count, answer.with_aha.n) == (2, 3)
    assert (answer.without_aha.count, answer.without_aha.n) == (1, 2)
    assert (answer.paid.count, answer.paid.n, answer.under_way) == (3, 5, 0)


def test_a_trial_of_somebody_who_has_paid_before_is_over_when_they_pay_again() -> None:
    told = (("Payment Succeeded", 0), (TRIAL_STARTED, 1), ("Payment Succeeded", 3), (TRIAL_ENDED, 5))
    answer = ask(
        Facts({1: [fact(name, BASE + day * DAY, seq) for seq, (name, day) in enumerate(told, 1)]}), Trials(**WHOLE)
    )
    assert (answer.paid.count, answer.paid.n, answer.under_way) == (1, 1, 0)


@settings(max_examples=40, deadline=None)
@given(PERIODS, LIVES, st.sampled_from(("meal", "week")))
def test_ways_are_what_each_person_did_up_to_the_milestone(
    period: dict[str, Any], people: People, milestone: str
) -> None:
    asked = Paths(**period, milestone=milestone)
    ways: dict[int, tuple[str, ...]] = {}
    for one in _known(asked, people):
        start, came = one.start(), one.reached(milestone)
        if start is None or came is None or not asked.from_ <= start < asked.to or came < start:
            continue
        names = [each.name for each in one.facts if start <= each.at <= came and each.name not in NO_STEP]
        ways[one.uid] = tuple(name for name, before in zip(names, [None, *names], strict=False) if name != before)
    answer = ask(Facts(people), asked)
    assert answer.n == len(ways)
    if not ways:
        assert answer.shortest is None
        return
    counts = Counter(ways.values())
    best = min(counts, key=lambda way: (len(way), -counts[way], way))
    assert answer.shortest is not None
    assert (tuple(answer.shortest.steps), answer.shortest.people) == (best, counts[best])
    assert answer.median_steps == median(len(way) for way in ways.values())
    needless = Counter(step for way in ways.values() for step in set(way) - set(best))
    assert {each.step: each.rate.count for each in answer.needless} == dict(needless)


@pytest.mark.req("R38")
def test_the_shortest_way_to_a_result_and_what_others_did_without_need() -> None:
    told = {
        1: ["Signed Up", "Searched", "Meal Logged"],
        2: ["Signed Up", "Opened Settings", "Searched", "Searched", "Opened Settings", "Meal Logged"],
        3: ["Signed Up", "Read Manual", "Searched", "Meal Logged"],
        4: ["Signed Up", "Searched"],
    }
    people = {
        uid: [fact(name, BASE + timedelta(hours=seq), seq) for seq, name in enumerate(names, 1)]
        for uid, names in told.items()
    }
    answer = ask(Facts(people), Paths(**WHOLE, milestone="meal"))
    assert answer.shortest is not None
    assert (answer.n, answer.shortest.steps, answer.shortest.people) == (3, ["Signed Up", "Searched", "Meal Logged"], 1)
    assert {each.step: each.rate.count for each in answer.needless} == {"Opened Settings": 1, "Read Manual": 1}
    [settings_, _] = answer.needless
    assert (settings_.median_with, settings_.median_without) == (5 * 3600, 2.5 * 3600)
    with pytest.raises(Refused):
        Paths(**WHOLE, milestone="nowhere")


@settings(max_examples=40, deadline=None)
@given(PERIODS, LIVES)
def test_everybody_stands_at_the_highest_stage_that_is_true_of_them(period: dict[str, Any], people: People) -> None:
    asked = Stages(**period)
    counts: Counter[int] = Counter()
    for one in starters_of(asked, people):
        if len(one.did("Paid")) >= 2:
            counts[3] += 1
        else:
            counts[2 if one.reached("week") else 1 if one.reached("meal") else 0] += 1
    answer = ask(Facts(people), asked)
    assert answer.stages == ["new", "activated", "regular", "advanced"]
    assert [share.count for share in answer.everybody.shares] == [counts[stage] for stage in range(4)]
    assert sum(cohort.n for cohort in answer.cohorts) == answer.everybody.n == counts.total()


@pytest.mark.req("R31")
def test_shares_at_each_stage_of_the_lifecycle_by_cohort() -> None:
    """In the first week one is new and one advanced; in the week after, one is activated."""
    told = {1: (0, 0, 0), 2: (0, 2, 2), 3: (7, 1, 0)}
    people = {
        uid: [fact("Signed Up", BASE + week * DAY, 1)]
        + [fact("Meal Logged", BASE + 8 * DAY, 2 + n) for n in range(meals)]
        + [fact("Paid", BASE + 8 * DAY, 9 + n) for n in range(paid)]
        for uid, (week, meals, paid) in told.items()
    }
    answer = ask(Facts(people), Stages(**WHOLE))
    assert [(cohort.cohort, [share.count for share in cohort.shares]) for cohort in answer.cohorts] == [
        ("2026-04-27", [1, 0, 0, 1]),
        ("2026-05-04", [0, 1, 0, 0]),
    ]
    assert answer.cohorts[0].shares[3] == rate(1, 2, "")


@settings(max_examples=40, deadline=None)
@given(PERIODS, LIVES, st.sampled_from((None, timedelta(hours=30))))
def test_what_is_reached_after_the_end_of_the_program(
    period: dict[str, Any], people: People, length: timedelta | None
) -> None:
    asked = Duration(**period, length=length)
    ends = length or DAY
    waits: dict[str, list[timedelta]] = {key: [] for key in PROGRAM.milestones}
    n = 0
    for one in _known(asked, people):
        start = one.start()
        if start is None or not asked.from_ <= start < asked.to or start + ends > asked.as_of:
            continue
        n += 1
        for key, mine in waits.items():
            if (came := one.came(key)) is not None:
                mine.append(came - start)
    answer = ask(Facts(people), asked)
    assert (answer.n, answer.length_days) == (n, ends / DAY)
    assert {each.milestone: (each.late.count, each.late.n) for each in answer.milestones} == {
        key: (sum(wait >= ends for wait in mine), len(mine)) for key, mine in waits.items()
    }
    everything = [wait for mine in waits.values() for wait in mine]
    assert [each.share.count for each in answer.curve] == [sum(wait < day * DAY for wait in everything) for day in DAYS]


@pytest.mark.req("R67")
def test_the_share_of_milestones_that_come_after_the_program_is_over() -> None:
    people = {
        uid: [fact("Signed Up", BASE, 1), fact("Meal Logged", BASE + days * DAY, 2)]
        for uid, days in enumerate((1, 13, 14, 20), 1)
    }
    answer = ask(Facts(people), Duration(**WHOLE, length=14 * DAY))
    assert (answer.n, answer.length_days, answer.late.count, answer.late.n) == (4, 14, 2, 4)
    assert [(each.days, each.share.value) for each in answer.curve if each.days in (14, 30)] == [(14, 0.5), (30, 1.0)]
    with pytest.raises(Refused) as refused:
        ask(Facts(people), Duration(**{**WHOLE, "document": DOCUMENT}))
    assert refused.value.code == "length"


@settings(max_examples=30, deadline=None)
@given(PERIODS, LIVES, st.sampled_from((DAY, 30 * DAY)))
def test_the_classic_sequence_counts_each_persons_parts(
    period: dict[str, Any], people: People, window: timedelta
) -> None:
    asked = Classic(**period, window=window)
    parts = {
        "welcome": (events.CONTENT_SHOWN, events.EMAIL_OPENED),
        "profile": (events.SURVEY_ANSWERED,),
        "examples": (events.TEMPLATE_USED,),
        "manual": (events.CONTENT_COMPLETED,),
    }
    levels, whole, begun = [0] * 6, [], []
    for one in _known(asked, people):
        starts = [each for each in one.facts if each.name == "Signed Up" and asked.from_ <= each.at < asked.to]
        if not (start := one.start()) or not asked.from_ <= start < asked.to:
            continue
        begun.append(one)
        told = [[each for each in one.facts if each.name in names] for names in parts.values()]
        told.append(one.did("Meal Logged")[:1])
        came = [
            any(
                (each.at, each.seq) > (starts[0].at, starts[0].seq) and each.at - starts[0].at < window for each in part
            )
            for part in told
        ]
        done = next((place for place, each in enumerate(came) if not each), len(came))
        for place in range(done + 1):
            levels[place] += 1
        whole += [one] if done == len(came) else []
    answer = ask(Facts(people), asked)
    assert [part.name for part in answer.sequence] == ["form", *parts, "use"]
    assert [part.rate.count for part in answer.sequence] == levels
    for found in answer.milestones:
        assert found.rate.count == sum(one.came(found.milestone) is not None for one in begun)
        assert (found.of_whole.count, found.of_whole.n) == (
            sum(one.came(found.milestone) is not None for one in whole),
            len(whole),
        )


@pytest.mark.req("R135")
def test_the_classic_sequence_may_be_whole_and_the_outcome_missing() -> None:
    told = [
        ("Signed Up", {}),
        (events.CONTENT_SHOWN, {"content": "guide"}),
        (events.SURVEY_ANSWERED, {"survey": "weekly"}),
        (events.TEMPLATE_USED, {"template": "day"}),
        (events.CONTENT_COMPLETED, {"content": "guide"}),
        ("Meal Logged", {}),
    ]
    people = {
        uid: [
            fact(name, BASE + timedelta(minutes=seq), seq, properties) for seq, (name, properties) in enumerate(told, 1)
        ]
        for uid in (1, 2)
    }
    answer = ask(Facts(people), Classic(**WHOLE))
    assert [part.rate.value for part in answer.sequence] == [1.0] * 6
    reach = {each.milestone: (each.kind, each.of_whole.value) for each in answer.milestones}
    assert reach == {"meal": ("activity", 1.0), "week": ("activity", 0.0), "slim": ("outcome", 0.0)}
    bare = ask(
        Facts(people), Classic(**{**WHOLE, "document": replace(DOCUMENT, content={}, templates={}, milestones={})})
    )
    assert [part.name for part in bare.sequence] == ["form", "welcome"]
