"""The link between the engine and the others of one home: over a real socket, and within one process."""

import asyncio
import os
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from milepost.core.values import Refused, Unavailable
from milepost.log.duckdb_store import DuckDBEventStore
from milepost.log.eventstore import QuestionFailed
from milepost.log.link import CONNECTED, Link, LinkClient, LinkServer, MemoryLink, RemoteEventStore, socket_path
from milepost.log.link.wire import frame, unframe

from .test_event_store import ADA, BOB, row


@pytest.fixture
def store() -> Iterator[DuckDBEventStore]:
    store = DuckDBEventStore(":memory:", seconds_a_question=0.5)
    yield store
    store.close()


@pytest.fixture
def server(tmp_path: Path, store: DuckDBEventStore) -> Iterator[LinkServer]:
    server = LinkServer(socket_path(tmp_path), store)
    yield server
    server.close()


@pytest.fixture
def client(tmp_path: Path) -> Iterator[LinkClient]:
    client = LinkClient(socket_path(tmp_path))
    yield client
    client.close()


def eventually(true: Callable[[], bool], seconds: float = 5) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.002)
    return true()


def test_a_wake_reaches_the_engine(server: LinkServer, client: LinkClient) -> None:
    woken = threading.Event()
    server.on_wake = woken.set
    client.wake()
    assert woken.wait(5)


def test_a_wake_without_an_engine_is_no_error_and_reaches_the_next_engine(
    tmp_path: Path, client: LinkClient, store: DuckDBEventStore
) -> None:
    client.wake()
    for _ in range(2):
        woken = threading.Event()
        server = LinkServer(socket_path(tmp_path), store, woken.set)
        client.wake()
        assert woken.wait(5)
        server.close()
        client.wake()


def test_a_wake_never_waits_for_an_engine_that_hangs(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(tmp_path / "engine.sock"))
        deaf.listen(1)
        client = LinkClient(tmp_path / "engine.sock")
        started = time.monotonic()
        for _ in range(50_000):
            client.wake()
        assert time.monotonic() - started < 5
        client.close()


@pytest.mark.anyio
async def test_everybody_who_listens_gets_what_is_published_in_order(server: LinkServer, client: LinkClient) -> None:
    async with (
        aclosing(client.listen()) as first,
        aclosing(client.listen()) as second,
        aclosing(server.listen()) as own,
    ):
        for listener in (first, second, own):
            assert await anext(listener) == (CONNECTED, None)
        for number in range(100):
            server.publish("pieces", {"uid": 2**62 + number, "text": "⟨привет⟩"})
        for listener in (first, second, own):
            got = [await anext(listener) for _ in range(100)]
            assert got == [("pieces", {"uid": 2**62 + number, "text": "⟨привет⟩"}) for number in range(100)]


@pytest.mark.anyio
async def test_another_process_may_publish_too(server: LinkServer, client: LinkClient) -> None:
    async with aclosing(client.listen()) as listener:
        await anext(listener)
        await asyncio.to_thread(client.publish, "release", 7)
        assert await anext(listener) == ("release", 7)


@pytest.mark.anyio
async def test_a_listener_survives_the_engines_restart_and_is_told_of_the_gap(
    tmp_path: Path, store: DuckDBEventStore, client: LinkClient
) -> None:
    async with aclosing(client.listen()) as listener:
        for round_ in range(3):
            waiting = asyncio.ensure_future(anext(listener))
            await asyncio.sleep(0.01)
            server = LinkServer(socket_path(tmp_path), store)
            assert await asyncio.wait_for(waiting, 5) == (CONNECTED, None)
            server.publish("round", round_)
            assert await asyncio.wait_for(anext(listener), 5) == ("round", round_)
            server.close()


def test_a_listener_that_does_not_read_is_cut_off_and_nobody_waits_for_it(
    server: LinkServer, client: LinkClient
) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.connect(str(server._path))
        dead.sendall(frame(["listen"]))
        assert eventually(lambda: len(server._listeners) == 1)
        started = time.monotonic()
        for _ in range(300):
            server.publish("big", "x" * 100_000)
        assert time.monotonic() - started < 2
        assert eventually(lambda: not server._listeners)
    assert client.query("SELECT 1", {}) == [(1,)]


