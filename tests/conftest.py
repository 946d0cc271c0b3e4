"""What every test needs: a home folder of its own, made before Django reads its settings."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings as django_settings
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from tests.world import World

_HOME = tempfile.TemporaryDirectory(prefix="milepost-test-", ignore_cleanup_errors=True)
os.environ["MILEPOST_HOME"] = _HOME.name

# The same examples each time, so that what is green stays green; `HYPOTHESIS_PROFILE=long` looks for new ones.
_ALWAYS = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("house", max_examples=40, derandomize=True, **_ALWAYS)
settings.register_profile("long", max_examples=1000, **_ALWAYS)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))


def pytest_configure() -> None:
    """The real hash of passwords takes a third of a second on purpose; nothing here is about it."""
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that is set up: to make its tables takes longer than all that tests of commands look at."""
    home = tmp_path_factory.mktemp("prepared") / "home"
    script = "import sys; from pathlib import Path; from milepost.cli import setup; setup(Path(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", script, str(home)], check=True, timeout=120)
    return home


@pytest.fixture
def home(prepared: Path, tmp_path: Path) -> Path:
    """A copy of it, for one test."""
    return Path(shutil.copytree(prepared, tmp_path / "home"))


@pytest.fixture
def world(db: None) -> "Iterator[World]":
    """A workspace with the program of `tests.world`, and the loop that runs it."""
    from tests.world import World

    made = World()
    made.release()
    yield made
    made.stores.close()
