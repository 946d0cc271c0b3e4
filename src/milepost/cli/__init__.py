"""`milepost …`: each command in a file of its own; what it needs is imported when it runs, so that `--help` is quick."""

import os
from pathlib import Path
from typing import Any


def setup(home: Path) -> Any:
    """Makes this home's database ready to be asked; the `Bootstrap` that says how to get in."""
    os.umask(0o077)  # the folder holds what people did: it is its owner's alone
    os.environ["MILEPOST_HOME"] = str(home.absolute())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "milepost.conf.settings")
    import django

    django.setup()
    from milepost.conf.prepare import prepare

    return prepare()
