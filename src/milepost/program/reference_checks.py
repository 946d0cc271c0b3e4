"""The reference of the checks, written out from their tables: `python -m milepost.program.reference_checks`."""

from collections.abc import Iterator

from milepost.core.program.problems import READING_RULES
from milepost.core.review import reading
from milepost.core.review.audit import AREAS, WEIGHTS
from milepost.core.review.rule import Area, Rule
from milepost.program.review import ALL_RULES

_HEAD = """\
# Checks

`milepost check PATH` asks a program, or a folder of programs, for everything below; the console does so while you type.

| level | what it means |
| --- | --- |
| **error** | it cannot be released |
| **reason** | it is released only with a written reason, which is kept with the release: `milepost apply PATH --reason RULE="why"` |
| **warning** | it is worth a thought |

While there are errors the rest waits, since it may only follow from them. `too-much-at-once`, `first-win-late`, `out-of-reach` and
`left-alone` let made-up people live with the program for two weeks; they are asked by `milepost check` and
`milepost audit`, not while you type.

| `milepost check` exits with | when |
| --- | --- |
| 0 | it can be released (there may be warnings) |
| 1 | an error, or something that asks for a reason and was given none |
| 2 | the command could not be carried out: no such file, an unknown option |

`--format text` is for people and editors (`file:line: level: what. How to mend it. [rule]`), `--format json` for programs,
`--format sarif` (SARIF 2.1.0) for code review.

`milepost audit [PATH]` scores the same by area: an error weighs {error}, a reason {reason}, a warning {warning}; a check that
finds nothing gives its weight, and the score is the share that was given, of 100. Without a path it looks at the release in
force. Its list says what to mend first: what stands in the way, then area by area in the order below.

This page is written out from the rules by `python -m milepost.program.reference_checks`; it is not edited by hand.
"""  # noqa: E501 - a table's row is one line
_READING = "## How a text is measured\n\n"


def page() -> str:
    """The whole page."""
    head = _HEAD.format(**WEIGHTS)
    return "\n".join([head, *_areas(), _READING + _dedented(reading.__doc__ or "")]) + "\n"


def _areas() -> Iterator[str]:
    for area, title in AREAS.items():
        yield f"## {title}\n"
        if area == "form":
            for id_, why, mend in READING_RULES:
                yield _rule(id_, "error", why, mend)
        for rule in sorted(_of(area), key=lambda rule: -WEIGHTS[rule.level]):
            yield _rule(rule.id, rule.level, rule.why, rule.mend)


def _of(area: Area) -> list[Rule]:
    return [rule for rule in ALL_RULES if rule.area == area]


def _rule(id_: str, level: str, why: str, mend: str) -> str:
    return f"### {id_}\n\n*{level}* · {why}\n\n{mend}\n"


def _dedented(text: str) -> str:
    return text.strip()


if __name__ == "__main__":
    import sys

    sys.stdout.write(page())
