"""Problems written out: for people, for programs, and as SARIF 2.1.0 for code review.

Shapes: everywhere file name → its problems.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from milepost.core.program.problems import READING_RULES, Problem
from milepost.core.review.rule import Rule

Checked = Mapping[str, Sequence[Problem]]
Writer = Callable[[Checked, Iterable[Rule]], str]

_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
_SARIF_LEVELS = {"error": "error", "reason": "error", "warning": "warning"}


def as_text(checked: Checked, _: Iterable[Rule] = ()) -> str:
    """A line a problem, which editors and terminals can jump to, and a last line with the counts."""
    lines = [
        f"{file}:{problem.line}: {problem.level}: {_place(problem)}{problem.message} {problem.mend} [{problem.rule}]"
        for file, problems in checked.items()
        for problem in problems
    ]
    return "\n".join([*lines, _summary(checked)]) + "\n"


def _place(problem: Problem) -> str:
    return f"{problem.path}: " if problem.path else ""


def _summary(checked: Checked) -> str:
    every: list[str] = [problem.level for problems in checked.values() for problem in problems]
    files = f"{len(checked)} program{'' if len(checked) == 1 else 's'}"
    if not every:
        return f"Nothing is wrong in {files}."
    named = {"error": "error", "reason": "to be given a reason", "warning": "warning"}
    counts = ((level, every.count(level)) for level in named)
    said = [
        f"{count} {named[level]}{'s' if count > 1 and level != 'reason' else ''}" for level, count in counts if count
    ]
    return f"{', '.join(said)} in {files}."


def as_json(checked: Checked, _: Iterable[Rule] = ()) -> str:
    """`{"problems": [{"file", "line", "level", "rule", "path", "message", "mend", "see"}]}`."""
    problems = [
        {"file": file, **msgspec.structs.asdict(problem), "see": problem.see}
        for file, found in checked.items()
        for problem in found
    ]
    return _pretty({"problems": problems})


def as_sarif(checked: Checked, rules: Iterable[Rule] = ()) -> str:
    """One SARIF run. A problem that asks for a reason is an error there, since it stands in the way."""
    described = [*READING_RULES, *((rule.id, rule.why, rule.mend) for rule in rules)]
    driver = {"name": "milepost check", "rules": [_sarif_rule(*rule) for rule in described]}
    results = [_sarif_result(file, problem) for file, problems in checked.items() for problem in problems]
    run = {"tool": {"driver": driver}, "results": results}
    return _pretty({"$schema": _SARIF, "version": "2.1.0", "runs": [run]})


def _sarif_rule(rule: str, why: str, mend: str) -> dict[str, Any]:
    return {"id": rule, "shortDescription": {"text": why}, "help": {"text": mend}}


def _sarif_result(file: str, problem: Problem) -> dict[str, Any]:
    location = {"artifactLocation": {"uri": file}, "region": {"startLine": max(problem.line, 1)}}
    return {
        "ruleId": problem.rule,
        "level": _SARIF_LEVELS[problem.level],
        "message": {"text": f"{_place(problem)}{problem.message} {problem.mend}".rstrip()},
        "locations": [{"physicalLocation": location}],
    }


def _pretty(value: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"


WRITERS: dict[str, Writer] = {"text": as_text, "json": as_json, "sarif": as_sarif}
