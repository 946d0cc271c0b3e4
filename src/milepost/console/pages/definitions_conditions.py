"""The builder of conditions: groups of which all or any must hold, and in them one line for each operator.

What has no line of its own, or would not come back from it as it was, is a line of YAML.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from milepost.console.pages import definitions_words as words
from milepost.console.pages.definitions_controls import (
    OWN,
    Field,
    Known,
    Options,
    among,
    control_of,
    nested,
    posted,
    references,
)
from milepost.console.pages.definitions_values import number, scalar, scalar_text, where_data, where_text
from milepost.core.program.condition_codec import CONTENT_WAS, MESSAGE_WAS, STAGES, TIERS
from milepost.core.program.problems import Path, path_text
from milepost.program.writing import dump_part

Tree = Mapping[str, Any]
#: Stands for nothing typed.
ABSENT: Any = type("Absent", (), {"__repr__": lambda self: "ABSENT", "__bool__": lambda self: False})()
_JOINS: Options = (("all", words.label("all")), ("any", words.label("any")))
_COUNTS = ("at_least", "at_most", "exactly")
_MEASURE_ASKED = ("better", "worse", "unchanged", "target", "value")
_SINCE: Options = (("", "—"), ("start", words.ASKED["start"]), ("goal", words.ASKED["goal"]))
_ANCHORS: Options = tuple((each, words.ASKED[each]) for each in ("start", "goal"))


# --- from data to controls -------------------------------------------------------------------------------------------


def condition_field(control: str, data: Any, known: Known, path: Path, *, label: Any) -> Field:
    """The controls of a condition; none typed is an empty group."""
    group = _row(control, data, known, path)
    if group.kind == "test":
        inside = _row(control_of(control, "of", 0), data, known, path)
        group = _group(control, path, "all", "bare", (inside,), known, negated=False)
    return Field(kind="condition", control=control, path=path_text(path), label=label, value=bool(data), parts=(group,))


def _row(control: str, data: Any, known: Known, path: Path) -> Field:
    found = _as_group(data)
    if found is not None:
        join, form, items, below, negated = found
        rows = tuple(
            _row(control_of(control, "of", index), item, known, (*path, *below, index))
            for index, item in enumerate(items)
        )
        return _group(control, path, join, form, rows, known, negated=negated)
    negated = isinstance(data, dict) and list(data) == ["not"] and _operator(data["not"]) != "yaml"
    return (
        _test(control, data["not"], known, (*path, "not"), negated=True)
        if negated
        else _test(control, data, known, path)
    )


def _as_group(data: Any) -> tuple[str, str, list[Any], Path, bool] | None:
    """(join, form, items, where they stand, negated) of what is a group."""
    if data is None:
        return "all", "bare", [], (), False
    if isinstance(data, list):
        return "all", "list", data, (), False
    if isinstance(data, dict) and len(data) == 1:
        [(key, value)] = data.items()
        if key in ("all", "any") and isinstance(value, list):
            return key, "map", value, (key,), False
        inside = _as_group(value) if key == "not" and value is not None else None
        if inside is not None and not inside[4]:
            return inside[0], inside[1], inside[2], ("not", *inside[3]), True
    return None


def _group(
    control: str, path: Path, join: str, form: str, rows: tuple[Field, ...], known: Known, *, negated: bool
) -> Field:
    extra = {"form": form, "not": negated}
    return Field(
        kind="group", control=control, path=path_text(path), value=join, options=_JOINS, parts=rows, extra=extra
    )


def _test(control: str, data: Any, known: Known, path: Path, *, negated: bool = False) -> Field:
    """One operator's line, if it comes back from there as it was."""
    operator = _operator(data)
    if operator != "yaml":
        made = _line(control, operator, data, known, path, negated=negated)
        tree = nested(posted(replace(made, extra={})))
        for step in control.split("/"):
            tree = tree[step]
        if _read_line(tree) == data:
            return made
    text = "" if data in (None, {}) else dump_part(data)
    part = Field(kind="yaml", control=control, path=path_text(path), value=text, extra={"rows": text.count("\n") + 1})
    return _line_of(control, "yaml", (part,), path, negated=negated)


def _operator(data: Any) -> str:
    found = [key for key in data if key in _LINES] if isinstance(data, dict) else []
    return found[0] if found else "yaml"


def blank_line(operator: str) -> Any:
    """The data of a new line, before anything is chosen in it."""
    return {operator: [] if operator == "sequence" else ""} if operator != "yaml" else {}


def _line(control: str, operator: str, data: Tree, known: Known, path: Path, *, negated: bool) -> Field:
    def part(kind: str, name: str, value: Any, **rest: Any) -> Field:
        where = control_of(control, name)
        shown = "" if value is None else str(value)
        return Field(
            kind=kind,
            control=where,
            path=path_text((*path, name)),
            label=words.PARTS.get(name, words.label(name)),
            value=shown,
            **rest,
        )

    return _line_of(control, operator, tuple(_LINES[operator](part, data, known)), path, negated=negated)


