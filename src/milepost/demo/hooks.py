"""What Milepost's server asks of a host product's server: read as any host would read it."""

from typing import Any

import msgspec
from msgspec import Struct

from milepost.core.values import Refused
from milepost.delivery.host import host_of
from milepost.log.clock import SYSTEM
from milepost.workspace import queries


class Asked(Struct, frozen=True):
    """Sample data of this template, for this user id."""

    person: str
    template: str
    sample: dict[str, Any]


class _Person(Struct, frozen=True):
    id: str


class _Data(Struct, frozen=True):
    person: _Person
    template: str
    sample: dict[str, Any]


class _Request(Struct, frozen=True):
    data: _Data


def sample_asked(body: bytes) -> Asked:
    """Raises Refused for what asks for nothing."""
    try:
        data = msgspec.json.decode(body, type=_Request).data
    except msgspec.DecodeError as error:
        raise Refused("no_sample", f"This asks for no sample data: {error}.") from error
    return Asked(data.person.id, data.template, data.sample)


def host_secret() -> str:
    """What Milepost signs its requests to this product with. Raises Refused while it sends none."""
    host = next((host for workspace in queries.workspace_ids()[:1] if (host := host_of(workspace, SYSTEM.now()))), None)
    if host is None:
        raise Refused("no_host", "This product is not asked for anything.", status=404)
    return host.secrets[0]
