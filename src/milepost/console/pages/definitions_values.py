"""Single values of a form as people type them: numbers, bare words, and the tests of a fact's properties."""

from typing import Any


def number(text: str) -> Any:
    """A whole number; what is none stays as it was typed, and is told of."""
    return int(text) if text.isdecimal() else text


def scalar(text: str) -> Any:
    """What people mean by a bare word: a number, true, false, or the word."""
    if text in ("true", "false"):
        return text == "true"
    if text.removeprefix("-").isdecimal() and text.isascii():
        return int(text)
    try:
        return float(text) if "." in text and text.replace(".", "").removeprefix("-").isdecimal() else text
    except ValueError:
        return text


def scalar_text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(scalar_text, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


_SIGNS = {"gte": "≥", "lte": "≤", "gt": ">", "lt": "<", "is_not": "≠", "contains": "∋"}


def where_text(where: Any) -> str:
    """Example: `meal = lunch, calories > 300`."""
    if not isinstance(where, dict):
        return ""
    parts = []
    for name, test in where.items():
        operator, value = next(iter(test.items()), ("is", "")) if isinstance(test, dict) else ("is", test)
        parts.append(f"{name} {_SIGNS.get(operator, '=')} {scalar_text(value)}")
    return ", ".join(parts)


def where_data(text: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in filter(None, map(str.strip, text.split(","))):
        sign = next((sign for sign in (*_SIGNS.values(), "=") if sign in part), "=")
        name, _, value = part.partition(sign)
        operator = next((key for key, each in _SIGNS.items() if each == sign), "is")
        read = scalar(value.strip())
        found[name.strip()] = read if operator == "is" else {operator: read}
    return found
