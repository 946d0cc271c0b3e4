"""One engine a home folder: a lock that the system takes back when its process ends, however it ends."""

import fcntl
import os
from pathlib import Path

from milepost.core.values import Refused


class HomeLock:
    def __init__(self, home: Path) -> None:
        """Raises Refused when another engine runs on this folder."""
        path = home / "engine.lock"
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._file)
            raise Refused(
                "engine_running",
                f"Another Milepost runs on the folder {home}.",
                mend="Stop it first, or choose another folder with --home.",
                status=409,
            ) from None

    def release(self) -> None:
        os.close(self._file)
