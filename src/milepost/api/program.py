"""The program in force, and what was sent."""

from datetime import datetime

import msgspec
from django.http import QueryDict
from msgspec import Raw, Struct

from milepost.api.parameters import limit_of
from milepost.delivery import queries as delivery
from milepost.program.queries import current


class ProgramDetail(Struct, frozen=True, kw_only=True):
    """`document` is the program as data, `text` the YAML as it was typed. Absent: number 0 is the empty program."""

    number: int
    digest: str
    released_at: datetime | None
    document: Raw
    text: str


def program(workspace: int, parameters: QueryDict) -> ProgramDetail:
    """The release in force."""
    release = current(workspace)
    return ProgramDetail(
        number=release.number,
        digest=release.digest,
        released_at=release.released_at,
        document=Raw(msgspec.json.encode(release.document)),
        text=release.text,
    )


def deliveries(workspace: int, parameters: QueryDict) -> delivery.DeliveryPage:
    """Messages, newest first; `status` narrows them down."""
    return delivery.deliveries(
        workspace,
        cursor=parameters.get("cursor", ""),
        limit=limit_of(parameters),
        status=parameters.get("status", ""),
    )
