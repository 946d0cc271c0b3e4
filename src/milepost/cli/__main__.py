"""The command `milepost`."""

import sys

import typer

from milepost.cli import serve
from milepost.core.values import Refused, Unavailable

app = typer.Typer(
    name="milepost",
    help="Brings people to their first success with your product, and shows what got them there.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(serve.serve)
app.command()(serve.init)
app.command()(serve.keys)


def main() -> None:
    """Somebody's mistake is one sentence and exit status 2; ours is a traceback."""
    try:
        app()
    except (Refused, Unavailable) as problem:
        sys.exit(f"{problem}")


if __name__ == "__main__":
    main()
