"""An unmodified client of the field, as teams run it."""

import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from segment.analytics.client import Client

from milepost.core.events import Fact
from milepost.core.values import Unavailable

from .conftest import KEY, NOW, Door


class Failures:
    """Collects what the client could not send."""

    def __init__(self) -> None:
        self.seen: list[Any] = []

    def __call__(self, error: Exception, batch: Any) -> None:
        self.seen.append((error, batch))


def client(door: Door, failures: Failures, key: str = KEY, **options: Any) -> Client:
    host = f"http://127.0.0.1:{door.port}"
    return Client(key, host=host, on_error=failures, upload_interval=0.05, timeout=5, **options)


@pytest.mark.parametrize("gzip", [False, True])
def test_everything_that_the_client_sends_arrives(door: Door, gzip: bool) -> None:
    failures = Failures()
    segment = client(door, failures, gzip=gzip)
    segment.identify(user_id="ann", traits={"firstName": "Ann", "lastName": "Lee", "plan": None})
    segment.track(user_id="ann", event="Signed Up", properties={"at": datetime(2026, 1, 1, tzinfo=UTC), "n": 1.5})
    segment.page(user_id="ann", category="Docs", name="Start", properties={"url": "https://x.example/"})
    segment.screen(user_id="ann", category="App", name="Diary")
    segment.group(user_id="ann", group_id="acme", traits={"seats": 5})
    segment.alias(previous_id="anon-1", user_id="ann")
    segment.track(user_id=42, event="Old", timestamp=datetime(2019, 5, 1, 12, 0, 0, 250_000, tzinfo=UTC))
    segment.track(anonymous_id="device-1", event="Opened", context={"ip": "10.0.0.1"})
    segment.flush()
    segment.join()
    assert failures.seen == []
    facts = door.facts()
    assert [fact.name for fact in facts] == [
        "Identified", "Signed Up", "Page Viewed", "Screen Viewed", "Grouped", "Aliased", "Old", "Opened",
    ]  # fmt: skip
    assert facts[0].properties["name"] == "Ann Lee"
    assert facts[1].properties == {"at": "2026-01-01T00:00:00+00:00", "n": 1.5}
    assert facts[2].properties == {"url": "https://x.example/", "name": "Start", "category": "Docs"}
    assert (facts[4].group_id, facts[5].previous_id, facts[6].user_id) == ("acme", "anon-1", "42")
    assert (facts[7].user_id, facts[7].anonymous_id, facts[7].context["ip"]) == (None, "device-1", "10.0.0.1")
    assert all(fact.context["library"]["name"] == "analytics-python" for fact in facts)


def test_the_past_stays_where_it_was(door: Door) -> None:
    door.clock.set(datetime.now(UTC))  # the client's clock is the machine's
    segment = client(door, Failures())
    segment.track(user_id="ann", event="Old", timestamp=datetime(2019, 5, 1, 12, tzinfo=UTC))
    segment.track(user_id="ann", event="Now")
    segment.flush()
    segment.join()
    old, now = door.facts()
    assert abs((old.at - datetime(2019, 5, 1, 12, tzinfo=UTC)).total_seconds()) < 10
    assert abs((now.at - now.received_at).total_seconds()) < 10
    assert now.received_at > NOW


def test_a_client_whose_key_is_unknown_hears_it_and_does_not_try_again(door: Door) -> None:
    failures = Failures()
    segment = client(door, failures, key="mpw_wrong")
    segment.track(user_id="ann", event="A")
    segment.flush()
    segment.join()
    [(error, _)] = failures.seen
    assert (error.status, error.code) == (401, "unknown_write_key")
    assert door.facts() == []


def test_what_was_refused_for_a_moment_is_sent_again_and_stored_once(door: Door) -> None:
    class FullAtFirst:
        """Refuses once before storing, then stores but lets the answer get lost."""

        def __init__(self) -> None:
            self.calls = 0
            self.done = threading.Event()

        async def append(self, facts: Sequence[Fact]) -> list[int]:
            self.calls += 1
            if self.calls == 1:
                raise Unavailable("The disk is full.", retry_after=1)
            numbers = await door.commit.append(facts)
            if self.calls == 2:
                raise RuntimeError("the answer was lost")
            self.done.set()
            return numbers

    failures, log = Failures(), FullAtFirst()
    door.serve(log)
    segment = client(door, failures)
    segment.track(user_id="ann", event="A", message_id="m-1")
    assert log.done.wait(15)
    segment.join()
    assert failures.seen == []
    assert [fact.message_id for fact in door.facts()] == ["m-1"]


def test_many_events_from_many_threads_arrive_once_each(door: Door) -> None:
    failures = Failures()
    segment = client(door, failures, thread=4, gzip=True)
    for number in range(1_000):
        segment.track(user_id=f"user-{number % 7}", event="A", properties={"n": number})
    segment.flush()
    segment.join()
    assert failures.seen == []
    assert sorted(fact.properties["n"] for fact in door.facts()) == list(range(1_000))
