"""The wire below `outgoing`: it connects to the address that was found good, and leaves nothing any time after a deadline.

Imported where something is sent, and not before: httpcore is needed for nothing else.
"""

import ssl
from collections.abc import Callable, Iterable

import httpcore

from milepost.log.clock import monotonic


class Guarded(httpcore.NetworkBackend):
    """`address_of(host, port)` gives the address to connect to, or raises. Units: `until` as `monotonic` counts."""

    def __init__(self, address_of: Callable[[str, int], str], until: float) -> None:
        self._address_of, self._until = address_of, until

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        address = self._address_of(host, port)
        return _Timed(httpcore.SyncBackend().connect_tcp(address, port, _left(self._until)), self._until)


class _Timed(httpcore.NetworkStream):
    """Each reading and writing has what is left of the time, so that bytes that drip do not keep anybody waiting."""

    def __init__(self, stream: httpcore.NetworkStream, until: float) -> None:
        self._stream, self._until = stream, until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._until))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._until))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, _left(self._until)), self._until)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def _left(until: float) -> float:
    left = until - monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the deadline has passed")
    return left
