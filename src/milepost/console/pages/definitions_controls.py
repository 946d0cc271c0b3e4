"""The controls of a form, and what a browser posts of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

SEPARATOR = "/"
#: How the names begin under which a form posts what is no part of the definition itself.
OWN = "~"

Options = tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One control, or a group of them. `control` is the name under which it is posted; `path` where a problem with it
    stands, as problems name it."""

    kind: str
    control: str
    path: str
    label: Any = ""
    hint: Any = ""
    value: Any = ""
    required: bool = False
    options: Options = ()
    parts: tuple["Field", ...] = ()
    add: Any = ""
    adds: Options = ()
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def anchor(self) -> str:
        """An id for the page. Units: letters, digits and - only, so that scripts and styles can name it."""
        return "".join(c if c.isalnum() else "-" for c in self.control)


@dataclass(frozen=True, slots=True)
class Known:
    """What may be chosen: the definitions of each section, the questions, the facts, and the languages of texts."""

    keys: Mapping[str, Options]
    questions: Options
    facts: tuple[str, ...]
    locales: tuple[str, ...]


def control_of(*parts: object) -> str:
    return SEPARATOR.join(map(str, parts))


def references(named: Iterable[str], known: Known, value: str) -> Options:
    """What may be chosen of these sections; what is typed but not there stands among it."""
    options: Options = (("", "—"),)
    for section in named:
        options += known.questions if section == "questions" else tuple(known.keys.get(section, ()))
    return among(options, value)


def among(options: Options, value: str) -> Options:
    return options if value in [key for key, _ in options] else (*options, (value, value))


def posted(control: Field) -> Iterator[tuple[str, str]]:
    """The names and values that a browser sends of this control as it stands."""
    name = control.control
    match control.kind:
        case "row":
            yield from _row(control)
        case "group":
            yield control_of(name, "join"), control.value
            yield control_of(name, "form"), control.extra["form"]
        case "test":
            yield control_of(name, "op"), control.value
        case "yaml":
            yield control_of(name, OWN + "yaml"), control.value
        case "flag":
            if control.value:
                yield name, "on"
        case _ if not control.parts and control.kind in SINGLE:
            yield name, str(control.value)
    if control.extra.get("not"):
        yield control_of(name, "not"), "on"
    for part in control.parts:
        yield from posted(part)


def _row(row: Field) -> Iterator[tuple[str, str]]:
    yield control_of(row.control, OWN + "was"), str(row.value)
    for own in ("key", "step"):
        if own in row.extra:
            yield control_of(row.control, OWN + own), row.extra[own]


#: Kinds of control that hold one value.
SINGLE = frozenset({"words", "line", "area", "duration", "number", "choice", "lines"})


def nested(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """What was posted, as a tree by the parts of the names. Shapes: in the order in which it was posted."""
    tree: dict[str, Any] = {}
    for name, value in pairs:
        *path, last = name.split(SEPARATOR)
        node = tree
        for step in path:
            below = node.setdefault(step, {})
            if not isinstance(below, dict):
                below = node[step] = {}
            node = below
        node[last] = value
    return tree
