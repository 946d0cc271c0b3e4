"""Pages by cursor: the place of the last row in the list's order, so that a long list is quick to its end and rows that
arrive meanwhile shift nothing."""

from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from milepost.core.values import Refused

M = TypeVar("M", bound=Model)


def after(rows: QuerySet[M], cursor: str, *, time: str) -> QuerySet[M]:
    """The rows behind the cursor in a list ordered by newest `time`, then `id`. Raises Refused for a broken cursor."""
    if not cursor:
        return rows
    try:
        at, last = cursor.split("~")
        place: tuple[datetime, int] = (datetime.fromisoformat(at), int(last))
    except ValueError as error:
        raise Refused("cursor", "This page address is broken.", mend="Begin at the first page.") from error
    return rows.filter(Q(**{f"{time}__lt": place[0]}) | Q(**{time: place[0], "id__gt": place[1]}))


def cursor_of(row: Any, *, time: str) -> str:
    return f"{getattr(row, time).isoformat()}~{row.pk}"
