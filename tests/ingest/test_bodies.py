"""How a body may come: packed, under odd names, in pieces, slowly, too large, too many at once."""

import asyncio
import gzip
import json
import socket
import threading
import time
import tracemalloc
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import pytest

from milepost.core.events import Fact
from milepost.core.values import Refused, Unavailable
from milepost.ingest import body
from milepost.ingest.body import MAX_BODY, Reservation, Room, read, unpacked

from .conftest import KEY, Door

CALL = {"userId": "ann", "event": "A", "writeKey": KEY}
TEXT = json.dumps(CALL).encode()


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json;charset=utf-8",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "",
    ],
)
@pytest.mark.parametrize("encoding", [None, "gzip", "x-gzip", "identity"])
@pytest.mark.parametrize("packed", [False, True])
def test_the_content_says_what_it_is_not_the_headers(
    door: Door, content_type: str, encoding: str | None, packed: bool
) -> None:
    headers = {"content-type": content_type} | ({"content-encoding": encoding} if encoding else {})
    content = gzip.compress(TEXT) if packed else TEXT
    assert door.post("/v1/track", content=content, headers=headers).status_code == 200
    assert len(door.facts()) == 1


@pytest.mark.parametrize("prefix", [b"\xef\xbb\xbf", b" \r\n\t"])
def test_a_byte_order_mark_or_blanks_before_the_json_do_no_harm(door: Door, prefix: bytes) -> None:
    assert door.post("/v1/track", content=prefix + TEXT).status_code == 200


def test_gzip_in_several_members_is_one_body(door: Door) -> None:
    packed = gzip.compress(TEXT[:20]) + gzip.compress(TEXT[20:])
    assert door.post("/v1/track", content=packed).status_code == 200


@pytest.mark.parametrize("cut", [3, 10, -1, -8])
def test_broken_gzip_is_refused(door: Door, cut: int) -> None:
    answer = door.post("/v1/track", content=gzip.compress(TEXT)[:cut])
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_gzip")


def test_gzip_with_a_wrong_checksum_is_refused(door: Door) -> None:
    packed = bytearray(gzip.compress(TEXT))
    packed[-6] ^= 0xFF
    assert door.post("/v1/track", content=bytes(packed)).json()["code"] == "invalid_gzip"


def bomb(megabytes: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(b" " * 1_000_000) for _ in range(megabytes)) + packer.flush()


def test_a_zip_bomb_is_refused(door: Door) -> None:
    small = bomb(300)
    assert len(small) < MAX_BODY
    answer = door.post("/v1/track", content=small)
    assert (answer.status_code, answer.json()["code"]) == (400, "payload_too_large")


def test_a_zip_bomb_is_found_out_without_unpacking_it() -> None:
    small = bomb(300)
    tracemalloc.start()
    with pytest.raises(Refused, match="at most"), Reservation(Room(10_000_000)) as reservation:
        unpacked(small, reservation)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * MAX_BODY


def test_ten_megabytes_are_refused_and_the_client_hears_why(door: Door) -> None:
    for content in (b"x" * 10_000_000, (b"x" * 50_000 for _ in range(200))):
        answer = door.post("/v1/batch", content=content)
        assert (answer.status_code, answer.json()["code"]) == (400, "payload_too_large")
    assert door.post("/v1/track", CALL).status_code == 200


def test_ten_megabytes_are_never_held() -> None:
    held: list[int] = []
    room = Room(10_000_000)

    async def receive() -> dict[str, Any]:
        held.append(room.held)
        return {"type": "http.request", "body": b"x" * 50_000, "more_body": len(held) < 200}

    for declared in (b"10000000", None):
        held.clear()
        with pytest.raises(Refused), Reservation(room) as reservation:
            asyncio.run(read(receive, declared, reservation))
        assert len(held) == 200 and max(held) < 2 * MAX_BODY
    assert room.held == 0


