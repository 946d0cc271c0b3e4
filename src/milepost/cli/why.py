"""`milepost why PERSON KEY`: what became of a definition for somebody, and why."""

from pathlib import Path
from typing import Annotated

import typer

from milepost.cli import setup
from milepost.core.values import Refused

_TIME = "%Y-%m-%d %H:%M:%S UTC"


def why(
    person: Annotated[str, typer.Argument(help="A user id, or an anonymous id.")],
    key: Annotated[str, typer.Argument(help="The key of a milestone, a piece of content or a message.")],
    home: Annotated[Path, typer.Option(envvar="MILEPOST_HOME", help="The folder that holds everything.")] = Path(
        "milepost-data"
    ),
) -> None:
    """Say why somebody got something, or why not yet."""
    workspace = setup(home).workspace_id
    from milepost.log.clock import SYSTEM
    from milepost.people.queries import uid_of_any
    from milepost.runtime import queries
    from milepost.runtime.snapshot import snapshot

    uid = uid_of_any(workspace, person)
    if uid is None:
        raise Refused("no_such_person", f"Nobody has the id '{person}'.", mend="Use a user id or an anonymous id.")
    standing = snapshot(workspace, uid, SYSTEM.now())
    decided = [row for row in queries.decisions(workspace, uid) if row.definition == key]
    lines = [f"{row.at:{_TIME}}  {row.kind} {row.outcome}: {row.reason['text']}" for row in reversed(decided)]
    lines += [
        f"{view.at:{_TIME}}  milestone reached, known from the past: {view.reason['text']}"
        for view in standing.milestones()
        if view.key == key and view.at is not None and not lines
    ]
    lines += [
        f"Not yet ({missing.kind}): {missing.reason['text']}" for missing in standing.why_not() if missing.key == key
    ]
    if not lines:
        raise Refused("nothing_decided", f"Nothing was decided about '{key}' for {person}.", mend="Is the key right?")
    typer.echo("\n".join(lines))
