"""The document as YAML text. Written over an older text, what has not changed stays as it was typed, with its comments.

A file remembers which release it was made on in a comment on its last line, so that a release of somebody else in
between is noticed.
"""

import re
from difflib import SequenceMatcher
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


def merged(typed: str, old: Any, new: Any) -> str:
    """A part's text that said `old`, made to say `new`; comments and forms stay where the meaning does."""
    if _same(old, new):
        return typed
    root = load_part(typed) if typed.strip() else None
    mappings = isinstance(root, CommentedMap) and isinstance(old, dict) and isinstance(new, dict)
    lists = isinstance(root, CommentedSeq) and isinstance(old, list) and isinstance(new, list)
    if not (mappings or lists):
        return dump_part(new)
    _update(root, old, new)
    return dump_part(root)


def load_part(text: str) -> Any:
    """ruamel's own tree of a part, with its comments."""
    return _yaml().load(text)


def dump_part(value: Any) -> str:
    """The text of a part: plain data, or a tree of `load_part`."""
    plain = not isinstance(value, CommentedMap | CommentedSeq)
    return _dump(_yaml(), _typed(value) if plain else value).removesuffix("...\n")


def with_item(typed: str, key: str, own: str) -> str:
    """A mapping's text with this item in it, written in braces like the mapping."""
    root, item = load_part(typed), load_part(own)
    if isinstance(item, CommentedMap | CommentedSeq):
        item.fa.set_flow_style()
    root[key] = item
    return dump_part(root)


def without_item(typed: str, key: str) -> str:
    root = load_part(typed)
    del root[key]
    return dump_part(root)


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
        typed = {str(key): key for key in node}
        for key in [key for key in typed if key in old and key not in new]:
            del node[typed[key]]
        for key, value in new.items():
            held = old.get(key, _NOTHING)
            if not _same(held, value):
                _replace(node, typed.get(key, key), held, value)
    else:
        _update_list(node, old, new)


def _update_list(node: CommentedSeq, old: list[Any], new: list[Any]) -> None:
    """Items that stay keep what was typed of them; of those that changed in place, each is updated by itself."""
    if len(node) != len(old):
        node[:] = [_typed(item) for item in new]
        return
    held, holds = [list(map(_name, items)) for items in (old, new)]
    typed = dict(zip(held, list(node), strict=True))  # what moves up or down takes its comments along
    for kind, start, end, first, last in reversed(SequenceMatcher(None, held, holds, autojunk=False).get_opcodes()):
        stay = not (set(held[start:end]) & set(holds) or set(holds[first:last]) & set(held))
        if kind == "replace" and end - start == last - first and stay:
            for index, item in zip(range(start, end), new[first:last], strict=True):
                _replace(node, index, old[index], item)
        elif kind != "equal":
            for index in reversed(range(start, end)):
                del node[index]
            for offset, item in enumerate(new[first:last]):
                node.insert(start + offset, typed.get(_name(item)) or _typed(item))


def _replace(node: Any, key: Any, old: Any, new: Any) -> None:
    typed = node[key] if isinstance(node, CommentedSeq) else node.get(key)
    mappings = isinstance(typed, CommentedMap) and isinstance(old, dict) and isinstance(new, dict)
    lists = isinstance(typed, CommentedSeq) and isinstance(old, list) and isinstance(new, list)
    if mappings or lists:
        _update(typed, old, new)
    else:
        node[key] = _typed(new)


def _same(old: Any, new: Any) -> bool:
    """Equal in JSON: other than in Python, true is not 1."""
    if old is _NOTHING:
        return False
    return _name(old) == _name(new)


def _name(value: Any) -> bytes:
    return msgspec.json.encode(value, order="deterministic")


def _typed(value: Any) -> Any:
    """Plain data as ruamel writes it best: longer texts as blocks."""
    if isinstance(value, dict):
        return CommentedMap({key: _typed(item) for key, item in value.items()})
    if isinstance(value, list):
        return CommentedSeq([_typed(item) for item in value])
    if isinstance(value, str) and "\n" in value:
        return LiteralScalarString(value)
    return value
