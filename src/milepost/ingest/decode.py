"""From JSON text to calls: typed, tolerant of what real clients send, and never losing a good event for a bad one.

1. An event is decoded by itself, so that a wrong type in one is that one's error.
2. Half a surrogate pair (a text cut in the middle of an emoji) becomes a question mark; a byte order mark is skipped.
   Strict decoding comes first, these repairs only where it fails.
3. The character NUL is removed from texts and names: databases cannot store it, and it means nothing to anybody. An
   event is not worth losing for it. Right-to-left marks and all other characters are kept.
"""

import json
from typing import Any, TypeVar

import msgspec
from msgspec import Raw, Struct

from milepost.core.values import Refused

#: 32 kB as clients count them, and what they add after counting (the envelope's part of an event).
MAX_EVENT = 32 * 1024 + 1024
MAX_EVENTS = 2_500
MAX_DEPTH = 50

#: An id is text; some clients send the number of their database.
Id = str | int | float | None
#: An empty array is how PHP writes an empty object.
Object = dict[str, Any] | list[Any] | None

T = TypeVar("T")


class Call(Struct, rename="camel"):
    """One call of the tracking API, as sent. Fields that Milepost does not know are left out."""

    type: str | None = None
    user_id: Id = None
    anonymous_id: Id = None
    group_id: Id = None
    previous_id: Id = None
    message_id: Id = None
    event: str | None = None
    name: str | None = None
    category: str | None = None
    properties: Object = None
    traits: Object = None
    context: Object = None
    integrations: Object = None
    timestamp: Any = None
    original_timestamp: Any = None
    sent_at: Any = None
    signature: Any = None


class Envelope(Struct, rename="camel"):
    """What a batch says of all its calls."""

    batch: list[Raw] | None = None
    context: Object = None
    integrations: Object = None
    sent_at: Any = None
    write_key: Any = None
    signature: Any = None


class _Keyed(Struct, rename="camel"):
    write_key: Any = None


_call = msgspec.json.Decoder(Call)
_envelope = msgspec.json.Decoder(Envelope)
_keyed = msgspec.json.Decoder(_Keyed)


def envelope_of(text: bytes) -> Envelope:
    """Raises Refused for what is not a batch or has too many events."""
    envelope = _decoded(_envelope, text)
    if envelope.batch is None:
        raise Refused("no_batch", "A batch has a list of events under 'batch'.", path="$.batch")
    if len(envelope.batch) > MAX_EVENTS:
        raise Refused("too_many_events", f"A batch holds at most {MAX_EVENTS} events.", mend="Send smaller batches.")
    return envelope


def write_key_of(text: bytes) -> Any:
    """The `writeKey` of a single call."""
    return _decoded(_keyed, text).write_key


def call_of(text: bytes | Raw) -> Call:
    """Raises Refused, with the place in `path`, for an event that is too large, too deep, or of wrong types."""
    text = bytes(text)
    if len(text) > MAX_EVENT:
        raise Refused("event_too_large", f"An event holds at most {MAX_EVENT} bytes of JSON; this has {len(text)}.")
    if b"\\u0000" in text or text.count(b"{") + text.count(b"[") > MAX_DEPTH:
        return _converted(_scrubbed(_decoded(_anything, text)))
    return _decoded(_call, text)


_anything: msgspec.json.Decoder[Any] = msgspec.json.Decoder()


def _decoded(decoder: "msgspec.json.Decoder[T]", text: bytes) -> T:
    try:
        return decoder.decode(text)
    except msgspec.ValidationError as error:
        raise _wrong_type(error) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return _decoded_again(decoder, text, error)


def _decoded_again(decoder: "msgspec.json.Decoder[T]", text: bytes, error: Exception) -> T:
    try:
        return decoder.decode(json.dumps(json.loads(text), ensure_ascii=False).encode("utf-8", "replace"))
    except msgspec.ValidationError as wrong:
        raise _wrong_type(wrong) from wrong
    except (ValueError, RecursionError):
        raise Refused("invalid_json", f"The body is not JSON: {error}.", mend="Send JSON, plain or gzip.") from error


def _converted(value: Any) -> Call:
    try:
        return msgspec.convert(value, Call)
    except msgspec.ValidationError as error:
        raise _wrong_type(error) from error


def _wrong_type(error: msgspec.ValidationError) -> Refused:
    message, _, path = str(error).partition(" - at ")
    if not path and message.startswith("Expected `object`"):
        return Refused("not_an_object", f"{message}.", path="$")
    return Refused("wrong_type", f"{message}.", path=path.strip("`") or "$")


def _scrubbed(value: Any, depth: int = 1) -> Any:
    """The value without NUL characters. Raises Refused for one that is nested too deeply for those who store it."""
    if isinstance(value, str):
        return value.replace("\x00", "")
    if not isinstance(value, dict | list):
        return value
    if depth > MAX_DEPTH:
        raise Refused("too_deep", f"An event is nested at most {MAX_DEPTH} levels deep.")
    if isinstance(value, dict):
        return {key.replace("\x00", ""): _scrubbed(part, depth + 1) for key, part in value.items()}
    return [_scrubbed(part, depth + 1) for part in value]
