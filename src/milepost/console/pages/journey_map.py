"""The journey map: goals and the milestones on the way to them, how many reach each, where they leave the trail, what
holds them back there, and what helps."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from milepost.console.pages.conditions import in_words
from milepost.console.pages.insights import Share, Unknown, share_of
from milepost.console.pages.map_numbers import NONE, ObstacleNumbers, PostNumbers, map_numbers
from milepost.console.pages.trail import Stretch, stretch
from milepost.console.pages.words import Titles, condition_titles, every_title, in_our_language
from milepost.core.insights.subjects import Of
from milepost.core.program.document import Document
from milepost.core.program.expand import evidence_of
from milepost.core.program.kinds.milestone import Help, Milestone
from milepost.core.values import Refused
from milepost.program import queries as program
from milepost.workspace.models import Workspace

HELP_PICTURES = {
    "guide": "milestone",
    "content": "message-circle",
    "message": "mail",
    "article": "file-text",
    "offer": "gift",
    "support": "life-buoy",
    "peers": "users",
}


@dataclass(frozen=True, slots=True)
class GoalTab:
    """An empty `key` is everybody. Absent: `n` is None while nobody can be counted."""

    key: str
    title: str
    n: int | None
    chosen: bool


@dataclass(frozen=True, slots=True)
class HelpChip:
    """One way to help with an obstacle. Absent: `unblocked` is None while nobody got it."""

    kind: str
    key: str
    title: str
    role: str
    unblocked: Share | None

    @property
    def picture(self) -> str:
        return HELP_PICTURES[self.kind]


@dataclass(frozen=True, slots=True)
class ObstacleCard:
    """What holds people back on this stretch. `stuck` are on it now; of those who began in the period, `detected` were,
    and `resolved` came past it, with help or without. Absent: `unblocked` is None while nobody was helped."""

    milestone: str
    key: str
    title: str
    lacks: str
    locus: str
    accepted: str
    stuck: int
    detected: int
    resolved: int
    unblocked: Share | None
    help: tuple[HelpChip, ...]
    chosen: bool

    @property
    def name(self) -> str:
        return f"{self.milestone}/{self.key}"


@dataclass(frozen=True, slots=True)
class Post:
    """A milestone on the trail. `median` is the time from the post before, `drop` the share of those there who have not
    come on. Absent: None while nobody was there to be counted."""

    key: str
    title: str
    kind: str
    stage: str
    first_value: bool
    target: timedelta | None
    reach: Share | None
    median: timedelta | None
    drop: Share | None
    obstacles: tuple[ObstacleCard, ...]
    stretch: Stretch
    chosen: bool


@dataclass(frozen=True, slots=True)
class Detail:
    """What stands behind one thing on the map. Shapes: `ways` are (kind of evidence, condition in words); `people` are
    (words, query of the list of people, how many).
    Absent: `post` or `obstacle` is None, whichever it is not."""

    title: str
    definition_url: str
    ways: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, str, int | None], ...]
    post: Post | None = None
    obstacle: ObstacleCard | None = None
    tasks: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class MapPage:
    """Absent: `n` None while the numbers cannot be counted; `detail` None while nothing was chosen."""

    goal: str
    goals: tuple[GoalTab, ...]
    posts: tuple[Post, ...]
    n: int | None
    counted: Of
    unknown: Unknown | None
    detail: Detail | None


def gather_map(workspace: Workspace, goal: str, show: str, now: datetime) -> MapPage:
    """Raises Refused (404) for a goal or a thing that the program does not have."""
    folder = program.current(workspace.pk).folder
    document = folder.document
    if goal and goal not in document.goals:
        raise Refused("no_such_goal", "The program has no such goal.", status=404)
    numbers = map_numbers(workspace, folder, goal, now)
    counted = NONE if isinstance(numbers, Unknown) else numbers
    posts = tuple(_posts(document, goal, show, counted.posts, counted.obstacles))
    return MapPage(
        goal=goal,
        goals=tuple(_tabs(document, goal, counted.goals, counted.n)),
        posts=posts,
        n=counted.n,
        counted=counted.counted,
        unknown=numbers if isinstance(numbers, Unknown) else None,
        detail=_detail(document, posts, show) if show else None,
    )


def _tabs(document: Document, chosen: str, counts: dict[str, int], n: int | None) -> Iterable[GoalTab]:
    yield GoalTab("", "", None if chosen else n, not chosen)  # of everybody only the chosen path says how many
    for key, goal in document.goals.items():
        yield GoalTab(key, in_our_language(goal.ask, document), counts.get(key), key == chosen)


def _posts(
    document: Document,
    goal: str,
    show: str,
    posts: dict[str, PostNumbers],
    obstacles: dict[str, ObstacleNumbers],
) -> Iterable[Post]:
    keys = document.goals[goal].milestones if goal else tuple(document.milestones)
    above = 1.0
    for place, key in enumerate(keys):
        milestone, numbers = document.milestones[key], posts.get(key)
        reach = share_of(numbers.reach) if numbers else None
        below = reach.rate if reach else above
        yield Post(
            key=key,
            title=in_our_language(milestone.title, document),
            kind=milestone.kind,
            stage=milestone.stage or "",
            first_value=milestone.first_value,
            target=milestone.target,
            reach=reach,
            median=numbers.median if numbers else None,
            drop=share_of(numbers.drop) if numbers else None,
            obstacles=tuple(_obstacles(document, key, milestone, show, obstacles)),
            stretch=stretch(place, above, below),
            chosen=show == f"milestone:{key}",
        )
        above = below


def _obstacles(
    document: Document, key: str, milestone: Milestone, show: str, numbers: dict[str, ObstacleNumbers]
) -> Iterable[ObstacleCard]:
    called = every_title(document)
    for name, obstacle in milestone.obstacles.items():
        found = numbers.get(f"{key}/{name}", ObstacleNumbers())
        yield ObstacleCard(
            milestone=key,
            key=name,
            title=called["obstacle", f"{key}/{name}"],
            lacks=obstacle.lacks or "",
            locus=obstacle.locus,
            accepted=obstacle.accepted or "",
            stuck=found.stuck,
            detected=found.detected,
            resolved=found.resolved,
            unblocked=share_of(found.unblocked) if found.unblocked else None,
            help=tuple(_help(each, found, called) for each in obstacle.help),
            chosen=show == f"obstacle:{key}/{name}",
        )


def _help(help_: Help, numbers: ObstacleNumbers, called: Titles) -> HelpChip:
    kind, key = named_help(help_)
    title = called.get(("content" if kind == "guide" else kind, key), key)
    unblocked = numbers.helped.get(f"{kind}:{key}") if key else numbers.helped.get(kind)
    return HelpChip(kind, key, title, help_.as_ or "", share_of(unblocked) if unblocked else None)


def named_help(help_: Help) -> tuple[str, str]:
    """(kind, key) of the one thing that it is; support and peers have no key."""
    for kind in ("guide", "content", "message", "article", "offer"):
        key: str | None = getattr(help_, kind)
        if key is not None:
            return kind, key
    return ("support", "") if help_.ask_support else ("peers", "")


def _detail(document: Document, posts: tuple[Post, ...], show: str) -> Detail:
    kind, _, key = show.partition(":")
    called = condition_titles(document)
    post = next((each for each in posts if kind == "milestone" and each.key == key), None)
    if post is not None:
        return _of_post(document, post, called)
    cards = (card for each in posts for card in each.obstacles)
    obstacle = next((each for each in cards if kind == "obstacle" and each.name == key), None)
    if obstacle is None:
        raise Refused("not_on_the_map", "There is no such thing on the map.", status=404)
    return _of_obstacle(document, obstacle, called)


def _of_post(document: Document, post: Post, called: dict[str, str]) -> Detail:
    reach = post.reach
    people: tuple[Any, ...] = (
        ("reached", f"reached={post.key}", reach.reached if reach else None),
        ("not yet", f"ahead={post.key}", reach.n - reach.reached if reach else None),
    )
    return Detail(
        title=post.title,
        definition_url=f"#milestone-{post.key}",
        ways=tuple((kind, in_words(way, called)) for kind, way in evidence_of(document, post.key)),
        people=people,
        post=post,
        tasks=tuple(
            (in_our_language(task.title, document), task.owner) for task in document.milestones[post.key].tasks
        ),
    )


def _of_obstacle(document: Document, card: ObstacleCard, called: dict[str, str]) -> Detail:
    stuck = document.milestones[card.milestone].obstacles[card.key].stuck
    return Detail(
        title=card.title,
        definition_url=f"#milestone-{card.milestone}",
        ways=(("stuck", in_words(stuck, called)),),
        people=(("stuck", f"stuck={card.name}", card.stuck),),
        obstacle=card,
    )
