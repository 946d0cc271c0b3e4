"""The documentation as the tests read it: its files, and what stands in them between fences."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
_FENCED = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_PLACES = ("*.md", "docs/**/*.md", "bench/*.md", "sdk/*.md", "spec/*.md", "examples/*/*.md", "deploy/*.md")


class Block(NamedTuple):
    """What stands between fences. Shapes: `language` is empty where none is named."""

    language: str
    text: str


def pages() -> list[Path]:
    """Every page that people read."""
    return sorted(path for place in _PLACES for path in ROOT.glob(place))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def blocks(path: Path) -> list[Block]:
    return [Block(match[2], match[3]) for match in _FENCED.finditer(path.read_text(encoding="utf-8"))]


def prose(path: Path) -> str:
    """The page without what stands between fences."""
    return _FENCED.sub("", path.read_text(encoding="utf-8"))


def code_spans(path: Path) -> Iterator[str]:
    """What stands `like this` in the running text, with line breaks as blanks."""
    for match in re.finditer(r"(?<!`)`([^`]+)`(?!`)", prose(path)):
        yield " ".join(match[1].split())
