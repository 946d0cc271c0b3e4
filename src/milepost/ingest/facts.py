"""From a call to a fact: what each kind of call needs, and where its parts go."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, get_args

from msgspec import Struct

from milepost.core.events import NAME_OF_KIND, NOTES, Fact, FactKind
from milepost.core.values import Refused
from milepost.ingest.decode import Call, Id, Object
from milepost.ingest.skew import Doubt, corrected, parsed
from milepost.ingest.traits import with_both_spellings

KINDS: dict[str, FactKind] = {kind: kind for kind in get_args(FactKind)}
MAX_MESSAGE_ID = 100
#: As long as an id or an event's name may be, in characters: the columns that they are looked up by are no wider.
MAX_NAME = 255

_DOUBTS: dict[Doubt, str] = {
    "future": "The time lies in the future; the time of arrival was taken. Check the client's clock.",
    "unset": "The time lies in 1970 or before; the time of arrival was taken. Check the client's clock.",
    "unreadable": "The time cannot be read; the time of arrival was taken. Send ISO 8601: 2026-03-01T12:00:00Z.",
}


class Arrival(Struct, frozen=True, kw_only=True):
    """What all calls of one request share. Absent: `address` is None where the connection has none."""

    workspace: int
    received_at: datetime
    address: str | None
    new_id: Callable[[], str]
    sent_at: datetime | None
    context: dict[str, Any]
    integrations: dict[str, Any]


def fact_of(call: Call, kind: FactKind, arrival: Arrival) -> Fact:
    """Raises Refused, with the place in `path`, for a call that lacks what its kind needs."""
    user_id, anonymous_id = _id(call.user_id, "userId"), _id(call.anonymous_id, "anonymousId")
    if user_id is None and anonymous_id is None:
        raise Refused("no_user_anon_id", "A call needs a 'userId' or an 'anonymousId'.", path="$.userId")
    context = _context(call, arrival)
    given = call.timestamp if call.original_timestamp is None else call.original_timestamp
    at, doubt = corrected(given, arrival.sent_at if call.sent_at is None else parsed(call.sent_at), arrival.received_at)
    if doubt is not None:
        context[NOTES] = {"clock": doubt, "timestamp": given}
    return Fact(
        workspace=arrival.workspace,
        kind=kind,
        name=_name(call, kind),
        at=at,
        received_at=arrival.received_at,
        message_id=_message_id(call) or arrival.new_id(),
        user_id=user_id,
        anonymous_id=anonymous_id,
        group_id=_group_id(call, kind, context),
        previous_id=_previous_id(call, user_id) if kind == "alias" else None,
        properties=_properties(call, kind, context),
        context=context,
    )


def kind_of(call: Call) -> FactKind:
    """The kind that a call of a batch names."""
    kind = KINDS.get(call.type or "")
    if kind is None:
        raise Refused(
            "unknown_type", f"There is no type '{call.type}'.", mend=f"Types: {', '.join(KINDS)}.", path="$.type"
        )
    return kind


def doubt_about(fact: Fact) -> str | None:
    """What a client should know of a fact that was stored with another time than it sent."""
    notes = fact.context.get(NOTES)
    return None if notes is None or "clock" not in notes else _DOUBTS[notes["clock"]]


def object_of(value: Object, path: str) -> dict[str, Any]:
    """Raises Refused for an array that holds something."""
    if isinstance(value, dict):
        return value
    if value:
        raise Refused("wrong_type", "Expected `object`, got `array`.", path=path)
    return {}


def _name(call: Call, kind: FactKind) -> str:
    if kind != "track":
        return NAME_OF_KIND[kind]
    if not call.event or call.event.isspace():
        raise Refused("no_event", "A 'track' call needs the name of its 'event'.", path="$.event")
    if len(call.event) > MAX_NAME:
        raise Refused("event_too_long", f"An event's name has at most {MAX_NAME} characters.", path="$.event")
    return call.event


def _properties(call: Call, kind: FactKind, context: dict[str, Any]) -> dict[str, Any]:
    if kind == "identify":
        return with_both_spellings(_traits_of_person(call, context))
    if kind == "group":
        return with_both_spellings(object_of(call.traits, "$.traits"))
    properties = object_of(call.properties, "$.properties")
    if kind in ("page", "screen"):
        _add(properties, name=call.name, category=call.category)
    return properties


def _traits_of_person(call: Call, context: dict[str, Any]) -> dict[str, Any]:
    """Some clients send the traits of `identify` only in the context."""
    beside = context.get("traits")
    traits = object_of(call.traits, "$.traits")
    return {**beside, **traits} if isinstance(beside, dict) else traits


def _add(properties: dict[str, Any], **parts: str | None) -> None:
    properties.update({key: value for key, value in parts.items() if value})


def _context(call: Call, arrival: Arrival) -> dict[str, Any]:
    context = {**arrival.context, **object_of(call.context, "$.context")}
    context.pop(NOTES, None)
    integrations = {**arrival.integrations, **object_of(call.integrations, "$.integrations")}
    if integrations:
        context["integrations"] = integrations
    if context.get("direct") is True and arrival.address is not None:
        context["ip"] = arrival.address
    return context


def _group_id(call: Call, kind: FactKind, context: dict[str, Any]) -> str | None:
    own = _id(call.group_id, "groupId")
    if kind == "group" and own is None:
        raise Refused("no_group_id", "A 'group' call needs a 'groupId'.", path="$.groupId")
    if own is not None or "groupId" not in context:
        return own
    beside = context["groupId"]
    return _id(beside, "context.groupId") if isinstance(beside, str | int) and not isinstance(beside, bool) else None


def _previous_id(call: Call, user_id: str | None) -> str:
    previous = _id(call.previous_id, "previousId")
    if previous is None:
        raise Refused("no_previous_id", "An 'alias' call needs a 'previousId'.", path="$.previousId")
    if user_id is None:
        raise Refused("no_user_id", "An 'alias' call needs a 'userId'.", path="$.userId")
    return previous


def _message_id(call: Call) -> str | None:
    text = _text(call.message_id)
    if text is not None and len(text) > MAX_MESSAGE_ID:
        raise Refused(
            "message_id_too_long", f"A 'messageId' has at most {MAX_MESSAGE_ID} characters.", path="$.messageId"
        )
    return text


def _id(value: Id, field: str) -> str | None:
    if value is None:
        return None
    text = _text(value)
    if text is not None and len(text) > MAX_NAME:
        raise Refused("id_too_long", f"An id has at most {MAX_NAME} characters.", path=f"$.{field}")
    return text


def _text(value: Id) -> str | None:
    """An id as text; an empty or blank one is none."""
    if value is None:
        return None
    if isinstance(value, str):
        return value if value and not value.isspace() else None
    return str(int(value)) if value == int(value) else str(value)
