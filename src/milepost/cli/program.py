"""`milepost check`, `diff`, `apply`, `schema`: the program as a file."""

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from milepost.cli import event_store, setup
from milepost.core.program.folder import Folder
from milepost.core.program.problems import Problem

if TYPE_CHECKING:
    from milepost.program.files import Source

Format = Literal["text", "json", "sarif"]
Where = Annotated[Path, typer.Argument(exists=True, readable=True, help="A program, or a folder of programs.")]
Home = Annotated[Path, typer.Option(envvar="MILEPOST_HOME", help="The folder that holds everything.")]
Reasons = Annotated[
    list[str] | None,
    typer.Option("--reason", metavar="RULE=WHY", help="Why it is released although this rule asks for it."),
]
HOME = Path("milepost-data")


def check(
    path: Where,
    output: Annotated[Format, typer.Option("--format", help="For people, for programs, for code review.")] = "text",
    reason: Reasons = None,
) -> None:
    """Say what is wrong with a program, or with the programs of a folder.

    Exits with 0 when it can be released, with 1 when something stands in the way, and with 2 when the command could not
    be carried out.
    """
    from milepost.core.review.report import WRITERS
    from milepost.program.review import ALL_RULES

    reasons = _reasons(reason)
    checked = problems_at(path)
    typer.echo(WRITERS[output](checked, ALL_RULES), nl=False)
    if any(_stands_in_the_way(problem, reasons) for found in checked.values() for problem in found):
        raise typer.Exit(1)


def diff(path: Where, home: Home = HOME) -> None:
    """Say what a release of this program, or of this folder of programs, would change."""
    from milepost.core.review import diff as differences

    folder = folder_at(path)
    workspace_id = setup(home).workspace_id
    from milepost.program import queries

    current = queries.current(workspace_id)
    changes = differences.diff_folders(current.folder, folder)
    for change in changes:
        typer.echo(change.words)
    typer.echo(f"{len(changes) or 'No'} change{'' if len(changes) == 1 else 's'} against release {current.number}.")
    if changes:
        _say_who(workspace_id, home, current.folder, folder)


def apply(
    path: Where,
    home: Home = HOME,
    onto: Annotated[bool, typer.Option("--onto", help="Release it whatever is current.")] = False,
    reason: Reasons = None,
) -> None:
    """Release a program, or a folder of programs. The last line then notes the release, so that another one in between is
    noticed."""
    source, reasons = _one(path), _reasons(reason)
    folder = _checked(source, reasons=reasons)
    workspace_id = setup(home).workspace_id
    from milepost.insights.consequences import refuse_to_strand
    from milepost.log.clock import SYSTEM
    from milepost.program import actions, queries
    from milepost.program.files import note_base

    before = queries.current(workspace_id)
    with event_store(home) as events:
        refuse_to_strand(events, workspace_id, before.folder, folder, SYSTEM.now())
    released = actions.apply(
        workspace_id,
        source.text,
        by=getpass.getuser(),
        base=next((base for base in sorted(source.bases) if base != before.digest), next(iter(source.bases), None)),
        onto=onto,
        reasons=reasons,
        now=SYSTEM.now(),
    )
    for file in note_base(source, released.number, released.digest):
        typer.echo(f"{file} could not be told which release it is.", err=True)
    if released.number == before.number:
        typer.echo(f"Nothing to release: release {released.number} says the same.")
    else:
        typer.echo(f"Release {released.number} is in force ({released.digest[:12]}).")


def export(home: Home = HOME) -> None:
    """Print the program in force as a file: edit it, then `milepost apply` it."""
    workspace_id = setup(home).workspace_id
    from milepost.program import queries, writing

    current = queries.current(workspace_id)
    text = current.text or writing.write(current.document)
    typer.echo(writing.with_base(text, current.number, current.digest), nl=False)


def schema() -> None:
    """Print the JSON Schema of a program, for an editor."""
    from milepost.core.program.schema import schema_text

    typer.echo(schema_text(), nl=False)


def _say_who(workspace_id: int, home: Path, old: Folder, new: Folder) -> None:
    """What the change means in people. Ends the command with 1 when some of them would be left nowhere."""
    from milepost.insights.consequences import consequences, inside
    from milepost.log.clock import SYSTEM

    with event_store(home) as events:
        for found in consequences(events, workspace_id, old, new, SYSTEM.now()):
            typer.echo(found.words)
        stranded = inside(events, workspace_id, old, new, SYSTEM.now())
    for each in stranded:
        typer.echo(f"error: {each.words}", err=True)
    if stranded:
        raise typer.Exit(1)


def problems_at(path: Path) -> dict[str, tuple[Problem, ...]]:
    """File → everything that is to say about it, also what only shows when people live with it."""
    return {file: found for source in _sources(path) for file, found in source.rehearsed().items()}


def folder_at(path: Path) -> Folder:
    """What the files at this path say. Ends the command with the problems when there are errors."""
    return _checked(_one(path), reasons=None)


def _checked(source: "Source", *, reasons: dict[str, str] | None) -> Folder:
    """What the files say. Ends the command with the problems when there are errors, or, where `reasons` are given, anything
    else that stands in the way."""
    from milepost.core.review.report import as_text

    reviewed, by_file = source.reviewed()
    in_the_way = {
        file: [
            problem
            for problem in found
            if (problem.level == "error" if reasons is None else _stands_in_the_way(problem, reasons))
        ]
        for file, found in by_file.items()
    }
    if any(in_the_way.values()) or reviewed.folder is None:
        typer.echo(as_text(in_the_way), nl=False, err=True)
        raise typer.Exit(1)
    return reviewed.folder


def _stands_in_the_way(problem: Problem, reasons: dict[str, str]) -> bool:
    return problem.level == "error" or (problem.level == "reason" and problem.rule not in reasons)


def _sources(path: Path) -> "list[Source]":
    """The workspaces at this path. Raises BadParameter for a folder without any program."""
    from milepost.program.files import sources

    if not (found := sources(path)):
        raise typer.BadParameter(f"There is no .yaml file in {path}.", param_hint="PATH")
    return found


def _one(path: Path) -> "Source":
    found = _sources(path)
    if len(found) > 1:
        raise typer.BadParameter(f"{path} holds {len(found)} folders of programs; name one of them.", param_hint="PATH")
    return found[0]


def _reasons(given: list[str] | None) -> dict[str, str]:
    """Rule → why. Raises BadParameter for what is not written as RULE=WHY."""
    pairs = [text.partition("=") for text in given or ()]
    if any(not rule.strip() or not why.strip() for rule, _, why in pairs):
        raise typer.BadParameter('Write it as RULE="why".', param_hint="--reason")
    return {rule.strip(): why.strip() for rule, _, why in pairs}
