"""What every event log promises; the memory one and the embedded one keep the same promises."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from milepost.core.events import Fact
from milepost.log.events import EventLog
from milepost.log.memory import MemoryLog
from milepost.log.sqlite import SQLiteLog

from .facts import DAY, NOON, fact, facts


def make_memory(_: Path) -> EventLog:
    return MemoryLog()


def make_sqlite(folder: Path) -> EventLog:
    return SQLiteLog(folder / "log.sqlite")


Make = Callable[[Path], EventLog]
EVERY_LOG = pytest.mark.parametrize("make", [make_memory, make_sqlite], ids=["memory", "sqlite"])


@pytest.fixture(params=[make_memory, make_sqlite], ids=["memory", "sqlite"])
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EventLog]:
    log: EventLog = request.param(tmp_path)
    yield log
    log.close()


def test_a_fact_comes_back_as_it_was_with_its_number(log: EventLog) -> None:
    sent = fact("m1", group_id="acme", previous_id="anon", kind="alias", source="milepost")
    assert log.append([sent]) == [1]
    assert log.read(0, 10) == [msgspec.structs.replace(sent, seq=1)]


def test_facts_are_read_in_order_from_any_number_on(log: EventLog) -> None:
    log.append(facts("m", 5))
    assert [found.seq for found in log.read(2, 2)] == [3, 4]
    assert [found.message_id for found in log.read(2, 2)] == ["m-2", "m-3"]
    assert log.read(5, 10) == []
    assert log.last() == 5


def test_an_empty_log_has_nothing_and_an_empty_call_changes_nothing(log: EventLog) -> None:
    assert log.append([]) == []
    assert (log.last(), log.read(0, 10), log.fetch([1, 2])) == (0, [], [])


def test_the_same_message_twice_in_a_call_is_stored_once(log: EventLog) -> None:
    assert log.append([fact("a"), fact("b"), fact("a", name="Other")]) == [1, 2, 0]
    assert [found.name for found in log.read(0, 10)] == ["Meal Logged", "Meal Logged"]


def test_a_message_that_comes_again_is_known_by_its_id_alone(log: EventLog) -> None:
    log.append([fact("a")])
    assert log.append([fact("a", name="Other", properties={}), fact("b")]) == [0, 2]


def test_two_workspaces_may_use_the_same_message_id(log: EventLog) -> None:
    assert log.append([fact("a"), fact("a", workspace=2)]) == [1, 2]


def test_a_message_is_known_for_48_hours_and_forgotten_after_four_days(log: EventLog) -> None:
    log.append([fact("a")])
    assert log.append([fact("a", received_at=NOON + 2 * DAY)]) == [0]
    assert log.append([fact("a", received_at=NOON + 4 * DAY)]) == [2]


def test_a_message_that_another_writer_stored_after_midnight_is_known_to_one_that_is_still_in_yesterday(
    log: EventLog,
) -> None:
    midnight = NOON.replace(hour=0)
    log.append([fact("a", received_at=midnight)])
    assert log.append([fact("a", received_at=midnight - DAY / 86_400)]) == [0]


def test_what_is_imported_is_known_for_ever(log: EventLog) -> None:
    past = {"source": "import", "at": NOON - 900 * DAY}
    assert log.append([fact("a", **past)]) == [1]
    assert log.append([fact("a", **past, received_at=NOON + 400 * DAY)]) == [0]


def test_an_import_and_live_facts_do_not_hide_one_another(log: EventLog) -> None:
    assert log.append([fact("a"), fact("a", source="import")]) == [1, 2]


def test_one_import_may_span_many_months(log: EventLog) -> None:
    spread = [fact(f"m{month}", source="import", at=NOON.replace(month=month)) for month in range(1, 13)]
    assert log.append(spread) == list(range(1, 13))
    assert log.append(spread) == [0] * 12


def test_facts_are_fetched_by_number_in_number_order(log: EventLog) -> None:
    log.append(facts("m", 5))
    assert [found.seq for found in log.fetch([4, 2, 99, 2])] == [2, 4]


def test_what_is_erased_is_gone_and_its_number_is_not_given_again(log: EventLog) -> None:
    log.append(facts("m", 3))
    log.erase([2, 3])
    assert [found.seq for found in log.read(0, 10)] == [1]
    assert log.last() == 3
    assert log.append([fact("new")]) == [4]


def test_what_is_erased_does_not_come_back_when_a_client_sends_it_again(log: EventLog) -> None:
    log.append([fact("a")])
    log.erase([1])
    assert log.append([fact("a")]) == [0]


def test_what_a_fact_says_of_somebody_else_can_be_taken_out_of_it(log: EventLog) -> None:
    log.append(facts("m", 3))
    log.erase([1])
    told = [replace(found, properties={"code": "c"}) for found in log.fetch([2])]
    log.rewrite([*told, replace(told[0], seq=1)])
    first, _ = log.read(0, 10)
    assert (first.seq, first.message_id, first.properties) == (2, told[0].message_id, {"code": "c"})


def test_threads_that_send_the_same_messages_at_once_store_each_once(log: EventLog) -> None:
    batches = [facts("m", 50) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        numbers = [number for answer in pool.map(log.append, batches) for number in answer if number]
    assert sorted(numbers) == list(range(1, 51))
    assert {found.message_id for found in log.read(0, 1000)} == {f"m-{n}" for n in range(50)}


def test_a_reader_beside_writers_sees_no_gap(log: EventLog) -> None:
    """What a reader has passed by never fills up later: it would be lost for the engine."""
    seen: list[int] = []
    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(lambda p: [log.append(facts(f"{p}-{n}", 5)) for n in range(20)], p) for p in range(3)]
        while not all(writer.done() for writer in writers) or len(seen) < log.last():
            seen += [found.seq for found in log.read(seen[-1] if seen else 0, 100)]
    assert seen == list(range(1, 301))


@EVERY_LOG
@settings(max_examples=40, deadline=None)
@given(calls=st.lists(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 5)), max_size=6), max_size=6))
def test_whatever_comes_in_whatever_order_each_message_of_two_days_is_stored_once(
    make: Make, calls: list[list[tuple[str, int]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    log = make(tmp_path_factory.mktemp("log"))
    sent = [[fact(name, received_at=NOON + DAY / 4 * quarter) for name, quarter in call] for call in calls]
    numbers = [number for call in sent for number in log.append(call)]
    stored = log.read(0, 1000)
    log.close()
    assert [number for number in numbers if number] == [found.seq for found in stored] == _counted(stored)
    assert [found.message_id for found in stored] == list(dict.fromkeys(found.message_id for found in stored))
    assert {found.message_id for found in stored} == {name for call in calls for name, _ in call}


def _counted(stored: list[Fact]) -> list[int]:
    return list(range(1, len(stored) + 1))
