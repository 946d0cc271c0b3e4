"""A folder of files as the one text of a workspace, and the way back from a line of it to a file.

The files of one folder, in the order of their names, are the documents of one workspace. A line `--- # users.yaml` before
each says where it came from; a single file is its own text.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from milepost.core.program.problems import Problem
from milepost.program.review import Reviewed, rehearse, review
from milepost.program.writing import base_of, with_base, without_base


class Source(Struct, frozen=True, kw_only=True):
    """Shapes: `texts` are the files' by path, in order; `broken` says what is wrong with those that are no text."""

    texts: Mapping[Path, str]
    broken: Mapping[Path, tuple[Problem, ...]]

    @property
    def text(self) -> str:
        """What is released: all documents, without the notes of what they were made on."""
        bare = {file: without_base(text) for file, text in self.texts.items()}
        return _together(bare)

    @property
    def bases(self) -> set[str]:
        """The releases that the files were made on; nothing for files that do not say."""
        return {base for text in self.texts.values() if (base := base_of(text)) is not None}

    def reviewed(self) -> tuple[Reviewed, dict[str, tuple[Problem, ...]]]:
        """What is to say about all of them, and file by file, each problem with its line in its own file."""
        found = review(_together(self.texts))
        return found, {**self._by_file(found.problems), **{str(file): told for file, told in self.broken.items()}}

    def rehearsed(self) -> dict[str, tuple[Problem, ...]]:
        """The same file by file, and what only shows when people live with it. It takes a moment."""
        found, by_file = self.reviewed()
        lived = self._by_file(rehearse(found))
        return {file: (*told, *lived.get(file, ())) for file, told in by_file.items()}

    def _by_file(self, problems: Iterable[Problem]) -> dict[str, tuple[Problem, ...]]:
        by_file: dict[str, list[Problem]] = {str(file): [] for file in self.texts}
        for problem in problems:
            file, before = self._place(problem.line)
            by_file[str(file)].append(replace(problem, line=max(problem.line - before, 0)))
        return {file: tuple(found) for file, found in by_file.items()}

    def _place(self, line: int) -> tuple[Path, int]:
        """The file in which a line of the whole text stands, and how many lines stand before the file."""
        before, [first, *others] = self._heading, self.texts
        for file, following in zip([first, *others], [*others, None], strict=True):
            length = _lines(self.texts[file])
            if following is None or line <= before + length:
                return file, before
            before += length + 1
        raise AssertionError("a source has at least one file")

    @property
    def _heading(self) -> int:
        return 1 if len(self.texts) > 1 else 0


def sources(path: Path) -> list[Source]:
    """The workspaces at this path: a file, or each folder that holds files. Absent: empty for a folder without any."""
    if path.is_file():
        return [_source([path])]
    files = sorted(file for pattern in ("*.yaml", "*.yml") for file in path.rglob(pattern) if file.is_file())
    folders = dict.fromkeys(file.parent for file in files)
    return [_source([file for file in files if file.parent == folder]) for folder in folders]


def note_base(source: Source, number: int, digest: str) -> list[Path]:
    """Writes into each file which release it is; the files that could not be written."""
    failed = []
    for file, text in source.texts.items():
        try:
            file.write_text(with_base(text, number, digest), encoding="utf-8", newline="")
        except OSError:
            failed.append(file)
    return failed


def _source(files: Sequence[Path]) -> Source:
    texts, broken = {}, {}
    for file in files:
        raw = file.read_bytes()
        texts[file] = raw.decode("utf-8-sig", errors="replace")
        try:
            raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            broken[file] = review(raw).problems
    return Source(texts=texts, broken=broken)


def _together(texts: Mapping[Path, str]) -> str:
    if len(texts) == 1:
        return next(iter(texts.values()))
    return "".join(
        f"--- # {file.name}\n{text}{'' if text.endswith(chr(10)) else chr(10)}" for file, text in texts.items()
    )


def _lines(text: str) -> int:
    return text.count("\n") + (not text.endswith("\n"))