def test_the_remote_store_answers_as_the_store_does(
    store: DuckDBEventStore, server: LinkServer, client: LinkClient
) -> None:
    remote = RemoteEventStore(client)
    store.append([row(1, ADA), row(2, BOB), row(3, ADA, account=5)], 3)
    store.merge(1, BOB, ADA)
    assert remote.position() == store.position() == 3
    assert remote.history(1, [ADA]) == store.history(1, [ADA]) == [(ADA, 1), (ADA, 2), (ADA, 3)]
    for sql in (
        "SELECT * FROM facts ORDER BY seq",
        "SELECT uid, sum(seq), avg(seq), min(ts)::DATE, max(ts) - min(ts), count(*)::DECIMAL(9, 2), NULL, true "
        "FROM facts GROUP BY uid",
        "SELECT [1, 2], {'a': [DATE '2026-01-01']}, TIME '10:00', 170141183460469231731687303715884105727::HUGEINT, "
        "'\\xAA'::BLOB, '5f1c1d5e-9b1e-4c50-a3a1-6f3e5c0a7a55'::UUID, ts::TIMESTAMPTZ FROM facts LIMIT 1",
        "SELECT 1 WHERE false",
    ):
        assert remote.query(sql, {}) == store.query(sql, {})


def test_parameters_arrive_as_they_were_sent(server: LinkServer, client: LinkClient) -> None:
    naive, aware = datetime(2026, 1, 2, 3, 4, 5, 678901), datetime(2026, 1, 2, tzinfo=UTC)
    sql = "SELECT $naive::TIMESTAMP, epoch_us($aware::TIMESTAMPTZ), $names::VARCHAR[], $day::DATE"
    [(first, second, names, day)] = client.query(
        sql, {"naive": naive, "aware": aware, "names": ["a", "b"], "day": date(2026, 1, 2)}
    )
    assert (first, names, day) == (naive, ["a", "b"], date(2026, 1, 2))
    assert datetime.fromtimestamp(second / 1e6, UTC) == aware


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        2**63 - 1,
        -(2**63),
        2**90,
        1.5,
        "я\x00",
        b"\xff",
        timedelta(days=-3, microseconds=7),
        Decimal("1.10"),
        UUID(int=5),
        datetime(2026, 1, 1),
        datetime(2026, 1, 1, tzinfo=UTC),
        [1, [date(2026, 1, 1)]],
        {"a": {"b": [None]}},
    ],
)
def test_a_value_comes_off_the_wire_as_it_went_on(value: object) -> None:
    assert unframe(frame(value)[4:]) == value


def test_what_went_wrong_with_a_question_is_told(server: LinkServer, client: LinkClient) -> None:
    with pytest.raises(QuestionFailed, match="nothing_of_that_name"):
        client.query("SELECT nothing_of_that_name", {})
    with pytest.raises(Unavailable, match="longer than"):
        client.query("SELECT count(*) FROM range(100000000) a, range(100000) b WHERE a.range % 7 = b.range % 11", {})
    with pytest.raises(QuestionFailed, match="does not know 'shutdown'"):
        client.ask("shutdown")
    assert client.query("SELECT 1", {}) == [(1,)]


def test_without_an_engine_a_question_is_unavailable_at_once(client: LinkClient) -> None:
    with pytest.raises(Unavailable, match="No engine answers") as refused:
        client.query("SELECT 1", {})
    assert refused.value.retry_after


def test_a_client_asks_the_new_engine_after_a_restart(
    tmp_path: Path, store: DuckDBEventStore, client: LinkClient
) -> None:
    for _ in range(3):
        server = LinkServer(socket_path(tmp_path), store)
        assert client.query("SELECT 1", {}) == [(1,)]
        server.close()


