"""What stands behind the `?` of a request, as values. Everything wrong is refused with its name."""

from typing import Any

from django.http import QueryDict

from milepost.core.values import Refused
from milepost.insights.given import Given
from milepost.log import stores
from milepost.program.queries import current

_MOST = 200
_DIGITS = 3


def limit_of(parameters: QueryDict) -> int:
    text = parameters.get("limit", "50")
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= _MOST):
        raise Refused("limit", f"`limit` is a whole number from 1 to {_MOST}.", path="limit")
    return int(text)


def cursor_of(parameters: QueryDict) -> int:
    """The number that a page ended with; -1 at the beginning."""
    text = parameters.get("cursor", "")
    if text and not (text.isascii() and text.isdigit()):
        raise Refused("cursor", "`cursor` is the `next` of the page before.", path="cursor")
    return int(text) if text else -1


def given_of(workspace: int, parameters: QueryDict) -> Given:
    return Given(dict(parameters.lists()), current(workspace).folder, now=stores.current().clock.now())


def period_of(workspace: int, parameters: QueryDict) -> dict[str, Any]:
    """The fields of `core.insights.question.Period`, of persons. Absent: `to` and `as_of` are now, `from` 30 days before
    `to`."""
    return given_of(workspace, parameters).period_of_persons(workspace)


def days_of(parameters: QueryDict, name: str, usual: int) -> int:
    """A number of days."""
    text = parameters.get(name, str(usual))
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise Refused(name, f"`{name}` is a whole number of days.", path=name)
    return int(text)
