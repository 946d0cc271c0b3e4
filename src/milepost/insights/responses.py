"""What people did with a message: opened it, followed its link. Each person counts once."""

from msgspec import Struct

from milepost.core import events
from milepost.log.eventstore import EventStore

#: A mail program that fetches everything is nobody who reads.
_RESPONSES = (
    "select json_extract_string(properties, '/message') as message, "
    "count(distinct uid) filter (event = $opened), count(distinct uid) filter (event = $clicked) "
    "from facts where ws = $ws and event in ($opened, $clicked) "
    "and coalesce(json_extract_string(properties, '/machine'), 'false') <> 'true' group by 1"
)


class Response(Struct, frozen=True, kw_only=True):
    """Units: people."""

    opened: int = 0
    clicked: int = 0


def responses(store: EventStore, workspace: int) -> dict[str, Response]:
    """By the key of the message. Absent: one that nobody responded to is no key. Raises Unavailable."""
    parameters = {"ws": workspace, "opened": events.EMAIL_OPENED, "clicked": events.EMAIL_CLICKED}
    rows = store.query(_RESPONSES, parameters)
    return {message: Response(opened=opened, clicked=clicked) for message, opened, clicked in rows if message}
