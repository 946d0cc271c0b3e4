"""Settings: the host product's server, and how it answered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from milepost.delivery.host import endpoint_of
from milepost.delivery.models import SampleRequest
from milepost.delivery.samples import recent
from milepost.people.queries import person_view

_STATUS = {
    "asking": _("on its way"),
    "made": _("made"),
    "failed": _("failed"),
    "removed": _("removed again"),
}


@dataclass(frozen=True, slots=True)
class RequestRow:
    """Units: `seconds` from the press of the button to the end. Absent: `seconds` None while it is under way."""

    template: str
    uid: int
    person: str
    asked_at: datetime
    status: str
    says: Any
    error: str
    seconds: float | None


@dataclass(frozen=True, slots=True)
class HostPage:
    """Absent: `url` is empty while nobody has named one, `fresh` (a secret made just now) is shown this once; `wrong` is
    an address that was not taken."""

    url: str
    has_host: bool
    is_gone: bool
    requests: tuple[RequestRow, ...]
    fresh: str = ""
    wrong: str = ""
    error: str = ""


def gather_host(workspace_id: int, *, fresh: str = "", wrong: str = "", error: str = "") -> HostPage:
    row = endpoint_of(workspace_id)
    return HostPage(
        url=wrong or (row.url if row else ""),
        has_host=row is not None,
        is_gone=row is not None and row.gone_at is not None,
        requests=tuple(_request(each) for each in recent(workspace_id)),
        fresh=fresh,
        wrong=wrong,
        error=error,
    )


def _request(row: SampleRequest) -> RequestRow:
    person = person_view(row.workspace_id, row.uid)
    return RequestRow(
        template=row.template,
        uid=row.uid,
        person=(person.name or person.key) if person else "",
        asked_at=row.asked_at,
        status=row.status,
        says=_STATUS[row.status],
        error=row.error,
        seconds=(row.settled_at - row.asked_at).total_seconds() if row.settled_at else None,
    )
