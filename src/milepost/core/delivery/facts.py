"""Facts that Milepost itself writes about what it sent. Their ids come from the effect's key: told twice, kept once."""

from datetime import datetime
from typing import Any

from milepost.core.events import Fact
from milepost.core.values import digest


def own_fact(
    name: str,
    *,
    workspace: int,
    user_id: str | None,
    anonymous_id: str | None,
    at: datetime,
    once: str,
    properties: dict[str, Any],
) -> Fact:
    """A fact about this person. `once` names the occurrence: the same name and occurrence are the same fact."""
    return Fact(
        workspace=workspace,
        kind="track",
        name=name,
        at=at,
        received_at=at,
        message_id=f"milepost-{digest([workspace, name, once])}",
        source="milepost",
        user_id=user_id,
        anonymous_id=None if user_id else anonymous_id,
        properties=properties,
    )


def safe_digest(text: str) -> str:
    """Names a key or address without telling it (in headers, in facts)."""
    return digest(["milepost", text])
