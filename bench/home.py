"""A home folder in this process: prepared, with a program released, and its stores open as the engine has them."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from milepost.log.stores import Stores


@contextmanager
def temporary_home() -> Iterator[Path]:
    """Must come before anything reads Django's settings: one home a process."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        home = Path(folder) / "home"
        os.environ |= {"MILEPOST_HOME": str(home), "DJANGO_SETTINGS_MODULE": "milepost.conf.settings"}
        os.environ["MILEPOST_LOG_LEVEL"] = "warning"
        yield home


@contextmanager
def engine(home: Path, program: str) -> Iterator["Stores"]:
    """The stores of a prepared home on which this program (YAML) is released."""
    from milepost.cli import setup
    from milepost.log import stores

    setup(home)
    _release(program)
    opened = stores.open_embedded(home, "engine")
    stores.use(opened)
    try:
        yield opened
    finally:
        opened.close()


def _release(program: str) -> None:
    from milepost.log.clock import SYSTEM
    from milepost.program.actions import apply

    apply(1, program, by="bench", base=None, onto=True, reasons={}, now=SYSTEM.now())
