"""`milepost facts`: the tracking plan, written from what was seen, and what does not fit it."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from milepost.cli import event_store, setup
from milepost.cli.program import HOME, Home


def facts(
    write: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, writable=True, help="The program whose `facts:` are brought up to date."
        ),
    ] = None,
    home: Home = HOME,
    snippets: Annotated[bool, typer.Option("--snippets", help="The code that sends each event.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Print the tracking plan with what was seen: events, their properties and types, traits. What was not seen, and what
    does not fit the plan, stands below it."""
    workspace_id = setup(home).workspace_id
    from milepost.core.review.snippets import snippet
    from milepost.core.review.tracking import tracking
    from milepost.insights.seen import seen_events
    from milepost.program import queries
    from milepost.program.plan_of_facts import plan_text, with_facts

    with event_store(home) as events:
        found = tracking(queries.current(workspace_id).document, seen_events(events, workspace_id))
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(found)).decode())
    elif snippets:
        for event, properties in found.proposed.items():
            code = snippet(event, properties)
            typer.echo(f"# {event}\n{code.browser}\n{code.python}\n{code.http}\n")
    else:
        typer.echo(plan_text(found), nl=False)
    if write is not None:
        text = write.read_text(encoding="utf-8-sig")
        write.write_text(with_facts(text, found.proposed), encoding="utf-8", newline="")
