"""Files as rows: CSV and JSON lines (also gzipped) line by line, Parquet through DuckDB. Nothing is kept in memory.

A row that cannot be read is `Broken`, with its line and the reason; the rows around it are read all the same.
"""

import gzip
import zlib
from collections.abc import Callable, Iterator, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

from milepost.core.values import Refused

LONGEST_LINE = 1 << 20  # characters


class Row(NamedTuple):
    """`line` counts from 1 (in Parquet: the row). `content` stands for the whole row: equal rows have equal content."""

    line: int
    content: str
    values: dict[str, Any]


class Broken(NamedTuple):
    line: int
    content: str
    reason: str


class Source(NamedTuple):
    """An opened file. `rows` may be read once. Units: `size` and `done()` in bytes of the file, or rows of Parquet.

    `text`: values are text as people typed it, whose type is to be found out.
    """

    header: Sequence[str]
    rows: Iterator[Row | Broken]
    size: int
    done: Callable[[], int]
    text: bool


def open_source(path: Path) -> Source:
    """Raises Refused for a file that is not there, not readable, or of a kind that is not known."""
    from milepost.ingest.importing import delimited, jsonlines, parquet

    names = [suffix.lower() for suffix in path.suffixes]
    kind = names[-2] if names[-1:] == [".gz"] and len(names) > 1 else (names or [""])[-1]
    openers: dict[str, Callable[[Path], Source]] = {
        ".csv": delimited.open_csv,
        ".tsv": delimited.open_csv,
        ".jsonl": jsonlines.open_json_lines,
        ".ndjson": jsonlines.open_json_lines,
        ".parquet": parquet.open_parquet,
    }
    if kind not in openers:
        raise Refused(
            "file_kind", f"{path.name} is of a kind that is not known.", mend=f"Known: {', '.join(openers)}; .gz."
        )
    try:
        return openers[kind](path)
    except OSError as error:
        raise Refused("file", f"{path} cannot be read: {error.strerror or error}.") from error


class Lines(Iterator[str]):
    """The lines of a text file, with their ends. Lines may be put back, and read again.

    Bytes that are not UTF-8 arrive as lone surrogates, so that only their own row is lost.
    """

    def __init__(self, path: Path) -> None:
        self._name = path.name
        self._raw: IO[bytes] = path.open("rb")
        packed = path.suffix.lower() == ".gz"
        unpacked = cast(IO[bytes], gzip.GzipFile(fileobj=self._raw)) if packed else self._raw
        self._text = TextIOWrapper(unpacked, "utf-8-sig", "surrogateescape", newline="")
        self._back: list[str] = []
        self.number = 0  # of the line that was given last

    def __next__(self) -> str:
        line = self._back.pop() if self._back else self._read()
        if not line:
            raise StopIteration
        self.number += 1
        return line

    def put_back(self, lines: Sequence[str]) -> None:
        self._back.extend(reversed(lines))
        self.number -= len(lines)

    def done(self) -> int:
        return self._raw.tell()

    def _read(self) -> str:
        try:
            line = self._text.readline(LONGEST_LINE)
            if len(line) == LONGEST_LINE and not line.endswith("\n"):
                self._skip_the_rest()
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise Refused(
                "damaged_file", f"{self._name} is damaged after line {self.number}: {error}.", mend="Fetch it again."
            ) from error
        return line

    def _skip_the_rest(self) -> None:
        while (part := self._text.readline(LONGEST_LINE)) and not part.endswith("\n"):
            pass


def text_fault(content: str) -> str | None:
    """What is wrong with a row's text as such."""
    if "\x00" in content:
        return "holds a NUL character"
    if len(content) >= LONGEST_LINE:
        return "is longer than a million characters"
    if content.isascii():
        return None
    try:
        content.encode()
    except UnicodeEncodeError:
        return "is not UTF-8 text"
    return None
