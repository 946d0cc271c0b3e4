"""One definition: its form, its own YAML, what is wrong with it, who names it and whom it names."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from milepost.console.clock import now
from milepost.console.pages.charts import drawn_in_draft
from milepost.console.pages.conditions import in_words
from milepost.console.pages.definitions_controls import Field, Known, Options
from milepost.console.pages.definitions_fields import form_of
from milepost.console.pages.definitions_kinds import Kind, blank, kind_of
from milepost.console.pages.definitions_ops import operated
from milepost.console.pages.definitions_reading import Reading
from milepost.console.pages.definitions_words import label
from milepost.console.pages.preview import Held, Preview, flow_for, held_by, preview_of
from milepost.console.pages.preview_flow import Flow
from milepost.console.pages.program import STARTER
from milepost.console.pages.words import condition_titles, in_our_language, readable
from milepost.core.conditions.types import Condition
from milepost.core.program.codec import is_words
from milepost.core.program.document import Document
from milepost.core.program.problems import Path, Problem, path_text
from milepost.core.program.scalars import BROKEN
from milepost.core.review.uses import uses, uses_by, uses_of
from milepost.core.values import Refused
from milepost.program import part
from milepost.program.drafts import Working, opened_after, reviewed, working
from milepost.program.review import Reviewed
from milepost.program.writing import dump_part, merged
from milepost.program.yaml_text import load

#: What can be written on the customer's own page: what stands at an element, or across the page.
ON_THE_PAGE = ("guide", "hint", "term", "banner", "empty-state")
ALONE = "-"  # stands for the key of what there is one of, in addresses


@dataclass(frozen=True, slots=True)
class Named:
    """Another definition, to go to."""

    kind: Kind
    key: str
    title: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What was typed, and what is to say about it. `typed`: the definition's YAML, `problems` those in it, `elsewhere`
    how many errors there are in the rest; `words` are its conditions in words. `unread`: what could not be read of the
    form, by path; it keeps its old value meanwhile. Absent: `value` is None for what cannot be read at all."""

    typed: str
    value: Any
    problems: tuple[Problem, ...]
    elsewhere: int
    words: tuple[tuple[str, str], ...]
    document: Document
    unread: dict[str, str] = field(default_factory=dict)

    @property
    def readable(self) -> bool:
        return self.value is not None


@dataclass(frozen=True, slots=True)
class DefinitionPage:
    """Absent: no `form` for a definition that cannot be read; an empty `revision` and `key` is a new one."""

    kind: Kind
    key: str
    title: str
    form: tuple[Field, ...]
    checked: Checked
    revision: str
    used_by: tuple[Named, ...]
    names: tuple[Named, ...]
    facts: tuple[str, ...]
    may_undo: bool
    preview: Preview | None = None
    flow: Flow | None = None
    drawing: str = ""
    held: Held | None = None
    saved: bool = False

    @property
    def is_new(self) -> bool:
        return not self.key

    @property
    def address(self) -> str:
        return self.key or "new"

    @property
    def on_the_page(self) -> bool:
        """Whether it can be edited where people will see it."""
        return self.kind.name in ON_THE_PAGE


def path_of(kind: Kind, key: str) -> Path:
    return (kind.section,) if kind.alone else (kind.section, key)


def draft(workspace_id: int) -> Working:
    return working(workspace_id, STARTER.read_text(encoding="utf-8"))


def gather_definition(workspace_id: int, kind: Kind, key: str, *, saved: bool = False) -> DefinitionPage:
    """Raises Refused (404) for a definition that there is not, or not of this kind."""
    found, path = draft(workspace_id), path_of(kind, key)
    if not key or (kind.alone and not part.has(found.loaded, path)):
        return _previewed(_page(found, kind, key, blank(kind), dump_part(blank(kind)), saved=saved), workspace_id)
    value = found.value(path)
    if not part.has(found.loaded, path) or (kind.tag and kind_of(kind.section, value) not in (kind, None)):
        raise Refused("no_such_definition", "There is no such definition.", status=404)
    return _previewed(_page(found, kind, key, value, found.own(path), saved=saved), workspace_id)


def gather_form(workspace_id: int, kind: Kind, key: str, checked: Checked) -> DefinitionPage:
    """The page after the form was changed by one of its buttons, or the YAML by hand."""
    page = _page(draft(workspace_id), kind, key, checked.value, checked.typed, checked=checked)
    return _previewed(page, workspace_id)


