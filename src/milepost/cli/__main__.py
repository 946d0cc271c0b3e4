"""The command `milepost`."""

import sys

import typer

from milepost.cli import importing, program, serve, why
from milepost.core.values import Refused, Unavailable

app = typer.Typer(
    name="milepost",
    help="Brings people to their first success with your product, and shows what got them there.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (serve.serve, serve.init, serve.keys, program.check, program.diff, program.apply, program.schema):
    app.command()(command)
app.command()(why.why)
app.command("import")(importing.import_file)


def main() -> None:
    """Somebody's mistake is one sentence and exit status 2; ours is a traceback."""
    try:
        app()
    except (Refused, Unavailable) as problem:
        print(problem, file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
