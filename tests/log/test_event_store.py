"""What every event store promises: DuckDB in a file and in memory."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.core.values import Unavailable
from milepost.log.duckdb_store import DuckDBEventStore
from milepost.log.eventstore import EventStore, QuestionFailed, Row

from .facts import NOON

ADA, BOB, CLEO = 2**62 + 1, 2**62 + 2, 2**62 + 3
HOUR = timedelta(hours=1)


def row(seq: int, uid: int = ADA, event: str = "Meal Logged", **changes: Any) -> Row:
    properties = json.dumps(changes.pop("properties", {"calories": seq}))
    given = {"ws": 1, "account": None, "ts": NOON + seq * HOUR, "received": NOON, **changes}
    return Row(seq=seq, uid=uid, event=event, properties=properties, **given)


@pytest.fixture(params=["file", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EventStore]:
    store = DuckDBEventStore(tmp_path / "events.duckdb" if request.param == "file" else ":memory:")
    yield store
    store.close()


def test_a_row_comes_back_as_it_was(store: EventStore) -> None:
    at = datetime.fromisoformat("2026-03-04T12:00:00.123456+03:00")
    tricky = {"dish": 'a "quoted" ⟨борщ⟩ \\ $x', "tags": ["a", None], "at": {"deep": 1.5}}
    store.append([row(7, account=12, ts=at, properties=tricky)], 7)
    [found] = store.query("SELECT seq, ws, uid, account, event, ts, received, properties FROM facts", {})
    assert found[:5] == (7, 1, ADA, 12, "Meal Logged")
    assert found[5] == datetime.fromisoformat("2026-03-04T09:00:00.123456")
    assert json.loads(found[7]) == tricky


def test_properties_are_asked_by_path(store: EventStore) -> None:
    store.append([row(1, properties={"plan": "pro", "seats": 12}), row(2, properties={})], 2)
    answer = store.query("SELECT properties->>'plan', CAST(properties->>'seats' AS INT) FROM facts ORDER BY seq", {})
    assert answer == [("pro", 12), (None, None)]


def test_rows_that_are_there_already_are_skipped(store: EventStore) -> None:
    store.append([row(1), row(2)], 2)
    store.append([row(1), row(2), row(3)], 3)
    store.append([row(3)], 3)
    assert store.query("SELECT list(seq ORDER BY seq) FROM events", {}) == [([1, 2, 3],)]
    assert store.position() == 3


def test_the_position_moves_on_without_rows_and_never_back(store: EventStore) -> None:
    store.append([], 10)
    store.append([], 4)
    assert store.position() == 10


def test_parameters_are_values_and_never_sql(store: EventStore) -> None:
    store.append([row(1, event="it's; DROP TABLE events --")], 1)
    assert store.query("SELECT count(*) FROM facts WHERE event = $e", {"e": "it's; DROP TABLE events --"}) == [(1,)]


def test_merged_people_are_one_whatever_the_order_of_merges(store: EventStore) -> None:
    store.append([row(1, ADA), row(2, BOB), row(3, CLEO)], 3)
    store.merge(1, ADA, BOB)
    store.merge(1, BOB, CLEO)
    store.merge(1, ADA, CLEO)
    store.merge(1, CLEO, CLEO)
    assert store.query("SELECT DISTINCT uid FROM facts", {}) == [(CLEO,)]
    assert store.history(1, [CLEO]) == [(CLEO, 1), (CLEO, 2), (CLEO, 3)]


def test_where_people_are_is_the_last_zone_that_was_told(store: EventStore) -> None:
    told = [
        row(1, ADA, zone="Europe/Berlin"),
        row(2, BOB),
        row(3, ADA, zone="Asia/Tokyo"),
        row(4, CLEO, zone="On/Moon"),
    ]
    store.append(told, 4)
    store.append([row(5, ADA)], 5)
    assert zones(store) == {ADA: "Asia/Tokyo"}, "no news is no change, and a zone that nobody knows is none"
    store.append([row(6, BOB, zone="Europe/Berlin"), row(7, ADA, zone="Europe/Berlin")], 7)
    assert zones(store) == {ADA: "Europe/Berlin", BOB: "Europe/Berlin"}


def test_of_two_that_are_one_the_zone_of_the_one_who_stays_counts(store: EventStore) -> None:
    store.append([row(1, ADA, zone="Asia/Tokyo"), row(2, BOB, zone="Europe/Berlin"), row(3, CLEO)], 3)
    store.merge(1, ADA, BOB)
    assert zones(store) == {BOB: "Europe/Berlin"}
    store.merge(1, BOB, CLEO)
    assert list(zones(store)) == [CLEO], "where nothing is known of them, wherever the other was"
    store.erase(1, CLEO)
    assert zones(store) == {}
    store.append([row(4, ADA, zone="Asia/Tokyo")], 4)
    assert zones(store) == {ADA: "Asia/Tokyo"}


def zones(store: EventStore) -> dict[int, str]:
    return dict(store.query("SELECT uid, zone FROM zones", {}))


def test_a_merge_that_is_told_backwards_afterwards_changes_nothing(store: EventStore) -> None:
    store.append([row(1, ADA), row(2, BOB)], 2)
    store.merge(1, ADA, BOB)
    store.merge(1, BOB, ADA)
    assert store.query("SELECT DISTINCT uid FROM facts", {}) == [(BOB,)]


def test_a_history_is_in_order_of_time_and_then_of_number(store: EventStore) -> None:
    store.append([row(1, ts=NOON + HOUR), row(2, ts=NOON), row(3, BOB), row(4, ts=NOON), row(5, CLEO)], 5)
    assert store.history(1, [BOB, ADA]) == [(ADA, 2), (ADA, 4), (ADA, 1), (BOB, 3)]
    assert store.history(2, [ADA]) == store.history(1, []) == []


def test_an_erased_person_is_gone_with_all_that_was_merged_into_them(store: EventStore) -> None:
    store.append([row(1, ADA), row(2, BOB), row(3, CLEO)], 3)
    store.merge(1, ADA, BOB)
    assert store.erase(1, BOB) == [1, 2]
    assert store.query("SELECT uid FROM facts", {}) == [(CLEO,)]
    assert store.query("SELECT count(*) FROM merged", {}) == [(0,)]


def test_what_a_row_says_of_somebody_else_can_be_taken_out_of_it(store: EventStore) -> None:
    store.append([row(1, ADA), row(2, BOB)], 2)
    store.rewrite({2: '{"code": "c"}'})
    assert store.query("SELECT uid, properties::VARCHAR FROM facts ORDER BY seq", {})[1] == (BOB, '{"code": "c"}')


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM events",
        "WITH gone AS (DELETE FROM events RETURNING seq) SELECT * FROM gone",
        "SELECT 1; DELETE FROM events",
        "COMMIT; DELETE FROM events",
        "DROP TABLE events",
        "COPY events TO 'out.csv'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "ATTACH 'other.duckdb'",
        "SET memory_limit = '100GB'",
        "SELECT nothing",
        "not even sql",
        "",
    ],
)
def test_a_question_only_reads_and_only_the_store(store: EventStore, sql: str) -> None:
    store.append([row(1)], 1)
    with pytest.raises(QuestionFailed):
        store.query(sql, {})
    assert store.query("SELECT count(*) FROM events", {}) == [(1,)]


def test_a_question_that_takes_too_long_is_stopped_and_the_store_lives_on(tmp_path: Path) -> None:
    store = DuckDBEventStore(tmp_path / "events.duckdb", seconds_a_question=0.2)
    with pytest.raises(Unavailable, match=r"longer than 0\.2 seconds"):
        store.query("SELECT count(*) FROM range(100000000) a, range(100000) b WHERE a.range % 7 = b.range % 11", {})
    store.append([row(1)], 1)
    assert store.query("SELECT count(*) FROM facts", {}) == [(1,)]


def test_questions_are_answered_while_rows_come_in(store: EventStore) -> None:
    """Each sees whole batches only."""
    counts: list[int] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            counts.append(store.query("SELECT count(*) FROM facts", {})[0][0])

    asking = [threading.Thread(target=ask) for _ in range(2)]
    for thread in asking:
        thread.start()
    for batch in range(20):
        store.append([row(batch * 10 + n) for n in range(1, 11)], batch * 10 + 10)
    done.set()
    for thread in asking:
        thread.join()
    assert counts and all(count % 10 == 0 for count in counts)


def test_a_batch_with_a_row_that_cannot_be_stored_leaves_nothing_behind(store: EventStore) -> None:
    store.append([row(1)], 1)
    broken = Row(seq=3, ws=1, uid=1, account=None, event="New Name", ts=NOON, received=NOON, properties="{not json")
    with pytest.raises(Exception, match=r"(?i)json"):
        store.append([row(2), broken], 3)
    assert (store.position(), store.query("SELECT count(*) FROM events", {})) == (1, [(1,)])
    store.append([row(2, event="New Name")], 2)
    assert store.query("SELECT event FROM facts ORDER BY seq", {}) == [("Meal Logged",), ("New Name",)]


def test_it_is_all_there_when_it_is_opened_again(tmp_path: Path) -> None:
    store = DuckDBEventStore(tmp_path / "events.duckdb")
    store.append([row(1), row(2, BOB, event="Signed Up")], 2)
    store.merge(1, ADA, BOB)
    store.close()
    store = DuckDBEventStore(tmp_path / "events.duckdb")
    store.append([row(3, event="Signed Up"), row(4, event="Third")], 4)
    assert store.position() == 4
    assert [event for (event,) in store.query("SELECT event FROM facts ORDER BY seq", {})] == [
        "Meal Logged",
        "Signed Up",
        "Signed Up",
        "Third",
    ]


_APPEND = """
import sys
from tests.log.test_event_store import DuckDBEventStore, row
store = DuckDBEventStore(sys.argv[1])
for batch in range(100_000):
    store.append([row(batch * 10 + n, event=f"E{batch}") for n in range(1, 11)], batch * 10 + 10)
    print(batch, flush=True)
