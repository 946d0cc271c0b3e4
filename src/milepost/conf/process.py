"""One process of an installation: `python -m milepost.conf.process web|engine`, configured by the environment.

The watchdog (`milepost serve`) starts these and starts again what dies; a process ends when its watchdog does.
"""

import ctypes
import os
import signal
import sys
from typing import Any

import structlog


def die_with_parent() -> None:
    """On Linux the kernel ends this process when its parent is gone, however that ended."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)  # at once: nothing is lost, and the port is free


def quiet_log() -> None:
    """One line an event, to standard error; `MILEPOST_LOG_LEVEL` says from what level on."""
    names = {"debug": 10, "info": 20, "warning": 30, "error": 40}
    level = names.get(os.environ.get("MILEPOST_LOG_LEVEL", "warning"), 30)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def connect(role: Any) -> Any:
    """Django's settings, and the stores of this role."""
    import django
    from django.conf import settings

    django.setup()
    from milepost.log.stores import open_embedded

    return open_embedded(settings.HOME, role)


def main() -> None:
    """Raises SystemExit with one sentence when the process cannot start."""
    role = sys.argv[1]
    os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "milepost.conf.settings")
    die_with_parent()
    quiet_log()
    from milepost.core.values import Refused, Unavailable

    try:
        if role == "web":
            _web()
        else:
            _engine()
    except (Refused, Unavailable) as problem:
        raise SystemExit(str(problem)) from problem


def _web() -> None:
    connected = connect("web")
    from milepost.conf import web

    web.run(connected, os.environ["MILEPOST_HOST"], int(os.environ["MILEPOST_PORT"]))


def _engine() -> None:
    connected = connect("engine")
    from milepost.conf import engine

    engine.run(connected)


if __name__ == "__main__":
    main()
