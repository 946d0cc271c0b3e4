"""What the traits of a person say: the last value of each by the fact's time, and the few that Milepost reads itself."""

from typing import Any

import msgspec

from milepost.core.values import Instant
from milepost.core.values import zone_exists as zone_exists

Traits = dict[str, Any]
#: When each trait was last written: ISO time and number, so that a late fact cannot overwrite a later one.
WrittenAt = dict[str, tuple[str, int]]


#: The write key is public: nobody may make a person so heavy that all others wait for them.
MOST_TRAITS, MOST_BYTES = 500, 64_000


def written(traits: Traits, at: WrittenAt, new: Traits, instant: Instant) -> tuple[Traits, WrittenAt]:
    """The traits after this fact; a None value removes the trait. What would be too much is left out."""
    stamp = (instant[0].isoformat(), instant[1])
    fresh = {name: value for name, value in new.items() if stamp >= tuple(at.get(name, ("", 0)))}
    room = MOST_TRAITS - len(at)
    unknown = [name for name in fresh if name not in at]
    fresh = {name: value for name, value in fresh.items() if name in at or name in unknown[: max(0, room)]}
    merged = {**traits, **fresh}
    if len(msgspec.json.encode(merged)) > MOST_BYTES:
        return traits, at
    return {name: value for name, value in merged.items() if value is not None}, {**at, **dict.fromkeys(fresh, stamp)}


def name_of(traits: Traits) -> str:
    """`name`, else first and last name, as text."""
    if isinstance(traits.get("name"), str):
        return str(traits["name"])[:255]
    parts = (first_name_of(traits), traits.get("lastName") or traits.get("last_name") or "")
    return " ".join(str(part) for part in parts if part)[:255]


def first_name_of(traits: Traits) -> str:
    given = traits.get("firstName") or traits.get("first_name")
    if given:
        return str(given)
    name = traits.get("name")
    return name.split()[0] if isinstance(name, str) and name.strip() else ""


def email_of(traits: Traits) -> str:
    email = traits.get("email")
    return email[:320] if isinstance(email, str) else ""


def zone_of(traits: Traits, context: dict[str, Any]) -> str | None:
    """The name of the person's time zone: trait, else context; None where neither names one that exists."""
    for value in (traits.get("timezone"), context.get("timezone")):
        if isinstance(value, str) and zone_exists(value):
            return value
    return None


def consent_of(context: dict[str, Any]) -> Traits:
    """The trait `consent`, of a context that says what somebody has agreed to: purpose → yes or no."""
    consent = context.get("consent")
    said = consent.get("categoryPreferences") if isinstance(consent, dict) else None
    return {"consent": said} if isinstance(said, dict) and said else {}


def locale_of(traits: Traits, context: dict[str, Any]) -> str | None:
    """The person's language as a BCP 47 tag: trait `locale` or `language`, else context."""
    for value in (traits.get("locale"), traits.get("language"), context.get("locale")):
        if isinstance(value, str) and value:
            return value.replace("_", "-")[:35]
    return None
