"""Named points between two steps of the loop, at which a test may end the process as if by `kill -9`.

Nothing happens unless the environment names some: with `MILEPOST_CRASH_AT=NAME,NAME` a process dies the first time that
each is passed, and leaves a marker in the home folder so that the restarted process goes on. Tests walk through POINTS.
"""

import os
import signal
from pathlib import Path

#: Every named point, in the order in which a fact passes them.
POINTS = (
    "ingest.decoded",
    "log.inserted",
    "log.committed",
    "runtime.read",
    "runtime.stepped",
    "runtime.saved",
    "runtime.committed",
    "runtime.concluded",
    "runtime.projected",
    "relay.claimed",
    "relay.handled",
    "relay.recorded",
    "relay.done",
    "mail.accepted",
)

_armed = frozenset(filter(None, os.environ.get("MILEPOST_CRASH_AT", "").split(",")))


def failpoint(name: str) -> None:
    """Ends this process at once if the environment asked for it here, once a home folder."""
    if name in _armed:
        _crash(name)


def _crash(name: str) -> None:
    marker = Path(os.environ["MILEPOST_HOME"]) / f"crashed-at-{name}"
    try:
        marker.touch(exist_ok=False)
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
