"""What every outbox promises: in memory, and in the table beside the state."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import JSONField
from django.db.utils import ConnectionHandler
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoDbBlocker

from milepost.log.memory import MemoryOutbox
from milepost.log.outbox import Entry, Outbox
from milepost.log.sql_outbox import SqlOutbox
from milepost.runtime.models import OutboxEntry
from milepost.workspace.models import Workspace

from .facts import NOON

LEASE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


def entry(key: str, **changes: Any) -> Entry:
    given = {"workspace": 1, "kind": "send_message", "payload": b'{"to":"ada"}', "created_at": NOON, "due_at": NOON}
    return Entry(key=key, **{**given, **changes})


def database(folder: Path) -> ConnectionHandler:
    """The table as Django makes it, in a file of its own; each thread gets its own connection."""
    handler = ConnectionHandler(
        {
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": folder / "outbox.sqlite",
                "OPTIONS": {
                    "transaction_mode": "IMMEDIATE",
                    "timeout": 20,
                    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
                },
            }
        }
    )
    with handler["default"].schema_editor() as editor:
        editor.create_model(Workspace)
        editor.create_model(OutboxEntry)
    with handler["default"].cursor() as cursor:
        for number in (1, 2):
            fields = Workspace._meta.concrete_fields
            columns, marks = ", ".join(str(field.column) for field in fields), ", ".join(["%s"] * len(fields))
            values = ["{}" if isinstance(field, JSONField) else f"w{number}" for field in fields[1:]]
            cursor.execute(f"INSERT INTO workspace_workspace ({columns}) VALUES ({marks})", [number, *values])
    return handler


class PerThread:
    """Like `django.db.connection`: leads to the connection of the thread that asks."""

    def __init__(self, handler: ConnectionHandler) -> None:
        self._handler = handler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._handler["default"], name)


@pytest.fixture(autouse=True, scope="module")
def databases_of_their_own(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


@pytest.fixture(params=["memory", "sql"])
def outbox(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Outbox]:
    if request.param == "memory":
        yield MemoryOutbox()
        return
    handler = database(tmp_path)
    yield SqlOutbox(PerThread(handler))
    handler["default"].close()


def claimed(outbox: Outbox, *, now: Any = NOON, limit: int = 100, kinds: Any = ("send_message",)) -> list[str]:
    return [entry.key for entry in outbox.claim(kinds, now=now, lease=LEASE, limit=limit)]


def test_a_claimed_entry_carries_what_was_put(outbox: Outbox) -> None:
    sent = entry("a", due_at=NOON + SECOND / 2)
    outbox.put([sent])
    [found] = outbox.claim(["send_message"], now=NOON + SECOND, lease=LEASE, limit=10)
    assert (found.key, found.kind, found.payload, found.workspace) == ("a", "send_message", sent.payload, 1)
    assert (found.created_at, found.due_at) == (sent.created_at, sent.due_at)
    assert (found.state, found.attempts, found.lease_until) == ("claimed", 1, NOON + SECOND + LEASE)


def test_a_key_is_put_once_whatever_became_of_it(outbox: Outbox) -> None:
    assert outbox.put([entry("a"), entry("b"), entry("a")]) == ["a", "b"]
    outbox.claim(["send_message"], now=NOON, lease=LEASE, limit=1)
    outbox.done(1, "a", attempt=1)
    assert outbox.put([entry("a", payload=b"new"), entry("c"), entry("b")]) == ["c"]
    assert claimed(outbox) == ["b", "c"]


def test_two_workspaces_may_use_the_same_key(outbox: Outbox) -> None:
    outbox.put([entry("a")])
    assert outbox.put([entry("a", workspace=2)]) == ["a"]


def test_many_entries_are_put_at_once(outbox: Outbox) -> None:
    keys = [f"k{number}" for number in range(1201)]
    assert outbox.put([entry(key) for key in keys]) == keys
    assert outbox.put([entry(key) for key in [*keys, "new"]]) == ["new"]


def test_only_what_is_due_is_claimed_and_the_oldest_first(outbox: Outbox) -> None:
    outbox.put([entry("late", due_at=NOON - SECOND), entry("later"), entry("oldest", due_at=NOON - LEASE)])
    outbox.put([entry("future", due_at=NOON + SECOND / 1000)])
    assert claimed(outbox, limit=2) == ["oldest", "late"]
    assert claimed(outbox) == ["later"]
    assert claimed(outbox) == []


def test_only_the_kinds_asked_for_are_claimed(outbox: Outbox) -> None:
    outbox.put([entry("mail"), entry("guide", kind="show_content")])
    assert claimed(outbox, kinds=["show_content", "start_timer"]) == ["guide"]
    assert claimed(outbox, kinds=[]) == []


def test_a_claim_that_outlived_its_lease_is_taken_up_again_with_the_next_attempt(outbox: Outbox) -> None:
    outbox.put([entry("a")])
    assert claimed(outbox) == ["a"]
    assert claimed(outbox, now=NOON + LEASE - SECOND) == []
    [again] = outbox.claim(["send_message"], now=NOON + LEASE, lease=LEASE, limit=10)
    assert again.attempts == 2
    assert not outbox.done(1, "a", attempt=1)
    assert not outbox.retry(1, "a", attempt=1, at=NOON, error="late")
    assert not outbox.fail(1, "a", attempt=1, error="late")
    assert outbox.done(1, "a", attempt=2)


def test_who_is_late_but_first_still_finishes(outbox: Outbox) -> None:
    """The lease ran out, but nobody took it up: the work is done, and that is what counts."""
    outbox.put([entry("a")])
    claimed(outbox)
    assert outbox.done(1, "a", attempt=1)
    assert claimed(outbox, now=NOON + 2 * LEASE) == []


def test_done_is_done_once(outbox: Outbox) -> None:
    outbox.put([entry("a")])
    claimed(outbox)
    assert outbox.done(1, "a", attempt=1)
    assert not outbox.done(1, "a", attempt=1)
    assert not outbox.retry(1, "a", attempt=1, at=NOON, error="")
    assert claimed(outbox, now=NOON + 10 * LEASE) == []


def test_what_nobody_claimed_or_put_is_not_finished(outbox: Outbox) -> None:
    outbox.put([entry("a")])
    assert not outbox.done(1, "a", attempt=0)
    assert not outbox.done(1, "other", attempt=1)
    assert not outbox.done(2, "a", attempt=1)


def test_a_retry_waits_for_its_time_and_remembers_the_error(outbox: Outbox) -> None:
    outbox.put([entry("a")])
    claimed(outbox)
    assert outbox.retry(1, "a", attempt=1, at=NOON + 5 * SECOND, error="450 greylisted")
    assert claimed(outbox, now=NOON + 4 * SECOND) == []
    [again] = outbox.claim(["send_message"], now=NOON + 5 * SECOND, lease=LEASE, limit=1)
    assert (again.attempts, again.error) == (2, "450 greylisted")


def test_what_failed_for_good_is_not_tried_again(outbox: Outbox) -> None:
    outbox.put([entry("a")])
    claimed(outbox)
    assert outbox.fail(1, "a", attempt=1, error="550 no such user")
    assert claimed(outbox, now=NOON + 10 * LEASE) == []
    assert outbox.next_due(["send_message"]) is None


def test_the_next_due_moment_is_the_first_at_which_something_can_be_claimed(outbox: Outbox) -> None:
    assert outbox.next_due(["send_message"]) is None
    outbox.put([entry("a", due_at=NOON + 5 * LEASE), entry("b", due_at=NOON + SECOND / 4)])
    outbox.put([entry("guide", kind="show_content", due_at=NOON - LEASE)])
    assert outbox.next_due(["send_message"]) == NOON + SECOND / 4
    assert claimed(outbox, now=NOON + SECOND) == ["b"]
    assert outbox.next_due(["send_message"]) == NOON + SECOND + LEASE
    assert outbox.next_due([]) is None


def test_an_entry_is_claimed_by_one_of_many_who_try_at_once(outbox: Outbox) -> None:
    outbox.put([entry(f"k{number}") for number in range(100)])
    start = threading.Barrier(6)

    def work() -> list[str]:
        start.wait()
        found: list[str] = []
        while keys := claimed(outbox, limit=7):
            assert all(outbox.done(1, key, attempt=1) for key in keys)
            found += keys
        return found

    with ThreadPoolExecutor(6) as pool:
        taken = [key for future in [pool.submit(work) for _ in range(6)] for key in future.result()]
    assert sorted(taken) == sorted(f"k{number}" for number in range(100))


def test_what_the_caller_takes_back_was_never_put(tmp_path: Path) -> None:
    """`put` joins the transaction that writes the state."""
    handler = database(tmp_path)
    connection: BaseDatabaseWrapper = handler["default"]
    outbox = SqlOutbox(connection)
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    assert outbox.put([entry("a")]) == ["a"]
    connection.rollback()
    connection.set_autocommit(True)
    assert claimed(outbox) == []
    connection.close()


def test_a_claim_finds_what_is_due_by_the_index_alone(tmp_path: Path) -> None:
    """The work of a claim does not grow with what was done long ago."""
    connection = database(tmp_path)["default"]
    with connection.cursor() as cursor:
        cursor.execute(
            "EXPLAIN QUERY PLAN SELECT id FROM runtime_outboxentry WHERE kind IN ('a') AND state IN "
            "('waiting', 'claimed') AND due_at <= 'x' AND (state = 'waiting' OR lease_until <= 'x') "
            "ORDER BY due_at, id LIMIT 5"
        )
        plan = " ".join(str(row[-1]) for row in cursor.fetchall())
    connection.close()
    assert "outbox_by_due" in plan and "TEMP B-TREE" not in plan


_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from("abc"), st.integers(0, 4)),
        st.tuples(st.just("claim"), st.just(""), st.integers(0, 8)),
        st.tuples(st.sampled_from(["done", "retry", "fail"]), st.sampled_from("abc"), st.integers(1, 3)),
    ),
    max_size=25,
)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory, databases_of_their_own: None) -> Iterator[BaseDatabaseWrapper]:
    connection = database(tmp_path_factory.mktemp("outbox"))["default"]
    yield connection
    connection.close()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS)
def test_the_table_does_what_the_memory_does(steps: list[tuple[str, str, int]], table: BaseDatabaseWrapper) -> None:
    with table.cursor() as cursor:
        cursor.execute("DELETE FROM runtime_outboxentry")
    memory, sql = MemoryOutbox(), SqlOutbox(table)
    for step in steps:
        assert _do(memory, *step) == _do(sql, *step)


def _do(outbox: Outbox, verb: str, key: str, number: int) -> Any:
    at = NOON + number * SECOND
    match verb:
        case "put":
            return outbox.put([entry(key, due_at=at)]), outbox.next_due(["send_message"])
        case "claim":
            return outbox.claim(["send_message"], now=at, lease=3 * SECOND, limit=2)
        case "done":
            return outbox.done(1, key, attempt=number)
        case "retry":
            return outbox.retry(1, key, attempt=number, at=at, error="later")
    return outbox.fail(1, key, attempt=number, error="never")
