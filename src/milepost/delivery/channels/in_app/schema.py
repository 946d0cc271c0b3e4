"""What a piece looks like as JSON, for whoever draws it: a JSON Schema for each kind, made from the types themselves."""

from collections.abc import Iterator
from typing import Any

import msgspec

from milepost.core.delivery import piece
from milepost.core.delivery.piece import PieceBody, ReplyBody
from milepost.delivery.channels.in_app.drawing import drawn_kinds

NAME = "PieceBody"


def piece_schemas(ref_template: str) -> dict[str, Any]:
    """The components of an OpenAPI document: `PieceBody` is any piece, told apart by its `kind`; the others are what it
    is made of."""
    kinds = list(_kinds())
    schemas, components = msgspec.json.schema_components([body for _, body in kinds], ref_template=ref_template)
    told = [_of_kind(kind, schema) for (kind, _), schema in zip(kinds, schemas, strict=True)]
    made = {_name(name): _always(name, schema) for name, schema in components.items()}
    return {**made, NAME: {"anyOf": [_renamed(each, ref_template) for each in told]}}


def _kinds() -> Iterator[tuple[str, type[PieceBody]]]:
    yield from drawn_kinds()
    yield "reply", ReplyBody


def _of_kind(kind: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"title": kind, "allOf": [schema, {"properties": {"kind": {"const": kind}}}]}


def _name(name: str) -> str:
    """The name of the base stands for any piece."""
    return "PlainBody" if name == NAME else name


def _renamed(told: dict[str, Any], ref_template: str) -> dict[str, Any]:
    (schema, kind) = told["allOf"]
    name = schema["$ref"].rpartition("/")[2]
    return {**told, "allOf": [{"$ref": ref_template.format(name=_name(name))}, kind]}


def _always(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """What is written always says all its fields, also those that have a default, but those that are not set."""
    written = getattr(piece, name)
    if written.__struct_config__.omit_defaults:
        return schema
    unset = {each.encode_name for each in msgspec.structs.fields(written) if each.default is msgspec.UNSET}
    return {**schema, "required": [each for each in schema["properties"] if each not in unset]}
