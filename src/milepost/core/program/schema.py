"""JSON Schema of the document as it is typed: for completion and first marks in an editor.

It is built from the types, so that it cannot drift from them; what only `check` knows (names, circles, windows) is not
in it.
"""

from __future__ import annotations

from datetime import timedelta
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import msgspec
from msgspec import Struct, UnsetType
from msgspec.structs import FieldInfo, fields

from milepost.core.conditions.types import (
    All,
    Answered,
    Any_,
    ContentWas,
    DaysSince,
    Did,
    Goal,
    HasMotive,
    InLifecycle,
    InSegment,
    InTier,
    Measured,
    MessageWas,
    Node,
    Not,
    Reached,
    Sequence_,
    Test,
    Trait,
)
from milepost.core.program.condition_codec import CONDITIONS, CONTENT_WAS, MESSAGE_WAS, STAGES, TESTS, TIERS
from milepost.core.program.document import Document
from milepost.core.program.kinds.chart import Onward
from milepost.core.program.kinds.content import OF_MEASURE
from milepost.core.program.kinds.goal import Function, Motive
from milepost.core.program.kinds.journey import Day, DayStart, Every, Pause, Rhythm
from milepost.core.program.kinds.limits import Quiet
from milepost.core.program.kinds.milestone import Growth
from milepost.core.program.kinds.plan_template import Owner

Schema = dict[str, Any]

