"""What was recorded of one person's measure, in order of time."""

from datetime import UTC, datetime

from msgspec import Struct

from milepost.core import events
from milepost.log.eventstore import EventStore

_RECORDED = (
    "select ts, json_extract_string(properties, '/as') as role, "
    "try_cast(json_extract_string(properties, '/value') as double) as value from facts "
    "where ws = $ws and uid = $uid and event = $event and json_extract_string(properties, '/measure') = $measure "
    "order by ts, seq"
)


class Recorded(Struct, frozen=True, kw_only=True):
    """Absent: `baseline` and `target` are None while they were never said."""

    values: tuple[tuple[datetime, float], ...]
    baseline: float | None
    target: float | None


def recorded(store: EventStore, workspace: int, uid: int, measure: str) -> Recorded:
    """Raises Unavailable."""
    parameters = {"ws": workspace, "uid": uid, "event": events.MEASURE_RECORDED, "measure": measure}
    rows = [
        (at.replace(tzinfo=UTC), role or "value", value)
        for at, role, value in store.query(_RECORDED, parameters)
        if value is not None
    ]
    last = {role: value for _, role, value in rows}
    return Recorded(
        values=tuple((at, value) for at, role, value in rows if role == "value"),
        baseline=last.get("baseline"),
        target=last.get("target"),
    )
