"""`milepost …`: each command in a file of its own; what it needs is imported when it runs, so that `--help` is quick."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from milepost.log.eventstore import EventStore


def setup(home: Path) -> Any:
    """Makes this home's database ready to be asked; the `Bootstrap` that says how to get in."""
    os.umask(0o077)  # the folder holds what people did: it is its owner's alone
    os.environ["MILEPOST_HOME"] = str(home.absolute())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "milepost.conf.settings")
    import django

    django.setup()
    from milepost.conf.prepare import prepare

    return prepare()


@contextmanager
def event_store(home: Path) -> "Iterator[EventStore]":
    """The event store of this home: asked of the server where one runs, else opened."""
    from milepost.core.values import Refused
    from milepost.log.stores import open_embedded

    try:
        stores = open_embedded(home, "engine")
    except Refused:
        stores = open_embedded(home, "web")
    try:
        yield stores.events
    finally:
        stores.close()
