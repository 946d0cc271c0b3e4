"""Named points between two steps of the loop, at which a test may end the process as if by `kill -9`.

Nothing happens unless the environment names one: `MILEPOST_CRASH_AT=NAME` dies the first time the point is passed, and
leaves a marker in the home folder so that the restarted process goes on. Tests walk through POINTS.
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
    "runtime.projected",
    "relay.claimed",
    "relay.handled",
    "relay.recorded",
    "relay.done",
    "mail.accepted",
)

_armed = os.environ.get("MILEPOST_CRASH_AT", "")


def failpoint(name: str) -> None:
    """Ends this process at once if the environment asked for it here, once a home folder."""
    if _armed and name == _armed:
        _crash(name)


def _crash(name: str) -> None:
    marker = Path(os.environ["MILEPOST_HOME"]) / f"crashed-at-{name}"
    try:
        marker.touch(exist_ok=False)
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
