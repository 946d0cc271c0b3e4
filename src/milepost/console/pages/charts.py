"""Charts of how people go: each drawn, with the functions on it and what explains them."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from milepost.console.pages.coverage import working_text
from milepost.console.pages.definitions_kinds import kind_of
from milepost.core.delivery.language import preferences, say
from milepost.core.program.codec import encode_value
from milepost.core.program.document import Document
from milepost.core.program.drawing.figure import Figure
from milepost.core.program.drawing.layout import laid_out
from milepost.core.program.drawing.svg import svg
from milepost.core.program.kinds.chart import Chart
from milepost.core.review.chart_figure import Words, titled
from milepost.core.review.charts import ChartFunction, charted
from milepost.core.review.rule import Review
from milepost.program.charts import chart_figure


@dataclass(frozen=True, slots=True)
class ChartRow:
    """`gaps`: titles of the functions on it that nothing explains."""

    key: str
    title: str
    steps: int
    functions: int
    gaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChartsPage:
    is_draft: bool
    rows: tuple[ChartRow, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A definition that explains something. Absent: an empty `kind` has no page."""

    name: str
    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class FunctionRow:
    step: str
    key: str
    title: str
    explained_by: tuple[Explanation, ...]


@dataclass(frozen=True, slots=True)
class ChartPage:
    """Shapes: `drawing` is SVG; `functions` stand once for each step at which people meet them."""

    is_draft: bool
    key: str
    title: str
    steps: int
    drawing: SafeString
    functions: tuple[FunctionRow, ...]

    @property
    def gaps(self) -> list[str]:
        return list(dict.fromkeys(row.title for row in self.functions if not row.explained_by))


def gather_charts(workspace_id: int) -> ChartsPage:
    read = working_text(workspace_id)
    met = list(charted(Review(document=read.document, lines={})))
    rows = (
        _row(read.document, key, chart, [each for each in met if each.chart == key])
        for key, chart in read.document.charts.items()
    )
    return ChartsPage(is_draft=read.is_draft, rows=tuple(rows))


def _row(document: Document, key: str, chart: Chart, met: list[ChartFunction]) -> ChartRow:
    wanted = _wanted(document)
    gaps = dict.fromkeys(_function(document, each.function) for each in met if not each.explained_by)
    return ChartRow(
        key=key,
        title=say(chart.title, wanted) if chart.title else key,
        steps=len(chart.steps),
        functions=len({each.function for each in met}),
        gaps=tuple(gaps),
    )


def gather_chart(workspace_id: int, key: str) -> ChartPage:
    """Raises Refused (404)."""
    read = working_text(workspace_id)
    document = read.document
    figure = chart_figure(document, key, translation.get_language() or "", words(), _hrefs(document, key))
    met = [each for each in charted(Review(document=document, lines={})) if each.chart == key]
    return ChartPage(
        is_draft=read.is_draft,
        key=key,
        title=figure.title,
        steps=len(figure.boxes),
        drawing=drawn(figure),
        functions=tuple(_met(document, each) for each in met),
    )


def drawn(figure: Figure) -> SafeString:
    """The figure as a part of a page; what people typed in it is escaped where it is written."""
    return mark_safe(svg(laid_out(figure), on_a_page=True))  # noqa: S308 - `svg` escapes every text


def drawn_in_draft(document: Document, key: str) -> SafeString | str:
    """The chart as it is being typed, as far as it can be read. Absent: empty while it has no step."""
    if key not in document.charts or not document.charts[key].steps:
        return ""
    return drawn(chart_figure(document, key, translation.get_language() or "", words()))


def words() -> Words:
    return Words(
        milestone=_("Milestone"),
        explained=pgettext("of a function", "Explained by {names}"),
        missing=_("Nothing explains it"),
    )


def _hrefs(document: Document, key: str) -> dict[str, str]:
    """Step → its milestone on the journey map."""
    steps = document.charts[key].steps if key in document.charts else {}
    return {
        name: f"{reverse('journey-map')}?{urlencode({'show': f'milestone:{step.reached}'})}"
        for name, step in steps.items()
        if step.reached in document.milestones
    }


def _met(document: Document, met: ChartFunction) -> FunctionRow:
    return FunctionRow(
        step=titled(met.step, document.charts[met.chart].steps[met.step], document, _wanted(document)),
        key=met.function,
        title=_function(document, met.function),
        explained_by=tuple(_explanation(document, each) for each in met.explained_by),
    )


def _explanation(document: Document, name: str) -> Explanation:
    """Example: `content.add-food`."""
    section, _dot, key = name.partition(".")
    kind = kind_of(section, encode_value(getattr(document, section)[key]))
    return Explanation(name=key, kind=kind.name if kind else "", key=key)


def _function(document: Document, key: str) -> str:
    return say(document.functions[key].title or key, _wanted(document))


def _wanted(document: Document) -> tuple[str, ...]:
    return preferences(translation.get_language() or "", document.locales.default)
