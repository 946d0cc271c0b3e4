"""First sessions, gone through person by person."""

from datetime import datetime, timedelta
from statistics import median
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from milepost.core import events
from milepost.core.events import Fact
from milepost.core.insights.first_session import FirstSession, wins_of
from milepost.core.program.kinds.content import Page, Question, Survey
from milepost.insights.ask import ask
from tests.conditions.worlds import BASE, fact
from tests.insights.story import DOCUMENT, People, Person, starters_of
from tests.insights.tables import Facts

STORY = replace(
    DOCUMENT,
    milestones={"meal": replace(DOCUMENT.milestones["meal"], first_value=True), "week": DOCUMENT.milestones["week"]},
    content={
        "ease": Survey(
            title="Easy?", page=Page(error="Save Failed"), questions=(Question(key="ease", kind="ces", ask="?"),)
        )
    },
)
PERIOD: dict[str, Any] = {
    "workspace": 1,
    "document": STORY,
    "from_": BASE,
    "to": BASE + timedelta(days=2),
    "as_of": BASE + timedelta(days=2),
}
_HAPPENED = st.one_of(
    st.sampled_from(["Signed Up", "Meal Logged", "Save Failed", events.MESSAGE_SENT]).map(lambda name: (name, {})),
    st.sampled_from(["/home", "/projects/17", None]).map(lambda path: ("Page Viewed", {"path": path})),
    st.sampled_from([2, 6, 7, "easy"]).map(lambda x: (events.QUESTION_ANSWERED, {"question": "ease", "answer": x})),
)
_MINUTES = st.sampled_from([0, 1, 5, 20, 29, 30, 31, 60, 600, 24 * 60, 40 * 60])


@st.composite
def lives(draw: st.DrawFn) -> People:
    people: People = {}
    for uid in range(1, draw(st.integers(1, 4)) + 1):
        parts = [(("Signed Up", {}), 0), *draw(st.lists(st.tuples(_HAPPENED, _MINUTES), max_size=8))]
        people[uid] = [
            fact(name, BASE + timedelta(minutes=minutes), seq, about)
            for seq, ((name, about), minutes) in enumerate(parts, 1)
        ]
    return people


class Session:
    """What one person did from their start until half an hour passed without anything."""

    def __init__(self, person: Person, start: datetime) -> None:
        own = [one for one in person.facts if one.name != events.MESSAGE_SENT and one.at >= start]
        self.facts: list[Fact] = []
        for one in own:
            if one.at - (self.facts[-1].at if self.facts else start) > timedelta(minutes=30):
                break
            self.facts.append(one)
        self.ends = self.facts[-1].at if self.facts else start
        self.won = any((at := person.reached(key)) and at <= self.ends for key in wins_of(STORY))
        self.erred = any(one.name == "Save Failed" for one in self.facts)
        acts = [one for one in self.facts if one.name != "Page Viewed" and one.at > start]
        self.acted = (acts[0].at - start).total_seconds() if acts else None
        self.screens = [
            one.properties["path"].replace("17", "*")
            for one in self.facts
            if one.name == "Page Viewed" and one.properties["path"]
        ]
        said = [
            one.properties["answer"]
            for one in person.did(events.QUESTION_ANSWERED)
            if start <= one.at < self.ends + timedelta(days=1) and one.properties["answer"] != "easy"
        ]
        self.ease = said[-1] if said else None
        self.good = self.ease >= 6 if self.ease else self.won and not self.erred


@pytest.mark.req("R165")
@settings(max_examples=25, deadline=None)
@given(lives())
def test_first_sessions_are_what_going_through_them_person_by_person_gives(people: People) -> None:
    asked = FirstSession(**PERIOD)
    started = ((one, one.start()) for one in starters_of(asked, people))
    every = [Session(one, start) for one, start in started if start]
    over = [one for one in every if one.ends + timedelta(minutes=30) <= asked.as_of]
    answer = ask(Facts(people), asked)
    assert answer.n == len(over)
    assert (answer.good.count, answer.won.count, answer.erred.count) == (
        sum(one.good for one in over),
        sum(one.won for one in over),
        sum(one.erred for one in over),
    )
    assert (answer.easy.count, answer.easy.n) == (
        sum(one.ease >= 6 for one in over if one.ease),
        sum(one.ease is not None for one in over),
    )
    acted = [one.acted for one in over if one.acted is not None]
    assert answer.seconds == median(acted) if acted else not answer.acted.count
    assert not over or answer.screens == median(len(set(one.screens)) for one in over)
    assert {screen.path: (screen.people, screen.good.count, screen.ended.count) for screen in answer.worst} == {
        path: (
            sum(path in one.screens for one in over),
            sum(path in one.screens and one.good for one in over),
            sum(one.screens[-1:] == [path] and not one.good for one in over),
        )
        for path in {path for one in over for path in one.screens}
    }


def test_the_screen_that_is_surely_bad_stands_before_the_one_that_few_have_seen() -> None:
    def life(uid: int, path: str, *more: str) -> list[Fact]:
        names = ("Signed Up", *more)
        seen = fact("Page Viewed", BASE + timedelta(minutes=1), 9, {"path": path})
        return [*(fact(name, BASE, seq, {}) for seq, name in enumerate(names, 1)), seen]

    bad = {uid: life(uid, "/import") for uid in range(1, 9)}
    others = {20: life(20, "/rare"), 21: life(21, "/home", "Meal Logged")}
    answer = ask(Facts({**bad, **others}), FirstSession(**PERIOD))
    assert [(screen.path, screen.people, screen.good.value) for screen in answer.worst] == [
        ("/import", 8, 0.0),
        ("/rare", 1, 0.0),
        ("/home", 1, 1.0),
    ]
