"""Which events were sent, with which properties: of each event the latest ones, as many as tell."""

from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from milepost.core.program.document import PropertyType
from milepost.core.review.tracking import SeenEvent, SeenProperty
from milepost.log.eventstore import Queried

#: So many of the latest facts of each event are looked into.
_LATEST = 2_000
_TYPES: dict[str, PropertyType] = {
    "VARCHAR": "text",
    "BIGINT": "number",
    "UBIGINT": "number",
    "HUGEINT": "number",
    "DOUBLE": "number",
    "BOOLEAN": "boolean",
    "ARRAY": "list",
    "OBJECT": "object",
}
_LONGEST = 60
_EVENTS = """
select event, count(*), min(ts), max(ts) from facts where ws = $ws group by event order by count(*) desc, event
"""
_PROPERTIES = r"""
with latest as (
    select event, properties from facts where ws = $ws
    qualify row_number() over (partition by event order by seq desc) <= $latest
), pairs as (
    select event, unnest(json_keys(properties)) as name, properties from latest
), held as (
    select event, name, json_extract(properties, '$."' || replace(name, '"', '\"') || '"') as value from pairs
), typed as (
    select event, name, value, case
        when json_type(value) = 'VARCHAR' and regexp_full_match(value ->> '$', '\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?')
        then 'DATE' else json_type(value) end as kind
    from held
)
select event, name, kind, count(*), (select count(*) from latest l where l.event = typed.event), any_value(value ->> '$')
from typed where kind is not null and kind <> 'NULL'
group by event, name, kind order by event, name, count(*) desc, kind
"""


def seen_events(store: Queried, workspace: int) -> list[SeenEvent]:
    """Every event of the workspace, most frequent first. Raises Unavailable."""
    parameters: dict[str, Any] = {"ws": workspace}
    rows = store.query(_PROPERTIES, {**parameters, "latest": _LATEST})
    properties = {event: list(group) for event, group in groupby(rows, key=lambda row: row[0])}
    return [
        SeenEvent(
            name=event,
            count=count,
            first=_utc(first),
            last=_utc(last),
            properties=tuple(_property(row) for row in properties.get(event, [])),
        )
        for event, count, first, last in store.query(_EVENTS, parameters)
    ]


def _property(row: tuple[Any, ...]) -> SeenProperty:
    _, name, kind, count, of, example = row
    shown = example if len(example or "") <= _LONGEST else f"{example[: _LONGEST - 1]}…"
    return SeenProperty(
        name=name,
        type="date" if kind == "DATE" else _TYPES[kind],
        count=count,
        share=round(count / of, 3),
        example=shown,
    )


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC)
