"""The examples that come with Milepost: complete programs, in the repository and in the package."""

from pathlib import Path

from milepost.core.values import Refused
from milepost.program.files import sources

_PACKAGED = Path(__file__).resolve().parent.parent / "examples"
_IN_REPOSITORY = Path(__file__).resolve().parents[3] / "examples"


def example_text(name: str) -> str:
    """The YAML of an example: its programs as one text. Raises Refused, naming those that exist."""
    folder = _PACKAGED if _PACKAGED.is_dir() else _IN_REPOSITORY
    names = sorted({path.parent.name for path in folder.glob("*/*.yaml")})
    if name not in names:
        raise Refused("no_such_example", f"There is no example '{name}'.", mend=f"There are: {', '.join(names)}.")
    [source] = sources(folder / name)
    return source.text
