"""What was typed into a form, as plain data: what the form does not show stays, and nothing is judged here."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import FieldInfo

from milepost.console.pages.definitions_conditions import ABSENT, Tree, read_group
from milepost.console.pages.definitions_controls import OWN, nested
from milepost.console.pages.definitions_fields import STEP_TYPES, in_order, inner, shape
from milepost.console.pages.definitions_values import number
from milepost.core.program.problems import Path, path_text
from milepost.core.program.scalars import BROKEN
from milepost.program.yaml_text import load


class Reading:
    """Reads one form. `wrong`: path → what could not be read there, which keeps its old value meanwhile."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.wrong: dict[str, str] = {}

    def definition(self, described: Any, pairs: list[tuple[str, str]], base: Any) -> Any:
        """The data of a whole definition. `base`: what it was before."""
        tree = nested(pairs).get("f", {})
        if shape(described) == "condition":
            read = self._condition(tree, base, self._path)
            return None if read is ABSENT else read
        return self.struct(described, tree, base if isinstance(base, dict) else {}, self._path)

    def struct(self, described: type[Struct], tree: Tree, base: Mapping[str, Any], path: Path) -> dict[str, Any]:
        read = dict(base)
        for info in in_order(described):
            name = info.encode_name
            value = self._field(info, tree.get(name, {}), base.get(name), (*path, name))
            if value is ABSENT:
                read.pop(name, None)
            else:
                read[name] = value
        return read

    def _field(self, info: FieldInfo, tree: Any, base: Any, path: Path) -> Any:
        kind = shape(info.type)
        if isinstance(tree, Mapping) and OWN + "yaml" in tree:
            return self._yaml(tree[OWN + "yaml"], base, path)
        if kind == "flag":
            return _flag(tree == "on", base, info.default)
        if kind == "struct":
            return self._inner(info, tree, base, path)
        if kind == "yaml":
            return self._yaml(tree, base, path)
        read: Any = (
            getattr(self, f"_{kind}")(info, tree, base, path)
            if kind != "condition"
            else self._condition(tree, base, path)
        )
        return read

    def _inner(self, info: FieldInfo, tree: Any, base: Any, path: Path) -> Any:
        """A part that is there when something in it is."""
        read = self.struct(inner(info.type), tree, base if isinstance(base, dict) else {}, path)
        return read if read or (isinstance(base, dict) and not base) else ABSENT

    def _words(self, info: FieldInfo, tree: Any, base: Any, path: Path) -> Any:
        typed = _text(tree)
        return ABSENT if not typed else base if typed == str(base) else typed

    _choice = _duration = _words

    def _number(self, info: FieldInfo, tree: Any, base: Any, path: Path) -> Any:
        typed = _text(tree)
        return ABSENT if not typed else base if typed == str(base) else number(typed)

    def _text(self, info: FieldInfo, tree: Any, base: Any, path: Path) -> Any:
        return read_text(tree, base)

    def _lines(self, info: FieldInfo, tree: Any, base: Any, path: Path) -> Any:
        lines = [line.strip() for line in _text(tree).split("\n") if line.strip()]
        if isinstance(base, list) and lines:
            return lines
        return ABSENT if not lines else lines[0] if len(lines) == 1 else lines

    def _list(self, info: FieldInfo, tree: Any, base: Any, path: Path) -> Any:
        items = _text(tree).split("\n") if isinstance(tree, str) else map(_text, tree.values())
        read = [item.strip() for item in items if item.strip()]
        return read if read or base == [] else ABSENT

    def _structs(self, info: FieldInfo, tree: Any, base: Any, path: Path) -> Any:
        described, held = inner(info.type), base if isinstance(base, list) else []
        read = [self.struct(described, row, _was(row, held), (*path, index)) for index, row in enumerate(_rows(tree))]
        return read if read or base == [] else ABSENT

    def _named(self, info: FieldInfo, tree: Any, base: Any, path: Path) -> Any:
        described, held, read = inner(info.type), base if isinstance(base, dict) else {}, dict[str, Any]()
        for row in _rows(tree):
            key = self._key(row, read, path)
            read[key] = self.struct(described, row, held.get(row.get(OWN + "was", ""), {}), (*path, key))
        return read if read or base == {} else ABSENT

    def _pairs(self, info: FieldInfo, tree: Any, base: Any, path: Path) -> Any:
        held, read = base if isinstance(base, dict) else {}, dict[str, Any]()
        for row in _rows(tree):
            text = read_text(row.get("text", {}), held.get(row.get(OWN + "was", "")))
            read[self._key(row, read, path)] = "" if text is ABSENT else text
        return read if read or base == {} else ABSENT

    def _key(self, row: Tree, taken: Mapping[str, Any], path: Path) -> str:
        key = _text(row.get(OWN + "key", ""))
        if not key or key in taken:
            self.wrong[path_text((*path, key))] = "empty" if not key else "taken"
            key = _text(row.get(OWN + "was", "")) or "new"
            while key in taken:
                key += "-2"
        return key

    def _steps(self, info: FieldInfo, tree: Any, base: Any, path: Path) -> Any:
        held = base if isinstance(base, list) else []
        read = [self._step(row, _was(row, held), (*path, index)) for index, row in enumerate(_rows(tree))]
        return read if read or base == [] else ABSENT

    def _step(self, row: Tree, base: Mapping[str, Any], path: Path) -> Any:
        kind = row.get(OWN + "step", "")
        if kind not in STEP_TYPES:
            read = self._yaml(row.get("yaml", {}).get(OWN + "yaml", ""), base, path)
            return {} if read is ABSENT else read
        empty: Any = "" if kind in ("send", "show", "task") else [] if kind == "if" else {}
        return {kind: empty, **self.struct(STEP_TYPES[kind], row, base, path)}

    def _condition(self, tree: Any, base: Any, path: Path) -> Any:
        return read_group(tree, lambda text: self._yaml(text, ABSENT, path)) if isinstance(tree, Mapping) else ABSENT

    def _yaml(self, text: Any, base: Any, path: Path) -> Any:
        typed = _lines_of(text).strip("\n") if isinstance(text, str) else ""  # how far it is indented means something
        if not typed.strip():
            return ABSENT
        loaded = load(typed + "\n")
        if loaded.problems or loaded.data is BROKEN:
            self.wrong[path_text(path)] = loaded.problems[0].message
            return ABSENT if base is None else base
        return loaded.data


