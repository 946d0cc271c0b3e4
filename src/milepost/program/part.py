"""One definition inside the text of the whole program: its own YAML, taken out and put back.

1. Everything outside the definition stays as it was typed, to the last character.
2. What belongs to a definition: the lines from its key up to the next key, with the comments that are indented deeper
   than the key; other comments before the next key belong to that one.
3. A section that is written in braces has no lines of its own: it is written anew as a whole, with its comments.
"""

import re
from functools import lru_cache
from typing import Any

from msgspec import Struct
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode

from milepost.core.program.problems import Path
from milepost.core.values import Refused
from milepost.program.writing import dump_part, load_part, with_item, without_item
from milepost.program.yaml_text import MARK, Loaded, compose, split

_STEP = 2
_COMMENT = re.compile(r"\s*#")


class Part(Struct, frozen=True, kw_only=True):
    """Shapes: the lines `start` up to `end` (from 0) of the text; `indent` is that of the key. `own` is the value's YAML
    without its indentation, `tail` the comment behind the key or the short value."""

    start: int
    end: int
    indent: int
    key: str
    own: str
    tail: str

    def first_line(self, own: str) -> int:
        """The line (from 0) on which another value begins when it is put here."""
        return self.start if _stands_behind_its_key(own) else self.start + 1


def place_of(text: str, loaded: Loaded, path: Path) -> Part | None:
    """Where a definition stands. Absent: None inside of braces, where it has no lines of its own."""
    own = _document(loaded, path)
    return None if _in_braces(text, own, path) else _part(text, own, path)


def has(loaded: Loaded, path: Path) -> bool:
    return path in loaded.lines


def own_text(text: str, loaded: Loaded, path: Path) -> str:
    """The value's YAML, as if it stood alone. Raises Refused for a path that is not there."""
    loaded = _document(loaded, path)
    if _in_braces(text, loaded, path):
        root = load_part(_section_own(text, loaded, path))
        return dump_part(root[path[-1]])
    return _part(text, loaded, path).own


def with_own_text(text: str, loaded: Loaded, path: Path, own: str) -> str:
    """The text with another value at the path, which may be new."""
    loaded = _document(loaded, path)
    own = own.rstrip() + "\n"
    if not has(loaded, path[:1]) or (len(path) > 1 and _is_empty(text, loaded, path[:1])):
        return _with_section(text, loaded, path, own)
    if _in_braces(text, loaded, path):
        section = with_item(_section_own(text, loaded, path), str(path[-1]), own)
        return _put(text, _part(text, loaded, path[:1]), section)
    if has(loaded, path):
        return _put(text, _part(text, loaded, path), own)
    return _after(text, _last_sibling(text, loaded, path), str(path[-1]), own)


def copied(text: str, loaded: Loaded, path: Path, key: str) -> str:
    """The text with a copy of the definition, right behind it."""
    loaded = _document(loaded, path)
    own = own_text(text, loaded, path)
    if _in_braces(text, loaded, path):
        return with_own_text(text, loaded, (*path[:-1], key), own)
    return _after(text, _part(text, loaded, path), key, own)


def without(text: str, loaded: Loaded, path: Path) -> str:
    """The text without the definition; a section that has none left goes too."""
    loaded = _document(loaded, path)
    siblings = [each for each in loaded.lines if len(each) == len(path) and each[:-1] == path[:-1]]
    if len(path) > 1 and siblings == [path]:
        return without(text, loaded, path[:-1])
    if _in_braces(text, loaded, path):
        section = without_item(_section_own(text, loaded, path), str(path[-1]))
        return _put(text, _part(text, loaded, path[:1]), section)
    part, lines = _part(text, loaded, path), text.split("\n")
    return "\n".join(lines[: part.start] + lines[part.end :])


def with_words(text: str, words: dict[Path, str], keys: dict[Path, str]) -> str:
    """The text with other single values at these paths, and other keys. Raises Refused for a text that is not YAML."""
    spans = [*_spans(text, words, of_key=False), *_spans(text, keys, of_key=True)]
    for start, end, word in sorted(spans, reverse=True):
        text = text[:start] + word + text[end:]
    return text


