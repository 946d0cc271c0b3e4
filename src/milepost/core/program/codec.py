"""From what was typed to the document, and back.

Here: plain data (mappings, lists, scalars) ↔ `Document`. Reading the YAML text itself is `milepost.program.yaml_text`.

1. Every mistake is found in one reading, each with its path and line. A broken part is left out (or stands in as
   something empty), so that what is right is still read and what it refers to can still be checked.
2. Short forms are only forms: `7d`, `"21:00–08:00"`, `{did: X}`, a list of conditions, `wait: 1d`, a function that is the
   list of its milestones. The types know none of them.
3. decode(encode(document)) is the document, and `digest_of` names this meaning, not the way it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time, timedelta
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from msgspec import NODEFAULT, UNSET, Struct, UnsetType
from msgspec.structs import FieldInfo, replace

from milepost.core.conditions.types import All, Answered, Condition, Test
from milepost.core.program.condition_codec import (
    CONDITIONS,
    TESTS,
    read_answers,
    read_condition,
    read_test,
)
from milepost.core.program.condition_writing import encode_answers, encode_condition, encode_test
from milepost.core.program.document import STARTS, Document
from milepost.core.program.folder import Folder
from milepost.core.program.kinds.chart import Onward
from milepost.core.program.kinds.common import Variants
from milepost.core.program.kinds.content import OF_MEASURE
from milepost.core.program.kinds.goal import Function, Motive
from milepost.core.program.kinds.journey import Day, DayStart, Every, Pause, Rhythm
from milepost.core.program.kinds.limits import Quiet
from milepost.core.program.kinds.milestone import Growth
from milepost.core.program.kinds.plan_template import Owner
from milepost.core.program.problems import Lines, Place, Problem, did_you_mean
from milepost.core.program.scalars import (
    BROKEN,
    read_data,
    read_duration,
    read_mapping,
    read_number,
    read_quantity,
    read_text,
    wrong,
)
from milepost.core.program.walk import fields_of
from milepost.core.values import digest, format_duration

_QUIET = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*[-–—]\s*([01]?\d|2[0-3]):([0-5]\d)")
_ABSENT = (NoneType, UnsetType)
_ANSWERS = (Answered, Answered | None)
_DAYS = re.compile(r"(\d{1,4})\s*(?:d|days?)")
_ALWAYS = All(of=())  # stands in for a condition that could not be read


class Parsed(Struct, frozen=True, kw_only=True):
    """Shapes: `sketch` is the document as far as it could be read: parts with a problem are left out or empty.
    Absent: there is no `document` when anything was wrong."""

    document: Document | None
    sketch: Document
    problems: tuple[Problem, ...]
    lines: Lines


def decode(data: Any, lines: Lines, found: tuple[Problem, ...] = ()) -> Parsed:
    """Reads plain data. `found` are the problems that the text already had."""
    problems = list(found)
    told = frozenset(problem.path for problem in found)
    sketch = _struct(Document, data, Place(lines, problems, told=told))
    if sketch is BROKEN:
        sketch = Document(name="")
    elif "start" not in data:  # where a program does not say it, its kind does
        sketch = replace(sketch, start=STARTS[sketch.audience])
    problems.sort(key=lambda problem: (problem.line, problem.path))
    return Parsed(document=None if problems else sketch, sketch=sketch, problems=tuple(problems), lines=lines)


def digest_of(document: Document | Folder) -> str:
    """The name of what is meant: comments, order and short forms do not change it. A folder of one document is named like
    the document."""
    documents = document.documents if isinstance(document, Folder) else (document,)
    meant = [encode(each) for each in documents]
    return digest(meant[0] if len(meant) == 1 else meant)


# --- reading ---------------------------------------------------------------------------------------------------------


def _convert(wanted: Any, data: Any, at: Place) -> Any:
    if wanted in _SCALARS:
        return _SCALARS[wanted](data, at)
    origin, args = get_origin(wanted), get_args(wanted)
    if origin is Literal:
        return _one_of(args, data, at)
    if origin is tuple:
        return _tuple(args[0], data, at)
    if origin is dict:
        return _mapping(args[1], data, at)
    if origin in (Union, UnionType):
        return _union(args, data, at)
    return _struct(wanted, data, at)


def _struct(wanted: type[Struct], data: Any, at: Place, tag_field: str | None = None) -> Any:
    if (typed := read_mapping(_in_full(wanted, data), at)) is BROKEN:
        return BROKEN
    known = {field.encode_name: field for field in fields_of(wanted)}
    for key in typed:
        if key not in known and key != tag_field:
            (at / key).error("unknown-key", f"'{key}' is not known here.", did_you_mean(key, known))
    values = {field.name: _field(field, typed, at) for field in known.values()}
    if any(value is BROKEN for value in values.values()):
        return BROKEN
    return wanted(**{name: value for name, value in values.items() if value is not UNSET})


def _in_full(wanted: type[Struct], data: Any) -> Any:
    """The long form of what may be typed short."""
    name, kind = _SHORT.get(wanted, ("", NoneType))
    if is_words(wanted, data):
        return {name: data}
    return {name: data} if isinstance(data, kind) and name else data


def is_words(wanted: Any, data: Any) -> bool:
    """Whether this mapping stands for words in several languages, in place of the fields of what may be just words."""
    return isinstance(data, dict) and bool(data) and wanted in _WORDS and not data.keys() & _WORDS[wanted]


def _field(field: FieldInfo, typed: dict[str, Any], at: Place) -> Any:
    """The field's value; UNSET leaves its default. A required one that is wrong gets an empty stand-in."""
    name, data = field.encode_name, typed.get(field.encode_name)
    if data is None:
        if not field.required:
            return UNSET
        (at / name).error("missing-key", f"'{name}' is missing.", f"Add `{name}:` here.")
        return _stand_in(field.type)
    value = _convert(field.type, data, at / name)
    if value is BROKEN:
        return _stand_in(field.type) if field.required else UNSET
    return value


