"""JSON lines: one object a line. A Segment call's `properties`, or `traits`, are taken as columns of their own."""

from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

import msgspec

from milepost.core.values import Refused
from milepost.ingest.importing.reading import Broken, Lines, Row, Source, text_fault

_ROWS_LOOKED_AT = 1_000
_SPREAD = ("properties", "traits")


def open_json_lines(path: Path) -> Source:
    lines = Lines(path)
    rows = _rows(lines)
    first = list(islice(rows, _ROWS_LOOKED_AT))
    header = list(dict.fromkeys(name for row in first if isinstance(row, Row) for name in row.values))
    if not header:
        raise Refused("header", f"{path.name} has no JSON object in its first lines.", mend="Write one object a line.")
    size = path.stat().st_size
    return Source(header=header, rows=chain(first, rows), size=size, done=lines.done, text=False)


def _rows(lines: Lines) -> Iterator[Row | Broken]:
    decoder = msgspec.json.Decoder(dict[str, Any])
    for line in lines:
        content = line.strip()
        if content:
            yield _row(lines.number, content, decoder)


def _row(number: int, content: str, decoder: msgspec.json.Decoder[dict[str, Any]]) -> Row | Broken:
    fault = text_fault(content) or ("holds a NUL character" if "\\u0000" in content else None)
    if fault:
        return Broken(number, content, fault)
    try:
        return Row(number, content, _spread(decoder.decode(content)))
    except msgspec.DecodeError as error:
        return Broken(number, content, f"is not a JSON object: {error}")


def _spread(values: dict[str, Any]) -> dict[str, Any]:
    for name in _SPREAD:
        if isinstance(inner := values.get(name), dict):
            del values[name]
            values = {**inner, **values}
    return values
