"""The buttons of a form that add, remove and move its parts: done to what was posted, before it is read."""

from collections.abc import Callable
from typing import Any

from milepost.console.pages.definitions_controls import OWN, SEPARATOR, control_of

Pairs = list[tuple[str, str]]


def operated(pairs: Pairs, operation: str) -> Pairs:
    """Example of an operation: `add f/steps`, `add f/steps send`, `remove f/steps/1`, `up f/steps/1`. Absent: an empty
    one, or one on what is not there, changes nothing."""
    name, _, rest = operation.partition(" ")
    control, _, argument = rest.partition(" ")
    return _OPERATIONS[name](pairs, control, argument) if name in _OPERATIONS and control.startswith("f") else pairs


def _add(pairs: Pairs, control: str, step: str) -> Pairs:
    """A new row behind the others. Its own number is free; its place says that it is new."""
    row = control_of(control, _free(pairs, control))
    new = [(control_of(row, OWN + "was"), "")]
    new += [(control_of(row, OWN + "step"), step)] if step else []
    new += [(control_of(row, OWN + "key"), f"new-{_free(pairs, control) + 1}")] if step == "" else []
    return [*pairs, *new]


def _add_test(pairs: Pairs, control: str, operator: str) -> Pairs:
    row = control_of(control, "of", _free(pairs, control_of(control, "of")))
    return [*pairs, (control_of(row, "op"), operator or "did"), (control_of(row, "test"), "is")]


def _add_group(pairs: Pairs, control: str, argument: str) -> Pairs:
    row = control_of(control, "of", _free(pairs, control_of(control, "of")))
    inside = control_of(row, "of", 0)
    return [
        *pairs,
        (control_of(row, "join"), "any"),
        (control_of(row, "form"), "map"),
        (control_of(inside, "op"), "did"),
    ]


def _remove(pairs: Pairs, control: str, argument: str) -> Pairs:
    return [pair for pair in pairs if not _is_inside(pair[0], control)]


def _up(pairs: Pairs, control: str, argument: str) -> Pairs:
    return _moved(pairs, control, -1)


def _down(pairs: Pairs, control: str, argument: str) -> Pairs:
    return _moved(pairs, control, 1)


def _moved(pairs: Pairs, control: str, by: int) -> Pairs:
    """The row before its neighbour: rows are read in the order in which they were posted."""
    parent = control.rpartition(SEPARATOR)[0]
    rows = list(dict.fromkeys(row for name, _ in pairs if (row := _row_of(name, parent))))
    place = rows.index(control) if control in rows else -1
    if place < 0 or not 0 <= place + by < len(rows):
        return pairs
    rows[place], rows[place + by] = rows[place + by], rows[place]
    first = next(index for index, (name, _) in enumerate(pairs) if _row_of(name, parent))
    rest = [pair for pair in pairs if not _row_of(pair[0], parent)]
    moved = [pair for row in rows for pair in pairs if _is_inside(pair[0], row)]
    return [*rest[:first], *moved, *rest[first:]]


def _row_of(name: str, parent: str) -> str:
    """The row of this list in which a control stands. Absent: empty for one that stands elsewhere."""
    if not name.startswith(parent + SEPARATOR):
        return ""
    step = name[len(parent) + 1 :].split(SEPARATOR)[0]
    return control_of(parent, step) if step.isdecimal() else ""


def _is_inside(name: str, control: str) -> bool:
    return name == control or name.startswith(control + SEPARATOR)


def _free(pairs: Pairs, control: str) -> int:
    rows = (_row_of(name, control) for name, _ in pairs)
    return max((int(row.rpartition(SEPARATOR)[2]) for row in rows if row), default=-1) + 1


_OPERATIONS: dict[str, Callable[[Pairs, str, str], Any]] = {
    "add": _add,
    "add-test": _add_test,
    "add-group": _add_group,
    "remove": _remove,
    "up": _up,
    "down": _down,
}
