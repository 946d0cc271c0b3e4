"""From a row to a fact.

The message id of a row without one is derived from what the row says and from how often the same row came before it in
the file: importing a file again changes nothing, and rows that are equal for good reason all count.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, tzinfo
from hashlib import blake2b
from typing import Any, Literal

import msgspec
from msgspec import Struct

from milepost.core.events import Fact
from milepost.ingest.facts import MAX_MESSAGE_ID, MAX_NAME
from milepost.ingest.importing.columns import Columns
from milepost.ingest.importing.instants import instant
from milepost.ingest.importing.reading import Broken, Row

PersonKind = Literal["user", "anonymous"]

#: What no id and no name contains: control characters, and those that silently change the direction of what follows.
_INVISIBLE = re.compile("[\x00-\x1f\x7f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


class Reading(Struct, frozen=True, kw_only=True):
    """How this file is to be read. Absent: `event` is None where a column names it."""

    workspace: int
    columns: Columns
    zone: tzinfo
    now: datetime
    event: str | None = None
    person_kind: PersonKind = "user"
    types: Mapping[str, "Type"]


class Reader:
    """Reads the rows of one file, in order. Memory: about 100 bytes a row, where no column is a message id."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._columns = reading.columns
        self._taken = frozenset(reading.columns.taken().values())
        free = {name: kind for name, kind in reading.types.items() if name not in self._taken}
        self._texts = [name for name, kind in free.items() if kind == "text"]
        self._typed = [(name, _READERS[kind]) for name, kind in free.items() if kind != "text"]
        self._seen: set[bytes] = set()
        self._repeated: Counter[bytes] = Counter()

    def read(self, row: Row) -> Fact | Broken:
        try:
            return self._fact(row)
        except ValueError as reason:
            return Broken(row.line, row.content, str(reason))

    def _fact(self, row: Row) -> Fact:
        reading, values = self._reading, row.values
        user_id, anonymous_id = self._person(values)
        name = reading.event or _required(values, self._columns.event, "event")
        at = instant(_value(values, self._columns.time, "time"), reading.zone, reading.now)
        account = self._columns.account
        return Fact(
            workspace=reading.workspace,
            kind="track",
            name=name,
            at=at,
            received_at=reading.now,
            message_id=self._message_id(row, f"{user_id}\x1f{anonymous_id}\x1f{name}\x1f{at.isoformat()}"),
            source="import",
            user_id=user_id,
            anonymous_id=anonymous_id,
            group_id=None if account is None else _text(values.get(account), "account"),
            properties=self._properties(values),
        )

    def _person(self, values: Mapping[str, Any]) -> tuple[str | None, str | None]:
        user = None if self._columns.person is None else _text(values.get(self._columns.person), "person")
        anonymous = (
            None if self._columns.anonymous is None else _text(values.get(self._columns.anonymous), "anonymous id")
        )
        if user is None and anonymous is None:
            raise ValueError("names no person")
        return (user, anonymous) if self._reading.person_kind == "user" else (None, anonymous or user)

    def _message_id(self, row: Row, meaning: str) -> str:
        if self._columns.message_id is not None:
            given = _text(row.values.get(self._columns.message_id), "message id", MAX_MESSAGE_ID)
            if given is not None:
                return given
        name = blake2b(f"{meaning}\x1f{row.content}".encode(), digest_size=16)
        before = self._count(name.digest())
        return f"{name.hexdigest()}-{before}" if before else name.hexdigest()

    def _count(self, name: bytes) -> int:
        """How often this was here before."""
        if name not in self._seen:
            self._seen.add(name)
            return 0
        self._repeated[name] += 1
        return self._repeated[name]

    def _properties(self, values: dict[str, Any]) -> dict[str, Any]:
        if not self._reading.types:
            return {name: value for name, value in values.items() if value is not None and name not in self._taken}
        properties: dict[str, Any] = {name: cell for name in self._texts if (cell := values[name])}
        for name, read in self._typed:
            if cell := values[name]:
                properties[name] = read(cell)
        return properties


def _required(values: Mapping[str, Any], column: str | None, what: str) -> str:
    text = None if column is None else _text(values.get(column), what)
    if text is None:
        raise ValueError(f"has no {what}")
    return text


def _value(values: Mapping[str, Any], column: str | None, what: str) -> Any:
    value = None if column is None else values.get(column)
    if value is None or value == "":
        raise ValueError(f"has no {what}")
    return value


def _text(value: Any, what: str, longest: int = MAX_NAME) -> str | None:
    """An id or a name as text; None for an empty one."""
    if value is None:
        return None
    if isinstance(value, dict | list | bool):
        raise ValueError(f"the {what} is neither text nor a number")
    text = (value if isinstance(value, str) else msgspec.json.encode(value).decode()).strip()
    if len(text) > longest:
        raise ValueError(f"the {what} is longer than {longest} characters")
    if found := _INVISIBLE.search(text):
        raise ValueError(f"the {what} contains an invisible character (U+{ord(found[0]):04X})")
    return text or None


Type = Literal["whole number", "number", "yes or no", "text"]

_WHOLE = re.compile(r"-?(?:0|[1-9]\d{0,17})")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,17})(?:\.\d+)?(?:[eE][+-]?\d{1,2})?")
_TRUTH = {"true": True, "false": False, "True": True, "False": False, "TRUE": True, "FALSE": False}


def types_of(rows: Iterable[Row]) -> dict[str, Type]:
    """What the cells of each column are, in all of these rows. `007` is text: its zeros mean something."""
    cells: dict[str, set[str]] = {}
    for row in rows:
        for name, cell in row.values.items():
            cells.setdefault(name, set()).add(cell)
    return {name: _type({cell for cell in found if cell}) for name, found in cells.items()}


def _type(cells: set[str]) -> Type:
    if not cells:
        return "text"
    if all(_WHOLE.fullmatch(cell) for cell in cells):
        return "whole number"
    if all(_NUMBER.fullmatch(cell) for cell in cells):
        return "number"
    return "yes or no" if cells <= _TRUTH.keys() else "text"


def _whole(cell: str) -> int | str:
    return int(cell) if _WHOLE.fullmatch(cell) else cell


def _number(cell: str) -> float | str:
    return float(cell) if _NUMBER.fullmatch(cell) else cell


#: A cell that is not like its column's others stays the text that it is.
_READERS: dict[Type, Callable[[str], Any]] = {
    "whole number": _whole,
    "number": _number,
    "yes or no": lambda cell: _TRUTH.get(cell, cell),
}