def _stand_in(wanted: Any) -> Any:
    origin, args = get_origin(wanted), get_args(wanted)
    if origin is Literal:
        return args[0]
    if origin is tuple:
        return ()
    if wanted is str or (origin in (Union, UnionType) and str in args):
        return ""
    return _ALWAYS if _is_condition(args) else BROKEN


def _union(members: tuple[Any, ...], data: Any, at: Place) -> Any:
    present = tuple(member for member in members if member not in _ABSENT)
    if len(present) == 1:
        return _convert(present[0], data, at)
    if _is_condition(present):
        return _struct(DayStart, data, at) if DayStart in present and is_day(data) else read_condition(data, at)
    if all(isinstance(member, type) and issubclass(member, Struct) for member in present):
        return (_tagged if present[0].__struct_config__.tag_field == "kind" else _named)(present, data, at)
    shape: Any = dict if isinstance(data, dict) else tuple if isinstance(data, list) else str
    structs = [member for member in present if isinstance(member, type) and issubclass(member, Struct)]
    if shape is dict and structs and (structs != [Variants] or "variants" in data):
        return _struct(structs[0], data, at)
    return _convert(next((m for m in present if (get_origin(m) or m) is shape), present[0]), data, at)


def _is_condition(members: tuple[Any, ...]) -> bool:
    return set(members) >= CONDITIONS


def is_day(data: Any) -> bool:
    """Whether this is a day, and not a condition: a date, or a trait that is compared with nothing."""
    return isinstance(data, dict) and ("date" in data or ("trait" in data and not set(data) & set(TESTS)))


def _tagged(members: tuple[type[Struct], ...], data: Any, at: Place) -> Any:
    if (typed := read_mapping(data, at)) is BROKEN:
        return BROKEN
    kinds = {str(member.__struct_config__.tag): member for member in members}
    kind = typed.get("kind")
    if kind is None:
        (at / "kind").error("missing-key", "'kind' is missing.", f"Add `kind:`, one of: {', '.join(kinds)}.")
        return BROKEN
    if not isinstance(kind, str) or kind not in kinds:
        return wrong(at / "kind", f"'{kind}' is not a kind of content.", did_you_mean(str(kind), kinds))
    return _struct(kinds[kind], typed, at, tag_field="kind")


def _named(members: tuple[type[Struct], ...], data: Any, at: Place) -> Any:
    """The member that has the one key typed here which names it: `{send: welcome}` is a Send."""
    if (typed := read_mapping(data, at)) is BROKEN:
        return BROKEN
    names = {str(member.__struct_config__.tag): member for member in members}
    told = [key for key in typed if key in names]
    if len(told) == 1:
        return _struct(names[told[0]], typed, at)
    if told:
        return wrong(at, f"One step cannot be both {' and '.join(told)}.", "Make two steps of it.")
    first = next(iter(typed), "")
    at.error("unknown-key", f"'{first}' is no step.", did_you_mean(first, names))
    return BROKEN


def _one_of(choices: tuple[Any, ...], data: Any, at: Place) -> Any:
    if type(data) is type(choices[0]) and data in choices:
        return data
    return wrong(at, f"'{data}' is not possible here.", did_you_mean(str(data), map(str, choices)))


def _tuple(wanted: Any, data: Any, at: Place) -> Any:
    if not isinstance(data, list):
        return wrong(at, "A list is expected here.", "Write [one, two], or one `- ` a line.")
    items = [_convert(wanted, item, at / index) for index, item in enumerate(data)]
    return tuple(item for item in items if item is not BROKEN)


def _mapping(wanted: Any, data: Any, at: Place) -> Any:
    if (typed := read_mapping(data, at)) is BROKEN:
        return BROKEN
    items = {key: _convert(wanted, value, at / key) for key, value in typed.items()}
    return {key: value for key, value in items.items() if value is not BROKEN}