def _previewed(page: DefinitionPage, workspace_id: int) -> DefinitionPage:
    """The page with what it will look like."""
    kind, document, key = page.kind, page.checked.document, page.key or "new"
    preview = preview_of(kind, workspace_id, document)
    flow, held, drawing = None, None, ""
    if kind.name in ("journey", "cadence"):
        flow = flow_for(kind, key, document, condition_titles(document))
    elif kind.name == "segment":
        held = held_by(definition_in(document, kind, key), document, workspace_id, now())
    elif kind.name == "chart":
        drawing = drawn_in_draft(document, key)
    return replace(page, preview=preview, flow=flow, held=held, drawing=drawing)


def _page(
    found: Working, kind: Kind, key: str, value: Any, typed: str, *, checked: Checked | None = None, saved: bool = False
) -> DefinitionPage:
    path, document = path_of(kind, key), found.reviewed.sketch
    used = uses(found.data)
    known = known_of(found, document)
    shown = None if value is BROKEN else value
    return DefinitionPage(
        kind=kind,
        key=key,
        title=title_of(kind, key, shown, document),
        form=form_of(kind.type, for_form(kind, shown), known, path) if has_form(kind, shown) else (),
        checked=checked or check(found, kind, key, typed),
        revision=found.revision(path) if key or kind.alone else "",
        used_by=_named(found, [(str(use.by[0]), str(use.by[-1])) for use in uses_of(used, kind.section, key)]),
        names=_named(found, [(use.section, use.key) for use in uses_by(used, kind.section, key)]),
        facts=known.facts,
        may_undo=found.may_undo,
        saved=saved,
    )


# --- what was typed --------------------------------------------------------------------------------------------------


def read_typed(
    kind: Kind, key: str, pairs: list[tuple[str, str]], typed: str, operation: str = ""
) -> tuple[str, dict[str, str]]:
    """The YAML of what was typed into the form. `typed`: the YAML beside it, whose comments stay; `operation`: a button of
    the form (`add:steps`). Shapes: (YAML, path → what could not be read there)."""
    held = load(typed).data if typed.strip() else None
    reading = Reading(path_of(kind, key or "new"))
    value = reading.definition(kind.type, operated(pairs, operation), for_form(kind, held))
    return merged(typed, held, from_form(kind, held, value)), reading.wrong


def check(found: Working, kind: Kind, key: str, typed: str, unread: dict[str, str] | None = None) -> Checked:
    """Everything that is to say about what is typed here, inside the rest of the draft."""
    path = path_of(kind, key or "new")
    own = load(typed if typed.strip() else "{}")
    said = found.reviewed if _is_as_it_was(found, path, typed) else _reviewed_with(found, path, typed)
    prefix = path_text(path)
    inside = tuple(each for each in said.problems if _is_inside(each.path, prefix))
    broken = own.data is BROKEN or any(each.rule in ("syntax", "tab") for each in own.problems)
    return Checked(
        typed=typed,
        value=None if broken else own.data,
        problems=tuple(own.problems) if broken else inside,
        elsewhere=sum(each.level == "error" for each in said.problems) - sum(each.level == "error" for each in inside),
        words=tuple(_conditions(kind, key, said.sketch)),
        document=said.sketch,
        unread=unread or {},
    )


def _is_as_it_was(found: Working, path: Path, typed: str) -> bool:
    return part.has(found.loaded, path) and found.own(path) == typed


def _reviewed_with(found: Working, path: Path, typed: str) -> Reviewed:
    """The rest of the draft with this in it."""
    own = typed if typed.strip() else "{}"
    text = part.with_own_text(found.text, found.loaded, path, own)
    opened_after(found, path, text, own)
    return reviewed(text)


