"""The YAML that people type: YAML 1.2, so that `on:` is a key and `21:00` and `no` are texts.

Here: text ↔ plain data, with the line of every node. What the data means is `core.program.codec`.

0. A text holds one document, or several with a line `---` between them: the documents of a workspace.
1. A mistake in the syntax hides nothing else: the parts around it are read on their own.
2. Nothing in a text can run or grow: no tags, and a limit on size, depth and on what aliases repeat.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from msgspec import Struct
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode
from ruamel.yaml.reader import ReaderError
from ruamel.yaml.scanner import RoundTripScanner, ScannerError

from milepost.core.program.codec import Parsed, decode
from milepost.core.program.problems import Lines, Path, Problem, path_text
from milepost.core.program.scalars import BROKEN

LARGEST_TEXT = 512 * 1024  # bytes of one document; about two thousand definitions
MOST_DOCUMENTS = 50
MOST_NODES = 100_000
DEEPEST = 40
_KEPT = 8
_SALVAGED_LEVELS = 3  # section, definition, field

_PLAIN_TAGS = {
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "timestamp", "merge", "value", "map", "seq")
}
_TEXT_TAG = "tag:yaml.org,2002:str"
_INT = re.compile(r"[-+]?\d{1,40}|0o[0-7]{1,40}|0x[0-9a-fA-F]{1,40}")
_FLOAT = re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), None),
}
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
MARK = re.compile(r"---[ \t]*(#.*)?\r?$")  # between two documents
_KEY_LINE = re.compile(r"( *)([^\s#:\"'\[\]{},&*!|>%@`-][^:]*):(?: .*|)$")


class Loaded(Struct, frozen=True, kw_only=True):
    """Plain data, as far as the text could be read; `BROKEN` stands for a part that could not.

    Shapes: `parts` are the documents of a text that holds several, each with its lines in the whole text. `data` and
    `lines` are then those of all of them together, so that a definition, whose key is its own, is found at its path; of
    what each document says for itself (`name`, `start`) they have the first. Absent: `parts` is empty for one document.
    """

    data: Any
    lines: Lines
    problems: tuple[Problem, ...]
    parts: tuple["Loaded", ...] = ()

    @property
    def documents(self) -> tuple["Loaded", ...]:
        """Each document by itself."""
        return self.parts or (self,)


def read(text: str | bytes) -> Parsed:
    """The document of a text, with everything that is wrong with it."""
    loaded = load(text)
    return decode(loaded.data, loaded.lines, loaded.problems)


@lru_cache(maxsize=_KEPT)
def load(text: str | bytes) -> Loaded:
    """Plain data of a text, with the line of every node; nobody changes it. The last ones are remembered."""
    if len(text) > MOST_DOCUMENTS * LARGEST_TEXT:
        return _too_large(text)
    try:
        typed = text if isinstance(text, str) else text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = bytes(text[: error.start]).count(b"\n") + 1  # type: ignore[arg-type]
        return _unread("encoding", line, "This is not UTF-8 text.", "Save the file as UTF-8.")
    typed = typed.removeprefix("\ufeff")
    documents = split(typed)
    if len(documents) == 1:
        return _too_large(typed) if len(typed) > LARGEST_TEXT else _load(typed)
    return _together([_too_large(each) if len(each) > LARGEST_TEXT else _load(each) for each in documents])


def split(text: str) -> list[str]:
    """The documents of a text, each behind as many empty lines as stand before it, so that its lines keep their numbers.
    What holds nothing but comments is no document; a text without any is given back as it is."""
    lines = text.split("\n")
    marks = [number for number, line in enumerate(lines) if MARK.match(line)]
    if not marks:
        return [text]
    found = []
    for start, end in zip([-1, *marks], [*marks, len(lines)], strict=True):
        own = lines[start + 1 : end]
        if any(line.strip() and not line.lstrip().startswith(("#", "%")) for line in own):
            found.append("\n" * (start + 1) + "\n".join(own))
    return found if len(found) > 1 else [text]


def _together(parts: list[Loaded]) -> Loaded:
    lines: dict[Path, int] = {}
    data: dict[str, Any] = {}
    for part in parts:
        for path, line in part.lines.items():
            lines.setdefault(path, line)
        for key, value in part.data.items() if isinstance(part.data, dict) else ():
            known = data.get(key)
            data[key] = {**value, **known} if isinstance(known, dict) and isinstance(value, dict) else known or value
    problems = tuple(problem for part in parts for problem in part.problems)
    return Loaded(data=data, lines=lines, problems=problems, parts=tuple(parts))


def _too_large(text: str | bytes) -> Loaded:
    mend = f"Split it into several programs; {LARGEST_TEXT // 1024} kB is the most."
    return _unread("too-large", 1, f"The text is {len(text) // 1024} kB long.", mend)


def load_within(whole: Loaded, part: str, path: Path, *, first_line: int, before: int, after: int) -> Loaded | None:
    """What the text says in which only the value at `path` has become `part`, without reading the rest again.

    Shapes: `first_line` is the line (from 0) on which `part` begins in the new text; the definition ended before the line
    `before` (from 0) of the old text, and ends before `after` in the new one. Absent: None when the parts must be read
    together, since one of them cannot be read alone.
    """
    if whole.problems or whole.parts or not isinstance(whole.data, dict):
        return None
    reading = _Reading()
    try:
        node = compose(part)
    except YAMLError:
        return None
    value = None if node is None else reading.value(node, path, first_line)
    lines = {each: line if line <= before else line + after - before for each, line in whole.lines.items()}
    kept = {each: line for each, line in lines.items() if each[: len(path)] != path or each == path}
    own = {each: line for each, line in reading.lines.items() if each != path}
    return Loaded(data=_replaced(whole.data, path, value), lines={**kept, **own}, problems=tuple(reading.problems))


def _replaced(data: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    key, *rest = path
    return {**data, key: _replaced(data[key], tuple(rest), value)}


def _load(text: str) -> Loaded:
    reading = _Reading()
    try:
        root = compose(text)
    except YAMLError as error:
        data = _salvage(text, error, reading)
    else:
        data = None if root is None else reading.value(root, ())
    if data is None and not reading.problems:
        return _unread("empty", 1, "The text holds nothing.", "Begin with `milepost: 1` and `name:`.")
    return Loaded(data=data, lines=reading.lines, problems=tuple(reading.problems))


def _unread(rule: str, line: int, message: str, mend: str) -> Loaded:
    return Loaded(data=BROKEN, lines={(): 1}, problems=(_problem(rule, line, (), message, mend),))


class _Scanner(RoundTripScanner):
    """Gives up on nesting that no program has: what the scanner does a token grows with the depth."""

    def add_indent(self, column: int) -> bool:
        self._check_depth()
        return bool(super().add_indent(column))

    def fetch_flow_collection_start(self, TokenClass: Any, to_push: str) -> None:
        self._check_depth()
        super().fetch_flow_collection_start(TokenClass, to_push)

    def _check_depth(self) -> None:
        if len(self.flow_context) + len(self.indents) > DEEPEST:
            raise ScannerError(None, None, "it is nested too deeply", self.reader.get_mark())


def compose(text: str) -> Node | None:
    yaml = YAML()
    yaml.Scanner = _Scanner
    node: Node | None = yaml.compose(text)
    return node


def _problem(rule: str, line: int, path: Path, message: str, mend: str) -> Problem:
    return Problem(rule=rule, level="error", line=line, path=path_text(path), message=message, mend=mend)


class _Reading:
    """Turns composed nodes into plain data."""

    def __init__(self) -> None:
        self.lines: dict[Path, int] = {}
        self.problems: list[Problem] = []
        self._nodes = 0

    def error(self, rule: str, line: int, path: Path, message: str, mend: str) -> None:
        self.problems.append(_problem(rule, line, path, message, mend))

    def value(self, node: Node, path: Path, first_line: int = 0) -> Any:
        line = first_line + node.start_mark.line + 1
        self.lines.setdefault(path, line)
        self._nodes += 1
        if self._nodes > MOST_NODES or len(path) > DEEPEST:
            return self._too_much(line, path)
        if str(node.tag) not in _PLAIN_TAGS:
            self.error("tag", line, path, f"The tag '{node.tag}' is not known.", "Remove it; nothing here needs tags.")
            return BROKEN
        if isinstance(node, ScalarNode):
            return self._scalar(node, line, path)
        if isinstance(node, MappingNode):
            return self._mapping(node, path, first_line)
        return [self.value(item, (*path, index), first_line) for index, item in enumerate(node.value)]

    def _too_much(self, line: int, path: Path) -> Any:
        if not any(problem.rule == "too-much" for problem in self.problems):
            mend = "Look for an alias (*name) that repeats itself, or for deep nesting."
            self.error("too-much", line, path[:3], "The text says more than a program can hold.", mend)
        return BROKEN

    def _scalar(self, node: ScalarNode, line: int, path: Path) -> Any:
        if _FORBIDDEN.search(node.value):
            mend = "Remove it; only line breaks and tabs may stand in a text."
            self.error("control-character", line, path, "There is a control character in this text.", mend)
            return BROKEN
        plain = node.style is None and str(node.tag) != _TEXT_TAG
        return _resolve(node.value) if plain else node.value

    def _mapping(self, node: MappingNode, path: Path, first_line: int) -> Any:
        typed: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = first_line + key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode):
                self.error("wrong-type", line, path, "A key is one word or text.", "Write `key: value`.")
                continue
            key = key_node.value
            if key in typed:
                message = f"'{key}' stands here twice, first on line {self.lines[(*path, key)]}."
                self.error("duplicate-key", line, (*path, key), message, "Keep one of them.")
                continue
            self.lines[(*path, key)] = line
            typed[key] = self.value(value_node, (*path, key), first_line)
            if self._nodes > MOST_NODES:
                break
        return typed


def _resolve(text: str) -> Any:
    """A plain scalar by the core schema of YAML 1.2."""
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))
    if _FLOAT.fullmatch(text):
        return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    return text


# --- after a mistake in the syntax -----------------------------------------------------------------------------------


class _Block(Struct, frozen=True):
    """Some lines of a text, the first of which has the number `first` (from 0)."""

    lines: tuple[str, ...]
    first: int


def _salvage(text: str, error: Exception, reading: _Reading) -> Any:
    """What can be read around a mistake, level by level. Every mistake that is found on the way is told of."""
    whole = _Block(tuple(text.split("\n")), 0)
    reading.lines[()] = 1
    data = _salvage_children(whole, (), reading)
    if not reading.problems:  # a mistake that only the whole text has
        _tell(error, whole, (), reading)
    return data


def _salvage_children(block: _Block, path: Path, reading: _Reading) -> Any:
    children = list(_children(block))
    if not children:
        return BROKEN
    return {key: _salvage_child(key, child, path, reading) for key, child in children}


def _salvage_child(key: str, block: _Block, path: Path, reading: _Reading) -> Any:
    reading.lines[(*path, key)] = block.first + 1
    try:
        node = compose("\n".join(block.lines))
    except YAMLError as error:
        header = block.lines[0].rstrip().endswith(":")
        if header and len(path) + 1 < _SALVAGED_LEVELS and (inner := _Block(block.lines[1:], block.first + 1)):
            before = len(reading.problems)
            data = _salvage_children(inner, (*path, key), reading)
            if len(reading.problems) > before:
                return data
        return _tell(error, block, (*path, key), reading)
    if isinstance(node, MappingNode) and node.value:
        return reading.value(node.value[0][1], (*path, key), block.first)
    return None


def _children(block: _Block) -> Iterator[tuple[str, _Block]]:
    """The blocks of the keys that stand furthest left. What comes before the first key is no part of any."""
    found = [(number, match) for number, line in enumerate(block.lines) if (match := _KEY_LINE.match(line))]
    if not found:
        return
    indent = min(len(match[1]) for _, match in found)
    starts = [(number, match[2]) for number, match in found if len(match[1]) == indent]
    ends = [number for number, _ in starts[1:]] + [len(block.lines)]
    for (start, key), end in zip(starts, ends, strict=True):
        yield key, _Block(block.lines[start:end], block.first + start)


def _tell(error: Exception, block: _Block, path: Path, reading: _Reading) -> Any:
    offset, said = _where(error, "\n".join(block.lines))
    tab = next((n for n, line in enumerate(block.lines) if line.lstrip(" ").startswith("\t")), None)
    if tab is not None:
        reading.error("tab", block.first + tab + 1, path, "A tab stands in the indentation.", "Indent with spaces.")
    else:
        line = block.first + min(offset, len(block.lines) - 1) + 1
        mend = "Look for a missing quote, bracket or colon, or for a line that is indented differently."
        reading.error("syntax", line, path, f"This is not YAML: {said}.", mend)
    return BROKEN


def _where(error: Exception, text: str) -> tuple[int, str]:
    """The line of a mistake (from 0) and what the reader said."""
    if isinstance(error, MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        return (mark.line if mark else 0), ", ".join(filter(None, (error.context, error.problem)))
    if isinstance(error, ReaderError):
        return text[: error.position].count("\n"), f"the character {error.character!r} may not stand in a text"
    return 0, "it cannot be read"
