"""The numbers of the journey map: of all who began lately, or of those among them with one goal."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from milepost.console.pages.insights import Unknown, not_now, period
from milepost.core.conditions.types import Goal
from milepost.core.insights.journey_map import NOBODY_HELPED, JourneyMap, MapAnswer, Stop, Stuck
from milepost.core.insights.statistics import Rate, rate
from milepost.core.insights.subjects import Of
from milepost.core.program.folder import Folder
from milepost.core.values import Unavailable, Undefined
from milepost.insights.ask import ask, members
from milepost.insights.judged import judged, subject_for, subjects
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
    """`stuck` counts who is on it now, whenever they began, the others who began in the period; of accounts, of which no
    conclusions stand in the log, all count whenever they began. Shapes: `helped` goes from
    `kind:key` of a help to the share of those who got it that came on by it. Absent: `unblocked` None: nobody was found."""

    stuck: int = 0
    detected: int = 0
    resolved: int = 0
    unblocked: Rate | None = None
    helped: dict[str, Rate] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MapNumbers:
    """Shapes: posts by milestone, obstacles by `MILESTONE/OBSTACLE`, goals by key. `counted`: of whom `n` is; each
    milestone is counted by who reaches it. Absent: `n` is None where nothing is known."""

    n: int | None
    posts: dict[str, PostNumbers]
    obstacles: dict[str, ObstacleNumbers]
    goals: dict[str, int]
    counted: Of = "persons"


NONE = MapNumbers(None, {}, {}, {})


def map_numbers(workspace: Workspace, folder: Folder, goal: str, now: datetime) -> MapNumbers | Unknown:
    """Of a goal those whose it is; else everybody, milestone by milestone those who reach it."""
    whose = [subject_for(folder, goal)] if goal else subjects(folder)
    events = stores.current().events
    try:
        answers = [ask(events, JourneyMap(**period(workspace, now, of=of), goal=goal or None)) for of in whose]
    except Unavailable:
        return not_now()
    paths = [next(path for path in answer.paths if path.goal == (goal or None)) for answer in answers]
    stuck = _stuck_now(workspace, folder, goal, now)
    return MapNumbers(
        n=paths[0].n,
        posts={stop.milestone: _post(stop) for path in paths for stop in path.stops},
        obstacles={name: found for answer in answers for name, found in _obstacles(workspace, answer, stuck).items()},
        goals={path.goal: path.n for answer in answers for path in answer.paths if path.goal},
        counted=whose[0],
    )


def _post(stop: Stop) -> PostNumbers:
    seconds = stop.median_seconds
    return PostNumbers(stop.reached, None if isinstance(seconds, Undefined) else timedelta(seconds=seconds), stop.drop)


def _stuck_now(workspace: Workspace, folder: Folder, goal: str, now: datetime) -> Counter[tuple[str, str]]:
    """How many are stuck on each (milestone, obstacle): of everybody, or of those with this goal."""
    if not goal:
        return Counter({name: count.now for name, count in runtime.stuck_counts(workspace.pk).items()})
    of = subject_for(folder, goal)
    asked: dict[str, Any] = {"workspace": workspace.pk, "as_of": now, "of": of}
    own = set(members(stores.current().events, Goal(goal=goal), judged(folder, of), **asked))
    return Counter(
        (row.milestone, row.obstacle) for row in runtime.stuck_now(workspace.pk, limit=None) if row.uid in own
    )


def _obstacles(workspace: Workspace, answer: MapAnswer, now: Counter[tuple[str, str]]) -> dict[str, ObstacleNumbers]:
    if answer.counted == "accounts":
        ever = runtime.stuck_counts(workspace.pk)
        names = [(each.milestone, each.obstacle) for each in answer.obstacles]
        return {"/".join(name): _of_accounts(ever[name], now[name]) for name in names if name in ever}
    return {
        f"{each.milestone}/{each.obstacle}": _obstacle(each, now[each.milestone, each.obstacle])
        for each in answer.obstacles
    }


def _of_accounts(ever: runtime.StuckCount, stuck: int) -> ObstacleNumbers:
    unblocked = rate(ever.unblocked, ever.helped, NOBODY_HELPED) if ever.helped else None
    return ObstacleNumbers(stuck, ever.ever, ever.ever - ever.now, unblocked)


def _obstacle(found: Stuck, stuck: int) -> ObstacleNumbers:
    helped = {each.help: each.unblocked for each in found.helps if each.unblocked.n}
    return ObstacleNumbers(stuck, found.detected, found.resolved, found.unblocked, helped)