def _is_inside(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith((f"{prefix}.", f"{prefix}["))


def definition_in(document: Document, kind: Kind, key: str) -> Any:
    """The definition as a value. Absent: None while it cannot be read."""
    held = getattr(document, kind.section)
    return held if kind.alone else held.get(key or "new")


def _conditions(kind: Kind, key: str, document: Document) -> list[tuple[str, str]]:
    """The definition's own conditions, each with the name of its field."""
    definition, called = definition_in(document, kind, key), condition_titles(document)
    if isinstance(definition, Condition):
        return [("", in_words(definition, called))]
    names = ("reached", "when", "starts", "ends", "stops", "eligible", "taken")
    held = ((name, getattr(definition, name, None)) for name in names)
    return [
        (str(label(name)), in_words(condition, called)) for name, condition in held if isinstance(condition, Condition)
    ]


# --- shapes that have a short form -----------------------------------------------------------------------------------


def has_form(kind: Kind, value: Any) -> bool:
    """A condition has a builder whatever it is; other definitions are mappings."""
    return value is not None and (kind.type is Condition or isinstance(for_form(kind, value), dict))


def for_form(kind: Kind, value: Any) -> Any:
    """A function may be written as the list of its milestones, a motive as its words, a way on as the key of a step."""
    if kind.name == "function" and isinstance(value, list):
        return {"milestones": value}
    if kind.name == "chart":
        return _with_ways(value, lambda way: {"to": way} if isinstance(way, str) else way)
    return {"title": value} if kind.name == "motive" and _is_words(kind, value) else value


def from_form(kind: Kind, held: Any, value: Any) -> Any:
    """As short as it was, where there is nothing more to say."""
    if kind.name == "chart":
        return _with_ways(value, lambda way: way["to"] if isinstance(way, dict) and list(way) == ["to"] else way)
    short = (
        "milestones" if isinstance(held, list) else "title" if kind.name == "motive" and _is_words(kind, held) else ""
    )
    return value[short] if short and isinstance(value, dict) and list(value) == [short] else value


def _with_ways(value: Any, change: Callable[[Any], Any]) -> Any:
    """A chart with the ways between its steps written otherwise."""
    steps = value.get("steps") if isinstance(value, dict) else None
    if not isinstance(steps, dict):
        return value
    new = {
        key: {**step, "next": [change(way) for way in step["next"]]}
        if isinstance(step, dict) and isinstance(step.get("next"), list)
        else step
        for key, step in steps.items()
    }
    return {**value, "steps": new}


def _is_words(kind: Kind, value: Any) -> bool:
    return isinstance(value, str) or is_words(kind.type, value)


# --- what can be named -----------------------------------------------------------------------------------------------


def known_of(found: Working, document: Document) -> Known:
    data = found.data
    keys: dict[str, list[tuple[str, Any]]] = {}
    for section, held in data.items():
        for key, value in held.items() if isinstance(held, dict) else ():
            kind = kind_of(section, value)
            if kind is not None and not kind.alone:
                choice = (key, title_of(kind, key, value, document))
                keys.setdefault(section, []).append(choice)
                keys.setdefault(kind.name, []).append(choice)
    return Known(
        keys={section: tuple(choices) for section, choices in keys.items()},
        questions=_questions(data),
        facts=tuple(data["facts"]) if isinstance(data.get("facts"), dict) else (),
        locales=(document.locales.default, *document.locales.others),
    )


def _questions(data: dict[str, Any]) -> Options:
    held = data.get("content")
    surveys = [value for value in held.values() if isinstance(value, dict)] if isinstance(held, dict) else []
    questions = [each for survey in surveys for each in survey.get("questions") or () if isinstance(each, dict)]
    keys = dict.fromkeys(str(each["key"]) for each in questions if "key" in each)
    return tuple((key, key) for key in keys)


def _named(found: Working, ends: list[tuple[str, str]]) -> tuple[Named, ...]:
    document, named = found.reviewed.sketch, []
    for section, key in dict.fromkeys(ends):
        held = found.data.get(section)
        value = held.get(key) if isinstance(held, dict) and section != key else held
        kind = kind_of(section, value)
        if kind is not None and value is not None:
            named.append(Named(kind, ALONE if kind.alone else key, title_of(kind, key, value, document)))
    return tuple(named)


def title_of(kind: Kind, key: str, value: Any, document: Document) -> str:
    """What people call a definition, whatever is wrong with it; else its key."""
    if kind.alone:
        return str(kind.one)
    names = ("title", "ask", "subject", "text") if isinstance(value, dict) else ()
    said: Any = next((value[name] for name in names if value.get(name)), None)
    texts = isinstance(said, dict) and all(isinstance(text, str) for text in said.values())
    return readable(in_our_language(said, document)) if isinstance(said, str) or texts else key
