"""How values travel over the link: MessagePack, with marks for what it has no type for.

DuckDB answers with instants without a zone, dates, decimals and wide integers; a reader gets them back as they were.
"""

import asyncio
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

HEADER = 4
_PLAIN = {str, float, bool, bytes, type(None)}
_WRITERS: dict[type, tuple[int, Callable[[Any], str]]] = {
    datetime: (1, datetime.isoformat),
    date: (2, date.isoformat),
    time: (3, time.isoformat),
    timedelta: (4, lambda value: str(value // timedelta(microseconds=1))),
    Decimal: (5, str),
    UUID: (6, str),
    int: (7, str),
}
_READERS: dict[int, Callable[[str], Any]] = {
    1: datetime.fromisoformat,
    2: date.fromisoformat,
    3: time.fromisoformat,
    4: lambda text: timedelta(microseconds=int(text)),
    5: Decimal,
    6: UUID,
    7: int,
}


def frame(value: Any) -> bytes:
    body = msgspec.msgpack.encode(_marked(value))
    return len(body).to_bytes(HEADER, "big") + body


def unframe(body: bytes) -> Any:
    return msgspec.msgpack.decode(body, ext_hook=lambda code, data: _READERS[code](bytes(data).decode()))


async def read_frame(reader: asyncio.StreamReader) -> Any:
    """Raises EOFError when the other side went away."""
    size = int.from_bytes(await reader.readexactly(HEADER), "big")
    return unframe(await reader.readexactly(size))


def _marked(value: Any) -> Any:
    kind = type(value)
    if kind in _PLAIN or (kind is int and -(2**63) <= value < 2**63):
        return value
    if kind is list or kind is tuple:
        return [_marked(item) for item in value]
    if kind is dict:
        return {key: _marked(item) for key, item in value.items()}
    code, write = _WRITERS[kind]
    return msgspec.msgpack.Ext(code, write(value).encode())
