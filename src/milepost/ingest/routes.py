"""The paths of ingest. Browsers use the short names, servers the long ones."""

from typing import Final, Literal

from milepost.core.events import FactKind

Endpoint = FactKind | Literal["batch"]

_NAMES: Final[dict[str, Endpoint]] = {
    "identify": "identify",
    "i": "identify",
    "track": "track",
    "t": "track",
    "page": "page",
    "p": "page",
    "screen": "screen",
    "s": "screen",
    "group": "group",
    "g": "group",
    "alias": "alias",
    "a": "alias",
    "batch": "batch",
    "b": "batch",
    "import": "batch",
}

#: Every path to which facts are posted, with and without a slash at its end.
ENDPOINTS: Final[dict[str, Endpoint]] = {
    path: endpoint for name, endpoint in _NAMES.items() for path in (f"/v1/{name}", f"/v1/{name}/")
}
