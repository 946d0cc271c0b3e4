"""A form out of the types: for each field of a definition the control in which it is typed, filled from plain data.

1. Made from what was typed, not from what it means: a definition with mistakes has a form too.
2. What has no control of its own, or does not fit it, is typed as YAML in its place; so nothing is ever lost.
3. Reading the form back (`definitions_reading`) gives the data that it was made from.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from msgspec import Struct, UnsetType
from msgspec.structs import FieldInfo, fields

from milepost.console.pages import definitions_words as words
from milepost.console.pages.definitions_conditions import condition_field
from milepost.console.pages.definitions_controls import Field, Known, Options, among, control_of, references
from milepost.core.conditions.types import Condition
from milepost.core.program.codec import is_day, is_words
from milepost.core.program.kinds.common import Text
from milepost.core.program.kinds.journey import Every, JourneyStep
from milepost.core.program.problems import Path, path_text
from milepost.program.writing import dump_part

_FIRST = ("key", "title", "ask", "told", "name", "channel", "purpose", "subject", "body", "text")
_LONG = frozenset({"body", "why", "how", "thanks", "explain", "if_something_goes_wrong"})
_TEXT = set(get_args(Text))
_STEPS = set(get_args(JourneyStep))
_CONDITION = set(get_args(Condition))

_PASSIVE = ("Hint", "Term", "Banner", "Announcement", "Modal", "Briefing", "ResourceCenter", "DeckPiece", "Course")

#: `Type.field` → the sections whose keys may stand there.
REFERENCES: dict[str, tuple[str, ...]] = {
    "Celebrate.content": ("celebration",), "Celebrate.message": ("messages",), "Celebrate.buyers": ("messages",),
    "Goal.milestones": ("milestones",), "Goal.measure": ("measures",), "AnswerRef.answer": ("questions",),
    "Function.milestones": ("milestones",), "Guide.serves": ("milestones",), "Survey.serves": ("milestones",),
    "Invite.serves": ("milestones",),
    "EmptyState.serves": ("milestones",), "Message.serves": ("milestones",), "Question.measure": ("measures",),
    "Leaving.reason": ("questions",), "Leaving.competitor": ("questions",), "Leaving.obstacle": ("questions",),
    "Survey.remind": ("messages",), "Checklist.items": ("milestones",), "Action.use_template": ("templates",),
    "Action.start": ("content", "articles"), "Way.start": ("content", "articles"), "Advance.milestone": ("milestones",),
    "Article.functions": ("functions",), "Send.send": ("messages",),
    "Show.show": ("content", "articles"), "Cadence.series": ("messages", "content", "articles"),
    "Link.start": ("content", "articles"),
    "Help.guide": ("guide",), "Help.content": ("content",), "Help.message": ("messages",), "Help.article": ("articles",),
    "Growth.offer": ("offers",), "Formats.text": ("articles",), "Formats.interactive": ("content",),
    "ChartStep.reached": ("milestones",), "ChartStep.functions": ("functions",),
    "DeckPiece.deck": ("decks",), "Lesson.start": ("content", "articles"),
    "ResourceCenter.items": ("content", "articles"), "Risk.message": ("messages",), "Silent.message": ("messages",),
    "PlanTask.survey": ("survey",), "PlanTask.content": ("content", "articles"), "HandOffs.ask": ("survey",),
    **dict.fromkeys((f"{kind}.serves" for kind in _PASSIVE), ("milestones",)),
    "Help.offer": ("offers",), "Milestone.needs": ("milestones",), "Milestone.offer": ("offers",),
}  # fmt: skip


def form_of(described: Any, data: Any, known: Known, path: Path) -> tuple[Field, ...]:
    """The controls of a definition at this path. Absent: none for data that is no mapping (it is typed as YAML)."""
    if set(get_args(described)) >= _CONDITION:
        return (condition_field("f", data, known, path, label=""),)
    return struct_fields(described, data if isinstance(data, dict) else {}, known, "f", path)


def struct_fields(
    described: type[Struct], data: Mapping[str, Any], known: Known, control: str, path: Path
) -> tuple[Field, ...]:
    builder = _Builder(described, known, control, path)
    return tuple(builder.build(each, data.get(each.encode_name)) for each in in_order(described))


def in_order(described: type[Struct]) -> list[FieldInfo]:
    """The fields as people read them: names first."""
    return sorted(fields(described), key=lambda each: _FIRST.index(each.name) if each.name in _FIRST else len(_FIRST))


def shape(wanted: Any) -> str:
    """Which control a type is typed in."""
    members = _members(wanted)
    if members >= _CONDITION:
        return "condition"
    if wanted == Every:
        return "words"
    if members == _TEXT:
        return "text"
    if members == _STEPS:
        return "step"
    one = next(iter(members)) if len(members) == 1 else None
    if one in _SCALARS:
        return _SCALARS[one]
    if get_origin(one) is Literal:
        return "choice"
    if isinstance(one, type) and issubclass(one, Struct):
        return "yaml" if one.__name__ in ("Answered", "Test") else "words" if one.__name__ == "Quiet" else "struct"
    return _collection(one, members)


def _collection(one: Any, members: set[Any]) -> str:
    if one is not None and get_origin(one) is tuple:
        inner = shape(get_args(one)[0])
        return {"words": "list", "struct": "structs", "step": "steps"}.get(inner, "yaml")
    if one is not None and get_origin(one) is dict:
        inner = shape(get_args(one)[1])
        return {"text": "pairs", "struct": "named"}.get(inner, "yaml")
    return "lines" if str in members and any(get_origin(each) is tuple for each in members) else "yaml"


def _members(wanted: Any) -> set[Any]:
    if get_origin(wanted) in (Union, UnionType):
        return {each for each in get_args(wanted) if each not in (NoneType, UnsetType)}
    return {wanted}


def inner(wanted: Any) -> Any:
    """What a list or mapping is made of, or the type itself without its absence."""
    one = next(iter(_members(wanted)))
    if get_origin(one) is tuple:
        return get_args(one)[0]
    return get_args(one)[1] if get_origin(one) is dict else one


_SCALARS: dict[Any, str] = {str: "words", int: "number", bool: "flag", timedelta: "duration"}
#: What a shape's data must be, to be shown in its control.
_FITS: dict[str, Any] = {
    "text": (str, dict), "words": str, "duration": (str, int), "number": int, "flag": bool, "choice": str, "struct": dict,
    "list": list, "structs": list, "steps": list, "pairs": dict, "named": dict, "lines": (str, list),
}  # fmt: skip


def fits(kind: str, data: Any) -> bool:
    """Whether the data can be shown in a control of this shape."""
    if data is None or kind in ("condition", "yaml"):
        return kind == "yaml" or not is_day(data)
    if kind in ("number", "duration", "words", "choice") and isinstance(data, bool):
        return False
    if not isinstance(data, _FITS[kind]):
        return kind in ("number", "duration", "words", "choice") and isinstance(data, str | int | float)
    if kind in ("text", "pairs") and isinstance(data, dict):
        plain = str if kind == "text" else str | dict
        return all(isinstance(each, plain) for each in data.values())
    if kind in ("list", "lines") and isinstance(data, list):
        return all(isinstance(each, str) for each in data)
    return all(isinstance(each, dict) for each in _items(data)) if kind in ("structs", "named", "steps") else True


def _items(data: Any) -> Iterable[Any]:
    return data.values() if isinstance(data, dict) else data


class _Builder:
    """Builds the controls of one struct."""

    def __init__(self, described: type[Struct], known: Known, control: str, path: Path) -> None:
        self._holder, self._known, self._control, self._path = described.__name__, known, control, path

    def build(self, info: FieldInfo, data: Any) -> Field:
        name, kind = info.encode_name, shape(info.type)
        if not fits(kind, data) or (kind == "struct" and is_words(inner(info.type), data)):
            kind = "yaml"
        made = Field(
            kind=kind,
            control=control_of(self._control, name),
            path=path_text((*self._path, name)),
            label=words.label(name, self._holder),
            hint=words.hint(self._holder, name),
            required=info.required,
        )
        build = getattr(self, f"_{kind}")
        built: Field = build(made, info, data, (*self._path, name))
        return built

    def _text(self, made: Field, info: FieldInfo, data: Any, path: Path) -> Field:
        return text_field(made, data, self._known, long=info.name in _LONG)

    def _words(self, made: Field, info: FieldInfo, data: Any, path: Path) -> Field:
        value = "" if data is None else str(data)
        options = self._references(info.name, value)
        if options is not None:
            return replace(made, kind="choice", value=value, options=options)
        facts = tuple((name, name) for name in self._known.facts) if info.name == "event" else ()
        return replace(made, value=value, options=facts)

    def _number(self, made: Field, info: FieldInfo, data: Any, path: Path) -> Field:
        return replace(made, value="" if data is None else str(data))

    def _duration(self, made: Field, info: FieldInfo, data: Any, path: Path) -> Field:
        return replace(made, value="" if data is None else str(data))

    def _flag(self, made: Field, info: FieldInfo, data: Any, path: Path) -> Field:
        return replace(made, value=info.default if data is None else data)

    def _choice(self, made: Field, info: FieldInfo, data: Any, path: Path) -> Field:
        choices = get_args(next(iter(_members(info.type))))
        value = "" if data is None else str(data)
        options = [(each, words.CHOICES.get(each, each)) for each in choices]
        empty = [] if info.required else [("", _of_default(info))]
        other = [] if value in ("", *choices) else [(value, value)]
        return replace(made, value=value, options=(*empty, *options, *other))

    def _struct(self, made: Field, info: FieldInfo, data: Any, path: Path) -> Field:
        parts = struct_fields(inner(info.type), data or {}, self._known, made.control, path)
        return replace(made, parts=parts, value=bool(data))

    def _list(self, made: Field, info: FieldInfo, data: Any, path: Path) -> Field:
        options = self._references(info.name, "")
        if options is None:
            return replace(made, kind="lines", value="\n".join(data or ()), extra={"rows": len(data or ()) + 1})
        rows = [*(data or ()), ""]
        parts = tuple(
            Field(
                kind="choice",
                control=control_of(made.control, index),
                path=path_text((*path, index)),
                value=value,
                options=among(options, value),
            )
            for index, value in enumerate(rows)
        )
        return replace(made, kind="list", parts=parts)

    def _lines(self, made: Field, info: FieldInfo, data: Any, path: Path) -> Field:
        lines = [data] if isinstance(data, str) else data or []
        return replace(made, value="\n".join(lines), extra={"rows": max(1, len(lines))})

    def _structs(self, made: Field, info: FieldInfo, data: Any, path: Path) -> Field:
        described, items = inner(info.type), data or []
        parts = tuple(
            self._row(
                made,
                index,
                struct_fields(described, item, self._known, control_of(made.control, index), (*path, index)),
                (*path, index),
            )
            for index, item in enumerate(items)
        )
        return replace(made, parts=parts, add=words.ADD.get(info.name, words.label(info.name)))

    def _row(self, made: Field, index: int, parts: tuple[Field, ...], path: Path, **extra: Any) -> Field:
        control = control_of(made.control, index)
        return Field(
            kind="row", control=control, path=path_text(path), label=index + 1, value=index, parts=parts, extra=extra
        )

    def _named(self, made: Field, info: FieldInfo, data: Any, path: Path) -> Field:
        described = inner(info.type)
        rows = []
        for index, (key, item) in enumerate((data or {}).items()):
            parts = struct_fields(described, item, self._known, control_of(made.control, index), (*path, key))
            row = self._row(made, index, parts, (*path, key), key=key)
            rows.append(replace(row, value=key))
        return replace(made, parts=tuple(rows), add=words.ADD.get(info.name, words.label(info.name)))

    def _pairs(self, made: Field, info: FieldInfo, data: Any, path: Path) -> Field:
        rows = []
        for index, (key, item) in enumerate((data or {}).items()):
            control = control_of(made.control, index)
            text = Field(kind="text", control=control_of(control, "text"), path=path_text((*path, key)))
            row = self._row(made, index, (text_field(text, item, self._known, long=False),), (*path, key), key=key)
            rows.append(replace(row, value=key))
        return replace(made, parts=tuple(rows), add=words.ADD.get(info.name, words.label(info.name)))

    def _steps(self, made: Field, info: FieldInfo, data: Any, path: Path) -> Field:
        rows = []
        for index, item in enumerate(data or ()):
            kind = step_kind(item)
            described = STEP_TYPES.get(kind)
            if described is None:
                part = Field(
                    kind="yaml",
                    control=control_of(made.control, index, "yaml"),
                    path=path_text((*path, index)),
                    value=dump_part(item),
                )
                rows.append(self._row(made, index, (part,), (*path, index), step="yaml", title=words.OPERATORS["yaml"]))
                continue
            parts = struct_fields(described, item, self._known, control_of(made.control, index), (*path, index))
            rows.append(self._row(made, index, parts, (*path, index), step=kind, title=words.STEPS[kind]))
        return replace(made, parts=tuple(rows), adds=tuple(words.STEPS.items()))

    def _condition(self, made: Field, info: FieldInfo, data: Any, path: Path) -> Field:
        built = condition_field(made.control, data, self._known, path, label=made.label)
        return replace(built, hint=made.hint, required=made.required)

    def _yaml(self, made: Field, info: FieldInfo, data: Any, path: Path) -> Field:
        value = "" if data in (None, {}, [], "") else dump_part(data)
        return replace(made, kind="yaml", value=value, extra={"rows": max(2, value.count("\n") + 1)})

    def _references(self, name: str, value: str) -> Options | None:
        named = REFERENCES.get(f"{self._holder}.{name.rstrip('_')}")
        return None if named is None else references(named, self._known, value)


def text_field(made: Field, data: Any, known: Known, *, long: bool) -> Field:
    """A text in every language of the program; one that the program does not have any more is shown too."""
    default = known.locales[0]
    said = {default: data} if isinstance(data, str) else dict(data or {})
    parts = tuple(
        Field(
            kind="area" if long or "\n" in said.get(locale, "") else "line",
            control=control_of(made.control, locale),
            path=f"{made.path}.{locale}",
            label=locale,
            value=said.get(locale, ""),
            extra={"rows": max(2, said.get(locale, "").count("\n") + 1), "lang": locale},
        )
        for locale in dict.fromkeys((*known.locales, *said))
    )
    return replace(made, kind="text", parts=parts)


def step_kind(item: Mapping[str, Any]) -> str:
    """Absent: an empty text for what is no one step."""
    found = [kind for kind in STEP_TYPES if kind in item]
    return found[0] if len(found) == 1 else ""


STEP_TYPES: dict[str, type[Struct]] = {str(each.__struct_config__.tag): each for each in get_args(JourneyStep)}


def _of_default(info: FieldInfo) -> Any:
    """What an empty choice means."""
    return words.CHOICES.get(info.default, info.default) if isinstance(info.default, str) else "—"
