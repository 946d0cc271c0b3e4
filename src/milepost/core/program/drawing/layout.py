"""A figure laid out from top to bottom: where each box stands, and how each arrow goes. Units: about a pixel.

Arrows that lead on go through the gaps between rows and the places kept for them in between; arrows that lead back leave
below their box, go round everything on the right, and come in from above.
"""

from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct

from milepost.core.program.drawing.figure import Arrow, Box, Figure, Line
from milepost.core.program.drawing.layers import Vertex, arranged, centred, leading_back, rows_of
from milepost.core.program.drawing.lettering import broken, width_of

WIDTH, PAD, MARK = 232, 14, 20
TITLE, SMALL = 14, 12
_TITLE_LEADING, _LEADING = 19, 18
_GAP, _BETWEEN, _LANE, _SIDE, _NARROW = 76, 32, 20, 72, 12
_PLACES = (0.5, 0.36, 0.64, 0.22, 0.78)


class Row(Struct, frozen=True):
    """A line of text inside a box, with its baseline."""

    y: float
    texts: tuple[str, ...]
    line: Line


class Standing(Struct, frozen=True, kw_only=True):
    """A box in its place. `title` and `note` as lines that fit."""

    box: Box
    x: float
    y: float
    height: float
    title: tuple[str, ...]
    note: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def middle(self) -> float:
        return self.x + WIDTH / 2


class Drawn(Struct, frozen=True, kw_only=True):
    """An arrow as a path that ends at its `tip`, coming from above. `back`: it leads to where the way has been already. `x`
    and `y` are the middle of its label, or its beginning where it leads back."""

    arrow: Arrow
    path: str
    tip: tuple[float, float]
    back: bool
    x: float
    y: float


class Placed(Struct, frozen=True, kw_only=True):
    figure: Figure
    boxes: tuple[Standing, ...]
    arrows: tuple[Drawn, ...]
    width: float
    height: float


def laid_out(figure: Figure) -> Placed:
    keys = [box.key for box in figure.boxes]
    ends = [(arrow.start, arrow.end) for arrow in figure.arrows]
    back = leading_back(keys, ends)
    row_of = rows_of(keys, [each for each in ends if each not in back])
    ways = {place: _way(place, arrow, row_of) for place, arrow in enumerate(figure.arrows) if ends[place] not in back}
    rows: list[list[Vertex]] = [[] for _ in range(max(row_of.values(), default=0) + 1)]
    for key in keys:
        rows[row_of[key]].append(key)
    for way in ways.values():
        for joint in way:
            if isinstance(joint, tuple):
                rows[joint[1]].append(joint)
    joins = [pair for way in ways.values() for pair in pairwise(way)]
    widths: dict[Vertex, float] = {joint: WIDTH if isinstance(joint, str) else _NARROW for row in rows for joint in row}
    middles = centred(arranged(rows, joins), joins, widths, _BETWEEN)
    return _Page(figure, row_of, {joint: middles[joint] for joint in widths}).placed(ways)


def _way(place: int, arrow: Arrow, row_of: dict[str, int]) -> list[Vertex]:
    between = range(row_of[arrow.start] + 1, row_of[arrow.end])
    return [arrow.start, *((place, row) for row in between), arrow.end]


