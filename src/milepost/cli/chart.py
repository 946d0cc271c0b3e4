"""`milepost chart KEY`: a chart of the program as a picture, or as text for Mermaid."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from milepost.cli import setup
from milepost.cli.program import HOME, Home, folder_at

Ending = Literal["svg", "png", "mermaid"]


def chart(
    key: Annotated[str, typer.Argument(help="The key of a chart, as under `charts:`.")],
    path: Annotated[
        Path | None,
        typer.Argument(exists=True, readable=True, help="A program, or a folder of programs; else the one in force."),
    ] = None,
    output: Annotated[Ending, typer.Option("--format", help="A picture, or text for Mermaid.")] = "svg",
    language: Annotated[str, typer.Option(help="Of its texts; else the program's own.")] = "",
    home: Home = HOME,
) -> None:
    """Draw a chart, with every function on it that something explains, or that nothing does. It is written to the standard
    output."""
    if path is not None:
        document = folder_at(path).document
    else:
        workspace_id = setup(home).workspace_id
        from milepost.program.queries import current

        document = current(workspace_id).document
    from milepost.program.charts import chart_figure, format_named

    figure = chart_figure(document, key, language)
    typer.echo(format_named("mmd" if output == "mermaid" else output).write(figure), nl=False)
