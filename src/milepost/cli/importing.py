"""`milepost import`: a history from a file becomes facts."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from milepost.cli import setup
from milepost.core.values import Refused, Unavailable

if TYPE_CHECKING:
    from milepost.ingest.importing.importer import Counts, Import, Result
    from milepost.log.stores import Stores

HOME = Path("milepost-data")
_SHOWN = 5  # facts of a dry run

Report = Callable[[int, str], None]


def import_file(
    file: Annotated[Path, typer.Argument(help="CSV, JSON lines (each also .gz) or Parquet.")],
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="ROLE=COLUMN",
            help="Which column says the person, anonymous, account, event, time or message_id; others are guessed.",
        ),
    ] = None,
    event: Annotated[str | None, typer.Option(help="The event of every row, where no column names it.")] = None,
    person_kind: Annotated[
        Literal["user", "anonymous"], typer.Option(help="Whether the person column holds user ids or anonymous ids.")
    ] = "user",
    time_zone: Annotated[str, typer.Option(help="The zone of times that are written without one.")] = "UTC",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the first facts and change nothing.")] = False,
    home: Annotated[Path, typer.Option(envvar="MILEPOST_HOME", help="The folder that holds everything.")] = HOME,
) -> None:
    """Import a history. Nobody is mailed about the past; the same file twice changes nothing.

    An import that was stopped goes on when the same command is given again.
    """
    from milepost.ingest.importing.columns import parse
    from milepost.ingest.importing.importer import Import, Order
    from milepost.log.clock import SYSTEM

    chosen, zone = parse(columns or []), _zone(time_zone)
    importing = Import(Order(path=file, chosen=chosen, zone=zone, event=event, person_kind=person_kind), SYSTEM)
    for role, column in importing.columns.taken().items():
        typer.echo(f"  {role:<11} {column}{'' if role in chosen else '   (guessed)'}")
    if dry_run:
        _preview(importing)
    else:
        _run(importing, home, setup(home).workspace_id)


def _preview(importing: "Import") -> None:
    from milepost.core.events import Fact

    for found in importing.preview(_SHOWN):
        if isinstance(found, Fact):
            typer.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
        else:
            typer.echo(f"line {found.line}: {found.reason}")


def _run(importing: "Import", home: Path, workspace: int) -> None:
    from milepost.log.stores import open_embedded

    stores = open_embedded(home, "web")
    try:
        with _bar("Importing", importing.source.size) as report:
            result = importing.run(stores.log, home, workspace, lambda counts, done: report(done, _said(counts)))
        _tell(result)
        caught_up = _wait_for_the_engine(stores)
    except KeyboardInterrupt:
        raise SystemExit("Stopped. Give the same command again to go on.") from None
    finally:
        stores.close()
    if not caught_up:
        _catch_up_here(home)


def _wait_for_the_engine(stores: "Stores") -> bool:
    """False when none runs. It goes on by itself; the wait only shows when the answers are complete."""
    last = stores.log.last()
    stores.link.wake()
    try:
        with _bar("Applying", last) as report:
            while (position := stores.events.position()) < last:
                report(position, "")
                time.sleep(0.1)
    except Unavailable:
        return False
    return True


def _catch_up_here(home: Path) -> None:
    """Does the engine's work for as long as there is some, on a folder on which none runs."""
    from milepost.conf.engine import runtime_of
    from milepost.log import stores

    connected = stores.open_embedded(home, "engine")
    try:
        stores.use(connected)
        with _bar("Applying", connected.log.last()) as report:
            runtime_of(connected).catch_up(lambda position: report(position, ""))
    finally:
        connected.close()


@contextmanager
def _bar(title: str, total: int) -> Iterator[Report]:
    """A progress bar on a terminal, silence elsewhere."""
    console = Console(stderr=True)
    shown = (TextColumn(title), BarColumn(), TaskProgressColumn(show_speed=False), TimeRemainingColumn())
    with Progress(
        *shown, TextColumn("{task.fields[said]}"), console=console, disable=not console.is_terminal
    ) as progress:
        task = progress.add_task(title, total=max(total, 1), said="")
        yield lambda done, said: progress.update(task, completed=done, said=said)


def _tell(result: "Result") -> None:
    typer.echo(_said(result.counts))
    if result.rejects is not None:
        typer.echo(f"The broken rows, each with its line and the reason: {result.rejects}")


def _said(counts: "Counts") -> str:
    return (
        f"{counts.read:,} rows read: {counts.imported:,} imported, {counts.duplicate:,} known already, "
        f"{counts.broken:,} broken"
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise Refused("time_zone", f"There is no time zone '{name}'.", mend="Use a name like Europe/Berlin.") from error
