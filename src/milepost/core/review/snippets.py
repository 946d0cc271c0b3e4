"""The code that sends an event, for whoever has to build it in: in the browser, in Python, over HTTP."""

import json
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from milepost.core import events
from milepost.core.program.document import PropertyType

#: What stands for a value of each type.
_EXAMPLES: dict[PropertyType, Any] = {
    "text": "…",
    "number": 1,
    "boolean": True,
    "date": "2026-05-01",
    "list": [],
    "object": {},
}
_CALLS = {events.NAME_OF_KIND["identify"]: "identify", events.NAME_OF_KIND["group"]: "group"}


class Snippet(Struct, frozen=True, kw_only=True):
    """Shapes: `browser` needs the snippet of the install page, `python` the `segment-analytics-python` client."""

    event: str
    browser: str
    python: str
    http: str


def snippet(event: str, properties: Mapping[str, PropertyType]) -> Snippet:
    """How this event is sent, with every property that the plan has."""
    values = {name: _EXAMPLES[kind] for name, kind in properties.items()}
    call = _CALLS.get(event, "track")
    return Snippet(
        event=event,
        browser=_browser(call, event, values),
        python=_python(call, event, values),
        http=_http(call, event, values),
    )


def _browser(call: str, event: str, values: dict[str, Any]) -> str:
    said = {"track": _json(event), "identify": "user.id", "group": "account.id"}[call]
    return f"milepost.{call}({said}{f', {_json(values)}' if values else ''});"


def _python(call: str, event: str, values: dict[str, Any]) -> str:
    said = {
        "track": f"user_id=user.id, event={_json(event)}, properties={values!r}",
        "identify": f"user_id=user.id, traits={values!r}",
        "group": f"user_id=user.id, group_id=account.id, traits={values!r}",
    }[call]
    return f"segment.{call}({said})"


def _http(call: str, event: str, values: dict[str, Any]) -> str:
    said: dict[str, dict[str, Any]] = {
        "track": {"event": event, "properties": values},
        "identify": {"traits": values},
        "group": {"groupId": "ACCOUNT_ID", "traits": values},
    }
    quoted = _json({"userId": "USER_ID", **said[call]}).replace("'", "'\\''")
    return f'curl -u "$WRITE_KEY:" "$MILEPOST/v1/{call}" -d \'{quoted}\''


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
