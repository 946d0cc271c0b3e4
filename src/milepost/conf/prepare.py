"""An empty home folder becomes an installation; an old one is brought up to date."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from milepost.delivery.channels.email.server import server_of
from milepost.log.clock import SYSTEM
from milepost.workspace.actions import Bootstrap, bootstrap


def prepare() -> Bootstrap:
    """Tables, the workspace `default`, its keys and its first sign-in. Doing it again changes nothing.

    Raises Refused for a setting that cannot be meant.
    """
    server_of(settings.EMAIL_URL)
    with _alone(settings.HOME):
        executor = MigrationExecutor(connections["default"])
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0, interactive=False)
        return bootstrap(SYSTEM.now())


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Two commands that start at once on an empty folder set it up one after the other."""
    home.mkdir(parents=True, exist_ok=True)
    file = os.open(home / "prepare.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)
