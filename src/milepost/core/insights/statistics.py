"""Estimates with what is not known about them: Wilson's interval of a share, Kaplan and Meier's survival curve.

Intervals are of 95 %. Survival is the share that has *not yet* arrived: who has not by the end of the observation is
censored there, not dropped and not counted as never.
"""

from collections.abc import Iterable
from math import exp, log, sqrt

from msgspec import Struct

from milepost.core.values import Undefined

#: The 97.5 % point of the normal distribution.
_Z = 1.959963984540054
_ROUNDING = 1e-12


class Interval(Struct, frozen=True):
    low: float
    high: float


class Rate(Struct, frozen=True, kw_only=True):
    """A share 0..1 of `n`, of which it is `count`."""

    count: int
    n: int
    value: float | Undefined
    interval: Interval | None  # None where the value is undefined


class Point(Struct, frozen=True, kw_only=True):
    """The curve from this time on: the share of those who have not arrived yet, 0..1."""

    seconds: float
    at_risk: int
    arrived: int
    waiting: float
    interval: Interval


class Time(Struct, frozen=True, kw_only=True):
    """When a share of all has arrived. Each bound may lie beyond what was observed."""

    seconds: float | Undefined
    low: float | Undefined
    high: float | Undefined


def rate(count: int, n: int, why: str) -> Rate:
    """Source: E. B. Wilson 1927. Absent: undefined for that reason when n is 0."""
    if n == 0:
        return Rate(count=0, n=0, value=Undefined(why), interval=None)
    share, z2 = count / n, _Z * _Z
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z * sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Rate(count=count, n=n, value=share, interval=Interval(max(0.0, middle - half), min(1.0, middle + half)))


def survival(observed: Iterable[tuple[float, int, int]]) -> list[Point]:
    """The curve's steps: one for each time at which somebody arrived.

    Shapes: `(seconds, arrived, censored)` in any order; who is censored at a time was still waiting when others arrived
    at it. Source: Kaplan and Meier 1958, interval by Greenwood on the log(-log) scale.
    """
    times: dict[float, tuple[int, int]] = {}
    for seconds, arrived, censored in observed:
        before = times.get(seconds, (0, 0))
        times[seconds] = (before[0] + arrived, before[1] + censored)
    at_risk = sum(arrived + censored for arrived, censored in times.values())
    waiting, spread, points = 1.0, 0.0, []
    for seconds, (arrived, censored) in sorted(times.items()):
        if arrived:
            waiting *= (at_risk - arrived) / at_risk
            spread += arrived / (at_risk * (at_risk - arrived)) if at_risk > arrived else 0.0
            points.append(_point(seconds, at_risk, arrived, waiting, spread))
        at_risk -= arrived + censored
    return points


def _point(seconds: float, at_risk: int, arrived: int, waiting: float, spread: float) -> Point:
    return Point(
        seconds=seconds, at_risk=at_risk, arrived=arrived, waiting=waiting, interval=_greenwood(waiting, spread)
    )


def _greenwood(waiting: float, spread: float) -> Interval:
    if waiting <= 0.0:
        return Interval(0.0, 0.0)
    scaled = _Z * sqrt(spread) / log(waiting)
    return Interval(waiting ** exp(-scaled), waiting ** exp(scaled))


def time_until(points: list[Point], share: float) -> Time:
    """When that share of all has arrived: 0.5 gives the median."""
    left = 1 - share + _ROUNDING
    return Time(
        seconds=_first(((p.seconds, p.waiting) for p in points), left, share),
        low=_first(((p.seconds, p.interval.low) for p in points), left, share),
        high=_first(((p.seconds, p.interval.high) for p in points), left, share),
    )


def _first(steps: Iterable[tuple[float, float]], left: float, share: float) -> float | Undefined:
    found = next((seconds for seconds, waiting in steps if waiting <= left), None)
    return Undefined(f"not reached yet by {share:.0%}") if found is None else found


def thinned(points: list[Point], most: int) -> list[Point]:
    """At most that many of the points, evenly chosen, the first and the last among them: enough to draw the curve."""
    if len(points) <= most:
        return points
    return [points[round(place * (len(points) - 1) / (most - 1))] for place in range(most)]
