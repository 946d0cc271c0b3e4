"""Compiles every catalogue of texts (`*.po` to `*.mo`) that is older than its source: `python …/compile_messages.py`.

With Babel instead of the gettext programs, which not every machine has.
"""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

PACKAGE = Path(__file__).resolve().parent.parent


def compile_all(root: Path = PACKAGE) -> list[Path]:
    """The catalogues that were compiled now. Raises ValueError for a text that cannot be read or has broken plurals."""
    sources = sorted(root.glob("**/locale/*/LC_MESSAGES/*.po"))
    return [compile_one(source) for source in sources if _is_stale(source)]


def compile_one(source: Path) -> Path:
    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parent.parent.name, abort_invalid=True)
    target = source.with_suffix(".mo")
    with target.open("wb") as file:
        write_mo(file, catalogue)
    return target


def _is_stale(source: Path) -> bool:
    target = source.with_suffix(".mo")
    return not target.exists() or target.stat().st_mtime < source.stat().st_mtime


if __name__ == "__main__":
    compile_all()
