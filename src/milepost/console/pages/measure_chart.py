"""A person's measure against their target, as a small drawing with the numbers behind it."""

from dataclasses import dataclass
from datetime import datetime

from milepost.insights.measured import Recorded

WIDTH, HEIGHT = 300.0, 110.0
_EDGE = 8.0


@dataclass(frozen=True, slots=True)
class MeasureChart:
    """Shapes: `line` are an SVG polyline's points, `dots` (x, y). Units: the drawing is 300 by 110.
    Absent: `target` and `target_y` are None while no target is known, `baseline` too; `change` while there are not two."""

    title: str
    unit: str
    values: tuple[tuple[datetime, float], ...]
    baseline: float | None
    target: float | None
    line: str
    dots: tuple[tuple[float, float], ...]
    target_y: float | None
    change: float | None
    better: bool

    @property
    def last(self) -> float | None:
        return self.values[-1][1] if self.values else self.baseline


def draw(recorded: Recorded, title: str, unit: str, better: str, begin: datetime) -> MeasureChart:
    """`begin` is where the baseline stands: when the goal was set."""
    points = [*([(begin, recorded.baseline)] if recorded.baseline is not None else []), *recorded.values]
    heights = [value for _, value in points] + ([recorded.target] if recorded.target is not None else [])
    dots = tuple((_x(at, points), _y(value, heights)) for at, value in points)
    change = points[-1][1] - points[0][1] if len(points) > 1 else None
    return MeasureChart(
        title=title,
        unit=unit,
        values=recorded.values,
        baseline=recorded.baseline,
        target=recorded.target,
        line=" ".join(f"{x},{y}" for x, y in dots),
        dots=dots,
        target_y=_y(recorded.target, heights) if recorded.target is not None else None,
        change=None if change is None else round(change, 2),
        better=change is not None and (change > 0) is (better == "up") and change != 0,
    )


def _x(at: datetime, points: list[tuple[datetime, float]]) -> float:
    first, last = min(at for at, _ in points), max(at for at, _ in points)
    length = (last - first).total_seconds()
    share = (at - first).total_seconds() / length if length else 0.5
    return round(_EDGE + share * (WIDTH - 2 * _EDGE), 1)


def _y(value: float, heights: list[float]) -> float:
    low, high = min(heights), max(heights)
    share = (value - low) / (high - low) if high > low else 0.5
    return round(HEIGHT - _EDGE - share * (HEIGHT - 2 * _EDGE), 1)
