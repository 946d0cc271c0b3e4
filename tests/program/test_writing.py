"""The document as text, written over what somebody typed."""

from datetime import timedelta
from pathlib import Path

import msgspec
from hypothesis import given, settings

from milepost.core.program.document import Document
from milepost.program.writing import base_of, with_base, without_base, write
from tests.program.documents import SMALL, document_of, documents

EXAMPLE = (Path(__file__).parents[2] / "examples/calorie-counter/milepost.yaml").read_text(encoding="utf-8")


@settings(max_examples=15, deadline=None)
@given(documents)
def test_a_written_document_reads_back_as_the_same(document: Document) -> None:
    assert document_of(write(document)) == document


@settings(max_examples=15, deadline=None)
@given(documents, documents)
def test_a_document_written_over_another_reads_back_as_the_same(old: Document, new: Document) -> None:
    assert document_of(write(new, like=write(old))) == new


def test_writing_an_unchanged_document_changes_no_letter() -> None:
    assert write(document_of(EXAMPLE), like=EXAMPLE) == EXAMPLE


def test_a_change_leaves_every_comment_and_every_other_line_alone() -> None:
    document = document_of(EXAMPLE)
    first = msgspec.structs.replace(document.milestones["first-meal"], target=timedelta(days=2))
    changed = msgspec.structs.replace(document, milestones={**document.milestones, "first-meal": first})
    assert write(changed, like=EXAMPLE) == EXAMPLE.replace("target: 1d", "target: 2d")


def test_short_forms_stay_as_they_were_typed_where_the_meaning_is_the_same() -> None:
    typed = "name: x\nfor: user\nstart: {all: [{did: X, within: 1w}]}\ntimezone: UTC\n"
    changed = msgspec.structs.replace(document_of(typed), name="y")
    assert write(changed, like=typed) == typed.replace("name: x", "name: y")


def test_a_text_remembers_the_release_that_it_was_made_on() -> None:
    noted = with_base(with_base(SMALL, 3, "a" * 32), 4, "b" * 32)
    assert base_of(noted) == "b" * 32
    assert without_base(noted) == SMALL
    assert base_of(SMALL) is None
    assert document_of(noted) == document_of(SMALL)
