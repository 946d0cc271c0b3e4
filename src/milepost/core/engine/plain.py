"""What of a fact's properties is kept in a state: small, and in types that can be written down.

The write key is public: whatever JSON somebody sends, a state can be written, and does not grow without end.
"""

from collections.abc import Mapping
from typing import Any

from milepost.core.conditions.memory import kept

_MOST, LONGEST_NAME, _LONGEST_PART = 50, 100, 200


def small(value: Any, longest: int) -> Any:
    """A text cut to `longest`; of a list or an object the first texts and numbers inside it, not what is nested deeper."""
    if isinstance(value, str):
        return value[:longest]
    if isinstance(value, list):
        return [_part(part) for part in value if not isinstance(part, list | dict)][:_MOST]
    return scalars(value) if isinstance(value, dict) else kept(value)


def scalars(properties: Mapping[str, Any], most: int = _MOST) -> dict[str, Any]:
    """The first texts, numbers and booleans; none under a name that is no name."""
    plain = [
        (name, value)
        for name, value in properties.items()
        if isinstance(value, str | int | float) and len(name) <= LONGEST_NAME
    ]
    return {name: _part(value) for name, value in plain[:most]}


def _part(value: Any) -> Any:
    return value[:_LONGEST_PART] if isinstance(value, str) else kept(value)