def read_text(tree: Any, base: Any) -> Any:
    """A text in its languages: one text, as long as it was one and is typed in one."""
    typed = (
        {locale: _kept(_lines_of(text), _said(base, locale)) for locale, text in tree.items()}
        if isinstance(tree, Mapping)
        else {}
    )
    said = {locale: text for locale, text in typed.items() if text}
    if isinstance(base, dict):
        return {**{key: value for key, value in base.items() if key not in typed}, **said} or ABSENT
    default = next(iter(typed), "")
    if not said:
        return ABSENT
    return said[default] if list(said) == [default] else said


def _kept(typed: str, before: Any) -> str:
    """What was typed: a text of several lines ends its last one; one that is the same stays as it was."""
    if isinstance(before, str) and typed.rstrip("\n") == before.rstrip("\n"):
        return before
    return typed.rstrip("\n") + "\n" if "\n" in typed.strip("\n") else typed.strip("\n")


def _said(base: Any, locale: str) -> Any:
    return base.get(locale) if isinstance(base, dict) else base


def _flag(on: bool, base: Any, default: bool) -> Any:
    if isinstance(base, bool) and base == on:
        return base
    return ABSENT if on == default else on


def _rows(tree: Any) -> list[Tree]:
    return [row for row in tree.values() if isinstance(row, Mapping)] if isinstance(tree, Mapping) else []


def _was(row: Tree, held: list[Any]) -> Any:
    """What this row was before, wherever it stood."""
    place = _text(row.get(OWN + "was", ""))
    found = held[int(place)] if place.isdecimal() and int(place) < len(held) else {}
    return found if isinstance(found, dict) else {}


def _text(value: Any) -> str:
    return _lines_of(value).strip() if isinstance(value, str) else ""


def _lines_of(value: Any) -> str:
    return value.replace("\r\n", "\n") if isinstance(value, str) else ""
