"""Charts as files: a picture that scales, a picture of points, and text for Mermaid."""

from collections.abc import Callable
from math import sqrt

import resvg_py
from msgspec import Struct

from milepost.core.delivery.language import preferences
from milepost.core.program.document import Document
from milepost.core.program.drawing.figure import Figure
from milepost.core.program.drawing.layout import laid_out
from milepost.core.program.drawing.mermaid import mermaid
from milepost.core.program.drawing.svg import svg
from milepost.core.review.chart_figure import Words, figure_of
from milepost.core.review.rule import Review
from milepost.core.values import Refused

#: For screens that have two points to a pixel; a large chart gets fewer, so that no picture fills the memory.
_ZOOM, _MOST_POINTS = 2.0, 24_000_000


class Format(Struct, frozen=True):
    media: str
    write: Callable[[Figure], bytes]


def _as_svg(figure: Figure) -> bytes:
    return svg(laid_out(figure)).encode()


def _as_png(figure: Figure) -> bytes:
    placed = laid_out(figure)
    zoom = min(_ZOOM, sqrt(_MOST_POINTS / max(1.0, placed.width * placed.height)))
    return bytes(resvg_py.svg_to_bytes(svg_string=svg(placed), zoom=zoom))


#: By the ending of the file.
FORMATS = {
    "svg": Format("image/svg+xml", _as_svg),
    "png": Format("image/png", _as_png),
    "mmd": Format("text/plain; charset=utf-8", lambda figure: mermaid(figure).encode()),
}


def format_named(ending: str) -> Format:
    """Raises Refused (404)."""
    if ending not in FORMATS:
        raise Refused("no_such_format", f"A chart is one of {', '.join(FORMATS)}.", status=404)
    return FORMATS[ending]


def chart_figure(
    document: Document, key: str, locale: str = "", words: Words | None = None, hrefs: dict[str, str] | None = None
) -> Figure:
    """The chart in this language, else in the program's own. Raises Refused (404)."""
    if key not in document.charts:
        raise Refused("no_such_chart", f"There is no chart '{key}'.", status=404)
    wanted = preferences(locale, document.locales.default)
    review = Review(document=document, lines={})
    return figure_of(review, key, wanted, words or Words(), hrefs or {})
