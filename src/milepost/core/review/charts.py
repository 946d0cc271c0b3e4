"""Charts: whether each can be walked, and whether every function on it is explained by something."""

from collections.abc import Iterator

from msgspec import Struct

from milepost.core.program.kinds.chart import Chart, ChartStep
from milepost.core.program.problems import Path, did_you_mean
from milepost.core.review.mapping import explained_by
from milepost.core.review.rule import Found, Review, Rule

_MOST_STEPS = 100


class ChartFunction(Struct, frozen=True, kw_only=True):
    """A function that people meet at a step of a chart, and what explains it; nothing is a gap."""

    chart: str
    step: str
    function: str
    explained_by: tuple[str, ...]


def charted(review: Review) -> Iterator[ChartFunction]:
    """The functions on all charts, in the order of their steps."""
    for key, chart in review.document.charts.items():
        for step, function in _functions(chart):
            if function in review.document.functions:
                found = tuple(explained_by(review, function))
                yield ChartFunction(chart=key, step=step, function=function, explained_by=found)


def _functions(chart: Chart) -> Iterator[tuple[str, str]]:
    return ((key, function) for key, step in chart.steps.items() for function in step.functions)


def unexplained(review: Review) -> Iterator[Found]:
    for each in charted(review):
        if not each.explained_by:
            functions = review.document.charts[each.chart].steps[each.step].functions
            path: Path = ("charts", each.chart, "steps", each.step, "functions", functions.index(each.function))
            yield Found(path, f"People meet '{each.function}' at '{each.step}', and nothing explains it.")


def forms(review: Review) -> Iterator[Found]:
    for key, chart in review.document.charts.items():
        path: Path = ("charts", key)
        if not chart.steps:
            yield Found((*path, "steps"), f"'{key}' has no step.", "Add `steps:` with where people begin.")
        if len(chart.steps) > _MOST_STEPS:
            yield Found((*path, "steps"), f"'{key}' has {len(chart.steps)} steps.", "Make several charts of it.")
        for name, step in chart.steps.items():
            yield from _step_form(step, chart, (*path, "steps", name))


def _step_form(step: ChartStep, chart: Chart, path: Path) -> Iterator[Found]:
    if step.did is not None and step.reached is not None:
        yield Found(path, "A step is a fact or a milestone, not both.", "Make two steps of it.")
    for place, way in enumerate(step.next):
        if way.to not in chart.steps:
            where: Path = (*path, "next", place)
            yield Found(where, f"There is no step '{way.to}' in this chart.", did_you_mean(way.to, chart.steps))
        elif way.to in [other.to for other in step.next[:place]]:
            yield Found(
                (*path, "next", place), f"It leads to '{way.to}' twice.", "Keep one of them, with one `label:`."
            )


def islands(review: Review) -> Iterator[Found]:
    """Steps that nobody can come to from where the chart begins."""
    for key, chart in review.document.charts.items():
        for name in chart.steps:
            if name not in _within_reach(chart):
                yield Found(("charts", key, "steps", name), f"No way leads to '{name}'.")


def _within_reach(chart: Chart) -> set[str]:
    found, waiting = set[str](), list(chart.steps)[:1]
    while waiting:
        step = waiting.pop()
        if step not in found and step in chart.steps:
            found.add(step)
            waiting += [way.to for way in chart.steps[step].next]
    return found


RULES = (
    Rule(
        id="chart-form",
        level="error",
        area="guidance",
        why="A chart is steps and the ways between them; a way to nowhere cannot be drawn.",
        mend="Write `steps: {begin: {did: Signed Up, next: [look-around]}, look-around: {}}`.",
        find=forms,
        needs=("charts",),
    ),
    Rule(
        id="chart-island",
        level="warning",
        area="guidance",
        why="Nobody walks to a place that no way leads to: a way is missing on the chart, or in the product.",
        mend="Name it under `next:` of the step before it.",
        find=islands,
        needs=("charts",),
    ),
    Rule(
        id="unexplained-on-chart",
        level="warning",
        area="guidance",
        why="Whoever meets a function on their way and finds no word about it stops there, or goes round it.",
        mend="Name it in an article (`functions: […]`), explain its title as a `term`, or guide to a milestone it serves.",
        find=unexplained,
        needs=("charts", "functions", "content", "articles"),
    ),
)