_DURATION: Schema = {"type": "string", "pattern": r"^(\d+\s*[smhdw]\s*)+$", "examples": ["30m", "1d", "7d"]}
_QUIET: Schema = {"type": "string", "pattern": r"^\d{1,2}:\d\d\s*[-–—]\s*\d{1,2}:\d\d$", "examples": ["21:00–08:00"]}
_TEXT: Schema = {"type": "string"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_SCALAR: Schema = {"type": ["string", "number", "boolean"]}
_CONDITION: Schema = {"$ref": "#/$defs/condition"}
_CONDITIONS: Schema = {"type": "array", "items": _CONDITION, "minItems": 1}
_KEYS: Schema = {"type": "array", "items": _TEXT}
_TEST: Schema = {"anyOf": [_SCALAR, {"$ref": "#/$defs/test"}]}
_ANSWERS: Schema = {"$ref": "#/$defs/answers"}
_SCALARS: dict[Any, Schema] = {
    Any: {},
    str: _TEXT,
    int: _COUNT,
    float: {"type": "number"},
    bool: {"type": "boolean"},
    timedelta: _DURATION,
    Quiet: _QUIET,
    Test: {"anyOf": [_SCALAR, {"$ref": "#/$defs/test"}, {"$ref": "#/$defs/against"}]},
    Answered: _ANSWERS,
    Every: {
        "anyOf": [
            {"enum": list(get_args(Rhythm))},
            {"type": "string", "pattern": r"^\d{1,4}\s*d(ays?)?$"},
            {"type": "integer", "minimum": 1},
        ]
    },
}
_WORDS: Schema = {"anyOf": [_TEXT, {"type": "object", "additionalProperties": _TEXT}]}
#: What may stand for the whole of it.
_SHORT: dict[type[Struct], Schema] = {
    Growth: _WORDS,
    Motive: _WORDS,
    Owner: _TEXT,
    Function: _KEYS,
    Pause: _DURATION,
    Onward: _TEXT,
}
_SINCE: Schema = {"type": "string", "pattern": r"^(start|goal|milestone:.+|\d{4}-\d\d-\d\d)$"}


def json_schema() -> Schema:
    """The schema of a whole document (draft 2020-12)."""
    definitions: Schema = {"test": _test(), "against": _against(), "answers": _answers(), **_operators()}
    root = _struct(Document, definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Milepost program",
        **root,
        "$defs": dict(sorted(definitions.items())),
    }


def schema_text() -> str:
    """What `spec/schemas/program.json` holds."""
    return msgspec.json.format(msgspec.json.encode(json_schema()), indent=2).decode() + "\n"


def _schema(wanted: Any, definitions: Schema) -> Schema:
    if wanted in _SCALARS:
        return _SCALARS[wanted]
    origin, args = get_origin(wanted), get_args(wanted)
    if origin is Literal:
        return {"enum": list(args)}
    if origin is tuple:
        return {"type": "array", "items": _schema(args[0], definitions)}
    if origin is dict:
        return {"type": "object", "additionalProperties": _schema(args[1], definitions)}
    if origin in (Union, UnionType):
        return _union(args, definitions)
    return _reference(wanted, definitions)


def _union(members: tuple[Any, ...], definitions: Schema) -> Schema:
    if set(members) >= CONDITIONS:
        return _CONDITION if DayStart not in members else {"anyOf": [_CONDITION, _reference(DayStart, definitions)]}
    present = [member for member in members if member not in (NoneType, UnsetType)]
    if len(present) == 1:
        return _schema(present[0], definitions)
    return {"anyOf": [_schema(member, definitions) for member in present]}


def _reference(wanted: type[Struct], definitions: Schema) -> Schema:
    name = wanted.__name__.lower()
    if name not in definitions:
        definitions[name] = {}  # holds its place while it is described
        long = _struct(wanted, definitions)
        definitions[name] = {"anyOf": [_SHORT[wanted], long]} if wanted in _SHORT else long
    return {"$ref": f"#/$defs/{name}"}


def _struct(wanted: type[Struct], definitions: Schema) -> Schema:
    known, config = fields(wanted), wanted.__struct_config__
    tagged = config.tag_field == "kind" and not issubclass(wanted, Day)
    tag: Schema = {"kind": {"const": config.tag}} if tagged else {}
    return _object(
        {**tag, **{field.encode_name: _field(field, definitions) for field in known}},
        [*tag, *(field.encode_name for field in known if field.required)],
        wanted,
    )


def _field(field: FieldInfo, definitions: Schema) -> Schema:
    schema = _schema(field.type, definitions)
    plain = isinstance(field.default, str | int) and field.default != ""
    return {**schema, "default": field.default} if plain else schema


def _object(properties: Schema, required: list[str], described: type[Struct]) -> Schema:
    return {
        "type": "object",
        "description": summary(described),
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def summary(described: type[Struct]) -> str:
    """What a type is, in its own words. Absent: a type that says nothing of itself is described by nothing."""
    own = described.__dict__.get("__doc__") or ""
    return " ".join(own.split())


# --- conditions ------------------------------------------------------------------------------------------------------


_STEPS: Schema = {
    "type": "array",
    "minItems": 2,
    "items": {
        "anyOf": [
            _TEXT,
            {
                "type": "object",
                "properties": {"did": _TEXT, "where": {"type": "object", "additionalProperties": _TEST}},
                "required": ["did"],
                "additionalProperties": False,
            },
        ]
    },
}
_WAS_OF_CONTENT: Schema = {"anyOf": [{"enum": list(CONTENT_WAS)}, {"type": "string", "pattern": r"^step:[1-9]\d*$"}]}
_MEASURED: Schema = {
    "changed": {"enum": ["better", "worse", "unchanged"]},
    "since": {"type": "string", "pattern": r"^(last|baseline|\d{4}-\d\d-\d\d)$"},
    "reached": {"const": "target"},
}


def _operators() -> dict[str, Schema]:
    operators: dict[type[Node], tuple[Schema, list[str]]] = {
        Did: (_did(), ["did"]),
        Sequence_: ({"sequence": _STEPS, "within": _DURATION}, ["sequence"]),
        Reached: ({"reached": _TEXT, "within": _DURATION, "since": _SINCE}, ["reached"]),
        All: ({"all": _CONDITIONS}, ["all"]),
        Any_: ({"any": _CONDITIONS}, ["any"]),
        Not: ({"not": _CONDITION}, ["not"]),
        Goal: ({"goal": _TEXT}, ["goal"]),
        Answered: ({"answered": _ANSWERS}, ["answered"]),
        MessageWas: ({"message": _TEXT, "was": {"enum": list(MESSAGE_WAS)}, "within": _DURATION}, ["message"]),
        ContentWas: ({"content": _TEXT, "was": _WAS_OF_CONTENT, "within": _DURATION}, ["content"]),
        Measured: ({"measure": _TEXT, **_MEASURED, **_tests()}, ["measure"]),
        DaysSince: ({"days_since": _TEXT, "gte": _COUNT, "lt": _COUNT}, ["days_since"]),
        InSegment: ({"segment": _TEXT}, ["segment"]),
        InLifecycle: ({"lifecycle": {"enum": list(STAGES)}}, ["lifecycle"]),
        HasMotive: ({"motive": _TEXT}, ["motive"]),
        InTier: ({"tier": {"enum": list(TIERS)}}, ["tier"]),
    }
    named = {f"operator-{required[0]}": _object(known, required, node) for node, (known, required) in operators.items()}
    for owner in ("trait", "account"):
        named[f"operator-{owner}"] = _object({owner: _TEXT, **_tests()}, [owner], Trait)
    references = [{"$ref": f"#/$defs/{name}"} for name in named]
    description = "A condition: a mapping with one operator, or a list in which all must hold."
    return {**named, "condition": {"description": description, "anyOf": [*references, _CONDITIONS]}}


def _did() -> Schema:
    return {
        "did": _TEXT,
        "at_least": _COUNT,
        "at_most": _COUNT,
        "exactly": _COUNT,
        "distinct": {"type": "string", "examples": ["day"]},
        "within": _DURATION,
        "since": _SINCE,
        "where": {"type": "object", "additionalProperties": _TEST},
    }


def _tests() -> Schema:
    special: Schema = {"in": {"type": "array", "items": _SCALAR, "minItems": 1}, "exists": {"type": "boolean"}}
    numbers: Schema = {test: {"type": "number"} for test in ("gt", "gte", "lt", "lte")}
    moments: Schema = dict.fromkeys(("before", "after"), _TEXT)
    return {test: {**special, **numbers, **moments}.get(test, _SCALAR) for test in TESTS}


def _test() -> Schema:
    return _one_of(_tests())


def _against() -> Schema:
    """A number against what is known of its measure."""
    return _one_of({test: {"enum": list(OF_MEASURE)} for test in ("gt", "gte", "lt", "lte")})


def _one_of(tests: Schema) -> Schema:
    return {
        "type": "object",
        "properties": tests,
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
    }


def _answers() -> Schema:
    """A survey, or a survey with tests of the answers to its questions, or to its only one."""
    properties = {"survey": _TEXT, **_tests()}
    tested = {"type": "object", "properties": properties, "required": ["survey"], "additionalProperties": _TEST}
    return {"anyOf": [_TEXT, tested]}
