"""The drawing of the trail: a band that is as wide as the share of people who are still on it."""

from dataclasses import dataclass

WIDEST = 64.0
NARROWEST = 1.5
_LEFT, _RIGHT = 44.0, 56.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """One stretch of the trail in a square of 100: from a share above to a share below, winding a little."""

    path: str
    edge: str


def stretch(place: int, above: float, below: float) -> Stretch:
    """Units: shares of 0..1; `place` counts the stretches from 0 and says which way it winds."""
    begin, end = (_LEFT, _RIGHT) if place % 2 else (_RIGHT, _LEFT)
    if place == 0:
        begin = 50.0
    half, then = _width(above) / 2, _width(below) / 2
    left = f"M{begin - half:.1f} 0C{begin - half:.1f} 50 {end - then:.1f} 50 {end - then:.1f} 100"
    right = f"{end + then:.1f} 100C{end + then:.1f} 50 {begin + half:.1f} 50 {begin + half:.1f} 0"
    return Stretch(path=f"{left}L{right}Z", edge=f"{left}M{right}")


def _width(share: float) -> float:
    return max(NARROWEST, WIDEST * min(1.0, max(0.0, share)))
