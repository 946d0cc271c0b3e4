"""The numbers of the journey map: of all who began lately, or of those among them with one goal."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from milepost.console.pages.insights import Unknown, not_now, period
from milepost.core.insights.journey_map import JourneyMap, MapAnswer, Stop, Stuck
from milepost.core.insights.statistics import Rate
from milepost.core.values import Unavailable, Undefined
from milepost.insights.ask import ask
from milepost.log import stores
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
    """`stuck` counts everybody who is on it now, the others those who began in the period. Shapes: `helped` goes from
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
        answer = ask(stores.current().events, JourneyMap(**period(workspace, now)))
    except Unavailable:
        return not_now()
    path = next(path for path in answer.paths if path.goal == (goal or None))
    return MapNumbers(
        n=path.n,
        posts={stop.milestone: _post(stop) for stop in path.stops},
        obstacles=_obstacles(workspace.pk, answer),
        goals={path.goal: path.n for path in answer.paths if path.goal},
    )


def _post(stop: Stop) -> PostNumbers:
    seconds = stop.median_seconds
    return PostNumbers(stop.reached, None if isinstance(seconds, Undefined) else timedelta(seconds=seconds), stop.drop)


def _obstacles(workspace_id: int, answer: MapAnswer) -> dict[str, ObstacleNumbers]:
    now = runtime.stuck_counts(workspace_id)
    return {
        f"{each.milestone}/{each.obstacle}": _obstacle(each, count.now if count else 0)
        for each in answer.obstacles
        for count in [now.get((each.milestone, each.obstacle))]
    }


def _obstacle(found: Stuck, stuck: int) -> ObstacleNumbers:
    helped = {each.help: each.unblocked for each in found.helps if each.unblocked.n}
    return ObstacleNumbers(stuck, found.detected, found.resolved, found.unblocked, helped)
