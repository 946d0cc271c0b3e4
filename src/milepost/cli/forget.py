"""`milepost forget PERSON`: everything that is known of somebody goes, for good."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from milepost.cli import setup
from milepost.core.values import Refused

if TYPE_CHECKING:
    from milepost.people.models import Erasure

_LOOKS = 600  # ten a second; a letter that is being sent is waited for


def forget(
    person: Annotated[str, typer.Argument(help="A user id, or an anonymous id.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask to type the id again.")] = False,
    home: Annotated[Path, typer.Option(envvar="MILEPOST_HOME", help="The folder that holds everything.")] = Path(
        "milepost-data"
    ),
) -> None:
    """Forget a person for good, in every store. This cannot be undone.

    What happens later under the same id begins a new person.
    """
    workspace = setup(home).workspace_id
    from milepost.log.clock import SYSTEM
    from milepost.people.erasure import ask
    from milepost.people.queries import uid_of_any

    uid = uid_of_any(workspace, person)
    if uid is None:
        raise Refused("no_such_person", f"Nobody has the id '{person}'.", mend="Use a user id or an anonymous id.")
    if not yes and typer.prompt("This cannot be undone. Type the id again") != person:
        raise Refused("not_confirmed", "That is another id; nobody was forgotten.")
    wish = ask(workspace, uid, SYSTEM.now(), actor="command line")
    _carry_out(home)
    typer.echo(_what_became_of(wish))


def _carry_out(home: Path) -> None:
    """Here, or by the engine that runs on this folder."""
    from milepost.conf.engine import runtime_of
    from milepost.log import stores

    try:
        connected = stores.open_embedded(home, "engine")
    except Refused:
        connected = stores.open_embedded(home, "web")
        connected.link.wake()
        connected.close()
        return
    try:
        stores.use(connected)
        runtime_of(connected).catch_up()
    finally:
        connected.close()


def _what_became_of(wish: "Erasure") -> str:
    for _ in range(_LOOKS):
        wish.refresh_from_db()
        if wish.done_at is not None:
            break
        time.sleep(0.1)
    if wish.done_at is None:
        return "It is noted, and done as soon as nothing of theirs is under way."
    return f"Forgotten, with {wish.facts:,} facts. The record of it is number {wish.pk}, and names nobody."
