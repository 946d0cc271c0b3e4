"""CSV: comma, semicolon, tab or bar; quoted fields may span lines.

Python's own reader, not DuckDB's: it says the line of each row, and after a quote that is never closed it can start
again at the next line, so that one broken row does not swallow those that follow.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

from milepost.core.values import Refused
from milepost.ingest.importing.reading import Broken, Lines, Row, Source, text_fault

_DELIMITERS = ",;\t|"


class _Record(Iterator[str]):
    """Feeds the reader and remembers the lines of the record that it is at."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.taken: list[str] = []

    def __next__(self) -> str:
        self.taken.append(next(self.lines))
        return self.taken[-1]


def open_csv(path: Path) -> Source:
    lines = Lines(path)
    first = next(lines, "")
    lines.put_back([first])
    if not first.strip() or "\x00" in first:
        raise Refused("header", f"{path.name} has no header line in UTF-8.", mend="The first line names the columns.")
    delimiter = max(_DELIMITERS, key=first.count)
    record = _Record(lines)
    reader = csv.reader(record, delimiter=delimiter, strict=True)
    header = [name.strip() for name in next(reader)]
    if len(set(header)) < len(header):
        twice = sorted({name for name in header if header.count(name) > 1})
        raise Refused(
            "header", f"{path.name} has two columns named '{twice[0]}'.", mend="Give each column its own name."
        )
    rows = _rows(reader, record, header)
    return Source(header=header, rows=rows, size=path.stat().st_size, done=lines.done, text=True)


def _rows(reader: Iterator[list[str]], record: _Record, header: list[str]) -> Iterator[Row | Broken]:
    width = len(header)
    while True:
        record.taken = []
        line = record.lines.number + 1
        try:
            cells = next(reader)
            content = "\x1f".join(cells)
            fault = text_fault(content) if len(cells) == width else f"has {len(cells)} columns, the header has {width}"
        except StopIteration:
            return
        except csv.Error as error:
            cells, fault = record.taken, f"is not valid CSV: {error}"
        if fault is None:
            yield Row(line, content, dict(zip(header, cells)))  # noqa: B905 (compared above; strict costs time)
        elif cells:
            record.lines.put_back(record.taken[1:])
            yield Broken(line, record.taken[0].rstrip("\r\n"), fault)
