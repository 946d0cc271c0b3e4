"""The numbers of the journey map: of all who began lately, or of those among them with one goal."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from milepost.console.pages.insights import Unknown, not_now, period
from milepost.core.conditions.types import Goal
from milepost.core.insights.journey_map import JourneyMap, MapAnswer, Stop, Stuck
from milepost.core.insights.statistics import Rate
from milepost.core.values import Unavailable, Undefined
from milepost.insights.ask import ask, members
from milepost.log import stores
from milepost.program import queries as program
from milepost.runtime import queries as runtime
from milepost.workspace.models import Workspace


@dataclass(frozen=True, slots=True)
class PostNumbers:
    """Absent: `median`, the time from the post before, is None while nobody has come from there."""

    reach: Rate
    median: timedelta | None
    drop: Rate


@dataclass(frozen=True, slots=True)
class ObstacleNumbers:
    """`stuck` counts who is on it now, whenever they began, the others who began in the period. Shapes: `helped` goes from
    `kind:key` of a help to the share of those who got it that came on by it. Absent: `unblocked` None: nobody was found."""

    stuck: int = 0
    detected: int = 0
    resolved: int = 0
    unblocked: Rate | None = None
    helped: dict[str, Rate] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MapNumbers:
    """Shapes: posts by milestone, obstacles by `MILESTONE/OBSTACLE`, goals by key. Absent: `n` is None where nothing is
    known."""

    n: int | None
    posts: dict[str, PostNumbers]
    obstacles: dict[str, ObstacleNumbers]
    goals: dict[str, int]


NONE = MapNumbers(None, {}, {}, {})


def map_numbers(workspace: Workspace, goal: str, now: datetime) -> MapNumbers | Unknown:
    try:
        answer = ask(stores.current().events, JourneyMap(**period(workspace, now), goal=goal or None))
    except Unavailable:
        return not_now()
    path = next(path for path in answer.paths if path.goal == (goal or None))
    return MapNumbers(
        n=path.n,
        posts={stop.milestone: _post(stop) for stop in path.stops},
        obstacles=_obstacles(answer, _stuck_now(workspace, goal, now)),
        goals={path.goal: path.n for path in answer.paths if path.goal},
    )


def _post(stop: Stop) -> PostNumbers:
    seconds = stop.median_seconds
    return PostNumbers(stop.reached, None if isinstance(seconds, Undefined) else timedelta(seconds=seconds), stop.drop)


def _stuck_now(workspace: Workspace, goal: str, now: datetime) -> Counter[tuple[str, str]]:
    """How many are stuck on each (milestone, obstacle): of everybody, or of those with this goal."""
    if not goal:
        return Counter({name: count.now for name, count in runtime.stuck_counts(workspace.pk).items()})
    document = program.current(workspace.pk).document
    own = set(members(stores.current().events, Goal(goal=goal), document, workspace=workspace.pk, as_of=now))
    return Counter(
        (row.milestone, row.obstacle) for row in runtime.stuck_now(workspace.pk, limit=None) if row.uid in own
    )


def _obstacles(answer: MapAnswer, now: Counter[tuple[str, str]]) -> dict[str, ObstacleNumbers]:
    return {
        f"{each.milestone}/{each.obstacle}": _obstacle(each, now[each.milestone, each.obstacle])
        for each in answer.obstacles
    }


def _obstacle(found: Stuck, stuck: int) -> ObstacleNumbers:
    helped = {each.help: each.unblocked for each in found.helps if each.unblocked.n}
    return ObstacleNumbers(stuck, found.detected, found.resolved, found.unblocked, helped)
