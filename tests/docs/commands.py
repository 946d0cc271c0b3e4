"""The page on the command line, written out from the commands themselves: `python -m tests.docs.commands`."""

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import typer

from milepost.cli.__main__ import app

PAGE = Path(__file__).resolve().parents[2] / "docs/reference/cli.md"
_TYPES = {"Path": "a path", "int": "a number", "str": "text"}
_HEAD = """\
# The command line

In the repository `make run` makes the command as `.venv/bin/milepost`; an installed Milepost has it as `milepost`. A
command says what it did and ends with 0; a mistake in what was asked is one sentence and 2 (`check` and `apply` end with
1 for a program with problems). The commands that change something may be given beside a running Milepost.

This page is written out from the commands by `python -m tests.docs.commands`; it is not edited by hand.
"""


def commands() -> dict[str, Any]:
    """Every command by its name, in the order of `milepost --help`; one of a group by both words."""
    return dict(_of(typer.main.get_command(app), ""))


def _of(group: Any, before: str) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _of(command, f"{before}{name} ")
        else:
            yield before + name, command


def page() -> str:
    return "\n".join([_HEAD, *(line for name, command in commands().items() for line in _section(name, command))])


def _section(name: str, command: Any) -> Iterator[str]:
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    options = [each for each in command.params if each.param_type_name == "option"]
    usage = [f"milepost {name}", *(each.name.upper() for each in arguments), *(["[OPTIONS]"] if options else [])]
    yield f"## {name}\n"
    yield f"```\n{' '.join(usage)}\n```\n"
    yield inspect.cleandoc(command.help) + "\n"
    if arguments or options:
        yield "| | takes | without it | what for |\n| --- | --- | --- | --- |"
        yield from map(_row, [*arguments, *options])
        yield ""


def _row(parameter: Any) -> str:
    name = parameter.name.upper() if parameter.param_type_name == "argument" else parameter.opts[0]
    from_environment = f" Also from `{parameter.envvar}`." if parameter.envvar else ""
    return f"| `{name}` | {_takes(parameter)} | {_default(parameter)} | {parameter.help}{from_environment} |"


def _takes(parameter: Any) -> str:
    if getattr(parameter, "is_flag", False):
        return "nothing"
    often = ", any number of times" if parameter.multiple else ""
    return (f"`{parameter.metavar}`" if parameter.metavar else _type(parameter.type_descriptor.annotation)) + often


def _type(annotation: Any) -> str:
    if get_origin(annotation) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(annotation))
    return _TYPES[annotation.__name__]


def _default(parameter: Any) -> str:
    if parameter.required:
        return "required"
    return f"`{parameter.default}`" if parameter.default not in (None, "", False) else "nothing"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
