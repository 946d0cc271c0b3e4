"""The examples that come with Milepost: complete programs, in the repository and in the package."""

from pathlib import Path

from milepost.core.values import Refused

_PACKAGED = Path(__file__).resolve().parent.parent / "examples"
_IN_REPOSITORY = Path(__file__).resolve().parents[3] / "examples"


def example_text(name: str) -> str:
    """The YAML of an example. Raises Refused, naming those that exist."""
    folder = _PACKAGED if _PACKAGED.is_dir() else _IN_REPOSITORY
    names = sorted(path.parent.name for path in folder.glob("*/milepost.yaml"))
    if name not in names:
        raise Refused("no_such_example", f"There is no example '{name}'.", mend=f"There are: {', '.join(names)}.")
    return (folder / name / "milepost.yaml").read_text(encoding="utf-8")
