"""What a browser loads: the SDK's files as they are served, gzip."""

import gzip
from pathlib import Path

import milepost
from bench.measure import Row, at_most, figure

_FOLDER = Path(milepost.__file__).parent / "static" / "built" / "sdk"


def rows() -> list[Row]:
    core, chunks = _kilobytes(_FOLDER / "milepost.js"), sorted((_FOLDER / "chunks").glob("*.js"))
    sizes = {file.name.rpartition("-")[0]: _kilobytes(file) for file in chunks}
    note = ", ".join(f"{name} {size:.2f}" for name, size in sizes.items())
    return [
        Row(what="SDK, loader + core, gzip", ours=figure([core], "kB"), goal=at_most(4, of="ours")),
        Row(
            what="SDK, everything else (stream, guide, celebration), gzip",
            ours=figure([sum(sizes.values())], "kB"),
            goal=at_most(14, of="ours"),
            note=note,
        ),
    ]


def _kilobytes(file: Path) -> float:
    return len(gzip.compress(file.read_bytes(), 9)) / 1000
