"""Charts: what stands on them, what is wrong with them, and how they are drawn."""

import re
from pathlib import Path
from unicodedata import category
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from milepost.cli.__main__ import app
from milepost.core.program.drawing.figure import Arrow, Box, Figure, Line
from milepost.core.program.drawing.layout import WIDTH, laid_out
from milepost.core.program.drawing.lettering import broken, width_of
from milepost.core.program.drawing.mermaid import mermaid
from milepost.core.program.drawing.svg import svg
from milepost.core.program.problems import Problem
from milepost.core.review.coverage import coverage
from milepost.program.charts import chart_figure, format_named
from milepost.program.review import review
from tests.program.documents import document_of

EXAMPLE = Path("examples/project-tool")
HEAD = """milepost: 1
name: Boards
facts: {Signed Up: {}, Board Made: {}}
milestones: {board: {title: A board, reached: {did: Board Made}}}
functions: {boards: {title: Boards, milestones: [board]}, search: {title: Search, milestones: [board]}}
"""
CHART = """charts:
  first:
    steps:
      begin: {did: Signed Up, next: [board]}
      board: {reached: board, functions: [boards, search], next: [{to: begin, label: once more}]}
"""
EXPLAINED = """articles:
  all-about-boards: {title: All about boards, body: They hold cards., functions: [boards]}
"""


def found(text: str, rule: str) -> list[Problem]:
    return [problem for problem in review(text).problems if problem.rule == rule]


@pytest.mark.req("R53")
def test_functions_on_a_chart_that_nothing_explains_are_listed_where_people_meet_them() -> None:
    both = found(HEAD + CHART, "unexplained-on-chart")
    assert [problem.path for problem in both] == [
        "charts.first.steps.board.functions[0]",
        "charts.first.steps.board.functions[1]",
    ]
    assert not found(HEAD + CHART, "unexplained-function"), "a function is told of once"
    [left] = found(HEAD + CHART + EXPLAINED, "unexplained-on-chart")
    assert "search" in left.message
    lines = coverage(document_of(HEAD + CHART + EXPLAINED)).charts
    assert [(each.step, each.function, each.explained_by) for each in lines] == [
        ("board", "boards", ("articles.all-about-boards",)),
        ("board", "search", ()),
    ]
    term = "content:\n  searching: {kind: term, text: search, explain: Finds it.}\n"
    guide = "content:\n  how: {kind: guide, serves: board, steps: [{title: Do it}]}\n"
    for told in (EXPLAINED + term, guide):
        assert not found(HEAD + CHART + told, "unexplained-on-chart")


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("charts: {first: {}}", "chart-form"),
        ("charts: {first: {steps: {begin: {next: [nowhere]}}}}", "chart-form"),
        ("charts: {first: {steps: {begin: {next: [begin, begin]}}}}", "chart-form"),
        ("charts: {first: {steps: {begin: {did: Signed Up, reached: board}}}}", "chart-form"),
        ("charts: {first: {steps: {begin: {reached: nothing}}}}", "unknown-reference"),
        ("charts: {first: {steps: {begin: {functions: [nothing]}}}}", "unknown-reference"),
        ("charts: {first: {steps: {begin: {did: Singed Up}}}}", "untracked-fact"),
        ("charts: {first: {steps: {begin: {}, alone: {next: [alone]}}}}", "chart-island"),
    ],
)
def test_what_is_wrong_with_a_chart_is_said_where_it_stands(typed: str, rule: str) -> None:
    [problem] = found(f"{HEAD}{typed}\n", rule)
    assert problem.path.startswith("charts.first.steps")
    assert problem.line == 6


def test_a_chart_says_nothing_of_what_is_right() -> None:
    rules = {problem.rule for problem in review(HEAD + CHART + EXPLAINED).problems}
    assert not rules & {"chart-form", "chart-island", "untracked-fact", "unknown-reference"}


def test_every_step_says_its_functions_and_what_explains_them() -> None:
    figure = chart_figure(document_of(HEAD + CHART + EXPLAINED), "first")
    assert [box.title for box in figure.boxes] == ["Signed Up", "A board"]
    assert [(line.text, line.mark) for line in figure.boxes[1].lines] == [
        ("Boards", "explained"),
        ("Search", "missing"),
    ]
    assert figure.boxes[1].lines[0].said == "Explained by articles.all-about-boards"
    assert [(arrow.start, arrow.end, arrow.label) for arrow in figure.arrows] == [
        ("begin", "board", ""),
        ("board", "begin", "once more"),
    ]


_KEYS = [f"s{number}" for number in range(9)]
figures = st.builds(
    Figure,
    title=st.text(),
    description=st.text(),
    boxes=st.just(tuple(_KEYS)).flatmap(
        lambda keys: st.tuples(
            *(
                st.builds(Box, key=st.just(key), title=st.text(), lines=st.tuples(st.builds(Line, text=st.text())))
                for key in keys
            )
        )
    ),
    arrows=st.lists(
        st.builds(Arrow, start=st.sampled_from(_KEYS), end=st.sampled_from(_KEYS), label=st.text(max_size=9)),
        max_size=14,
        unique_by=lambda arrow: (arrow.start, arrow.end),
    ).map(tuple),
)


