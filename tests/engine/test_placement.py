"""A placement test puts everybody on a level, and it is kept as a trait that conditions may ask for."""

from typing import Any

import pytest

from milepost.core import events
from milepost.core.engine.effects import RecordFact
from milepost.core.engine.placement import level_of
from milepost.core.program.kinds.content import Question, Survey
from tests.engine.world import Runner, fact, program

TEST = Survey(
    title="Where do you stand?",
    questions=(
        Question(key="word", ask="?", options={"a": "A", "b": "B"}, points={"b": 1}),
        Question(key="words", ask="?", kind="multi", options={"c": "C", "d": "D"}, points={"c": 1, "d": 2}),
    ),
    levels={"advanced": 3, "beginner": 0, "some": 1},
)


@pytest.mark.parametrize(
    ("answers", "level"),
    [
        ({}, "beginner"),
        ({"word": "b"}, "some"),
        ({"word": "a", "words": ["d"]}, "some"),
        ({"words": ["c", "d"]}, "advanced"),
    ],
)
def test_the_highest_level_that_the_points_reach(answers: dict[str, Any], level: str) -> None:
    assert level_of(TEST, answers) == level


def test_whoever_finishes_it_is_placed_once_and_placed_again_when_they_take_it_again() -> None:
    run = Runner(program(content={"level": TEST}))
    told = {"survey": "level", "question": "word", "answer": "b"}
    run.give(fact(events.QUESTION_ANSWERED, 1, seq=1, properties=told, source="milepost"))
    finish = [fact(events.SURVEY_ANSWERED, n, seq=n, properties={"survey": "level"}, source="milepost") for n in (2, 3)]
    run.give(finish[0], finish[0], finish[1])
    placed = [each for each in run.effects if isinstance(each, RecordFact)]
    assert [(each.about, each.trait) for each in placed] == [({"level": "some"}, True)] * 2
    assert len({each.key for each in placed}) == 2


def test_a_public_key_places_nobody() -> None:
    run = Runner(program(content={"level": TEST}))
    run.give(fact(events.SURVEY_ANSWERED, 1, seq=1, properties={"survey": "level"}))
    assert run.effects == []
