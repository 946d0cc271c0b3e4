"""Texts that are broken, too large, or made to break something."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.log.clock import monotonic
from milepost.program.review import review
from milepost.program.yaml_text import LARGEST_TEXT, read
from tests.program.documents import SMALL, document_of


def rules(text: str | bytes) -> list[tuple[int, str, str]]:
    return [(problem.line, problem.rule, problem.path) for problem in read(text).problems]


def test_the_small_program_is_read_without_a_problem() -> None:
    assert read(SMALL).problems == ()
    assert document_of(SMALL.replace("\n", "\r\n")) == document_of(SMALL)
    assert document_of(b"\xef\xbb\xbf" + SMALL.encode()) == document_of(SMALL)


def test_the_line_of_every_part_is_known() -> None:
    lines = read(SMALL).lines
    assert lines["milestones", "first-meal", "target"] == 12
    assert lines["content", "add-food", "steps", 0, "advance"] == 19


def test_mistakes_in_the_syntax_of_one_part_hide_nothing_of_the_others() -> None:
    text = """\
name: Broken here and there
limits: {email: {at_most: 4]
milestones:
  a:
    title: 'no end
    reached: {did: X}
  b:
    title: B
    reached: {dit: X}
messages:
  welcome:
\t  channel: email
colour: green
"""
    assert rules(text) == [
        (2, "syntax", "limits"),
        (5, "syntax", "milestones.a.title"),
        (9, "condition", "milestones.b.reached"),
        (12, "tab", "messages.welcome"),
        (13, "unknown-key", "colour"),
    ]


def test_of_two_equal_keys_neither_is_lost_without_a_word() -> None:
    [problem] = read("name: one\nfor: user\nname: two\n").problems
    assert (problem.line, problem.rule, problem.message) == (
        3,
        "duplicate-key",
        "'name' stands here twice, first on line 1.",
    )


def test_ten_megabytes_are_refused_at_once() -> None:
    text = b"name: " + b"x" * 10_000_000
    begun = monotonic()
    [problem] = read(text).problems
    assert (problem.rule, monotonic() - begun < 0.5) == ("too-large", True)


def test_aliases_that_multiply_are_cut_short() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    begun = monotonic()
    assert "too-much" in {rule for _, rule, _ in rules("\n".join(lines))}
    assert monotonic() - begun < 5


def test_an_alias_of_itself_is_cut_short() -> None:
    assert (1, "too-much") in {(line, rule) for line, rule, _ in rules("name: &a [*a]")}


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "[\n"])
def test_deep_nesting_is_refused_quickly(opening: str) -> None:
    begun = monotonic()
    found = rules(opening * (LARGEST_TEXT // len(opening) // 4))
    assert {rule for _, rule, _ in found} & {"syntax", "too-much"}
    assert monotonic() - begun < 5


def test_an_alias_is_a_second_mention() -> None:
    text = "name: x\nmilestones:\n  a: {title: &t Same, reached: {did: X}}\n  b: {title: *t, reached: {did: Y}}\n"
    assert document_of(text).milestones["b"].title == "Same"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", (1, "empty", "")),
        ("# nothing but a comment\n", (1, "empty", "")),
        ("just words", (1, "wrong-type", "")),
        ("- a\n- list\n", (1, "wrong-type", "")),
        ("name: x\x00y\n", (1, "syntax", "name")),
        ('name: "x\\0y"\n', (1, "control-character", "name")),
        ('name: "\\ud800"\n', (1, "control-character", "name")),
        (b"name: x\ntimezone: \xff\n", (2, "encoding", "")),
        ("name: x\nstart: !!python/object:os.system x\n", (2, "tag", "start")),
        ("name: x\nstart: *nowhere\n", (2, "syntax", "start")),
        ("name: x\nstart: {did: X}}\n", (2, "syntax", "start")),
        ("name: x\n? {a: b}\n: c\n", (2, "wrong-type", "")),
        ("%YAML 1.1\n---\nname: no\non: x\n", (4, "unknown-key", "on")),
    ],
)
def test_a_text_that_cannot_be_read_is_one_problem(text: str | bytes, problem: tuple[int, str, str]) -> None:
    assert rules(text) == [problem]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_is_typed_gets_an_answer_with_lines_that_exist(data: Any) -> None:
    text = list(SMALL)
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, len(text)))
        text[place : place + data.draw(st.integers(0, 8))] = data.draw(
            st.text("{}[]:,-#&*!|>'\"%@`\t\n ~?ax0\x00", max_size=3)
        )
    typed = "".join(text)
    reviewed = review(typed)
    assert (reviewed.document is None) == any(problem.level == "error" for problem in reviewed.problems)
    assert all(1 <= problem.line <= typed.count("\n") + 1 for problem in reviewed.problems)


def test_right_to_left_and_long_words_are_kept_as_they_are() -> None:
    name = "\u202eשלום\u202c " + "w" * 5000
    assert document_of(f"name: '{name}'\n").name == name
