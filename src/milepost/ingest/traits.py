"""Reserved traits: clients write them in camelCase or in snake_case, and programs may ask for either.

The other spelling is added, what was sent stays; a full name is made of its two parts where none was sent.
"""

from typing import Any

_SPELLINGS = (
    ("firstName", "first_name"),
    ("lastName", "last_name"),
    ("createdAt", "created_at"),
    ("employeeCount", "employee_count"),
    ("postalCode", "postal_code"),
)
_NESTED = ("company", "address")


def with_both_spellings(traits: dict[str, Any]) -> dict[str, Any]:
    """Completes the traits in place and returns them."""
    _spell(traits)
    for key in _NESTED:
        nested = traits.get(key)
        if isinstance(nested, dict):
            _spell(nested)
    _fill_name(traits)
    return traits


def _spell(traits: dict[str, Any]) -> None:
    for camel, snake in _SPELLINGS:
        if camel in traits:
            traits.setdefault(snake, traits[camel])
        elif snake in traits:
            traits[camel] = traits[snake]


def _fill_name(traits: dict[str, Any]) -> None:
    first, last = traits.get("firstName"), traits.get("lastName")
    if isinstance(first, str) and isinstance(last, str) and traits.get("name") is None:
        traits["name"] = f"{first} {last}".strip()
