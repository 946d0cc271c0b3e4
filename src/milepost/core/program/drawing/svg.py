"""A laid-out figure as SVG: text stays text, colours are written on it, and a page that has its own sets them by class."""

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from milepost.core.program.drawing.figure import Line
from milepost.core.program.drawing.layout import MARK, PAD, SMALL, TITLE, WIDTH, Drawn, Placed, Standing
from milepost.core.program.drawing.lettering import width_of

_FONT = "Inter, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Noto Sans', 'DejaVu Sans', sans-serif"
_INK, _SOFT, _LINE, _PAPER = "#1b2320", "#525a53", "#cbcabf", "#ffffff"
_GREEN, _GREEN_SOFT, _AMBER = "#1f6f54", "#eff7f3", "#865011"
#: What XML cannot hold, however it is written.
_IMPOSSIBLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_EDGE, _ABOVE = 16, 30


def svg(placed: Placed, *, on_a_page: bool = False) -> str:
    """A picture of its own with its title on it; `on_a_page` without, since the page has one, and with its links."""
    top = 0 if on_a_page else _ABOVE
    width, height = placed.width + 2 * _EDGE, placed.height + top
    role = "group" if on_a_page else "img"
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="pathway" role="{role}" aria-labelledby="pathway-title" '
        f'aria-describedby="pathway-desc" viewBox="{-_EDGE} {-top} {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" font-family="{_FONT}">'
    )
    parts = [head, f'<title id="pathway-title">{_said(placed.figure.title)}</title>']
    parts.append(f'<desc id="pathway-desc">{_said(placed.figure.description)}</desc>')
    if not on_a_page:
        parts.append(f'<rect x="{-_EDGE}" y="{-top}" width="{width:.0f}" height="{height:.0f}" fill="{_PAPER}"/>')
        parts.append(_text((placed.figure.title,), 0, 0, 18, "pathway__title", _INK, bold=True))
    parts.extend(_arrow(each) for each in placed.arrows)
    parts.extend(_box(each, linked=on_a_page) for each in placed.boxes)
    parts.extend(_label(each) for each in placed.arrows if each.arrow.label)
    return "".join([*parts, "</svg>"])


def _arrow(drawn: Drawn) -> str:
    back = " pathway__arrow--back" if drawn.back else ""
    dashes = ' stroke-dasharray="5 4"' if drawn.back else ""
    return (
        f'<path class="pathway__arrow{back}" d="{drawn.path}" fill="none" stroke="{_SOFT}" stroke-width="1.5"{dashes}/>'
        f'<path class="pathway__head" d="{_head(*drawn.tip)}" fill="{_SOFT}"/>'
    )


def _head(x: float, y: float) -> str:
    """A point downwards: every arrow comes from above."""
    return f"M{x - 5:.1f} {y - 8:.1f}L{x:.1f} {y:.1f}L{x + 5:.1f} {y - 8:.1f}Z"


def _label(drawn: Drawn) -> str:
    anchor = "start" if drawn.back else "middle"
    width = width_of(drawn.arrow.label, SMALL) + 4
    left = drawn.x - (2 if drawn.back else width / 2)
    return (
        f'<rect class="pathway__halo" x="{left:.1f}" y="{drawn.y - SMALL:.1f}" width="{width:.1f}" height="{SMALL + 4}" '
        f'fill="{_PAPER}"/><text class="pathway__label" x="{drawn.x:.1f}" y="{drawn.y:.1f}" text-anchor="{anchor}" '
        f'font-size="{SMALL}" fill="{_SOFT}">{_said(drawn.arrow.label)}</text>'
    )


def _box(standing: Standing, *, linked: bool) -> str:
    box = standing.box
    paint = (_GREEN_SOFT, _GREEN) if box.milestone else (_PAPER, _LINE)
    name = "pathway__box pathway__box--milestone" if box.milestone else "pathway__box"
    x, y = standing.x + PAD, standing.y + PAD + TITLE - 1
    parts = [
        f'<rect x="{standing.x:.1f}" y="{standing.y:.1f}" width="{WIDTH}" height="{standing.height:.1f}" rx="10" '
        f'fill="{paint[0]}" stroke="{paint[1]}"/>',
        _text(standing.title, x, y, TITLE, "pathway__name", _INK, bold=True),
        _text(standing.note, x, y + 19 * len(standing.title), SMALL, "pathway__note", _SOFT),
        *(part for row in standing.rows for part in _row(row.line, row.texts, x, row.y)),
    ]
    group = f'<g class="{name}">{"".join(parts)}</g>'
    return f"<a href={quoteattr(box.href)}>{group}</a>" if linked and box.href else group


def _row(line: Line, texts: tuple[str, ...], x: float, y: float) -> Iterator[str]:
    if line.mark:
        yield _mark(line, x + 6, y - 4)
    indent = MARK if line.mark else 0
    yield _text(texts, x + indent, y, SMALL, "pathway__line", _INK)


def _mark(line: Line, x: float, y: float) -> str:
    """A tick, or an exclamation mark: told apart by more than their colours."""
    missing = line.mark == "missing"
    sign = f"M{x:.1f} {y - 3.2:.1f}v3.6m0 2.6v.2" if missing else f"M{x - 2.8:.1f} {y + 0.2:.1f}l2 2 3.6-4.2"
    colour = _AMBER if missing else _GREEN
    return (
        f'<g class="pathway__mark pathway__mark--{line.mark}" role="img" aria-label={quoteattr(_clean(line.said))}>'
        f"<title>{_said(line.said)}</title>"
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6.5" fill="{colour}"/><path d="{sign}" fill="none" stroke="{_PAPER}" '
        f'stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"/></g>'
    )


def _text(lines: tuple[str, ...], x: float, y: float, size: int, name: str, colour: str, *, bold: bool = False) -> str:
    if not lines:
        return ""
    leading = 19 if size == TITLE else 18
    spans = "".join(
        f'<tspan x="{x:.1f}" y="{y + leading * place:.1f}">{_said(line)}</tspan>' for place, line in enumerate(lines)
    )
    weight = ' font-weight="600"' if bold else ""
    return f'<text class="{name}" font-size="{size}"{weight} fill="{colour}">{spans}</text>'


def _said(text: str) -> str:
    return escape(_clean(text))


def _clean(text: str) -> str:
    return _IMPOSSIBLE.sub("", text)
