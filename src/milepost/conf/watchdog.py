"""Starts the processes of an installation, and starts again what dies. It holds no data and opens no store."""

import signal
import subprocess
import sys
import threading
from collections.abc import Sequence

from milepost.log.clock import monotonic

ROLES = ("engine", "web")
_FIRST_PAUSE, _LONGEST_PAUSE, _STABLE = 0.1, 5.0, 30.0


class Watchdog:
    """One child a role. A child that dies is started again at once, and more slowly if it keeps dying."""

    def __init__(self, roles: Sequence[str]) -> None:
        self._roles = roles
        self._stopping = threading.Event()
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def run(self) -> int:
        """Until asked to end. The exit status is that of a role that could not start at all, else 0."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop())
        self._children = {role: self._start(role) for role in self._roles}
        threads = [threading.Thread(target=self._watch, args=(role,), daemon=True) for role in self._roles]
        for thread in threads:
            thread.start()
        self._stopping.wait()
        for child in self._children.values():
            child.terminate()
        for thread in threads:
            thread.join(timeout=25)
        return 0

    def stop(self) -> None:
        self._stopping.set()

    def _start(self, role: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", "milepost.conf.process", role])

    def _watch(self, role: str) -> None:
        pause = _FIRST_PAUSE
        while True:
            started = monotonic()
            self._children[role].wait()
            if self._stopping.is_set():
                return
            pause = _FIRST_PAUSE if monotonic() - started > _STABLE else min(pause * 2, _LONGEST_PAUSE)
            sys.stderr.write(f"The {role} process ended and is started again.\n")
            if self._stopping.wait(pause):
                return
            self._children[role] = self._start(role)


if __name__ == "__main__":
    sys.exit(Watchdog(ROLES).run())
