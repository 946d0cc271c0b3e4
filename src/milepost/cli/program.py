"""`milepost check`, `diff`, `apply`, `schema`: the program as a file."""

import getpass
from pathlib import Path
from typing import Annotated, Literal

import typer

from milepost.cli import setup
from milepost.core.program.document import Document
from milepost.core.program.problems import Problem

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
    """Say what is wrong with a program. Exits with 1 when something stands in the way of a release."""
    from milepost.core.review.report import WRITERS
    from milepost.program.review import RULES, review

    reasons = _reasons(reason)
    checked = {str(file): review(file.read_bytes()).problems for file in _files(path)}
    typer.echo(WRITERS[output](checked, RULES), nl=False)
    if any(_stands_in_the_way(problem, reasons) for found in checked.values() for problem in found):
        raise typer.Exit(1)


def diff(path: Where, home: Home = HOME) -> None:
    """Say what a release of this program would change."""
    from milepost.core.review import diff as differences

    document = _checked(_only_file(path), reasons=None)[1]
    workspace_id = setup(home).workspace_id
    from milepost.program import queries

    current = queries.current(workspace_id)
    changes = differences.diff(current.document, document)
    for change in changes:
        typer.echo(change.words)
    typer.echo(f"{len(changes) or 'No'} change{'' if len(changes) == 1 else 's'} against release {current.number}.")


def apply(
    path: Where,
    home: Home = HOME,
    onto: Annotated[bool, typer.Option("--onto", help="Release it whatever is current.")] = False,
    reason: Reasons = None,
) -> None:
    """Release a program. Its last line then notes the release, so that another one in between is noticed."""
    file, reasons = _only_file(path), _reasons(reason)
    text, _ = _checked(file, reasons=reasons)
    workspace_id = setup(home).workspace_id
    from milepost.log.clock import SYSTEM
    from milepost.program import actions, queries, writing

    before = queries.current(workspace_id)
    released = actions.apply(
        workspace_id,
        writing.without_base(text),
        by=getpass.getuser(),
        base=writing.base_of(text),
        onto=onto,
        reasons=reasons,
        now=SYSTEM.now(),
    )
    try:
        file.write_text(writing.with_base(text, released.number, released.digest), encoding="utf-8", newline="")
    except OSError as problem:
        typer.echo(f"{file} could not be told which release it is ({problem.strerror}).", err=True)
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


def _checked(file: Path, *, reasons: dict[str, str] | None) -> tuple[str, Document]:
    """The text and its document. Ends the command with the problems when there are errors, or, where `reasons` are
    given, anything else that stands in the way."""
    from milepost.core.review.report import as_text
    from milepost.program.review import review

    raw = file.read_bytes()
    reviewed = review(raw)
    in_the_way = [
        problem
        for problem in reviewed.problems
        if (problem.level == "error" if reasons is None else _stands_in_the_way(problem, reasons))
    ]
    if in_the_way or reviewed.document is None:
        typer.echo(as_text({str(file): in_the_way}), nl=False, err=True)
        raise typer.Exit(1)
    return raw.decode("utf-8-sig"), reviewed.document


def _stands_in_the_way(problem: Problem, reasons: dict[str, str]) -> bool:
    return problem.level == "error" or (problem.level == "reason" and problem.rule not in reasons)


def _files(path: Path) -> list[Path]:
    """The programs at this path. Raises BadParameter for a folder without any."""
    if path.is_file():
        return [path]
    files = sorted(file for pattern in ("*.yaml", "*.yml") for file in path.rglob(pattern) if file.is_file())
    if not files:
        raise typer.BadParameter(f"There is no .yaml file in {path}.", param_hint="PATH")
    return files


def _only_file(path: Path) -> Path:
    files = _files(path)
    if len(files) > 1:
        raise typer.BadParameter(f"{path} holds {len(files)} programs; name one of them.", param_hint="PATH")
    return files[0]


def _reasons(given: list[str] | None) -> dict[str, str]:
    """Rule → why. Raises BadParameter for what is not written as RULE=WHY."""
    pairs = [text.partition("=") for text in given or ()]
    if any(not rule.strip() or not why.strip() for rule, _, why in pairs):
        raise typer.BadParameter('Write it as RULE="why".', param_hint="--reason")
    return {rule.strip(): why.strip() for rule, _, why in pairs}