def _line_of(control: str, operator: str, parts: tuple[Field, ...], path: Path, *, negated: bool) -> Field:
    options = tuple(words.OPERATORS.items())
    return Field(
        kind="test",
        control=control,
        path=path_text(path),
        value=operator,
        options=options,
        parts=parts,
        extra={"not": negated},
    )


Part = Callable[..., Field]


def _did(part: Part, data: Tree, known: Known) -> list[Field]:
    count = next((key for key in _COUNTS if key in data), "at_least")
    counts = tuple((each, words.label(each)) for each in _COUNTS)
    facts = tuple((name, name) for name in known.facts)
    return [
        part("words", "did", data["did"], options=facts),
        part("choice", "count", count, options=counts),
        part("number", "n", data.get(count)),
        part("words", "distinct", data.get("distinct"), options=(("day", words.CHOICES["day"]),)),
        part("duration", "within", data.get("within")),
        _since(part, data, known),
        part("words", "where", where_text(data.get("where"))),
    ]


def _since(part: Part, data: Tree, known: Known) -> Field:
    since = str(data.get("since") or "")
    return part("choice", "since", since, options=among((*_SINCE, *_milestones(known)), since))


def _milestones(known: Known) -> Options:
    return tuple((f"milestone:{key}", title) for key, title in known.keys.get("milestones", ()))


def _sequence(part: Part, data: Tree, known: Known) -> list[Field]:
    """The names of its steps; one with tests of its own is typed as YAML."""
    steps = data["sequence"] if isinstance(data["sequence"], list) else []
    names = ", ".join(step for step in steps if isinstance(step, str))
    return [part("words", "sequence", names), part("duration", "within", data.get("within"))]


def _trait(operator: str) -> Callable[[Part, Tree, Known], list[Field]]:
    def line(part: Part, data: Tree, known: Known) -> list[Field]:
        return [part("words", operator, data[operator]), *_comparison(part, data)]

    return line


def _rung(operator: str, rungs: tuple[str, ...]) -> Callable[[Part, Tree, Known], list[Field]]:
    def line(part: Part, data: Tree, known: Known) -> list[Field]:
        rung = str(data[operator])
        return [part("choice", operator, rung, options=among(tuple((each, words.RUNGS[each]) for each in rungs), rung))]

    return line


def _reached(part: Part, data: Tree, known: Known) -> list[Field]:
    return [*_named("reached", "milestones", window=True)(part, data, known), _since(part, data, known)]


def _comparison(part: Part, data: Tree) -> list[Field]:
    operator = next((key for key in words.TESTS if key in data), "is")
    return [
        part("choice", "test", operator, options=tuple(words.TESTS.items())),
        part("words", "value", scalar_text(data.get(operator, ""))),
    ]


def _named(operator: str, *sections: str, window: bool = False) -> Callable[[Part, Tree, Known], list[Field]]:
    def line(part: Part, data: Tree, known: Known) -> list[Field]:
        value = str(data[operator])
        chosen = part("choice", operator, value, options=references(sections, known, value))
        return [chosen, part("duration", "within", data.get("within"))] if window else [chosen]

    return line


def _was(
    operator: str, section: str, states: tuple[str, ...], default: str
) -> Callable[[Part, Tree, Known], list[Field]]:
    def line(part: Part, data: Tree, known: Known) -> list[Field]:
        was = str(data.get("was") or "")
        options = among((("", words.ASKED[default]), *((each, words.ASKED[each]) for each in states)), was)
        named = _named(operator, section, window=True)(part, data, known)
        return [named[0], part("choice", "was", was, options=options), named[1]]

    return line


def _answered(part: Part, data: Tree, known: Known) -> list[Field]:
    asked = data["answered"]
    survey = asked if isinstance(asked, str) else str(asked.get("survey", "")) if isinstance(asked, dict) else ""
    rest = {key: value for key, value in asked.items() if key != "survey"} if isinstance(asked, dict) else {}
    question, test = next(iter(rest.items()), ("", None))
    if question in words.TESTS:
        question, test = "@only", {question: test}
    compared = test if isinstance(test, dict) else {} if test is None else {"is": test}
    questions = (("", "—"), ("@only", words.OPERATORS["answered"]), *known.questions)
    return [
        part("choice", "survey", survey, options=references(("survey",), known, survey)),
        part("choice", "question", question, options=among(questions, question)),
        *_comparison(part, compared),
    ]


def _measure(part: Part, data: Tree, known: Known) -> list[Field]:
    asked = data.get("changed") or (
        "target" if data.get("reached") else "value" if set(data) & set(words.TESTS) else "better"
    )
    since = str(data.get("since") or "")
    befores = (("", "—"), *((each, words.ASKED[each]) for each in ("last", "baseline")))
    return [
        *_named("measure", "measures")(part, data, known),
        part("choice", "asked", asked, options=tuple((each, words.ASKED[each]) for each in _MEASURE_ASKED)),
        part("choice", "since", since, options=among(befores, since)),
        *_comparison(part, data),
    ]


