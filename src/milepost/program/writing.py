"""The document as YAML text. Written over an older text, what has not changed stays as it was typed, with its comments.

A file remembers which release it was made on in a comment on its last line, so that a release of somebody else in
between is noticed.
"""

import re
from io import StringIO
from typing import Any

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import LiteralScalarString

from milepost.core.program.codec import encode
from milepost.core.program.document import Document
from milepost.program.yaml_text import read

_WIDTH = 120
_BASE = re.compile(r"^# made on release (\d+) \(([0-9a-f]{32})\)[ \t]*\r?\n?", re.MULTILINE)
_NOTHING: Any = object()


def write(document: Document, like: str = "") -> str:
    """The text of a document. `like`: the text whose comments and forms are kept where the meaning is the same."""
    new, old = encode(document), read(like).document if like else None
    yaml = _yaml()
    if old is None:
        return _dump(yaml, _typed(new))
    root = yaml.load(like)
    _update(root, encode(old), new)
    return _dump(yaml, root)


def base_of(text: str) -> str | None:
    """The digest of the release that a text was made on. Absent: the text does not say."""
    found = _BASE.findall(text)
    return found[-1][1] if found else None


def with_base(text: str, number: int, digest: str) -> str:
    """The text, saying which release it was made on."""
    bare = without_base(text)
    ending = "" if bare.endswith("\n") or not bare else "\n"
    return f"{bare}{ending}# made on release {number} ({digest})\n"


def without_base(text: str) -> str:
    return _BASE.sub("", text)


def _yaml() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = _WIDTH
    yaml.brace_single_entry_mapping_in_flow_sequence = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _dump(yaml: YAML, root: Any) -> str:
    out = StringIO()
    yaml.dump(root, out)
    return out.getvalue()


def _update(node: Any, old: Any, new: Any) -> None:
    """Makes `node`, which was typed to mean `old`, mean `new`; what is equal is not touched."""
    if isinstance(node, CommentedMap):
        for key in [key for key in node if key in old and key not in new]:
            del node[key]
        for key, value in new.items():
            held = old.get(key, _NOTHING)
            if not _same(held, value):
                _replace(node, key, held, value)
    else:
        for index in range(len(old)):
            if not _same(old[index], new[index]):
                _replace(node, index, old[index], new[index])


def _replace(node: Any, key: Any, old: Any, new: Any) -> None:
    typed = node[key] if isinstance(node, CommentedSeq) else node.get(key)
    mappings = isinstance(typed, CommentedMap) and isinstance(old, dict) and isinstance(new, dict)
    lists = isinstance(typed, CommentedSeq) and isinstance(old, list) and isinstance(new, list)
    if mappings or (lists and len(typed) == len(old) == len(new)):
        _update(typed, old, new)
    else:
        node[key] = _typed(new)


def _same(old: Any, new: Any) -> bool:
    """Equal in JSON: other than in Python, true is not 1."""
    if old is _NOTHING:
        return False
    return msgspec.json.encode(old, order="deterministic") == msgspec.json.encode(new, order="deterministic")


def _typed(value: Any) -> Any:
    """Plain data as ruamel writes it best: longer texts as blocks."""
    if isinstance(value, dict):
        return CommentedMap({key: _typed(item) for key, item in value.items()})
    if isinstance(value, list):
        return CommentedSeq([_typed(item) for item in value])
    if isinstance(value, str) and "\n" in value:
        return LiteralScalarString(value)
    return value
