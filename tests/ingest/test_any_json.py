"""Whatever comes, the answer is ours: never a 5xx, and what is answered as stored is in the log, readable."""

import asyncio
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.core.events import Fact
from milepost.ingest.app import Ingest
from milepost.ingest.routes import ENDPOINTS
from milepost.log.clock import ManualClock

from .conftest import Nobody

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FIELDS = (
    "type", "userId", "anonymousId", "groupId", "previousId", "messageId", "event", "name", "category", "properties",
    "traits", "context", "integrations", "timestamp", "originalTimestamp", "sentAt", "writeKey", "batch",
)  # fmt: skip

texts = st.text(st.characters(codec="utf-8"), max_size=20)
numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
scalars = st.none() | st.booleans() | numbers | texts
likely = st.sampled_from(["track", "identify", "page", "group", "alias", "ann", "2026-01-01T00:00:00Z", "", "groupId"])
values = st.recursive(
    scalars | likely,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            texts | st.sampled_from(["traits", "groupId", "direct", "milepost", "firstName"]), inner, max_size=4
        )
    ),
    max_leaves=8,
)
calls = st.dictionaries(st.sampled_from(FIELDS), values, max_size=8)
bodies = (
    st.fixed_dictionaries(
        {"batch": st.lists(calls | values, max_size=4)}, optional={"context": values, "sentAt": values}
    )
    | calls
    | values
)


class Keeping:
    """A log that insists on what the real ones do: facts can be written and read back."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []

    async def append(self, facts: Any) -> list[int]:
        for fact in facts:
            assert msgspec.json.decode(msgspec.json.encode(fact), type=Fact) == fact
            assert fact.user_id or fact.anonymous_id
            assert fact.at <= fact.received_at == NOW
        self.facts += facts
        return [1] * len(facts)


def exchange(path: str, content: bytes) -> tuple[int, dict[str, Any], list[Fact]]:
    log, sent = Keeping(), []
    ingest = Ingest(log, {"k": 1}.get, ManualClock(NOW), Nobody())
    scope = {
        "type": "http", "method": "POST", "path": path, "query_string": b"writeKey=k", "headers": [], "scheme": "http",
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    asyncio.run(ingest(scope, receive, send))
    return sent[0]["status"], msgspec.json.decode(sent[1]["body"]), log.facts


@given(path=st.sampled_from(sorted(ENDPOINTS)), document=bodies)
@settings(max_examples=400, deadline=None)
def test_no_json_makes_us_stumble(path: str, document: Any) -> None:
    status, told, facts = exchange(path, msgspec.json.encode(document))
    assert status in (200, 400)
    assert told["success"] is True or (told["code"] and told["message"])
    if status == 400:
        assert facts == []
    elif ENDPOINTS[path] == "batch":
        assert len(facts) + len(told.get("errors", ())) == len(document["batch"])


@given(path=st.sampled_from(["/v1/track", "/v1/batch"]), content=st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_no_bytes_make_us_stumble(path: str, content: bytes) -> None:
    for body in (content, b"\x1f\x8b" + content, b'{"batch":[{"a":"' + content + b'"}]}'):
        status, told, facts = exchange(path, body)
        assert status in (200, 400) and facts == []
        assert told["success"] is True or (told["code"] and told["message"])
