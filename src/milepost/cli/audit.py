"""`milepost audit [PATH]`: how good a program is, by area, and what to mend first."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from milepost.cli import setup
from milepost.cli.program import HOME, Home, problems_at
from milepost.core.review.audit import Audit


def audit(
    path: Annotated[
        Path | None,
        typer.Argument(exists=True, readable=True, help="A program, or a folder of programs; else the one in force."),
    ] = None,
    home: Home = HOME,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Score a program against all checks, and say what to mend first, and why."""
    from milepost.core.review.audit import as_text

    found = _in_force(home) if path is None else _at(path)
    typer.echo(msgspec.json.format(msgspec.json.encode(found)).decode() if as_json else as_text(found).rstrip())


def _at(path: Path) -> Audit:
    from milepost.core.review import audit as auditing
    from milepost.program.review import ALL_RULES

    return auditing.audit(problems_at(path), ALL_RULES)


def _in_force(home: Path) -> Audit:
    """Raises Refused where nothing was released yet."""
    workspace_id = setup(home).workspace_id
    from milepost.program.audits import audit_release
    from milepost.program.queries import current

    return audit_release(current(workspace_id))
