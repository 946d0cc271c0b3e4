"""What obstacles are answered with, counted case by case."""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from milepost.core import events
from milepost.core.conditions.types import Did
from milepost.core.insights.responses import (
    NOBODY_ANSWERED,
    NOBODY_JOINED,
    NOBODY_STUCK,
    NOBODY_TO_JOIN,
    Responses,
    done_on,
)
from milepost.core.insights.statistics import rate
from milepost.core.program.kinds.milestone import Help, Milestone, Obstacle, ProductChange
from milepost.core.success.responses import RESPONSES
from milepost.insights.ask import ask
from tests.conditions.worlds import BASE, INSTANTS, STEP, fact
from tests.insights.story import DOCUMENT, People, Person, people_of, periods
from tests.insights.tables import Facts

CHANGE = ProductChange(title="Easier", done_on=(BASE + 5 * STEP).date().isoformat())
OBSTACLES = {
    "lost": Obstacle(stuck=Did(name="A"), help=(Help(guide="guide"), Help(message="hello")), change=CHANGE),
    "cake": Obstacle(stuck=Did(name="B"), locus="outside", help=(Help(article="cake"), Help(peers=True))),
    "rain": Obstacle(stuck=Did(name="C"), accepted="Nobody can stop it."),
}
STORY = replace(
    DOCUMENT, milestones={"meal": Milestone(title="Meal", reached=Did(name="Meal Logged"), obstacles=OBSTACLES)}
)


@st.composite
def cases(draw: st.DrawFn) -> People:
    about = st.fixed_dictionaries({"milestone": st.just("meal"), "obstacle": st.sampled_from(list(OBSTACLES))})
    response = st.sampled_from(["guide", "reminder", "peer"])
    happened = st.tuples(
        st.sampled_from(
            [events.OBSTACLE_DETECTED, events.OBSTACLE_ANSWERED, events.OBSTACLE_RESOLVED, events.COMMUNITY_JOINED]
        ),
        about,
        response,
        INSTANTS,
    )
    people = draw(st.lists(st.lists(happened, max_size=8), min_size=1, max_size=4))
    return {
        uid: [fact(name, at, seq, {**told, "response": kind}) for seq, (name, told, kind, at) in enumerate(parts, 1)]
        for uid, parts in enumerate(people, 1)
    }


@pytest.mark.req("R41")
@pytest.mark.req("R42", "R114")
@settings(max_examples=40, deadline=None)
@given(periods(), cases())
def test_responses_are_what_counting_case_by_case_gives_and_accepted_obstacles_blame_nobody(
    period: dict[str, Any], people: People
) -> None:
    asked = Responses(**{**period, "document": STORY})
    answer = ask(Facts(people), asked)
    known = [(key, *case) for key in OBSTACLES for case in _cases(asked, people, key)]
    blamed = [case for case in known if case[0] != "rain"]
    answered, resolved = (sum(bool(case[place]) for case in blamed) for place in (2, 3))
    assert answer.n == len(blamed)
    assert answer.answered == rate(answered, len(blamed), NOBODY_STUCK)
    assert answer.resolved == rate(resolved, len(blamed), NOBODY_STUCK)
    assert answer.open == sum(not case[2] and not case[3] for case in blamed)
    assert [(each.obstacle, each.cases) for each in answer.accepted] == [("rain", len(known) - len(blamed))]
    for each in answer.responses:
        got = [(first, case[3]) for case in known if (first := case[2].get(each.response))]
        solved = sum(any(at >= first for at in times) for first, times in got)
        assert (each.cases, each.resolved) == (len(got), rate(solved, len(got), NOBODY_ANSWERED))
    peers = [(one, case) for key, one, *case in _of_people(asked, people) if key == "cake"]
    joined = [(case, min(at)) for one, case in peers if (at := _joined(one, case[0]))]
    solved = sum(any(at >= first for at in case[2]) for case, first in joined)
    assert answer.community.joined == rate(len(joined), len(peers), NOBODY_TO_JOIN)
    assert answer.community.resolved == rate(solved, len(joined), NOBODY_JOINED)
    since = datetime.combine(done_on(OBSTACLES["lost"]) or BASE.date(), time(), UTC)
    [change] = answer.changes
    lost = [case[1] for case in known if case[0] == "lost"]
    assert (change.before, change.after) == (sum(at < since for at in lost), sum(at >= since for at in lost))
    assert [each.response for each in answer.responses if each.obstacles] == [
        each for each in RESPONSES if each in ("product change", "guide", "content", "reminder", "peer")
    ]


def _joined(one: Person, since: datetime) -> list[datetime]:
    return [each.at for each in one.did(events.COMMUNITY_JOINED) if each.at >= since]


def _cases(asked: Responses, people: People, obstacle: str) -> list[tuple[Any, dict[str, Any], list[Any]]]:
    """(since when, the first answer of each type, when it was resolved) of each person on this obstacle."""
    return [(since, answers, solved) for key, _, since, answers, solved in _of_people(asked, people) if key == obstacle]


def _of_people(asked: Responses, people: People) -> Iterator[tuple[str, Person, datetime, dict[str, Any], list[Any]]]:
    """(obstacle, person, and the same) of every case."""
    for obstacle, one in product(OBSTACLES, people_of(asked, people)):
        seen = [each.at for each in one.did_inside(events.OBSTACLE_DETECTED, obstacle=obstacle)]
        if seen:
            since, answers = min(seen), dict[str, Any]()
            for each in one.did(events.OBSTACLE_ANSWERED, obstacle=obstacle):
                if each.at >= since:
                    answers.setdefault(each.properties["response"], each.at)
            solved = [each.at for each in one.did(events.OBSTACLE_RESOLVED, obstacle=obstacle) if each.at >= since]
            yield obstacle, one, since, answers, solved
