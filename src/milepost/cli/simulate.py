"""`milepost simulate FILE`: made-up people live with a program, in virtual time, and what came of it is said."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from milepost.core.engine.findings import FirstValue, FirstWin, Report, Stayed, Suppressed
from milepost.core.engine.findings import simulate as run
from milepost.core.program.compile import compile_program
from milepost.core.program.document import Document

_MOST_ROWS = 15


def simulate(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A program.")],
    personas: Annotated[
        int | None, typer.Option(min=1, max=10_000, help="How many people; everybody the program can have once.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=400, help="How many days they live with it.")] = 30,
    seed: Annotated[int, typer.Option(help="Another number gives other people; the same one the same.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Try a program on made-up people: how much comes to each, who gets stuck, and who is never helped."""
    document = _document(file)
    report = run(compile_program(document, digest="simulated", number=1), people=personas, days=days, seed=seed)
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(report)).decode())
    else:
        show(report, Console())


def _document(file: Path) -> Document:
    """Ends the command with the errors of a program that has some."""
    from milepost.core.review.report import as_text
    from milepost.program.review import review

    reviewed = review(file.read_bytes())
    errors = [problem for problem in reviewed.problems if problem.level == "error"]
    if errors or reviewed.folder is None:
        typer.echo(as_text({str(file): errors}), nl=False, err=True)
        raise typer.Exit(1)
    return reviewed.folder.for_persons


def show(report: Report, console: Console) -> None:
    """The report as tables."""
    console.print(f"[bold]{report.program}[/]: {len(report.people)} people, {report.days} days, seed {report.seed}")
    console.print(_first_value(report))
    console.print(_first_win(report))
    console.print(_load(report))
    console.print(_people(report))
    _list(console, "Dead ends", [_dead_end(found) for found in report.dead_ends])
    _list(console, "Never helped", report.never_helped)
    if report.suppressed:
        console.print(_suppressed(report.suppressed))
    _list(console, "Never came to anybody", report.unused)


def _first_value(report: Report) -> str:
    found = report.first_value
    if not isinstance(found, FirstValue):
        return f"First value: {found.reason}."
    where = "in the first visit" if found.in_first_visit else f"after {found.minutes / 1440:.1f} days"
    return f"First value: {found.milestone}, {found.actions} actions on the shortest path, {where} ({found.who})."


def _first_win(report: Report) -> str:
    found = report.first_win
    if not isinstance(found, FirstWin):
        return f"First small win: {found.reason}."
    return f"First small win: {found.milestone}, {found.actions} actions, in the first visit ({found.who})."


def _load(report: Report) -> Table:
    table = _table("Load per person and week", "Channel", "Mean", "Most", "Who had the most")
    for load in report.load:
        table.add_row(load.channel, f"{load.mean:.2f}", str(load.most), f"{load.who}, week {load.week}")
    return table


def _people(report: Report) -> Table:
    table = _table("People", "Who", "Prompts", "Obstacles helped", "First value", "Milestones", "Last one")
    for person in report.people:
        first = "never" if person.first_value_day is None else f"day {person.first_value_day}"
        last = f"day {max(person.reached.values())}" if person.reached else "none"
        table.add_row(person.name, str(person.prompts), str(person.helped), first, str(len(person.reached)), last)
    return table


def _suppressed(found: Sequence[Suppressed]) -> Table:
    table = _table("Held back or left out", "What", "How", "Times", "Why")
    for each in found[:_MOST_ROWS]:
        table.add_row(each.key, each.outcome, str(each.times), each.reason)
    return table


def _dead_end(found: Stayed) -> str:
    return f"{found.what}: {found.why} ({found.people} people)"


def _list(console: Console, title: str, lines: Iterable[str]) -> None:
    found = list(lines)
    console.print(f"[bold]{title}[/]: " + ("" if found else "none"))
    for line in found:
        console.print(f"  {line}", highlight=False, markup=False)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for column in columns:
        table.add_column(column)
    return table
