"""An answer as a page shows it: its headline numbers, one chart, the tables behind it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from milepost.console.pages.unknown_words import why_unknown
from milepost.console.templatetags.console import duration, number, percent
from milepost.core.insights.statistics import Interval, Rate, Time
from milepost.core.values import Undefined

#: What a table may hold; it is shown by what it is.
Value = Rate | Time | timedelta | Undefined | float | int | str | None
Row = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """`note`: the interval and n, or why there is no value. `tone`: how deep a share is coloured, 0 to 5. `words`: it
    stands in a column of words."""

    text: str
    note: str = ""
    tone: int | None = None
    few: bool = False
    words: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`grid`: shares are coloured, rows are cohorts. `links`: where each row leads, empty for nowhere."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    grid: bool = False
    links: tuple[str, ...] = ()

    @property
    def shown(self) -> list[tuple[list[Cell], str]]:
        links = self.links or ("",) * len(self.rows)
        return [(self._cells(row), link) for row, link in zip(self.rows, links, strict=True)]

    @property
    def heads(self) -> list[Cell]:
        return [Cell(name, words=n in self._spoken) for n, name in enumerate(self.head)]

    def _cells(self, row: Row) -> list[Cell]:
        return [replace(cell(value), words=n in self._spoken) for n, value in enumerate(row)]

    @property
    def _spoken(self) -> set[int]:
        """The columns that say something in words."""
        return {n for row in self.rows for n, value in enumerate(row) if isinstance(value, str) and _has_letters(value)}


@dataclass(frozen=True, slots=True)
class Figure:
    label: str
    value: Value

    @property
    def cell(self) -> Cell:
        return cell(self.value)


@dataclass(frozen=True, slots=True)
class Series:
    """Shapes: values one for each category (None: not known yet), or pairs (x, y) where the chart has no categories."""

    name: str
    values: Sequence[Any]
    low: Sequence[float | None] = ()
    high: Sequence[float | None] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """`kind`: bars, lines, or steps over logarithmic time. `percent`: values are shares of 0..1."""

    title: str
    kind: str
    series: tuple[Series, ...]
    categories: tuple[str, ...] = ()
    ticks: tuple[tuple[float, str], ...] = ()
    percent: bool = True
    across: bool = False

    @property
    def drawn(self) -> dict[str, Any]:
        """What the chart's script reads."""
        return {
            "kind": self.kind,
            "across": self.across,
            "percent": self.percent,
            "categories": self.categories,
            "ticks": [{"x": x, "label": label} for x, label in self.ticks],
            "series": [
                {"name": each.name, "values": each.values, "low": each.low, "high": each.high} for each in self.series
            ],
            "interval": _("95 %% interval") % {},
            "locale": translation.get_language(),
        }


@dataclass(frozen=True, slots=True)
class Report:
    """`n`: of how many people (or accounts) it speaks; of none, `teaches` says what would fill the page. The first table is
    the one that can be taken away. `drawing` is SVG."""

    n: int
    figures: tuple[Figure, ...] = ()
    chart: Chart | None = None
    tables: tuple[Table, ...] = ()
    verdict: str = ""
    teaches: str = ""
    drawing: str = ""
    example: str = field(default="")


def cell(value: Value) -> Cell:
    match value:
        case Rate():
            return _rate(value)
        case Time():
            return _time(value)
        case Undefined():
            return Cell("–", why_unknown(value))
        case timedelta():
            return Cell(duration(value))
        case None:
            return Cell(_("not known"))
        case float():
            return Cell(number(round(value, 2)))
        case int():
            return Cell(number(value))
    return Cell(value)


def _has_letters(text: str) -> bool:
    return any(each.isalpha() for each in text)


def seconds(value: float | Undefined) -> timedelta | Undefined:
    return value if isinstance(value, Undefined) else timedelta(seconds=value)


def bars(title: str, named: Iterable[tuple[str, Rate]], *, name: str, across: bool = True) -> Chart:
    """One bar for each share, with its interval."""
    pairs = list(named)
    return Chart(
        title, "bars", (rates(name, [rate for _, rate in pairs]),), tuple(key for key, _ in pairs), across=across
    )


def rates(name: str, of: Sequence[Rate]) -> Series:
    ends = [rate.interval for rate in of]
    return Series(
        name,
        [None if isinstance(rate.value, Undefined) else rate.value for rate in of],
        [each.low if each else None for each in ends],
        [each.high if each else None for each in ends],
    )


def for_csv(table: Table) -> tuple[list[str], list[list[Any]]]:
    """Head and rows with plain numbers: a share is five columns, a time three. Units: seconds."""
    kinds = [
        next((row[place] for row in table.rows if row[place] is not None), None) for place in range(len(table.head))
    ]
    parts = [_parts(kind) for kind in kinds]
    head = [f"{name} {part}".strip() for name, names in zip(table.head, parts, strict=True) for part in names]
    rows = [
        [plain for value, names in zip(row, parts, strict=True) for plain in _plain(value, len(names))]
        for row in table.rows
    ]
    return head, rows


def _rate(rate: Rate) -> Cell:
    if isinstance(rate.value, Undefined):
        return Cell("–", why_unknown(rate.value))
    interval = rate.interval or Interval(rate.value, rate.value)
    note = _("%(low)s – %(high)s · %(count)s of %(n)s") % {
        "low": percent(interval.low),
        "high": percent(interval.high),
        "count": number(rate.count),
        "n": number(rate.n),
    }
    return Cell(percent(rate.value), note, round(rate.value * 5), few=rate.few)


def _time(time: Time) -> Cell:
    if isinstance(time.seconds, Undefined):
        return Cell(_("not reached yet"), "")
    ends = [
        _("later than seen") if isinstance(end, Undefined) else duration(timedelta(seconds=end))
        for end in (time.low, time.high)
    ]
    return Cell(duration(timedelta(seconds=time.seconds)), " – ".join(ends))


def _parts(kind: Value) -> tuple[str, ...]:
    if isinstance(kind, Rate):
        return ("share", "low", "high", "count", "n")
    if isinstance(kind, Time):
        return ("seconds", "low", "high")
    return ("seconds",) if isinstance(kind, timedelta) else ("",)


def _plain(value: Value, width: int) -> list[Any]:
    match value:
        case Rate():
            interval = value.interval
            ends = [interval.low, interval.high] if interval else ["", ""]
            return [_number(value.value), *ends, value.count, value.n]
        case Time():
            return [_number(each) for each in (value.seconds, value.low, value.high)]
        case timedelta():
            return [value.total_seconds()]
        case Undefined() | None:
            return [""] * width
    return [value]


def _number(value: float | Undefined) -> float | str:
    return "" if isinstance(value, Undefined) else value
