"""Processes that a row measures, and what they take of memory."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


@contextmanager
def process(command: list[str], environment: Mapping[str, str] = os.environ, port: int | None = None) -> Iterator[int]:
    """The pid of a process that runs until the end of the block, from when it listens on its port on."""
    started = subprocess.Popen(command, env={**os.environ, **environment})
    try:
        if port is not None:
            _wait_for(port)
        yield started.pid
    finally:
        started.terminate()
        started.wait(timeout=30)


def pss(pid: int) -> float:
    """Megabytes: its own memory, and its share of what it has in common with others."""
    return _megabytes(pid, "Pss")


def rss(pid: int) -> float:
    return _megabytes(pid, "Rss")


def _megabytes(pid: int, name: str) -> float:
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(f"{name}:")) / 1024


def _wait_for(port: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nothing listens on port {port}")