def _read_bool(data: Any, at: Place) -> Any:
    return data if isinstance(data, bool) else wrong(at, f"'{data}' is neither true nor false.", "Write true or false.")


def _read_quiet(data: Any, at: Place) -> Any:
    match = _QUIET.fullmatch(data.strip()) if isinstance(data, str) else None
    if match is None:
        return wrong(at, f"'{data}' is not a span of hours.", 'Write it as "21:00–08:00".')
    from_hour, from_minute, to_hour, to_minute = map(int, match.groups())
    return Quiet(start=time(from_hour, from_minute), end=time(to_hour, to_minute))


def _read_every(data: Any, at: Place) -> Any:
    """The name of a rhythm, or a number of days."""
    names = get_args(Rhythm)
    days = _DAYS.fullmatch(data) if isinstance(data, str) else None
    if (days is not None and int(days[1])) or (isinstance(data, int) and not isinstance(data, bool) and data > 0):
        return int(days[1]) if days else data
    mend = f"Write {', '.join(names)}, or a number of days such as 3d."
    return data if data in names else wrong(at, f"'{data}' is no rhythm.", mend)


def _read_branch(data: Any, at: Place) -> Any:
    """A test of an answer. A number may be compared with what is known of the question's measure."""
    if isinstance(data, dict) and len(data) == 1:
        [(op, compared)] = data.items()
        if op in _ORDERED and compared in OF_MEASURE:
            return Test(op, compared)
    return read_test(data, at)


#: What stands for a struct when something else than a mapping is typed: the field that it goes to.
_SHORT: dict[type[Struct], tuple[str, type]] = {
    Growth: ("text", str),
    Owner: ("role", str),
    Motive: ("title", str),
    Function: ("milestones", list),
    Pause: ("for", str),
    Onward: ("to", str),
}
#: What may be just words; the keys that say that it is more.
_WORDS = {kind: frozenset(field.encode_name for field in fields_of(kind)) for kind in (Growth, Motive)}
_ORDERED = ("gt", "gte", "lt", "lte")
_SCALARS: dict[Any, Callable[[Any, Place], Any]] = {
    Any: read_data,
    str: read_text,
    int: read_number,
    float: read_quantity,
    bool: _read_bool,
    timedelta: read_duration,
    Quiet: _read_quiet,
    Test: _read_branch,
    Answered: read_answers,
    Every: _read_every,
}


def read_definition(section: str, data: Any, at: Place) -> Any:
    """One definition of a section (`messages`), with its mistakes told at this place; BROKEN where it cannot be read."""
    sections = {field.encode_name: field for field in fields_of(Document)}
    return _convert(get_args(sections[section].type)[1], data, at)


# --- writing ---------------------------------------------------------------------------------------------------------


def encode(document: Document) -> dict[str, Any]:
    """Plain data as a person would type it: short forms, and nothing that is the default anyway."""
    plain = {"milepost": document.milepost, **_encode_struct(document)}
    if document.audience == "user":
        return plain
    plain.pop("start", None)
    return plain if document.start == STARTS[document.audience] else {**plain, "start": encode_value(document.start)}


def encode_value(value: Any) -> Any:
    """Plain data of any part of a document."""
    if isinstance(value, get_args(Condition)):
        return encode_condition(value)
    if isinstance(value, Test):
        return encode_test(value)
    if isinstance(value, Quiet):
        return f"{value.start:%H:%M}–{value.end:%H:%M}"
    if isinstance(value, Struct):
        return _in_short(type(value), _encode_struct(value))
    if isinstance(value, timedelta):
        return format_duration(value)
    if isinstance(value, tuple):
        return [encode_value(item) for item in value]
    if isinstance(value, dict):
        return {key: encode_value(item) for key, item in value.items()}
    return value


def _encode_struct(value: Struct) -> dict[str, Any]:
    config = value.__struct_config__
    tagged = config.tag_field == "kind" and not isinstance(value, Day)
    plain: dict[str, Any] = {"kind": config.tag} if tagged else {}
    for field in fields_of(type(value)):
        held = getattr(value, field.name)
        if held is not UNSET and held != _default(field):
            plain[field.encode_name] = _WRITERS.get(field.type, encode_value)(held)
    return plain


def _encode_every(every: Every) -> str:
    return f"{every}d" if isinstance(every, int) else every


#: How the values of fields of these types are written.
_WRITERS: dict[Any, Callable[[Any], Any]] = {**dict.fromkeys(_ANSWERS, encode_answers), Every: _encode_every}


def _in_short(kind: type[Struct], plain: dict[str, Any]) -> Any:
    name, _ = _SHORT.get(kind, ("", NoneType))
    return plain[name] if list(plain) == [name] else plain


def _default(field: FieldInfo) -> Any:
    if field.default_factory is not NODEFAULT:
        return field.default_factory()
    return field.default
