"""The link between the processes of one home: a Unix socket that the engine opens and the others connect to.

What goes over it may be lost (an engine that starts reads the log anyway, a browser that connects asks for all it
should show), so nothing is kept for those who are away, and nobody who is slow holds up the engine.

A frame is `[verb, …]`: `wake`, `listen`, `publish`, and the questions `position`, `history` and `query` to the event
store. A listener is sent `[topic, payload]`, whoever asks `["ok", value]` or `[kind of failure, what it said]`.
"""

import os
import stat
import tempfile
from collections.abc import AsyncGenerator
from hashlib import blake2b
from pathlib import Path
from typing import Any, Protocol

from milepost.core.values import Refused

#: What a listener gets first, and again after each time the link was down: whatever it knew may be old.
CONNECTED = "connected"

_LONGEST_PATH = 100  # bytes; systems allow 104 to 108


class Link(Protocol):
    def wake(self) -> None:
        """Tells the engine that the log has grown. Never waits, never raises."""
        ...

    def publish(self, topic: str, payload: Any) -> None:
        """To everyone who listens at this moment. Payloads are made of what JSON knows, and instants.

        Raises Unavailable when no engine is there to spread it."""
        ...

    def listen(self) -> AsyncGenerator[tuple[str, Any], None]:
        """(topic, payload) of all that is published, for ever; (CONNECTED, None) first and after each gap."""
        ...


def socket_path(home: Path) -> Path:
    """Where the engine of this home listens: in the folder, or in a private one where the path would be too long."""
    home = home.resolve()
    path = home / "engine.sock"
    return path if len(os.fsencode(path)) <= _LONGEST_PATH else _private_folder(home) / "engine.sock"


def _private_folder(home: Path) -> Path:
    name = blake2b(os.fsencode(home), digest_size=8).hexdigest()
    folder = Path(tempfile.gettempdir()) / f"milepost-{os.getuid()}-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise Refused(
            "socket_folder", f"{folder} is not a private folder of this user.", mend="Remove it and start again."
        )
    return folder
