"""What the documentation tells people to type exists."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs import commands
from tests.docs.pages import ROOT, blocks, code_spans, name, pages

_COMMAND = re.compile(r"(?:^|[\s$(]|bin/)milepost +((?:anchors )?[a-z][a-z-]*)((?:[ =][^\n|;&`]*)?)")
_MAKE = re.compile(r"\bmake +([a-z][a-z0-9-]*)")
_OPTION = re.compile(r"(?<=\s)(--[a-z][a-z-]*)")
_SHELL = ("sh", "console")


def said(page: Path) -> Iterator[str]:
    """Everything that somebody might type: lines in fences, and spans of code."""
    yield from code_spans(page)
    for block in blocks(page):
        if block.language in _SHELL:
            yield from block.text.replace("\\\n", " ").splitlines()


def unknown(lines: Iterator[str]) -> list[str]:
    """The commands and options among these lines that the command line does not have."""
    there = {command: {o for p in its.params for o in p.opts} for command, its in commands.commands().items()}
    found = [(match[1], _OPTION.findall(match[2])) for line in lines for match in _COMMAND.finditer(line)]
    wrong = [command for command, _ in found if command not in there]
    return wrong + [f"{c} {o}" for c, options in found if c in there for o in options if o not in there[c]]


@pytest.mark.parametrize("page", pages(), ids=name)
def test_every_command_and_option_that_is_named_is_there(page: Path) -> None:
    assert unknown(said(page)) == []


def test_the_unit_for_systemd_starts_what_is_there() -> None:
    assert unknown(iter((ROOT / "deploy/milepost.service").read_text(encoding="utf-8").splitlines())) == []


def test_a_command_or_an_option_that_is_not_there_would_be_noticed() -> None:
    typed = [
        "$ milepost serve --home x --speed 9",
        "/opt/bin/milepost fly --high",
        "milepost check a.yaml --format json",
    ]
    assert unknown(iter(typed)) == ["fly", "serve --speed"]


@pytest.mark.parametrize("page", pages(), ids=name)
def test_every_target_of_make_that_is_named_is_there(page: Path) -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {target for line in said(page) for target in _MAKE.findall(line)} - targets == set()


def test_the_page_on_the_command_line_is_what_the_commands_say() -> None:
    assert commands.PAGE.read_text(encoding="utf-8") == commands.page()
