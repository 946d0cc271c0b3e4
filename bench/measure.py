"""How a number is taken: ours and its limit in turn, the median of several rounds, with n and spread.

Machines are noisy, so what counts is the ratio of two things measured side by side; absolute figures stand beside it.
"""

from collections.abc import Callable, Sequence
from statistics import median, quantiles
from typing import Literal

from msgspec import Struct

ROUNDS = 5


class Figure(Struct, frozen=True, kw_only=True):
    """The median of `n` rounds; `low` and `high` are the least and the greatest."""

    median: float
    low: float
    high: float
    n: int
    unit: str = ""


class Goal(Struct, frozen=True, kw_only=True):
    """What is to be kept within `value`: the ratio to the limit, or our own figure."""

    of: Literal["ratio", "ours"]
    is_: Literal["at least", "at most"]
    value: float

    def met(self, figure: float) -> bool:
        return figure >= self.value if self.is_ == "at least" else figure <= self.value


class Row(Struct, frozen=True, kw_only=True):
    """One line of the table. Absent: a row without `limit` has only its own figure; one without `goal` informs."""

    what: str
    ours: Figure
    limit_is: str = ""
    limit: Figure | None = None
    ratio: Figure | None = None
    goal: Goal | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        if self.goal is None:
            return None
        figure = self.ratio if self.goal.of == "ratio" else self.ours
        return figure is not None and self.goal.met(figure.median)


def figure(values: Sequence[float], unit: str = "") -> Figure:
    return Figure(median=median(values), low=min(values), high=max(values), n=len(values), unit=unit)


def in_turn(rounds: int, *runs: Callable[[], float]) -> list[list[float]]:
    """Each round runs all of them, every other round in reverse order, so that a slow minute hits all alike."""
    results: list[list[float]] = [[] for _ in runs]
    for number in range(rounds):
        order = list(enumerate(runs))
        for place, run in order if number % 2 == 0 else reversed(order):
            results[place].append(run())
    return results


def beside(
    what: str,
    ours: Sequence[float],
    limit_is: str,
    limit: Sequence[float],
    unit: str,
    goal: Goal | None = None,
    note: str = "",
) -> Row:
    """The row of two series that were taken in turn; the ratio is taken round by round."""
    ratios = [mine / theirs for mine, theirs in zip(ours, limit, strict=True)]
    return Row(
        what=what,
        ours=figure(ours, unit),
        limit_is=limit_is,
        limit=figure(limit, unit),
        ratio=figure(ratios),
        goal=goal,
        note=note,
    )


def percentile(values: Sequence[float], percent: int) -> float:
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def at_least(value: float, of: Literal["ratio", "ours"] = "ratio") -> Goal:
    return Goal(of=of, is_="at least", value=value)


def at_most(value: float, of: Literal["ratio", "ours"] = "ratio") -> Goal:
    return Goal(of=of, is_="at most", value=value)
