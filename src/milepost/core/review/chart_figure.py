"""A chart of the program as a figure to draw: each step with its functions, and whether something explains them."""

from msgspec import Struct

from milepost.core.delivery.language import say
from milepost.core.program.document import Document
from milepost.core.program.drawing.figure import Arrow, Box, Figure, Line
from milepost.core.program.kinds.chart import Chart, ChartStep
from milepost.core.review.charts import charted
from milepost.core.review.rule import Review


class Words(Struct, frozen=True, kw_only=True):
    """What a drawing says of its own accord, in the reader's language."""

    milestone: str = "Milestone"
    explained: str = "Explained by {names}"
    missing: str = "Nothing explains it"


def figure_of(review: Review, key: str, wanted: tuple[str, ...], words: Words, hrefs: dict[str, str]) -> Figure:
    """`wanted`: languages, best first. `hrefs`: step → where it leads on a page; none for a file."""
    chart = review.document.charts[key]
    found = {(each.step, each.function): each.explained_by for each in charted(review) if each.chart == key}
    boxes = []
    for name, step in chart.steps.items():
        lines = [
            _line(review.document, function, found[name, function], wanted, words)
            for function in dict.fromkeys(step.functions)
            if (name, function) in found
        ]
        boxes.append(
            Box(
                key=name,
                title=titled(name, step, review.document, wanted),
                note=_note(step, review.document, wanted, words),
                lines=tuple(lines),
                milestone=step.reached is not None,
                href=hrefs.get(name, ""),
            )
        )
    arrows = tuple(_arrows(chart, wanted))
    title = say(chart.title, wanted) if chart.title else key
    called = {box.key: box.title for box in boxes}
    told = "; ".join(f"{called[each.start]} → {called[each.end]}" for each in arrows)
    return Figure(title=title, boxes=tuple(boxes), arrows=arrows, description=told)


def titled(key: str, step: ChartStep, document: Document, wanted: tuple[str, ...]) -> str:
    """What the step is called: its own title, its milestone's, its fact, its key."""
    milestone = document.milestones.get(step.reached or "")
    text = step.title or (milestone.title if milestone else None)
    return say(text, wanted) if text else step.did or key


def _note(step: ChartStep, document: Document, wanted: tuple[str, ...], words: Words) -> str:
    milestone = document.milestones.get(step.reached or "")
    if milestone is not None:
        return f"{words.milestone}: {say(milestone.title, wanted)}" if step.title else words.milestone
    return step.did if step.did and step.title else ""


def _line(document: Document, function: str, by: tuple[str, ...], wanted: tuple[str, ...], words: Words) -> Line:
    text = say(document.functions[function].title or function, wanted)
    if by:
        return Line(text=text, mark="explained", said=words.explained.format(names=", ".join(by)))
    return Line(text=text, mark="missing", said=words.missing)


def _arrows(chart: Chart, wanted: tuple[str, ...]) -> list[Arrow]:
    ways = {(key, way.to): way for key, step in chart.steps.items() for way in step.next if way.to in chart.steps}
    return [
        Arrow(start=start, end=end, label=say(way.label, wanted) if way.label else "")
        for (start, end), way in ways.items()
    ]
