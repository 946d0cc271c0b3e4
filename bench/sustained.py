"""From a fact to what it causes while much else goes on: 1,000 facts a second from others, and timers that all are due.

A whole installation with people in it; each sample is the celebration of somebody new at their open stream. Beside it the
same is taken on the same installation when nothing else goes on.
"""

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import sleep

from e2e.installation import Installation, running, until

from bench.client import Connection
from bench.home import engine, temporary_home
from bench.latency import Effect, new_user
from bench.measure import Figure, Row, at_most, figure, percentile
from bench.runtime import pasts, settle
from bench.world import DAY, EVENTS, large_program

_SAMPLES, _WARM = 200, 10
_RATE, _SIZE = 1_000, 12
_TIMERS, _TIMERS_LONG = 100_000, 1_000_000


def rows(*, long: bool = False) -> list[Row]:
    timers = _TIMERS_LONG if long else _TIMERS
    with temporary_home() as home:
        _people_with_timers(home, timers)
        with running(home) as installation:
            effect = Effect(installation, Connection(installation.port), event=EVENTS[0])
            draining = _while(lambda: _due(home) > 0, effect)
            note = f"{len(draining)} samples while they drained; {_due(home):,} were left at the end"
            until(lambda: _due(home) == 0, "all timers", seconds=3600)
            idle = _times(effect, _SAMPLES)
            with _facts(installation):
                sustained = _times(effect, _SAMPLES)
        what = f"fact → effect while {timers:,} due timers drain"
        return [
            *_pair(f"fact → effect at {_RATE:,} facts/s sustained", sustained, idle),
            *_pair(what, draining, idle, note),
        ]


def _people_with_timers(home: Path, count: int) -> None:
    """People whose last fact lies three days back, and of whom nobody has looked at since."""
    with engine(home, large_program(_SIZE)) as stores:
        from milepost.runtime.programs import current_program

        now = stores.clock.now()
        found = pasts(current_program(1), now - 3 * DAY, look=False)
        waiting = [past for past in found if (due := past.wake_at()) is not None and due <= now]
        settle(waiting, range(count), now - timedelta(hours=1))


def _due(home: Path) -> int:
    """How many people have a timer that is due."""
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
    with sqlite3.connect(f"file:{home / 'milepost.sqlite'}?mode=ro", uri=True) as db:
        return int(db.execute("SELECT count(*) FROM runtime_subjectstate WHERE wake_at <= ?", (now,)).fetchone()[0])


def _times(effect: Effect, samples: int) -> list[float]:
    for _ in range(_WARM):
        effect(new_user())
    return [effect(new_user()) for _ in range(samples)]


def _while(going_on: Callable[[], bool], effect: Effect) -> list[float]:
    taken = _times(effect, _WARM)
    while going_on() and len(taken) < _SAMPLES:
        taken += [effect(new_user()) for _ in range(_WARM)]
    return taken


@contextmanager
def _facts(installation: Installation) -> Iterator[None]:
    """So many facts a second, from a process of its own, until the end of the block."""
    command = [sys.executable, "-m", "bench.pace", str(installation.port), installation.write_key, str(_RATE)]
    sender = subprocess.Popen(command)
    try:
        sleep(3)  # until the loop has found its pace
        yield
        assert sender.poll() is None, "the sender could not keep its pace"
    finally:
        sender.terminate()
        sender.wait(timeout=30)


def _pair(what: str, taken: Sequence[float], idle: Sequence[float], note: str = "") -> list[Row]:
    return [_at(50, what, taken, idle, note), _at(99, what, taken, idle, note)]


def _at(percent: int, what: str, taken: Sequence[float], idle: Sequence[float], note: str) -> Row:
    ours, limit = _quantile(taken, percent), _quantile(idle, percent)
    return Row(
        what=f"{what}, p{percent}",
        ours=ours,
        limit_is="the same when nothing else goes on",
        limit=limit,
        ratio=figure([ours.median / limit.median]),
        goal=at_most(100, "ours") if percent == 99 else None,
        note=note,
    )


def _quantile(values: Sequence[float], percent: int) -> Figure:
    return Figure(median=percentile(values, percent), low=min(values), high=max(values), n=len(values), unit="ms")