class _Page:
    """Turns rows and middles into coordinates."""

    def __init__(self, figure: Figure, row_of: dict[str, int], middles: dict[Vertex, float]) -> None:
        self._figure, self._row_of, self._middles = figure, row_of, middles
        made = {box.key: _standing(box) for box in figure.boxes}
        heights = [0.0] * (max(row_of.values(), default=0) + 1)
        for key, box in made.items():
            heights[row_of[key]] = max(heights[row_of[key]], box.height)
        self._tops = [sum(heights[:row]) + row * _GAP + _GAP / 2 for row in range(len(heights))]
        self._bottoms = [top + height for top, height in zip(self._tops, heights, strict=True)]
        self._boxes = {key: _moved(box, middles[key] - WIDTH / 2, self._tops[row_of[key]]) for key, box in made.items()}
        self._right = max((middles[each] + WIDTH / 2 for each in made), default=0.0)
        self._labels: list[tuple[float, float, float]] = []

    def placed(self, ways: dict[int, list[Vertex]]) -> Placed:
        arrows, lanes = [], 0
        widest = self._right
        for place, arrow in enumerate(self._figure.arrows):
            if place in ways:
                arrows.append(self._onward(arrow, ways[place]))
            else:
                lanes += 1
                arrows.append(self._round(arrow, lanes))
                widest = max(widest, arrows[-1].x + width_of(arrow.label, SMALL))
        return Placed(
            figure=self._figure,
            boxes=tuple(self._boxes.values()),
            arrows=tuple(arrows),
            width=widest + (_LANE if lanes else 0),
            height=(self._bottoms[-1] if self._boxes else 0) + _GAP / 2,
        )

    def _onward(self, arrow: Arrow, way: Sequence[Vertex]) -> Drawn:
        start = self._boxes[arrow.start]
        parts = [f"M{start.middle:.1f} {start.y + start.height:.1f}"]
        row = self._row_of[arrow.start]
        for one, other in pairwise(way):
            x, y, above = self._middles[other], self._tops[row + 1], self._bottoms[row]
            half = (above + y) / 2
            parts.append(f"V{above:.1f}C{self._middles[one]:.1f} {half:.1f} {x:.1f} {half:.1f} {x:.1f} {y:.1f}")
            row += 1
        tip = self._boxes[arrow.end].middle, self._boxes[arrow.end].y
        x, y = self._labelled(
            arrow.label, start.middle, self._middles[way[1]], self._bottoms[self._row_of[arrow.start]]
        )
        return Drawn(arrow=arrow, path="".join(parts), tip=tip, back=False, x=x, y=y)

    def _labelled(self, label: str, start: float, end: float, above: float) -> tuple[float, float]:
        """Where on the first part of its arrow a label covers no other one."""
        width = width_of(label, SMALL)
        spots = [
            (start + (end - start) * (3 * t * t - 2 * t**3), above + _GAP * (1.5 * t * (1 - t) + t**3)) for t in _PLACES
        ]
        free = (spot for spot in spots if not any(self._covers(spot, width, other) for other in self._labels))
        x, y = next(free, spots[0])
        if label:
            self._labels.append((x, y, width))
        return x, y + SMALL / 3

    @staticmethod
    def _covers(spot: tuple[float, float], width: float, other: tuple[float, float, float]) -> bool:
        return abs(spot[0] - other[0]) < (width + other[2]) / 2 + 4 and abs(spot[1] - other[1]) < SMALL + 2

    def _round(self, arrow: Arrow, lane: int) -> Drawn:
        start, end = self._boxes[arrow.start], self._boxes[arrow.end]
        x, leaves, comes = self._right + lane * _LANE, start.middle + _SIDE, end.middle + _SIDE
        below = self._bottoms[self._row_of[arrow.start]] + 10 + 4 * (lane % 5)
        above = self._tops[self._row_of[arrow.end]] - 12 - 4 * (lane % 5)
        path = (
            f"M{leaves:.1f} {start.y + start.height:.1f}V{below - 6:.1f}"
            f"Q{leaves:.1f} {below:.1f} {leaves + 6:.1f} {below:.1f}H{x - 6:.1f}"
            f"Q{x:.1f} {below:.1f} {x:.1f} {below - 6:.1f}V{above + 6:.1f}"
            f"Q{x:.1f} {above:.1f} {x - 6:.1f} {above:.1f}H{comes + 6:.1f}"
            f"Q{comes:.1f} {above:.1f} {comes:.1f} {above + 6:.1f}V{end.y:.1f}"
        )
        y = (below + above) / 2 + 14 * (lane % 3 - 1)
        return Drawn(arrow=arrow, path=path, tip=(comes, end.y), back=True, x=x + 5, y=y)


def _standing(box: Box) -> Standing:
    """The box with its texts, at the corner of the page."""
    inner = WIDTH - 2 * PAD
    title, note = broken(box.title, TITLE, inner, 3), broken(box.note, SMALL, inner, 2)
    y = PAD + len(title) * _TITLE_LEADING + len(note) * _LEADING + (6 if box.lines else 0)
    rows = []
    for line in box.lines:
        texts = broken(line.text, SMALL, inner - (MARK if line.mark else 0), 2)
        rows.append(Row(y + SMALL, texts, line))
        y += _LEADING * len(texts)
    return Standing(box=box, x=0, y=0, height=y + PAD, title=title, note=note, rows=tuple(rows))


def _moved(box: Standing, x: float, y: float) -> Standing:
    return Standing(
        box=box.box,
        x=x,
        y=y,
        height=box.height,
        title=box.title,
        note=box.note,
        rows=tuple(Row(row.y + y, row.texts, row.line) for row in box.rows),
    )
