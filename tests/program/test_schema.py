"""What is written out from the types is what lies in the repository, and describes what people type."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from milepost.core.program.codec import encode
from milepost.core.program.schema import schema_text
from milepost.program.reference import reference
from milepost.program.yaml_text import load
from tests.program.documents import SMALL, documents

ROOT = Path(__file__).parents[2]
VALIDATOR = Draft202012Validator(json.loads(schema_text()))


def test_the_schema_in_the_repository_is_the_one_of_the_types():
    assert (ROOT / "spec/schemas/program.json").read_text(encoding="utf-8") == schema_text()


def test_the_reference_in_the_repository_is_the_one_of_the_types():
    assert (ROOT / "docs/reference/program.md").read_text(encoding="utf-8") == reference()


def test_the_schema_is_one():
    Draft202012Validator.check_schema(json.loads(schema_text()))


@settings(max_examples=30, deadline=None)
@given(documents)
def test_every_document_that_can_be_written_fits_the_schema(document):
    VALIDATOR.validate(encode(document))


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
def test_an_editor_sees_the_mistakes_of_form(old, new):
    assert VALIDATOR.is_valid(load(SMALL).data)
    assert not VALIDATOR.is_valid(load(SMALL.replace(old, new)).data)
