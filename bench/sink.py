"""A mail server that takes every letter and keeps the first: a process of its own, no slower than it must be.

python -m bench.sink PORT FILE
"""

import asyncio
import sys
from pathlib import Path
from typing import cast

import uvloop

_REPLIES = {b"EHLO": b"250 SIZE 10000000\r\n", b"QUIT": b"221 bye\r\n", b"DATA": b"354 go on\r\n"}
_OK = b"250 ok\r\n"


class _Sink(asyncio.Protocol):
    def __init__(self, first: Path) -> None:
        self._first, self._read, self._end = first, b"", b"\r\n"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's own type does not inherit from it
        self._transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self._read += data
        while self._end in self._read:
            taken, _, self._read = self._read.partition(self._end)
            if self._end == b"\r\n":
                self._obey(taken[:4].upper())
            else:
                self._keep(taken)

    def _obey(self, verb: bytes) -> None:
        self._end = b"\r\n.\r\n" if verb == b"DATA" else b"\r\n"
        self._transport.write(_REPLIES.get(verb, _OK))

    def _keep(self, letter: bytes) -> None:
        self._end = b"\r\n"
        if not self._first.exists():
            self._first.write_bytes(letter)
        self._transport.write(_OK)


async def main(port: int, first: Path) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: _Sink(first), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), Path(sys.argv[2])))
