"""What is kept of a reason, and its words.

Kept is `{rule, seen, fact, …}`: the name of the rule, and what was seen of its condition (`core.conditions.explain`); of a
rule that accounts go by also `subject`. The words follow from these and from the release, which never changes, so they
are made when somebody reads them. A text that stands beside them (`text`) is what is read first.
"""

from typing import Any

from milepost.core.conditions import explain
from milepost.core.conditions.memory import View
from milepost.core.conditions.types import Condition
from milepost.core.program.compile import Program, Rule
from milepost.core.values import Instant

_OURS = ("rule", "seen", "subject")


def note(program: Program, rule: Rule, view: View, at: Instant, fact: str | None) -> dict[str, Any]:
    """What to keep of a rule's condition as it stood at this instant."""
    noted = {"rule": rule.name, "seen": explain.seen(rule.condition, view, at), "fact": fact}
    return noted if program.subject == "person" else {**noted, "subject": program.subject}


def in_words(noted: dict[str, Any], condition: Condition | None) -> dict[str, Any]:
    """Shapes: `{text, condition?, fact?, until?, key?}`; `condition` as `explain` says it."""
    if condition is None or "seen" not in noted:
        return noted
    tree = explain.in_words(condition, noted["seen"])
    rest = {name: value for name, value in noted.items() if name not in _OURS}
    return {"text": tree["text"], "condition": tree, **rest}


def condition_of(program: Program, noted: dict[str, Any]) -> Condition | None:
    """The condition that it was noted of; None where it was of none. `program` is what persons get, or the very one that
    decided."""
    name = noted.get("rule")
    if name is None:
        return None
    if noted.get("subject") == "account" and program.accounts is not None:
        program = program.accounts
    return program.rules[program.names[name]].condition