"""


def test_rows_and_position_survive_a_kill_together(tmp_path: Path) -> None:
    path = tmp_path / "events.duckdb"
    process = subprocess.Popen([sys.executable, "-c", _APPEND, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    answered = [int(process.stdout.readline()) for _ in range(10)][-1]
    process.kill()
    process.wait()
    store = DuckDBEventStore(path)
    [(rows, last)] = store.query("SELECT count(*), max(seq) FROM facts", {})
    assert rows == last == store.position() >= (answered + 1) * 10


@settings(max_examples=30, deadline=None)
@given(merges=st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), max_size=12))
def test_the_table_of_merges_is_flat_and_joins_what_a_union_find_joins(merges: list[tuple[int, int]]) -> None:
    store = DuckDBEventStore(":memory:")
    store.append([row(n, n) for n in range(1, 7)], 6)
    parent = {n: n for n in range(1, 7)}
    for uid, into in merges:
        if parent[uid] == uid:  # only a person that is still one of its own is ever merged
            store.merge(1, uid, into)
            target = parent[into]
            parent = {n: target if p == uid else p for n, p in parent.items()}
    assert dict(store.query("SELECT seq, uid FROM facts", {})) == parent
    store.close()


def test_what_was_a_test_is_in_a_person_s_history_and_in_no_report(store: EventStore) -> None:
    store.append([row(1), row(2, test=True), row(3, signed=True, origin="https://x.org")], 3)
    assert [seq for _, seq in store.history(1, [ADA])] == [1, 2, 3]
    assert store.query("SELECT seq FROM facts ORDER BY seq", {}) == [(1,), (3,)]
    marked = store.query("SELECT seq, signed, origin, test FROM all_facts ORDER BY seq", {})
    assert marked == [(1, None, None, None), (2, None, None, True), (3, True, "https://x.org", None)]


def test_a_file_of_an_earlier_milepost_is_taken_as_it_is(tmp_path: Path) -> None:
    old = duckdb.connect(str(tmp_path / "events.duckdb"))
    old.execute(
        "CREATE TABLE events (seq BIGINT NOT NULL, ws INTEGER NOT NULL, uid BIGINT NOT NULL, account BIGINT,"
        " event_code INTEGER NOT NULL, ts TIMESTAMP NOT NULL, received TIMESTAMP NOT NULL, properties JSON NOT NULL);"
        "CREATE TABLE event_names (code INTEGER PRIMARY KEY, name VARCHAR NOT NULL UNIQUE);"
        "INSERT INTO event_names VALUES (1, 'Meal Logged');"
        "INSERT INTO events VALUES (1, 1, 7, NULL, 1, now()::TIMESTAMP, now()::TIMESTAMP, '{}');"
        "CREATE TABLE position (seq BIGINT NOT NULL); INSERT INTO position VALUES (1);"
        'CREATE TABLE merged (ws INTEGER NOT NULL, uid BIGINT PRIMARY KEY, "into" BIGINT NOT NULL);'
        "CREATE VIEW facts AS SELECT seq FROM events"
    )
    old.close()
    store = DuckDBEventStore(tmp_path / "events.duckdb")
    store.append([row(2, ADA)], 2)
    assert store.query("SELECT seq, uid, event FROM facts ORDER BY seq", {}) == [
        (1, 7, "Meal Logged"),
        (2, ADA, "Meal Logged"),
    ]
    store.close()


def test_nothing_of_who_was_erased_can_be_read_in_the_file_any_more(tmp_path: Path) -> None:
    path = tmp_path / "events.duckdb"
    store = DuckDBEventStore(path)
    for number in range(1, 101):
        uid, name = (ADA, "ada-4711") if number <= 50 else (BOB, "bob-4711")
        store.append([row(number, uid, properties={"name": name, "n": number})], number)
    store.close()
    store = DuckDBEventStore(path)
    assert b"ada-4711" in path.read_bytes()
    assert len(store.erase(1, ADA)) == 50 and store.overwrite()
    assert not any(b"ada-4711" in file.read_bytes() for file in tmp_path.iterdir())
    assert store.query("SELECT count(*) FROM facts", {}) == [(50,)]
    store.close()