class Wire:
    """A connection, byte by byte."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.answers = self.socket.makefile("rb")

    def send(self, *parts: bytes, pause: float = 0) -> None:
        for part in parts:
            self.socket.sendall(part)
            time.sleep(pause)

    def answer(self) -> tuple[int, bytes]:
        status = int(self.answers.readline().split()[1])
        headers = dict(line.lower().split(b": ", 1) for line in iter(self.answers.readline, b"\r\n"))
        return status, self.answers.read(int(headers[b"content-length"]))

    def close(self) -> None:
        self.answers.close()
        self.socket.close()


@pytest.fixture
def wire(door: Door) -> Iterator[Wire]:
    wire = Wire(door.port)
    yield wire
    wire.close()


def test_a_body_in_chunks_arrives_and_the_connection_stays_open(door: Door, wire: Wire) -> None:
    for _ in range(3):
        wire.send(b"POST /v1/track HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        for start in range(0, len(TEXT), 7):
            piece = TEXT[start : start + 7]
            wire.send(b"%x\r\n%b\r\n" % (len(piece), piece))
        wire.send(b"0\r\n\r\n")
        assert wire.answer() == (200, b'{"success":true}')
    assert len(door.facts()) == 3


def test_a_body_in_drips_arrives(door: Door, wire: Wire) -> None:
    wire.send(b"POST /v1/track HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(TEXT))
    wire.send(*(TEXT[place : place + 1] for place in range(len(TEXT))), pause=0.002)
    assert wire.answer()[0] == 200
    assert len(door.facts()) == 1


def test_two_requests_sent_at_once_on_one_connection_are_both_answered(door: Door, wire: Wire) -> None:
    request = b"POST /v1/track HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b" % (len(TEXT), TEXT)
    wire.send(request + request)
    assert [wire.answer()[0], wire.answer()[0]] == [200, 200]
    assert len(door.facts()) == 2


def test_a_refusal_leaves_the_connection_usable(door: Door, wire: Wire) -> None:
    wire.send(b"POST /v1/track HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n{")
    assert wire.answer()[0] == 400
    wire.send(b"POST /v1/track HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b" % (len(TEXT), TEXT))
    assert wire.answer()[0] == 200


def test_a_body_that_never_ends_is_given_up_on(door: Door, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "_SECONDS", 0.2)
    wire.send(b"POST /v1/track HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
    status, told = wire.answer()
    assert (status, json.loads(told)["code"]) == (408, "request_timeout")


def test_a_client_that_goes_away_in_the_middle_leaves_nothing_behind(door: Door) -> None:
    wire = Wire(door.port)
    wire.send(b"POST /v1/track HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n" + b"x" * 3000)
    wire.close()
    deadline = time.monotonic() + 5
    while door.front.app._room.held and time.monotonic() < deadline:
        time.sleep(0.01)
    assert door.front.app._room.held == 0 and door.facts() == []


class FullLog:
    async def append(self, facts: Sequence[Fact]) -> list[int]:
        raise Unavailable("The disk is full: the log cannot take more facts.", retry_after=2.3)


class BrokenLog:
    async def append(self, facts: Sequence[Fact]) -> list[int]:
        raise RuntimeError("a mistake of ours")


class SlowLog:
    def __init__(self) -> None:
        self.open = threading.Event()

    async def append(self, facts: Sequence[Fact]) -> list[int]:
        while not self.open.is_set():
            await asyncio.sleep(0.005)
        return [1] * len(facts)


def test_a_log_that_cannot_take_more_says_when_to_come_again(door: Door) -> None:
    door.serve(FullLog())
    answer = door.post("/v1/track", CALL)
    assert answer.status_code == 429
    assert (answer.headers["retry-after"], answer.headers["x-ratelimit-reset"]) == ("3", "3")
    assert answer.json()["code"] == "too_many_requests" and "disk is full" in answer.json()["message"]


def test_our_own_mistake_is_a_500_in_the_same_shape(door: Door) -> None:
    door.serve(BrokenLog())
    answer = door.post("/v1/track", CALL)
    assert (answer.status_code, answer.json()["code"]) == (500, "mistake")
    assert "mistake of ours" not in answer.text


def test_too_many_requests_under_way_are_sent_away_before_memory_grows(door: Door) -> None:
    log = SlowLog()
    door.serve(log, room=200_000)
    large = json.dumps({**CALL, "properties": {"x": "x" * 20_000}}).encode()

    async def crowd() -> list[int]:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{door.port}", timeout=20) as client:
            posts = [asyncio.ensure_future(client.post("/v1/track", content=large)) for _ in range(30)]
            while sum(post.done() for post in posts) < 21:
                await asyncio.sleep(0.01)
            log.open.set()
            return [answer.status_code for answer in await asyncio.gather(*posts)]

    statuses = asyncio.run(crowd())
    assert statuses.count(200) == 9 and statuses.count(429) == 21
    assert door.front.app._room.held == 0
    assert door.post("/v1/track", CALL).status_code == 200
