"""Estimates with what is not known about them: Wilson's interval of a share, Kaplan and Meier's survival curve, and the
log-rank test of whether two curves differ.

Intervals are of 95 %. Survival is the share that has *not yet* arrived: who has not by the end of the observation is
censored there, not dropped and not counted as never.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from math import erfc, exp, gamma, log, sqrt

from msgspec import Struct

from milepost.core.values import Undefined

#: The 97.5 % point of the normal distribution.
Z = 1.959963984540054
_ROUNDING = 1e-12
#: Of fewer people a share is called so: its interval is at least 40 points wide in the middle.
FEW = 20


class Interval(Struct, frozen=True):
    low: float
    high: float


class Rate(Struct, frozen=True, kw_only=True):
    """A share 0..1 of `n`, of which it is `count`. `few`: so few people that the share says next to nothing."""

    count: int
    n: int
    value: float | Undefined
    interval: Interval | None  # None where the value is undefined
    few: bool = False


class Point(Struct, frozen=True, kw_only=True):
    """The curve from this time on: the share of those who have not arrived yet, 0..1."""

    seconds: float
    at_risk: int
    arrived: int
    waiting: float
    interval: Interval


class LogRank(Struct, frozen=True, kw_only=True):
    """Whether groups differ in how long they take, over the whole time: `p` is the probability of a difference at least as
    large by chance alone. Absent: both are undefined for fewer than two groups, or before anybody arrived while others were
    waiting."""

    statistic: float | Undefined
    degrees: int
    p: float | Undefined


class Time(Struct, frozen=True, kw_only=True):
    """When a share of all has arrived. Each bound may lie beyond what was observed."""

    seconds: float | Undefined
    low: float | Undefined
    high: float | Undefined


def rate(count: int, n: int, why: str) -> Rate:
    """Source: E. B. Wilson 1927. Absent: undefined for that reason when n is 0."""
    if n == 0:
        return Rate(count=0, n=0, value=Undefined(why), interval=None)
    share, z2 = count / n, Z * Z
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z * sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    interval = Interval(max(0.0, middle - half), min(1.0, middle + half))
    return Rate(count=count, n=n, value=share, interval=interval, few=n < FEW)


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
    scaled = Z * sqrt(spread) / log(waiting)
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


def log_rank(groups: Sequence[Sequence[tuple[float, int, int]]]) -> LogRank:
    """Shapes: for each group its `(seconds, arrived, censored)`. Source: Mantel 1966, Peto and Peto 1972; for more than two
    groups the quadratic form over all but the last."""
    if len(groups) < 2:
        return _unknown("there are not two groups to compare")
    excess, spread = _excess(groups)
    statistic = _quadratic(spread, excess)
    if statistic is None:
        return _unknown("too few have arrived to compare")
    return LogRank(statistic=statistic, degrees=len(excess), p=_chance(statistic, len(excess)))


def _unknown(why: str) -> LogRank:
    return LogRank(statistic=Undefined(why), degrees=0, p=Undefined(why))


def _excess(groups: Sequence[Sequence[tuple[float, int, int]]]) -> tuple[list[float], list[list[float]]]:
    """Arrivals beyond what was to be expected of each group but the last, and their covariance."""
    events = sorted((seconds, place, a, c) for place, group in enumerate(groups) for seconds, a, c in group)
    at_risk = [sum(a + c for _, a, c in group) for group in groups]
    size = len(groups) - 1
    excess, spread = [0.0] * size, [[0.0] * size for _ in range(size)]
    for _, together in groupby(events, key=lambda event: event[0]):
        now = list(together)
        arrived, n = sum(a for _, _, a, _ in now), sum(at_risk)
        if arrived:
            _add(excess, spread, at_risk, arrived, n)
        for _, place, a, c in now:
            if place < size:
                excess[place] += a
            at_risk[place] -= a + c
    return excess, spread


def _add(excess: list[float], spread: list[list[float]], at_risk: list[int], arrived: int, n: int) -> None:
    """What one time at which somebody arrived adds: the hypergeometric mean and covariance."""
    scale = arrived * (n - arrived) / (n - 1) if n > 1 else 0.0
    shares = [count / n for count in at_risk[: len(excess)]]
    for row, share in enumerate(shares):
        excess[row] -= arrived * share
        for column, other in enumerate(shares):
            spread[row][column] += scale * share * ((row == column) - other)


def _quadratic(matrix: list[list[float]], vector: list[float]) -> float | None:
    """`v' M^-1 v` by elimination; None where the matrix has no inverse."""
    rows = [[*row, value] for row, value in zip(matrix, vector, strict=True)]
    total = 0.0
    for place, row in enumerate(rows):
        if row[place] <= _ROUNDING:
            return None
        total += row[-1] ** 2 / row[place]
        for below in rows[place + 1 :]:
            factor = below[place] / row[place]
            below[:] = [value - factor * above for value, above in zip(below, row, strict=True)]
    return total


def _chance(statistic: float, degrees: int) -> float:
    """The upper tail of the chi-squared distribution, by the recurrence of the incomplete gamma function."""
    half = statistic / 2
    at, tail = (0.5, erfc(sqrt(half))) if degrees % 2 else (1.0, exp(-half))
    while at < degrees / 2:
        tail += half**at * exp(-half) / gamma(at + 1)
        at += 1
    return tail
