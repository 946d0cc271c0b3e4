"""What a browser loads: the SDK's files as they are served, gzip."""

import gzip
import re
from pathlib import Path

import milepost
from bench.measure import Row, at_most, figure

_FOLDER = Path(milepost.__file__).parent / "static" / "built" / "sdk"
_IMPORT = re.compile(r'from"\./([^"]+)"')
_OTHERS = ("survey", "celebration", "empty_state", "invite", "article", "reply", "panel")


def rows() -> list[Row]:
    core = _kilobytes(_FOLDER / "milepost.js")
    note = ", ".join(f"with {name} {_loaded('live', name):.2f}" for name in _OTHERS)
    return [
        Row(what="SDK, loader + core, gzip", ours=figure([core], "kB"), goal=at_most(4, of="ours")),
        Row(
            what="SDK, stream + guide + checklist, gzip",
            ours=figure([_loaded("live", "guide", "checklist")], "kB"),
            goal=at_most(14, of="ours"),
            note=f"the stream {note}",
        ),
    ]


def _loaded(*names: str) -> float:
    """What these chunks weigh, with all that they import, each once."""
    found: set[Path] = set()
    waiting = [next((_FOLDER / "chunks").glob(f"*/{name}.js")) for name in names]
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.add(file)
            waiting += [file.parent / other for other in _IMPORT.findall(file.read_text())]
    return sum(map(_kilobytes, found))


def _kilobytes(file: Path) -> float:
    return len(gzip.compress(file.read_bytes(), 9)) / 1000