# --- where it stands -------------------------------------------------------------------------------------------------


def _document(loaded: Loaded, path: Path) -> Loaded:
    """The document of several in which a definition stands; for a new one, the last that has its section, else the last."""
    holders = [part for part in loaded.documents if part.lines.get(path) == loaded.lines.get(path, -1)]
    holders = holders or [part for part in loaded.documents if path[:1] in part.lines]
    return (holders or loaded.documents)[-1]


def _part(text: str, loaded: Loaded, path: Path) -> Part:
    if not has(loaded, path):
        raise Refused("no_such_definition", "It is not in the text any more.", status=404)
    lines = text.split("\n")
    start = loaded.lines[path] - 1
    indent = _indent(lines[start])
    end = _end(lines, start, indent, _next_key(loaded, path, len(lines)))
    return _taken(lines[start:end], start, end, indent, str(path[-1]))


def _next_key(loaded: Loaded, path: Path, most: int) -> int:
    """The line (from 0) of the first key behind this definition."""
    own = loaded.lines[path]
    others = (line for each, line in loaded.lines.items() if 0 < len(each) <= len(path) and line > own)
    return min(others, default=most + 1) - 1


def _end(lines: list[str], start: int, indent: int, end: int) -> int:
    end = next((number for number in range(start + 1, end) if MARK.match(lines[number])), end)
    while end > start + 1 and (
        not lines[end - 1].strip() or (_COMMENT.match(lines[end - 1]) and _indent(lines[end - 1]) <= indent)
    ):
        end -= 1
    return end


def _taken(lines: list[str], start: int, end: int, indent: int, key: str) -> Part:
    """The value out of its lines: behind the key, or on the lines below it."""
    whole = "\n".join(line[min(indent, _indent(line)) :] for line in lines)
    value = _value(whole)
    if value is not None and _is_inline(value):
        first, last = value.start_mark.index, value.end_mark.index
        own, tail = _dedented(whole[first:last], _STEP), whole[last:].strip("\n")
        return Part(start=start, end=end, indent=indent, key=key, own=own + "\n", tail=tail.rstrip())
    head, _, body = whole.partition("\n")
    depth = min((_indent(line) for line in body.split("\n") if line.strip()), default=_STEP)
    found = re.search(r":(\s+#.*)$", head)
    return Part(
        start=start,
        end=end,
        indent=indent,
        key=key,
        own=_dedented(body, depth).rstrip("\n") + "\n",
        tail=found[1] if found else "",
    )


@lru_cache(maxsize=64)
def _value(whole: str) -> Node | None:
    try:
        root = compose(whole)
    except YAMLError:
        return None
    return root.value[0][1] if isinstance(root, MappingNode) and root.value else None


def _is_inline(value: Node) -> bool:
    """Whether it begins on the line of its key."""
    if isinstance(value, ScalarNode):
        return value.style not in ("|", ">")
    return isinstance(value, CollectionNode) and bool(value.flow_style) and value.start_mark.line == 0


def _in_braces(text: str, loaded: Loaded, path: Path) -> bool:
    if len(path) < 2 or not has(loaded, path[:1]):
        return False
    head = text.split("\n")[loaded.lines[path[:1]] - 1]
    return bool(re.match(r"[^#]*?:\s+[{&*]", head))


def _is_empty(text: str, loaded: Loaded, path: Path) -> bool:
    """`milestones:` with nothing below it, or `{}`."""
    return _part(text, loaded, path).own.strip() in ("", "{}", "~", "null")


def _section_own(text: str, loaded: Loaded, path: Path) -> str:
    return _part(text, loaded, path[:1]).own


def _last_sibling(text: str, loaded: Loaded, path: Path) -> Part:
    siblings = [each for each in loaded.lines if len(each) == len(path) and each[:-1] == path[:-1]]
    return _part(text, loaded, max(siblings, key=lambda each: loaded.lines[each]))