def test_threads_ask_side_by_side_and_get_their_own_answers(server: LinkServer, client: LinkClient) -> None:
    def ask(number: int) -> list[tuple[int, ...]]:
        return client.query("SELECT $n::INT + 0 * count(*) FROM range(100000)", {"n": number})

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(60))) == [[(number,)] for number in range(60)]


def test_a_large_answer_arrives_whole(server: LinkServer, client: LinkClient) -> None:
    rows = client.query("SELECT range, repeat('x', 20) FROM range(200000)", {})
    assert len(rows) == 200_000 and rows[-1] == (199_999, "x" * 20)


def test_nonsense_on_the_socket_ends_that_connection_alone(server: LinkServer, client: LinkClient) -> None:
    for nonsense in (b"GET / HTTP/1.1\r\n\r\n", frame("hello"), frame(5), b"\x00\x00\x00\x02\xc1\xc1", b"\x00"):
        with socket.socket(socket.AF_UNIX) as stranger:
            stranger.connect(str(server._path))
            stranger.sendall(nonsense)
            stranger.shutdown(socket.SHUT_WR)
            stranger.settimeout(5)
            while stranger.recv(1000):
                pass
    assert client.query("SELECT 1", {}) == [(1,)]


def test_a_socket_file_left_by_a_killed_engine_does_not_stop_the_next(tmp_path: Path, store: DuckDBEventStore) -> None:
    with socket.socket(socket.AF_UNIX) as killed:
        killed.bind(str(socket_path(tmp_path)))
    server = LinkServer(socket_path(tmp_path), store)
    client = LinkClient(socket_path(tmp_path))
    assert client.query("SELECT 1", {}) == [(1,)]
    client.close()
    server.close()
    assert not socket_path(tmp_path).exists()


def test_the_socket_is_for_its_owner_alone(server: LinkServer) -> None:
    assert stat.S_IMODE(server._path.stat().st_mode) == 0o600


def test_a_home_with_a_very_long_path_has_its_socket_in_a_private_folder(
    tmp_path: Path, store: DuckDBEventStore
) -> None:
    home = tmp_path / ("long-" * 30)
    home.mkdir()
    path = socket_path(home)
    assert len(os.fsencode(path)) <= 100 and path == socket_path(home) != socket_path(tmp_path)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    server, client = LinkServer(path, store), LinkClient(path)
    assert client.query("SELECT 1", {}) == [(1,)]
    client.close()
    server.close()
    path.parent.chmod(0o755)
    with pytest.raises(Refused, match="not a private folder"):
        socket_path(home)
    path.parent.rmdir()


def test_publishing_after_the_end_is_no_error(tmp_path: Path, store: DuckDBEventStore) -> None:
    server = LinkServer(socket_path(tmp_path), store)
    server.close()
    server.publish("late", None)


@pytest.mark.anyio
async def test_within_one_process_the_same_is_promised() -> None:
    woken: list[int] = []
    link: Link = MemoryLink(lambda: woken.append(1))
    async with aclosing(link.listen()) as listener:
        assert await anext(listener) == (CONNECTED, None)
        await asyncio.to_thread(link.publish, "pieces", {"uid": 1})
        assert await anext(listener) == ("pieces", {"uid": 1})
    link.publish("pieces", "nobody listens")
    link.wake()
    assert woken == [1]


_LISTEN = """
import asyncio, sys
from pathlib import Path
from milepost.log.link import LinkClient, socket_path
async def main():
    async for topic, payload in LinkClient(socket_path(Path(sys.argv[1]))).listen():
        print(topic, payload, flush=True)
asyncio.run(main())
"""


def test_a_process_that_listens_and_dies_disturbs_nobody(
    tmp_path: Path, server: LinkServer, client: LinkClient
) -> None:
    listening = subprocess.Popen([sys.executable, "-c", _LISTEN, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert listening.stdout is not None
    assert listening.stdout.readline() == "connected None\n"
    server.publish("pieces", 1)
    assert listening.stdout.readline() == "pieces 1\n"
    listening.kill()
    listening.wait()
    server.publish("pieces", 2)
    assert eventually(lambda: not server._listeners)
    assert client.query("SELECT 1", {}) == [(1,)]
