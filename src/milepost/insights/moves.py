"""Who entered and who left a segment, as the engine concluded it."""

from datetime import UTC, datetime

from msgspec import Struct

from milepost.core import events
from milepost.log.eventstore import EventStore

_MOVES = (
    "select uid, event, ts from facts where ws = $ws and event in ($entered, $left) and ts >= $since "
    "and json_extract_string(properties, '/segment') = $segment order by ts desc, seq desc limit $limit"
)


class Move(Struct, frozen=True, kw_only=True):
    """`name` is *Segment Entered* or *Segment Left*."""

    uid: int
    name: str
    at: datetime


def moves(store: EventStore, workspace: int, segment: str, *, since: datetime, limit: int) -> list[Move]:
    """Latest first. Raises Unavailable."""
    parameters = {
        "ws": workspace,
        "entered": events.SEGMENT_ENTERED,
        "left": events.SEGMENT_LEFT,
        "since": since.astimezone(UTC).replace(tzinfo=None),
        "segment": segment,
        "limit": limit,
    }
    rows = store.query(_MOVES, parameters)
    return [Move(uid=uid, name=name, at=at.replace(tzinfo=UTC)) for uid, name, at in rows]
