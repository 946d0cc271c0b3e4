"""The command `milepost`."""

import sys
from typing import Annotated

import typer

from milepost import __version__
from milepost.cli import anchors, audit, chart, facts, forget, importing, program, serve, simulate, why
from milepost.core.values import Refused, Unavailable

app = typer.Typer(
    name="milepost",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"milepost {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which Milepost this is.")
    ] = False,
) -> None:
    """Brings people to their first success with your product, and shows what got them there."""


for command in (
    serve.serve,
    serve.init,
    serve.keys,
    program.check,
    program.diff,
    audit.audit,
    chart.chart,
    facts.facts,
    program.apply,
    program.export,
    program.schema,
    simulate.simulate,
):
    app.command()(command)
app.command()(why.why)
app.command()(forget.forget)
app.command("import")(importing.import_file)
app.add_typer(anchors.app, name="anchors")


def main() -> None:
    """Somebody's mistake is one sentence and exit status 2; ours is a traceback."""
    try:
        app()
    except (Refused, Unavailable) as problem:
        print(problem, file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
