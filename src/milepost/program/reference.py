"""The reference of the document, written out from the types: `python -m milepost.program.reference`."""

from collections.abc import Iterator
from datetime import timedelta
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from msgspec import Struct, UnsetType
from msgspec.structs import FieldInfo, fields

from milepost.core.conditions.types import Answered, Test
from milepost.core.program.codec import encode_value
from milepost.core.program.condition_codec import CONDITIONS
from milepost.core.program.document import Document
from milepost.core.program.kinds.common import Variants
from milepost.core.program.kinds.journey import DayStart, Every, Rhythm
from milepost.core.program.kinds.limits import Quiet
from milepost.core.program.schema import summary

_HEAD = """\
# The program

Everything that a team has decided about its onboarding stands in one YAML 1.2 document. `milepost check PATH` says what
is wrong with it ([checks](checks.md)), `milepost diff PATH` what a release of it would change, `milepost apply PATH`
releases it. An editor that knows JSON Schema completes it with `spec/schemas/program.json`.

This page is written out from the types by `python -m milepost.program.reference`; it is not edited by hand.
"""
_CONDITIONS = """\
## Conditions

A condition is a mapping with one operator, or a list in which all must hold.

| operator | holds when | beside it |
| --- | --- | --- |
| `did: NAME` | the fact happened, at least once | `at_least`, `at_most`, `exactly` (a count; one of them), `distinct: day` (in the zone where they are now) or a property, `within: 7d`, `since: start`, `goal`, `milestone:KEY` or a day, `where: {property: value}` or `{property: {gt: 300}}` |
| `sequence: [NAME, …]` | these facts happened in this order, each after the one before it; a step is a name or `{did: NAME, where: …}` | `within: 1h`, from the first to the last |
| `trait: NAME` | the person's trait compares so | one of `is`, `is_not`, `in`, `gt`, `gte`, `lt`, `lte`, `contains`, `exists`, `before`, `after` |
| `account: NAME` | the trait of the account that they are in compares so | as for `trait` |
| `reached: KEY` | the milestone was reached | `within: 7d`; `since:` as for `did` |
| `goal: KEY` | it is the goal that they stated last | |
| `answered: KEY` | the survey was finished | |
| `answered: {survey: KEY, QUESTION: value}` | their last answer compares so: a value, or `{gte: 4}`; of several choices, that it is among them. `is: value` instead of the question where the survey has only one | more questions |
| `measure: KEY` | one of `changed: better`, `worse`, `unchanged` (`since: last`, `baseline` or a day), `reached: target`, or a comparison of the last value, such as `lt: 80` | |
| `message: KEY` | it was sent | `was: sent`, `delivered`, `failed`, `bounced`, `opened`, `clicked`; `within: 7d` |
| `content: KEY` | it was shown | `was: shown`, `completed`, `dismissed`, `snoozed`, `refused`, `acted`, `step:2`; `within: 7d` |
| `days_since: start` | so many days of 24 hours have passed since the start, the `goal`, `milestone:KEY`, or the date in `trait:NAME` | `gte: 3` or `lt: 3` |
| `segment: KEY` | they are in the segment | |
| `motive: KEY` | it is why they came, as they said or as it is inferred | |
| `lifecycle: STAGE` | `new`, `activated`, `regular`, `advanced`: it is the highest of their stages | |
| `tier: NAME` | `casual`, `regular`, `power`: it is the highest of their tiers | |
| `all: […]` | each of them holds | |
| `any: […]` | one of them holds | |
| `not: …` | it does not hold | |

Short forms: a length of time is `30s`, `5m`, `2h`, `7d`, `1w` or several together; quiet hours are `"21:00–08:00"`; a
text is one text, or `{en: …, ru: …}`; dates are `2026-05-01`, or `3d ago` from the moment asked about. A function may be
just the list of its milestones, and a wait just a length of time.

## Templates

Texts are Liquid. They may use `person` (traits), `event` (its `name` and properties), `milestone` (`key`, `title`),
`goal` (`key`, `ask`, `statement`, `expects`, and `words`: as they said it, else as the program asks), `answers.QUESTION`,
`measure.KEY` (`unit`, `baseline`, `target`, `by`, `last`, `previous`, `change`, `progress`, `on_target`), `plan` (`reached`,
`total`, `next.key`, `next.title`, `next.due`), `support`, `link.url`, and `invite.url` in an invitation; in a letter
`deck.KEY.url` once its reader has opened that deck, and `course.KEY.url`, the certificate, once they have finished it. What is not known
is empty: write `{{ goal.statement | default: goal.ask }}`.
"""  # noqa: E501 - a table's row is one line


