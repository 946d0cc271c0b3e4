"""Effects: intentions with a key. They wait in the outbox until a handler has carried them out.

A key is `definition kind : origin key of the definition : occurrence`, prefixed with the canonical subject, and never
holds the release, so that the same intention has the same key after a replay, a rollback or a merge.
"""

from datetime import datetime
from typing import Any

from msgspec import Struct


class Effect(Struct, frozen=True, kw_only=True, tag_field="effect"):
    """Shapes: `properties` are those of the fact that caused it (for `{{ event.… }}`). `at` is the instant of the
    decision. Absent: `device` is None once the person is known; before, the anonymous id of the device it was made on."""

    workspace: int
    key: str
    person: int  # uid
    at: datetime
    release: int
    event: str = ""
    properties: dict[str, Any] = {}
    device: str | None = None


class ShowContent(Effect, frozen=True, kw_only=True, tag="show_content"):
    content: str
    milestone: str | None = None


class SendMessage(Effect, frozen=True, kw_only=True, tag="send_message"):
    message: str
    milestone: str | None = None


class EndContent(Effect, frozen=True, kw_only=True, tag="end_content"):
    """These guides have lost their point: their milestone was reached."""

    contents: tuple[str, ...]


AnyEffect = ShowContent | SendMessage | EndContent
