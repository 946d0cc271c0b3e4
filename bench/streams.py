"""Open streams on one installation: what an idle one weighs, and whether a fact passes while many are open."""

import resource
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep

from e2e.installation import Installation, running

from bench.client import Connection, Stream, open_session
from bench.latency import Click, Effect, pair
from bench.measure import Row, at_most, figure
from bench.processes import rss

_IDLE, _BESIDE, _CONNECTED, _SAMPLES, _ROUNDS = 5_000, 1_100, 500, 40, 2
_FILES = 12_000  # both ends of every connection, and some


def rows() -> list[Row]:
    _raise_the_limit()
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        running(Path(folder) / "home", "--example", "calorie-counter") as installation,
    ):
        return [*_latency(installation), *_clicks(installation), _weight(installation)]


def _raise_the_limit() -> None:
    """Raises SystemExit where this machine does not allow so many open files."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if most != resource.RLIM_INFINITY and most < _FILES:
        raise SystemExit(f"This machine allows {most} open files; the idle streams need {_FILES} (ulimit -Hn).")
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _weight(installation: Installation) -> Row:
    """Kilobytes of resident memory a stream. The server keeps what it took, so each round opens more than the last."""
    (web,) = installation.pids("web")
    weights = []
    with _open(installation, 200):  # so that threads and pools are there
        for _ in range(_ROUNDS):
            before = rss(web)
            with _open(installation, _IDLE):
                sleep(1)
                weights.append((rss(web) - before) * 1024 / _IDLE)
    what = f"open stream, idle ({_IDLE:,} on one installation)"
    note = "the first round; what is freed is used again: " + ", ".join(f"{weight:.1f}" for weight in weights)
    return Row(what=what, ours=figure(weights[:1], "kB"), goal=at_most(30, of="ours"), note=note)


def _latency(installation: Installation) -> list[Row]:
    effect = Effect(installation, Connection(installation.port))
    for number in range(5):
        effect(f"warm-{number}")
    alone = [effect(f"alone-{number}") for number in range(_SAMPLES)]
    with _open(installation, _BESIDE):
        among = [effect(f"among-{number}") for number in range(_SAMPLES)]
    return pair(f"fact → effect beside {_BESIDE:,} open streams", among, alone, "the same without them", 100)


def _clicks(installation: Installation) -> list[Row]:
    """A click on a button that starts a piece, until that piece is read from the browser's stream."""
    click = Click(installation, Connection(installation.port))
    for number in range(5):
        click(f"first-{number}")
    alone = [click(f"single-{number}") for number in range(_SAMPLES)]
    with _open(installation, _CONNECTED):
        among = [click(f"crowd-{number}") for number in range(_SAMPLES)]
    return pair(f"click → next piece, {_CONNECTED} browsers connected", among, alone, "the same alone", 150)


@contextmanager
def _open(installation: Installation, count: int) -> Iterator[None]:
    """Streams of devices that nobody is known on, each having had its first answer."""
    connection = Connection(installation.port)
    streams = [Stream(installation.port, open_session(connection, installation)) for _ in range(count)]
    for stream in streams:
        stream.wait_for("open")
    try:
        yield
    finally:
        for stream in streams:
            stream.close()
        connection.close()
        sleep(1)
