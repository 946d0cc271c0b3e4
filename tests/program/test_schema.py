"""What is written out from the types is what lies in the repository, and describes what people type."""

import json
from collections.abc import Iterator
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from milepost.core.program.codec import decode, encode
from milepost.core.program.document import Document
from milepost.core.program.problems import Problem
from milepost.core.program.schema import schema_text
from milepost.program import reference_checks
from milepost.program.reference import reference
from milepost.program.review import ALL_RULES
from milepost.program.yaml_text import load
from tests.program.documents import SMALL, documents, numbers, texts
from tests.program.story import STORY


def _places(node: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    parts = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, part in parts:
        yield from _places(part, (*path, key))


def _with(node: Any, path: tuple[str | int, ...], value: Any) -> Any:
    if not path:
        return value
    copy: Any = dict(node) if isinstance(node, dict) else list(node)
    copy[path[0]] = _with(node[path[0]], path[1:], value)
    return copy


ROOT = Path(__file__).parents[2]
EXAMPLE = (ROOT / "examples/calorie-counter/milepost.yaml").read_text(encoding="utf-8")
VALIDATOR = Draft202012Validator(json.loads(schema_text()))
STORY_DATA = load(STORY).data
STORY_PLACES = [path for path in _places(STORY_DATA) if path]
STORY_PARTS = [reduce(getitem, path, STORY_DATA) for path in STORY_PLACES]


def test_the_schema_in_the_repository_is_the_one_of_the_types() -> None:
    assert (ROOT / "spec/schemas/program.json").read_text(encoding="utf-8") == schema_text()


def test_the_reference_in_the_repository_is_the_one_of_the_types() -> None:
    assert (ROOT / "docs/reference/program.md").read_text(encoding="utf-8") == reference()


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(json.loads(schema_text()))


@settings(max_examples=30, deadline=None)
@given(documents)
def test_every_document_that_can_be_written_fits_the_schema(document: Document) -> None:
    VALIDATOR.validate(encode(document))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_what_the_reader_takes_an_editor_does_not_mark(data: Any) -> None:
    """One value of a whole program is replaced by another, or by another part of the program."""
    path = data.draw(st.sampled_from(STORY_PLACES))
    value = data.draw(st.one_of(st.sampled_from(STORY_PARTS), texts, numbers, st.booleans(), st.just([]), st.just({})))
    changed = _with(STORY_DATA, path, value)
    if not decode(changed, {}).problems:
        VALIDATOR.validate(changed)


@pytest.mark.parametrize("text", [SMALL, STORY, EXAMPLE])
def test_an_editor_marks_nothing_in_a_program_that_is_right(text: str) -> None:
    VALIDATOR.validate(load(text).data)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name: Small", "nmae: Small"),
        ("target: 1d", "target: soon"),
        ("{did: Meal Logged}", "{did: Meal Logged, atleast: 3}"),
        ("{did: Meal Logged}", "{did: Meal Logged, where: {a: {more: 3}}}"),
        ("kind: celebration", "kind: party"),
        ("purpose: care", "purpose: urgent"),
        ("first_value: true", "first_value: 1"),
        ('"21:00–08:00"', "night"),
    ],
)
def test_an_editor_sees_the_mistakes_of_form(old: str, new: str) -> None:
    assert VALIDATOR.is_valid(load(SMALL).data)
    assert not VALIDATOR.is_valid(load(SMALL.replace(old, new)).data)


def test_the_page_of_the_checks_is_what_their_tables_say() -> None:
    written = (ROOT / "docs/reference/checks.md").read_text(encoding="utf-8")
    assert written == reference_checks.page()
    assert all(f"### {rule.id}\n" in written for rule in ALL_RULES)
    assert Problem(rule="no-map", level="reason", line=1, path="", message="", mend="").see.endswith("checks.md#no-map")