@settings(max_examples=25, deadline=None)
@given(figures)
def test_boxes_never_cover_each_other_and_only_what_leads_back_goes_up(figure: Figure) -> None:
    placed = laid_out(figure)
    for place, one in enumerate(placed.boxes):
        assert one.x >= -0.01 and one.x + WIDTH <= placed.width + 0.01
        for other in placed.boxes[place + 1 :]:
            apart = abs(one.x - other.x) >= WIDTH or one.y + one.height <= other.y or other.y + other.height <= one.y
            assert apart
    where = {box.box.key: box for box in placed.boxes}
    for drawn in placed.arrows:
        assert drawn.back == (where[drawn.arrow.end].y <= where[drawn.arrow.start].y)
    for text in (svg(placed), svg(placed, on_a_page=True)):
        drawing = ElementTree.fromstring(text)
        paths = [each for each in drawing.iter() if "pathway__arrow" in each.get("class", "")]
        assert len(paths) == len(figure.arrows)


@settings(max_examples=30, deadline=None)
@given(st.text(), st.integers(1, 3))
def test_lines_fit_and_lose_nothing_without_saying_so(text: str, most: int) -> None:
    lines = broken(text, 12, 120, most)
    assert len(lines) <= most
    assert all(width_of(line, 12) <= 121 for line in lines)
    if "…" not in "".join(lines):
        assert "".join("".join(lines).split()) == "".join(text.split())


def test_no_line_of_thai_parts_a_letter_from_its_mark_or_vowel() -> None:
    text = "บันทึกมื้ออาหารแรกที่ช่วยให้คุณรู้ว่าวันนี้กินอะไร" * 3
    for width in range(30, 200, 3):
        lines = broken(text, 14, width, 50)
        assert "".join(lines) == text and not [
            line for line in lines if category(line[0]) == "Mn" or line[-1] in "เแโใไ"
        ]


@settings(max_examples=30, deadline=None)
@given(figures)
def test_whatever_is_typed_is_only_text_to_mermaid(figure: Figure) -> None:
    lines = mermaid(figure).splitlines()
    head = lines.index("flowchart TD")
    told = lines[head + 1 :]
    assert len(told) == len(figure.boxes) + len(figure.arrows)
    node = re.compile(r'  n\d+\(?\["(?:[^"<>\[\]{}|`]|<br/>)*"\]\)?')
    arrow = re.compile(r'  n\d+ -->(?:\|"[^"<>\[\]{}|`]*"\|)? n\d+')
    assert all(node.fullmatch(line) or arrow.fullmatch(line) for line in told)


def test_a_title_from_elsewhere_runs_nothing_in_a_picture() -> None:
    evil = '</text><script>alert(1)</script>"onload="x'
    figure = Figure(title=evil, boxes=(Box(key="a", title=evil, href='javascript:"'),), arrows=())
    drawing = ElementTree.fromstring(svg(laid_out(figure)))
    assert not [each for each in drawing.iter() if each.tag.endswith("script")]
    assert not [each for each in drawing.iter() if each.tag.endswith("}a")], "a file leads nowhere"
    assert "<script" not in mermaid(figure).split("flowchart")[1]


def test_a_chart_is_drawn_by_the_command_as_svg_png_and_for_mermaid(tmp_path: Path) -> None:
    def run(*more: str) -> bytes:
        result = CliRunner().invoke(app, ["chart", "first-week", str(EXAMPLE), *more])
        assert result.exit_code == 0, result.output
        return result.stdout_bytes

    drawing = ElementTree.fromstring(run("--language", "ru"))
    words = " ".join(drawing.itertext())
    assert "Первая неделя" in words and "Мои задачи" in words
    assert run("--format", "png").startswith(b"\x89PNG\r\n\x1a\n")
    text = run("--format", "mermaid").decode()
    assert text.startswith('---\ntitle: "The first week"\n---\nflowchart TD\n')
    assert '  n1 -->|"for themselves"| n2' in text
    for step in document_of((EXAMPLE / "milepost.yaml").read_bytes()).charts["first-week"].steps.values():
        assert all(function in ("projects", "my-tasks", "team", "progress") for function in step.functions)


def test_a_long_chart_is_a_picture_of_fewer_points() -> None:
    boxes = tuple(Box(key=str(n), title="Step") for n in range(100))
    figure = Figure(title="Long", boxes=boxes, arrows=tuple(Arrow(start=str(n), end=str(n + 1)) for n in range(99)))
    png = format_named("png").write(figure)
    width, height = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))
    assert 0 < width * height <= 25_000_000
