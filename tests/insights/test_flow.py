"""How people really go: the most frequent steps and what directly follows on what, as each person's own walk gives."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from milepost.core.insights.flow import Flow, as_chart
from milepost.core.insights.paths import NO_STEP
from milepost.core.program.kinds.chart import Onward
from milepost.core.program.kinds.goal import Function
from milepost.core.values import Refused
from milepost.insights.ask import ask
from tests.conditions.worlds import BASE, fact
from tests.insights.story import People, periods
from tests.insights.tables import Facts
from tests.insights.test_ways import DAY, LIVES, PROGRAM, WHOLE, Known

Steps = list[tuple[str, datetime]]


def _walks(asked: Flow, people: People) -> tuple[dict[int, datetime], dict[int, Steps]]:
    """Of each person: when they started, and what they did in the time that counts."""
    begun: dict[int, datetime] = {}
    walks: dict[int, Steps] = {}
    for uid, facts in people.items():
        one = Known(uid, facts, asked)
        start = one.start()
        if start is None or not asked.from_ <= start < asked.to:
            continue
        came = one.came(asked.milestone) if asked.milestone else None
        begun[uid] = start
        ordered = sorted(one.facts, key=lambda each: (each.at, each.seq))
        walks[uid] = [
            (each.name, each.at)
            for each in ordered
            if start <= each.at < start + asked.days * DAY
            and (came is None or came < start or each.at <= came)
            and each.name not in NO_STEP
        ]
    return begun, walks


@settings(max_examples=40, deadline=None)
@given(
    periods().map(lambda period: {**period, "document": PROGRAM}),
    LIVES,
    st.sampled_from((None, "meal", "slim")),
    st.sampled_from((1, 3)),
    st.sampled_from((1, 40, 67)),
)
def test_the_flow_is_that_of_each_person(
    period: dict[str, Any], people: People, milestone: str | None, days: int, rare: int
) -> None:
    asked = Flow(**period, milestone=milestone, days=days, rare=rare)
    begun, walks = _walks(asked, people)
    n = len(begun)
    did = {
        name: [uid for uid, walk in walks.items() if name in dict(walk)] for walk in walks.values() for name, _ in walk
    }
    kept = {name for name, uids in did.items() if len(uids) * 100 >= rare * n}
    gaps: dict[tuple[str, str], list[float]] = defaultdict(list)
    went: dict[tuple[str, str], set[int]] = defaultdict(set)
    for uid, walk in walks.items():
        left = [step for step in walk if step[0] in kept]
        for (one, since), (other, at) in pairwise(left):
            if one != other:
                gaps[one, other].append((at - since).total_seconds())
                went[one, other].add(uid)
    main = {
        end: min((-len(uids), start) for (start, other), uids in went.items() if other == end)[1] for _, end in went
    }
    answer = ask(Facts(people), asked)
    assert (answer.n, answer.left_out) == (n, len(did) - len(kept))
    assert {each.step: each.rate.count for each in answer.steps} == {name: len(did[name]) for name in kept}
    for each in answer.steps:
        firsts = [min(at for name, at in walks[uid] if name == each.step) - begun[uid] for uid in did[each.step]]
        assert each.after_seconds == pytest.approx(median(first.total_seconds() for first in firsts))
    assert {(each.start, each.end): each.rate.count for each in answer.ways} == {
        way: len(uids) for way, uids in went.items() if len(uids) * 100 >= rare * n or main[way[1]] == way[0]
    }
    for way in answer.ways:
        assert way.median_seconds == pytest.approx(median(gaps[way.start, way.end]))


def _lives(*told: list[str]) -> People:
    return {
        uid: [fact(name, BASE + timedelta(hours=seq), seq) for seq, name in enumerate(names, 1)]
        for uid, names in enumerate(told, 1)
    }


def test_what_few_do_is_left_out_and_the_rest_is_a_chart_to_go_on_with() -> None:
    document = replace(PROGRAM, functions={"diary": Function(milestones=("meal",)), "idle": Function(milestones=())})
    usual = ["Signed Up", "Searched", "Searched", "Meal Logged", "Paid"]
    people = _lives(*([usual] * 8), ["Signed Up", "Read Manual", "Searched", "Signed Up"], ["Signed Up"])
    answer = ask(Facts(people), Flow(**{**WHOLE, "document": document}, milestone="meal", days=7, rare=20))
    assert [(each.step, each.rate.count, each.after_seconds) for each in answer.steps] == [
        ("Signed Up", 10, 0.0),
        ("Searched", 9, 3600.0),
        ("Meal Logged", 8, 3 * 3600.0),
    ]
    assert (answer.n, answer.left_out) == (10, 1)  # the manual; paying came after the milestone
    assert Counter({(each.start, each.end): each.rate.count for each in answer.ways}) == {
        ("Signed Up", "Searched"): 9,
        ("Searched", "Meal Logged"): 8,
        ("Searched", "Signed Up"): 1,  # few, and the only way there
    }
    chart = as_chart(answer)
    assert list(chart.steps) == ["signed-up", "searched", "meal-logged"]
    last = chart.steps["meal-logged"]
    assert (last.reached, last.did, last.functions) == ("meal", None, ("diary",))
    assert chart.steps["signed-up"].next == (Onward(to="searched"),)


def test_names_that_make_no_key_or_the_same_one_get_numbers() -> None:
    people = _lives(["Signed Up", "Signed up", "Рецепт открыт", "料理"])
    keys = list(as_chart(ask(Facts(people), Flow(**WHOLE))).steps)
    assert keys == ["signed-up", "signed-up-2", "step-3", "step-4"]


@pytest.mark.parametrize("wrong", [{"milestone": "nowhere"}, {"days": 0}, {"rare": 0}, {"rare": 101}])
def test_a_flow_of_nonsense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        Flow(**WHOLE, **wrong)
