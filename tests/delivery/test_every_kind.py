"""Whoever draws a piece needs nothing but its JSON: every kind, as the examples use it."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from msgspec.structs import replace

from milepost.console.pages.preview import Reader, piece_frame
from milepost.core.program.document import Document
from milepost.core.program.kinds.content import Announcement, Modal
from milepost.delivery.channels.in_app.drawing import drawn_kinds
from milepost.delivery.channels.in_app.schema import NAME, piece_schemas
from milepost.program.review import review
from tests.delivery.test_kinds import DOCUMENT
from tests.world import START

EXAMPLES = sorted(Path(__file__).parents[2].glob("examples/*/milepost.yaml"))
#: And what no example says yet.
EVERYTHING = replace(
    DOCUMENT,
    content={
        **DOCUMENT.content,
        "news": Announcement(title="News", body="There is more."),
        "rules": Modal(title="New rules", body="Read them."),
    },
)
REF = "#/components/schemas/{name}"
#: What a renderer cannot do without, besides a title and the words on the buttons.
NEEDED = {
    "guide": ("steps",),
    "survey": ("questions",),
    "empty_state": ("body_html", "on"),
    "invite": ("link",),
    "briefing": ("button", "emergency_html"),
    "resource_center": ("resources",),
    "term": ("body_html",),
    "article": ("body_html",),
    "form": ("on", "sent"),
}


@lru_cache
def schema() -> dict[str, Any]:
    return {"$ref": REF.format(name=NAME), "components": {"schemas": piece_schemas(REF)}}


def document_of(example: Path) -> Document:
    document = review(example.read_bytes()).document
    assert isinstance(document, Document)
    return document


def bodies(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every piece of this program, as it is sent."""
    for key, definition in {**document.content, **document.articles}.items():
        frame = piece_frame(definition, key, document, Reader(1, "sample", ""), "light", START)
        assert frame.body, f"{key}: {frame.refusal}"
        yield key, msgspec.json.decode(msgspec.json.encode(frame.body))


def titled(body: dict[str, Any]) -> bool:
    return bool(body["title"]) or all(step["title"] for step in body["steps"])


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.parent.name)
def test_each_piece_of_an_example_can_be_drawn_from_its_json_alone(db: None, example: Path) -> None:
    check = jsonschema.Draft202012Validator(schema())
    for key, body in bodies(document_of(example)):
        assert not [error.message for error in check.iter_errors(body)], key
        assert titled(body) and body["lang"] and body["dir"] in ("ltr", "rtl"), key
        assert body["labels"] or body["kind"] == "form", key  # which is watched, not drawn
        assert all(body[name] for name in NEEDED.get(body["kind"], ())), (key, body)
        assert all(question["ask"] for question in body.get("questions", ())), key
        assert all(action["text"] for action in body.get("actions", ())), key


def test_no_kind_is_left_out(db: None) -> None:
    check = jsonschema.Draft202012Validator(schema())
    drawn = [body for _, body in bodies(EVERYTHING)]
    assert [error.message for body in drawn for error in check.iter_errors(body)] == []
    examples = [body for example in EXAMPLES for _, body in bodies(document_of(example))]
    assert {body["kind"] for body in (*drawn, *examples)} == {kind for kind, _ in drawn_kinds()}


def test_a_piece_that_lacks_a_field_of_its_kind_is_none() -> None:
    check = jsonschema.Draft202012Validator(schema())
    assert not check.is_valid({"kind": "survey", "title": "What for?"})
    assert not check.is_valid({"kind": "poem"})
