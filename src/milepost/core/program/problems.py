"""What is wrong with a document: one shape for every finding, where it stands and how to mend it."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Literal

from msgspec import Struct

#: `error`: cannot be released. `reason`: released only with a written reason. `warning`: worth a thought.
Level = Literal["error", "reason", "warning"]
Path = tuple[str | int, ...]
#: Where each node of the text stands, by its path as typed; the first line is 1.
Lines = Mapping[Path, int]

REFERENCE = "docs/reference/checks.md"

#: What can be wrong while a document is read, before its meaning is checked: (rule, why, mend).
READING_RULES = (
    ("syntax", "What is not YAML has no meaning.", "Look at quotes, brackets, colons and indentation around the line."),
    ("tab", "YAML is indented with spaces; a tab is as wide as each editor likes.", "Replace it by spaces."),
    ("encoding", "Texts are UTF-8.", "Save the file as UTF-8."),
    ("empty", "There is nothing to read.", "Begin with `milepost: 1` and `name:`."),
    ("too-large", "A text this long is no program of one team.", "Look for data that does not belong into it."),
    ("too-much", "Aliases that repeat aliases, or deep nesting, can outgrow all memory.", "Write it out."),
    ("tag", "Tags ask a reader to build something; nothing here needs that.", "Remove the `!tag`."),
    ("control-character", "Control characters break mails and pages.", "Remove it."),
    ("duplicate-key", "Of two equal keys one would be lost without a word.", "Keep one of them."),
    (
        "unknown-key",
        "A key that is not known is usually misspelt; it would be ignored.",
        "Take the key that is proposed.",
    ),
    ("missing-key", "The definition cannot work without it.", "Add it."),
    ("wrong-type", "Something else is expected in this place.", "Write it in the form that is shown."),
    ("condition", "A condition has exactly one operator.", "Write one of did, trait, reached, all, any, not."),
)


class Problem(Struct, frozen=True, kw_only=True):
    """Absent: `line` is 0 when the document came without a text; `path` is "" for the document itself."""

    rule: str
    level: Level
    line: int
    path: str
    message: str
    mend: str

    @property
    def see(self) -> str:
        """Where the rule is explained."""
        return f"{REFERENCE}#{self.rule}"


def path_text(path: Path) -> str:
    """The path as people write it. Example: `content.add-food.steps[1].on`."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).removeprefix(".")


def line_of(path: Path, lines: Lines) -> int:
    """The line of this node, or of the nearest thing around it that was typed."""
    for end in range(len(path), -1, -1):
        if (line := lines.get(path[:end])) is not None:
            return line
    return 0


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name that this one was probably meant to be."""
    return next(iter(get_close_matches(word, list(known), n=1, cutoff=0.6)), None)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of a mend: the nearest name, else the names there are."""
    names = sorted(known)
    if (guess := nearest(word, names)) is not None:
        return f"Did you mean '{guess}'?"
    return f"Known: {', '.join(names)}." if names else "None is defined yet."


class Place:
    """A node of the document while it is read: knows its path, and where to say that something is wrong with it."""

    def __init__(
        self, lines: Lines, problems: list[Problem], path: Path = (), told: frozenset[str] = frozenset()
    ) -> None:
        self._lines, self._problems, self.path, self._told = lines, problems, path, told

    def __truediv__(self, step: str | int) -> "Place":
        return Place(self._lines, self._problems, (*self.path, step), self._told)

    @property
    def told(self) -> bool:
        """Whether the text itself is broken here, which is known already."""
        return path_text(self.path) in self._told

    def error(self, rule: str, message: str, mend: str) -> None:
        self._problems.append(
            Problem(
                rule=rule,
                level="error",
                line=line_of(self.path, self._lines),
                path=path_text(self.path),
                message=message,
                mend=mend,
            )
        )