# --- putting it back -------------------------------------------------------------------------------------------------


def _put(text: str, part: Part, own: str) -> str:
    lines = text.split("\n")
    head = lines[part.start]
    key = head[: _key_end(head, part)]
    return "\n".join([*lines[: part.start], *_written(key, own, part.indent, part.tail), *lines[part.end :]])


def _key_end(head: str, part: Part) -> int:
    """Where the key ends in its line, quoted or not."""
    found = re.match(r"""\s*("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^:#]+(?::(?!\s|$)[^:#]*)*)""", head)
    return found.end() if found else part.indent + len(part.key)


def _after(text: str, before: Part, key: str, own: str) -> str:
    lines = text.split("\n")
    new = _written(" " * before.indent + _key(key), own, before.indent, "")
    if before.end == len(lines) and lines[-1]:
        lines.append("")
    return "\n".join([*lines[: before.end], *new, *lines[before.end :]])


def _with_section(text: str, loaded: Loaded, path: Path, own: str) -> str:
    """The text with the section as well: below its empty key, or at the end."""
    for key in reversed([str(key) for key in path[1:]]):
        own = "\n".join(_written(_key(key), own, 0, "")) + "\n"
    if has(loaded, path[:1]):
        return _put(text, _part(text, loaded, path[:1]), own)
    gap = "" if not text or text.endswith("\n") else "\n"
    return f"{text}{gap}\n" + "\n".join(_written(_key(str(path[0])), own, 0, "")) + "\n"


def _written(key: str, own: str, indent: int, tail: str) -> list[str]:
    body = own.rstrip("\n").split("\n")
    tail = tail and f" {tail.lstrip()}" if not tail.startswith(" ") else tail
    if _stands_behind_its_key(own):
        deeper = [line and " " * (indent + _STEP) + line for line in body[1:]]
        last = [*([f"{key}: {body[0]}"]), *deeper]
        return [*last[:-1], last[-1] + tail]
    return [f"{key}:{tail}", *(line and " " * (indent + _STEP) + line for line in body)]


@lru_cache(maxsize=64)
def _stands_behind_its_key(own: str) -> bool:
    stripped = own.strip()
    if stripped[:1] in ("{", "["):
        return True
    try:
        return isinstance(compose(own), ScalarNode) and "\n" not in stripped
    except YAMLError:
        return False


def _key(key: str) -> str:
    return dump_part({key: 0}).rpartition(":")[0]


def _dedented(text: str, by: int) -> str:
    return "\n".join(line[min(by, _indent(line)) :] for line in text.split("\n"))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _spans(text: str, words: dict[Path, str], *, of_key: bool) -> list[tuple[int, int, str]]:
    spans = []
    for document in split(text):
        try:
            root = compose(document)
        except YAMLError as error:
            raise Refused("not_yaml", "The text cannot be read; mend it first.", status=409) from error
        before = _before(text, document)
        found = ((_found(root, path, of_key=of_key), word) for path, word in words.items())
        spans += [(n.start_mark.index + before, n.end_mark.index + before, word) for n, word in found if n is not None]
    return spans


def _before(text: str, document: str) -> int:
    """How much further back a place in the document stands in the whole text: lines that are empty in one are not in the
    other."""
    empty = len(document) - len(document.lstrip("\n"))
    return sum(len(line) for line in text.split("\n")[:empty])


def _found(node: Any, path: Path, *, of_key: bool) -> Node | None:
    for place, step in enumerate(path):
        if isinstance(node, MappingNode):
            pair = next((pair for pair in node.value if pair[0].value == step), None)
            if pair is None:
                return None
            node = pair[0] if of_key and place == len(path) - 1 else pair[1]
        elif isinstance(step, int) and isinstance(node.value, list):
            node = node.value[step]
        else:
            return None
    return node if isinstance(node, ScalarNode) else None
