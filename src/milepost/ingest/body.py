"""What a request carries: read within bounds of time and memory, and unpacked if it is gzip, whatever headers say."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable, MutableMapping
from types import TracebackType
from typing import Any

from milepost.core.values import Refused, Unavailable

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

#: 500 kB, as clients count them (512,000 bytes of events), and the envelope that they add afterwards.
MAX_BODY = 512_000 + 8_192
#: A client that sends more than we take is listened to for so long, to hear why instead of a broken connection.
_DRAINED = 64 * 1024 * 1024
_SECONDS = 30
#: What a request weighs before its first byte: the connection's and the task's share.
_REQUEST = 2_048
_GZIP = b"\x1f\x8b"


class ClientGone(Exception):
    """Nobody is there to be answered."""


class Room:
    """The bytes of all requests under way. Who would exceed it is sent away at once, before memory grows."""

    def __init__(self, most: int) -> None:
        self.most, self.held = most, 0


class Reservation:
    """One request's part of the room, given back when the request is answered."""

    __slots__ = ("_held", "_room")

    def __init__(self, room: Room) -> None:
        self._room, self._held = room, 0

    def take(self, count: int) -> None:
        """Raises Unavailable when there is no room for so many bytes."""
        if self._room.held + count > self._room.most:
            raise Unavailable("Too many requests are under way; nothing was stored.", retry_after=1)
        self._room.held += count
        self._held += count

    def __enter__(self) -> "Reservation":
        self.take(_REQUEST)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._room.held -= self._held


async def read(receive: Receive, declared: bytes | None, reservation: Reservation) -> bytes:
    """The whole body. Raises Refused for one that is too large or too slow, Unavailable when there is no room for it.

    Absent: `declared` (the header Content-Length) is None for a body that comes in chunks.
    """
    length = int(declared) if declared is not None and declared.isdigit() else None
    try:
        async with asyncio.timeout(_SECONDS):
            if length is not None and length > MAX_BODY:
                await _drain(receive)
                raise too_large()
            return await _read(receive, length, reservation)
    except TimeoutError:
        raise Refused(
            "request_timeout", f"The body did not arrive within {_SECONDS} seconds.", mend="Send it again.", status=408
        ) from None


async def _read(receive: Receive, length: int | None, reservation: Reservation) -> bytes:
    body, more = await _next(receive)
    reservation.take(len(body))
    while more and len(body) != length:  # a body that is whole needs no further message to say so
        chunk, more = await _next(receive)
        reservation.take(len(chunk))
        body += chunk
        if len(body) > MAX_BODY:
            await _drain(receive)
            raise too_large()
    return body


async def _drain(receive: Receive) -> None:
    drained, more = 0, True
    while more and drained < _DRAINED:
        chunk, more = await _next(receive)
        drained += len(chunk)


async def _next(receive: Receive) -> tuple[bytes, bool]:
    message = await receive()
    if message["type"] != "http.request":
        raise ClientGone
    return message.get("body", b""), message.get("more_body", False)


def unpacked(body: bytes, reservation: Reservation) -> bytes:
    """The JSON text. No JSON begins as gzip does, so the content alone says what it is.

    Raises Refused for what is too large unpacked (found out without unpacking all of it) and for broken gzip.
    """
    if body[:2] == _GZIP:
        body = _gunzipped(body)
        reservation.take(len(body))
    if len(body) > MAX_BODY:
        raise too_large()
    return body


def _gunzipped(body: bytes) -> bytes:
    unpacked = bytearray()
    while body:  # gzip may come in several members, one after the other
        member = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            unpacked += member.decompress(body, MAX_BODY + 1 - len(unpacked))
        except zlib.error as error:
            raise Refused("invalid_gzip", f"The body is not whole gzip ({error}).", mend="Send it again.") from error
        if len(unpacked) > MAX_BODY:
            raise too_large()
        if not member.eof:
            raise Refused("invalid_gzip", "The gzip body ends too early.", mend="Send it again.")
        body = member.unused_data
    return bytes(unpacked)


def too_large() -> Refused:
    return Refused(
        "payload_too_large", f"A request holds at most {MAX_BODY} bytes of JSON.", mend="Send smaller batches."
    )
