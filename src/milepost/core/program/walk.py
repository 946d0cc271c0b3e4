"""A document taken apart: every value in it with its path, by the types alone, so that no kind has to be listed twice."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import FieldInfo, fields

from milepost.core.conditions.types import Condition, Test
from milepost.core.program.document import Document
from milepost.core.program.kinds.common import Text
from milepost.core.program.problems import Path

CONDITIONS = frozenset(get_args(Condition))
_TEXT = set(get_args(Text))


class Node(Struct, frozen=True):
    """One value. `wanted` is its declared type without the ways of being absent; `holder` and `name` are the struct in
    which it stands and the field there, also for what is inside a list or mapping of that field."""

    path: Path
    wanted: Any
    value: Any
    holder: Any
    name: str

    @property
    def is_text(self) -> bool:
        """Whether somebody will read it."""
        return self.wanted is not Any and set(get_args(self.wanted)) == _TEXT

    @property
    def is_condition(self) -> bool:
        return isinstance(self.value, tuple(CONDITIONS))


@lru_cache(maxsize=256)
def fields_of(wanted: type[Struct]) -> tuple[FieldInfo, ...]:
    """The fields of a type; asked for once, since the names of types are looked up each time."""
    return fields(wanted)


def nodes(document: Document) -> Iterator[Node]:
    """Every value that the document says something by, each before what is inside it."""
    yield from _inside(document, ())


def _inside(holder: Struct, path: Path) -> Iterator[Node]:
    for field in fields_of(type(holder)):
        held = getattr(holder, field.name)
        if held is not None and held is not UNSET:
            yield from _nodes(field.type, held, (*path, field.encode_name), holder, field.name)


def _nodes(declared: Any, value: Any, path: Path, holder: Struct, name: str) -> Iterator[Node]:
    wanted = _present(declared)
    node = Node(path, wanted, value, holder, name)
    yield node
    if node.is_condition or node.is_text or wanted is Any or isinstance(value, Test):
        return
    if isinstance(value, Struct):
        yield from _inside(value, path)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _nodes(_item_type(wanted, dict), item, (*path, key), holder, name)
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _nodes(_item_type(wanted, tuple), item, (*path, index), holder, name)


@lru_cache(maxsize=512)
def _present(declared: Any) -> Any:
    """The type without None and UNSET."""
    if get_origin(declared) not in (Union, UnionType):
        return declared
    members = tuple(member for member in get_args(declared) if member not in (NoneType, UnsetType))
    return Union[members]  # noqa: UP007 - made of values, not written


def _item_type(wanted: Any, origin: type) -> Any:
    """What a list or mapping holds; of a choice of types, of the one that is a list or mapping."""
    found = next(member for member in (wanted, *get_args(wanted)) if get_origin(member) is origin)
    return get_args(found)[0 if origin is tuple else 1]
