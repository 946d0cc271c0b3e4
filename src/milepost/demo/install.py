"""How this product installed Milepost: the snippet's values and the signature, as any host's server would have them."""

import shlex
from typing import Any

import msgspec
from django.conf import settings
from msgspec import Struct

from milepost.demo.visitors import Visitor
from milepost.workspace import identity, keys, queries
from milepost.workspace.models import Key


class Snippet(Struct, frozen=True):
    """Absent: no user and no signature before sign-up."""

    write_key: str
    user_id: str
    signature: str


def snippet(visitor: Visitor | None) -> Snippet | None:
    """None while Milepost has no workspace to report to."""
    workspaces = queries.workspace_ids()
    if not workspaces:
        return None
    write_key = keys.reveal(queries.live_keys(workspaces[0], Key.WRITE)[0])
    if visitor is None:
        return Snippet(write_key, "", "")
    return Snippet(write_key, visitor.user_id, identity.sign(workspaces[0], visitor.user_id))


def curl(write_key: str, user_id: str, event: str, properties: dict[str, Any]) -> str:
    """A line for the terminal that says of this very person that something has happened."""
    fact = {"userId": user_id, "event": event, "properties": properties}
    body = shlex.quote(msgspec.json.encode(fact).decode())
    return f"curl -u {write_key}: {settings.PUBLIC_URL}/v1/track -H 'Content-Type: application/json' -d {body}"
