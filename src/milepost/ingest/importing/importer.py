"""The import itself: chunks of facts into the log, and after each how far it has come.

An import that was killed reads the file again from its start (a row's message id depends on the rows before it), but
appends only from the first chunk on whose end was not written down; what the log has already, it drops.
"""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import tzinfo
from hashlib import blake2b
from itertools import chain, islice
from pathlib import Path

import msgspec
from msgspec import Struct

from milepost.core.events import Fact
from milepost.ingest.importing.columns import Columns, Role, choose
from milepost.ingest.importing.reading import Broken, Row, Source, open_source
from milepost.ingest.importing.rows import PersonKind, Reader, Reading, types_of
from milepost.log.clock import Clock
from milepost.log.events import EventLog

_ROWS_A_CHUNK = 5_000  # so few that live facts do not wait long for the log
_ROWS_LOOKED_AT = 1_000  # to find out the types of columns
_LONGEST_REJECT = 10_000  # characters


class Order(Struct, frozen=True, kw_only=True):
    """What somebody asks to import. Absent: `event` is None where a column names it."""

    path: Path
    chosen: Mapping[Role, str]
    zone: tzinfo
    event: str | None = None
    person_kind: PersonKind = "user"


class Counts(Struct, kw_only=True):
    """read = imported + duplicate + broken: no row is lost silently."""

    read: int = 0
    imported: int = 0
    duplicate: int = 0
    broken: int = 0


class Import:
    """One file, opened and understood, not yet read. Raises Refused when it cannot be."""

    def __init__(self, order: Order, clock: Clock) -> None:
        self.order = order
        self.source: Source = open_source(order.path)
        self.columns: Columns = choose(self.source.header, order.chosen, constant_event=order.event is not None)
        first = list(islice(self.source.rows, _ROWS_LOOKED_AT))
        self._types = types_of(row for row in first if isinstance(row, Row)) if self.source.text else {}
        self._rows = chain(first, self.source.rows)
        self._now = clock.now()

    def preview(self, count: int) -> list[Fact | Broken]:
        """The first rows as they would be imported. Afterwards this import is used up."""
        return list(islice(self._facts(workspace=0), count))

    def run(self, log: EventLog, home: Path, workspace: int, progress: Callable[[Counts, int], None]) -> "Result":
        """Imports all of it. `progress` is told the counts and how much of `source.size` is read, after each chunk."""
        folder = home / "imports"
        folder.mkdir(parents=True, exist_ok=True)
        name = self._name(workspace)
        kept = _Kept(folder / f"{name}.json")
        counts, stored = Counts(), kept.load()
        with closing(_Rejects(folder / f"{name}.rejects.csv")) as rejects:
            facts = self._facts(workspace)
            while chunk := list(islice(facts, _ROWS_A_CHUNK)):
                new = chunk[max(stored.read - counts.read, 0) :]
                counts.read += len(chunk)
                counts.broken += rejects.write(chunk)
                if new:
                    _append(log, new, stored)
                    stored.read = counts.read
                    kept.save(stored)
                counts.imported, counts.duplicate = stored.imported, stored.duplicate
                progress(counts, self.source.done())
        kept.forget()
        return Result(counts, rejects.path if counts.broken else None)

    def _facts(self, workspace: int) -> Iterator[Fact | Broken]:
        order = self.order
        reading = Reading(
            workspace=workspace,
            columns=self.columns,
            zone=order.zone,
            now=self._now,
            event=order.event,
            person_kind=order.person_kind,
            types=self._types,
        )
        read = Reader(reading).read
        for row in self._rows:
            yield read(row) if isinstance(row, Row) else row

    def _name(self, workspace: int) -> str:
        """Of this order, for good: the same file with other columns is another import."""
        order = self.order
        meant = [workspace, self.columns, order.event, order.person_kind, str(order.zone)]
        name = blake2b(msgspec.json.encode(meant), digest_size=10)
        with order.path.open("rb") as file:
            while part := file.read(1 << 20):
                name.update(part)
        return name.hexdigest()


class Result(Struct, frozen=True):
    """Absent: `rejects`, the file with the broken rows, is None when there are none."""

    counts: Counts
    rejects: Path | None


def _append(log: EventLog, chunk: Sequence[Fact | Broken], counts: Counts) -> None:
    facts = [found for found in chunk if isinstance(found, Fact)]
    numbers = log.append(facts)
    counts.imported += sum(map(bool, numbers))
    counts.duplicate += numbers.count(0)


class _Kept:
    """How far an import has come, in a file that is replaced whole."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> Counts:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Counts)
        except (FileNotFoundError, msgspec.DecodeError):
            return Counts()

    def save(self, counts: Counts) -> None:
        draft = self._path.with_suffix(".new")
        draft.write_bytes(msgspec.json.encode(counts))
        draft.replace(self._path)

    def forget(self) -> None:
        self._path.unlink(missing_ok=True)


class _Rejects:
    """The rows that were not imported, with their line and the reason, for people to mend."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._any = False
        self._file = path.open("w", encoding="utf-8", errors="backslashreplace", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(("line", "reason", "row"))

    def write(self, chunk: Sequence[Fact | Broken]) -> int:
        """How many of these were broken."""
        broken = [found for found in chunk if isinstance(found, Broken)]
        self._writer.writerows((found.line, found.reason, found.content[:_LONGEST_REJECT]) for found in broken)
        self._any = self._any or bool(broken)
        return len(broken)

    def close(self) -> None:
        self._file.close()
        if not self._any:
            self.path.unlink()
