"""The single values of a document: what may stand in one place, and what to say when something else does."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from milepost.core.conditions.compare import moment, relative
from milepost.core.program.problems import Place
from milepost.core.values import Refused, parse_duration

#: Stands for a node that could not be read and has been told of.
BROKEN: Any = type("Broken", (), {"__repr__": lambda self: "BROKEN"})()

#: Beyond this a browser and JSON no longer tell neighbouring whole numbers apart.
_LARGEST = 2**53 - 1


def wrong(at: Place, message: str, mend: str) -> Any:
    """Tells of a value that does not fit its place, unless the text was broken there."""
    if not at.told:
        at.error("wrong-type", message, mend)
    return BROKEN


def read_text(data: Any, at: Place) -> Any:
    if isinstance(data, str):
        return data
    if isinstance(data, dict | list):
        return wrong(at, "A text is expected here.", "Write one text.")
    return wrong(at, f"{_typed(data)} is not a text.", f'Put it in quotes: "{_typed(data)}".')


def read_number(data: Any, at: Place) -> Any:
    """A whole number from 0 up."""
    if isinstance(data, int) and not isinstance(data, bool) and 0 <= data <= _LARGEST:
        return data
    return wrong(at, f"'{_typed(data)}' is not a whole number.", "Write a number such as 3, without quotes.")


def read_duration(data: Any, at: Place) -> Any:
    try:
        return parse_duration(data if isinstance(data, str) else _typed(data))
    except (Refused, OverflowError):
        mend = "Write a number and a unit: 30s, 5m, 2h, 7d, 1w."
        return wrong(at, f"'{_typed(data)}' is not a length of time.", mend)


def read_mapping(data: Any, at: Place) -> Any:
    if isinstance(data, Mapping):
        return data
    return wrong(at, f"Keys and values are expected here, not '{_typed(data)}'.", "Write `key: value`, one a line.")


def read_scalar(data: Any, at: Place) -> Any:
    """A single value: text, number, true or false."""
    if isinstance(data, bool | str):
        return data
    if isinstance(data, int | float) and abs(data) <= _LARGEST:
        return data
    return wrong(at, f"'{_typed(data)}' is not a single value.", "Write a text, a number, true or false.")


def read_quantity(data: Any, at: Place) -> Any:
    if isinstance(data, int | float) and not isinstance(data, bool) and abs(data) <= _LARGEST:
        return data
    return wrong(at, f"'{_typed(data)}' is not a number.", "Write a number such as 300, without quotes.")


def read_moment(data: Any, at: Place) -> Any:
    """A day or an instant as ISO 8601 text, or a length of time ago."""
    if moment(data) is not None or relative(data) is not None:
        return data
    return wrong(at, f"'{_typed(data)}' is not a day.", "Write it as 2026-05-01, or as 3d ago.")


def read_data(data: Any, at: Place) -> Any:
    """What the host product gets as it is: texts, numbers, true, false, nothing, lists and mappings of them."""
    if isinstance(data, Mapping):
        parts = {key: read_data(value, at / key) for key, value in data.items()}
        return BROKEN if BROKEN in parts.values() else parts
    if isinstance(data, list):
        items = [read_data(item, at / index) for index, item in enumerate(data)]
        return BROKEN if BROKEN in items else items
    return None if data is None else read_scalar(data, at)


def is_day(data: Any) -> bool:
    try:
        date.fromisoformat(data)
    except (TypeError, ValueError):
        return False
    return True


def _typed(data: Any) -> str:
    """The value as it was probably typed, shortened."""
    if data is None:
        return "nothing"
    text = str(data).lower() if isinstance(data, bool) else str(data)
    return text if len(text) <= 40 else f"{text[:39]}…"