def reference() -> str:
    """The whole page."""
    return "\n".join([_HEAD, *_types(), _CONDITIONS])


def _types() -> Iterator[str]:
    for described in _reachable(Document):
        yield f"## {described.__name__}\n\n{said}\n" if (said := summary(described)) else f"## {described.__name__}\n"
        yield "| key | takes | when it is left out |\n| --- | --- | --- |"
        if described.__struct_config__.tag_field == "kind":
            yield f"| `kind` | `{described.__struct_config__.tag}` | required |"
        yield from map(_row, fields(described))
        yield ""


def _reachable(root: type[Struct]) -> list[type[Struct]]:
    """The types that a document is made of, each after the one that holds it."""
    found, waiting = [root], [root]
    while waiting:
        for inner in (part for field in fields(waiting.pop(0)) for part in _parts(field.type)):
            if inner not in found:
                found.append(inner)
                waiting.append(inner)
    return found


def _parts(wanted: Any) -> Iterator[type[Struct]]:
    described = isinstance(wanted, type) and issubclass(wanted, Struct)
    if described and wanted not in _NAMES and wanted not in CONDITIONS:
        yield wanted
    for argument in get_args(wanted) if get_origin(wanted) is not Literal else ():
        yield from _parts(argument)


def _row(field: FieldInfo) -> str:
    return f"| `{field.encode_name}` | {_takes(field.type)} | {_left_out(field)} |"


def _left_out(field: FieldInfo) -> str:
    if field.required:
        return "required"
    if not isinstance(field.default, Struct | str | int) or field.default == "":
        return "nothing"
    shown = encode_value(field.default)
    return f"`{_typed(shown)}`" if shown != {} else "nothing"


def _typed(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_typed(held)}" for key, held in value.items()) + "}"
    return str(value).lower() if isinstance(value, bool) else str(value)


_NAMES: dict[Any, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    timedelta: "length of time",
    Quiet: "span of hours",
    Any: "any data",
    Test: "a value, or a comparison such as `{gte: 3}`",
    Answered: "`{survey: KEY, QUESTION: value}`",
    Every: f"{', '.join(f'`{rhythm}`' for rhythm in get_args(Rhythm))}, or a number of days such as `3d`",
}


def _takes(wanted: Any) -> str:
    if wanted in _NAMES:
        return _NAMES[wanted]
    origin, args = get_origin(wanted), get_args(wanted)
    if origin is Literal:
        return ", ".join(f"`{choice}`" for choice in args)
    if origin is tuple:
        return f"list of {_takes(args[0])}"
    if origin is dict:
        return f"keys, each with {_takes(args[1])}"
    if origin in (Union, UnionType):
        return _either(args)
    return f"[{wanted.__name__}](#{wanted.__name__.lower()})"


def _either(members: tuple[Any, ...]) -> str:
    if set(members) >= CONDITIONS:
        return "[condition](#conditions)" + (", or [a day](#daystart)" if DayStart in members else "")
    if Answered in members:
        return _NAMES[Answered]
    if dict[str, str] in members:
        return "text, also `{en: …, ru: …}`" + (" or [`{variants: …}`](#variants)" if Variants in members else "")
    return " or ".join(_takes(member) for member in members if member not in (NoneType, UnsetType))


if __name__ == "__main__":
    import sys

    sys.stdout.write(reference())