def _days_since(part: Part, data: Tree, known: Known) -> list[Field]:
    since, operator = str(data["days_since"]), "lt" if "lt" in data else "gte"
    tests = tuple((each, words.TESTS[each]) for each in ("gte", "lt"))
    return [
        part("choice", "days_since", since, options=among((*_ANCHORS, *_milestones(known)), since)),
        part("choice", "test", operator, options=tests),
        part("number", "n", data.get(operator)),
    ]


_LINES: dict[str, Callable[[Part, Tree, Known], list[Field]]] = {
    "did": _did,
    "sequence": _sequence,
    "trait": _trait("trait"),
    "account": _trait("account"),
    "reached": _reached,
    "goal": _named("goal", "goals"),
    "answered": _answered,
    "message": _was("message", "messages", MESSAGE_WAS, "sent"),
    "content": _was("content", "content", CONTENT_WAS, "shown"),
    "measure": _measure,
    "days_since": _days_since,
    "segment": _named("segment", "segments"),
    "motive": _named("motive", "motives"),
    "lifecycle": _rung("lifecycle", STAGES),
    "tier": _rung("tier", TIERS),
}


# --- from what was posted to data ------------------------------------------------------------------------------------


def read_group(tree: Tree, yaml: Callable[[str], Any]) -> Any:
    """The condition of a group. `yaml` reads a line of YAML. Absent: ABSENT for one in which nothing was typed."""
    rows = [read_row(row, yaml) for row in tree.get("of", {}).values() if isinstance(row, Mapping)]
    items = [row for row in rows if row is not ABSENT]
    if not items:
        return ABSENT
    join, form = tree.get("join", "all"), tree.get("form", "bare")
    joined = items if join == "all" and form != "map" else {join: items}
    read = items[0] if len(items) == 1 and form == "bare" else joined
    return {"not": read} if tree.get("not") else read


def read_row(tree: Tree, yaml: Callable[[str], Any]) -> Any:
    if "join" in tree:
        return read_group(tree, yaml)
    read = yaml(tree.get(OWN + "yaml", "")) if tree.get("op") == "yaml" else _read_line(tree)
    return {"not": read} if tree.get("not") and read is not ABSENT else read


def _read_line(tree: Tree) -> Any:
    operator = tree.get("op", "did")
    return _READERS.get(operator, _read_named)(operator, {key: str(value).strip() for key, value in tree.items()})


def _read_did(operator: str, tree: Tree) -> Any:
    read = {"did": tree.get("did", "")}
    if tree.get("n"):
        read[tree.get("count", "at_least")] = number(tree["n"])
    read |= {key: tree[key] for key in ("distinct", "within", "since") if tree.get(key)}
    where = where_data(tree.get("where", ""))
    return read | ({"where": where} if where else {})


def _read_trait(operator: str, tree: Tree) -> Any:
    return {operator: tree.get(operator, ""), **_read_comparison(tree)}


def _read_sequence(operator: str, tree: Tree) -> Any:
    steps = [each.strip() for each in tree.get("sequence", "").split(",")]
    return {"sequence": [each for each in steps if each]} | ({"within": tree["within"]} if tree.get("within") else {})


def _read_comparison(tree: Tree) -> dict[str, Any]:
    operator, value = tree.get("test", "is"), tree.get("value", "")
    if operator == "in":
        return {"in": [scalar(each.strip()) for each in value.split(",") if each.strip()]}
    return {operator: scalar(value)}


def _read_named(operator: str, tree: Tree) -> Any:
    return {operator: tree.get(operator, "")} | {key: tree[key] for key in ("was", "within", "since") if tree.get(key)}


def _read_answered(operator: str, tree: Tree) -> Any:
    survey, question = tree.get("survey", ""), tree.get("question", "")
    if not question:
        return {"answered": survey}
    compared = _read_comparison(tree)
    if question == "@only":
        return {"answered": {"survey": survey, **compared}}
    return {"answered": {"survey": survey, question: compared.get("is", compared)}}


def _read_measure(operator: str, tree: Tree) -> Any:
    read: dict[str, Any] = {"measure": tree.get("measure", "")}
    asked = tree.get("asked", "better")
    if asked == "value":
        return read | _read_comparison(tree)
    if asked == "target":
        return read | {"reached": "target"}
    return read | {"changed": asked} | ({"since": tree["since"]} if tree.get("since") else {})


def _read_days_since(operator: str, tree: Tree) -> Any:
    return {"days_since": tree.get("days_since") or "start", tree.get("test", "gte"): number(tree.get("n", ""))}


_READERS: dict[str, Callable[[str, Tree], Any]] = {
    "did": _read_did,
    "sequence": _read_sequence,
    "trait": _read_trait,
    "account": _read_trait,
    "answered": _read_answered,
    "measure": _read_measure,
    "days_since": _read_days_since,
}
