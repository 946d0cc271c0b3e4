"""Which box stands in which row and where in it: rows by the longest way, then few crossings, then straight arrows.

1. An arrow that leads back to a box from which the way has come (or to itself) counts for nothing here.
2. A box stands one row below the lowest box that leads to it. An arrow over several rows has a place in each between.
3. In a row, everything stands near the middle of what it is joined to above and below, in the order with fewest crossings.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, pairwise
from typing import TypeVar

V = TypeVar("V")
Vertex = str | tuple[int, int]  # a box by its key, or the place of an arrow in a row
Edge = tuple[Vertex, Vertex]
Rows = list[list[Vertex]]
_SWEEPS = 24


def leading_back(keys: Sequence[str], edges: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those edges that close a circle, going from the first boxes on."""
    onward = _neighbours(edges)
    back, done, open_ = set[tuple[str, str]](), set[str](), list[str]()
    for root in keys:
        ways = [(root, iter(onward[root]))] if root not in done else []
        open_ = [root] if ways else []
        while ways:
            here, targets = ways[-1]
            target = next(targets, None)
            if target is None:
                done.add(open_.pop())
                ways.pop()
            elif target in open_:
                back.add((here, target))
            elif target not in done:
                open_.append(target)
                ways.append((target, iter(onward[target])))
    return back


def rows_of(keys: Sequence[str], edges: Sequence[tuple[str, str]]) -> dict[str, int]:
    """The row of each box. `edges` close no circle."""
    rows = dict.fromkeys(keys, 0)
    for _ in keys:
        lower = {end: rows[start] + 1 for start, end in edges if rows[end] <= rows[start]}
        if not lower:
            break
        rows |= lower
    return rows


def arranged(rows: Rows, edges: Sequence[Edge]) -> Rows:
    """The rows in the order with the fewest crossings that was found. Every edge leads to the next row."""
    up, down = _neighbours((end, start) for start, end in edges), _neighbours(edges)
    best, fewest = rows, _crossings(rows, edges)
    for sweep in range(_SWEEPS):
        rows = _swept(rows, up if sweep % 2 == 0 else down, reverse=sweep % 2 == 1)
        found = _crossings(rows, edges)
        if found < fewest:
            best, fewest = rows, found
    return best


def _swept(rows: Rows, joined: Mapping[Vertex, list[Vertex]], *, reverse: bool) -> Rows:
    ordered: Rows = []
    places: dict[Vertex, float] = {}
    for row in reversed(rows) if reverse else rows:
        own = {vertex: float(place) for place, vertex in enumerate(row)}
        wanted = {vertex: _mean([places[each] for each in joined[vertex]], own[vertex]) for vertex in row}
        ordered.append(sorted(row, key=wanted.__getitem__))
        places = {vertex: float(place) for place, vertex in enumerate(ordered[-1])}
    return ordered[::-1] if reverse else ordered


def _crossings(rows: Rows, edges: Sequence[Edge]) -> int:
    place = {vertex: (number, at) for number, row in enumerate(rows) for at, vertex in enumerate(row)}
    between: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for start, end in edges:
        between[place[start][0]].append((place[start][1], place[end][1]))
    return sum((a - c) * (b - d) < 0 for pairs in between.values() for (a, b), (c, d) in combinations(pairs, 2))


def centred(rows: Rows, edges: Sequence[Edge], widths: Mapping[Vertex, float], gap: float) -> dict[Vertex, float]:
    """The middle of each vertex across, the leftmost edge at 0."""
    up, down = _neighbours((end, start) for start, end in edges), _neighbours(edges)
    middle: dict[Vertex, float] = {}
    for row in rows:
        middle |= zip(row, _apart([0.0] * len(row), _distances(row, widths, gap)), strict=True)
    for sweep in range(_SWEEPS):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            near = [[middle[each] for each in (*up[vertex], *down[vertex])] for vertex in row]
            wanted = [_mean(others, middle[vertex]) for vertex, others in zip(row, near, strict=True)]
            middle |= zip(row, _apart(wanted, _distances(row, widths, gap)), strict=True)
    left = min((at - widths[vertex] / 2 for vertex, at in middle.items()), default=0.0)
    return {vertex: at - left for vertex, at in middle.items()}


def _distances(row: Sequence[Vertex], widths: Mapping[Vertex, float], gap: float) -> list[float]:
    return [(widths[one] + widths[other]) / 2 + gap for one, other in pairwise(row)]


def _apart(wanted: Sequence[float], distances: Sequence[float]) -> list[float]:
    """The places nearest to those wanted, in their order and at least so far from each other: isotonic regression."""
    offsets = [sum(distances[:place]) for place in range(len(wanted))]
    blocks: list[tuple[float, int]] = []  # (sum, number) of places that move together
    for value, offset in zip(wanted, offsets, strict=True):
        blocks.append((value - offset, 1))
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] > blocks[-1][0] / blocks[-1][1]:
            (total, n), (before, m) = blocks.pop(), blocks.pop()
            blocks.append((before + total, m + n))
    levels = [total / n for total, n in blocks for _ in range(n)]
    return [level + offset for level, offset in zip(levels, offsets, strict=True)]


def _neighbours(edges: Iterable[tuple[V, V]]) -> defaultdict[V, list[V]]:
    found: defaultdict[V, list[V]] = defaultdict(list)
    for start, end in edges:
        found[start].append(end)
    return found


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
