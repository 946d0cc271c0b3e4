"""Every operator of the language has a line in the builder of conditions, and a sentence."""

from typing import Any

import pytest

from milepost.console.pages.conditions import in_words
from milepost.console.pages.definitions_conditions import condition_field, read_group
from milepost.console.pages.definitions_controls import Known, nested, posted
from milepost.core.program.codec import decode
from milepost.core.program.condition_codec import OPERATORS

NOTHING = Known(keys={}, questions=(), facts=(), locales=())
#: What is typed, and how it is read aloud.
TYPED: list[tuple[dict[str, Any], str]] = [
    (
        {"did": "Meal Logged", "at_least": 3, "distinct": "day", "within": "7d", "since": "goal"},
        "Meal Logged on 3 different days within 7 days since the goal was set",
    ),
    ({"sequence": ["Searched", "Meal Logged"], "within": "1h"}, "Searched, then Meal Logged within 1 hour"),
    ({"trait": "plan", "is": "pro"}, "plan = pro"),
    ({"account": "seats", "gte": 5}, "seats of their account ≥ 5"),
    (
        {"reached": "first-meal", "within": "7d", "since": "milestone:jeans"},
        "“A first meal” is reached within 7 days since “jeans”",
    ),
    ({"goal": "lose-weight"}, "their goal is “lose-weight”"),
    ({"answered": {"survey": "role", "is": "admin"}}, "answered role = admin"),
    ({"message": "welcome", "was": "delivered"}, "message “welcome” was delivered"),
    ({"content": "guide", "was": "completed"}, "“guide” was finished"),
    ({"measure": "weight", "changed": "better", "since": "2026-05-01"}, "weight is better than before 2026-05-01"),
    ({"days_since": "trait:account.signed_on", "gte": 3}, "at least 3 days since signed_on of their account"),
    ({"segment": "busy"}, "in segment “busy”"),
    ({"lifecycle": "activated"}, "their stage is activated"),
    ({"tier": "power"}, "they are a power user"),
    ({"motive": "work"}, "they came for “work”"),
]


@pytest.mark.parametrize(("typed", "words"), TYPED)
def test_an_operator_has_a_line_that_comes_back_as_it_was_typed_and_a_sentence(
    typed: dict[str, Any], words: str
) -> None:
    field = condition_field("f", typed, NOTHING, ("segments", "x"), label="")
    assert [line.value for line in field.parts[0].parts] == [next(iter(typed))]
    assert read_group(nested(posted(field))["f"], lambda text: text) == typed
    document = decode({"name": "x", "segments": {"asked": typed}}, {}).document
    assert document is not None
    assert in_words(document.segments["asked"], {"first-meal": "A first meal"}) == words


def test_no_operator_is_left_out() -> None:
    grouping = {"all", "any", "not"}
    assert {next(iter(typed)) for typed, _ in TYPED} == set(OPERATORS) - grouping
